import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OrganisationFiles } from '../../identities';
import { openNetwork } from '../../directory/open-network';
import { prepare } from '../../operations';
import { portNames, portOf } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { smallTopology } from '../../operations/testing/plain-market';
import { endProcesses, runningProcesses, startProcess } from '../../directory/node-process';
import { joinOrderers } from './join-channel';
import { marketGenesis } from './market-channel';

const LIMIT_MS = 60_000;
const topology = smallTopology();
const names = topology.organisations.map(({ orderer }) => orderer?.hostname ?? '');
const [still = ''] = names;

let directory: string;
let network: OpenNetwork;
const servers: Server[] = [];
/** Blocks by orderer, as its administration tells them. */
const heights = new Map(names.map((name) => [name, 7]));

// Orderers as their keeper sees them: a process, and what its administration answers.
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-orderers-'));
  await prepare({ directory: join(directory, 'network'), topology });
  network = openNetwork(join(directory, 'network'));
  for (const organisation of topology.organisations) {
    const name = organisation.orderer?.hostname ?? '';
    const own = new OrganisationFiles(network.files.directory, organisation).orderer();
    if (own === undefined) throw new Error(`${organisation.mspId} has no orderer`);
    const [cert, key, ca] = [own.tlsCertificate, own.tlsKey, own.tlsRoot].map((file) => readFileSync(file));
    const server = createServer({ cert, key, ca, requestCert: true }, (_, response) => {
      response.end(JSON.stringify({ name: topology.channel, status: 'active', height: heights.get(name) }));
    });
    servers.push(server);
    const port = portOf(network.record, { hostname: portNames.administration({ hostname: name }) });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const idle = { program: process.execPath, args: ['-e', 'setInterval(() => undefined, 1000)'], environment: {} };
    await startProcess(network.files, name, idle);
  }
}, LIMIT_MS);

afterAll(async () => {
  await endProcesses(network.files, [...runningProcesses(network.files).values()]);
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function joined(restart: (name: string) => Promise<void>): Promise<boolean> {
  return joinOrderers(network, marketGenesis(network), undefined, { restart, afterMs: 500 });
}

test('orderers with the same blocks are left as they are', async () => {
  const restarted: string[] = [];
  expect(await joined(async (name) => Promise.resolve(void restarted.push(name)))).toBe(false);
  expect(restarted).toEqual([]);
});

test('an orderer that lacks blocks of another one is waited for as long as it takes some', async () => {
  const restarted: string[] = [];
  heights.set(still, 3);
  const taking = setInterval(() => heights.set(still, Math.min(7, (heights.get(still) ?? 0) + 1)), 300);
  await joined(async (name) => Promise.resolve(void restarted.push(name)));
  clearInterval(taking);
  expect(restarted).toEqual([]);
});

test('one that takes none is started again, and no other is', async () => {
  const restarted: string[] = [];
  heights.set(still, 5);
  await joined(async (name) => {
    restarted.push(name);
    heights.set(name, 7);
    return Promise.resolve();
  });
  expect(restarted).toEqual([still]);
});
