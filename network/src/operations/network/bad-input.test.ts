import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NetworkFiles } from '../../directory/network-files';
import { makeRecord } from '../../directory/network-record';
import { OLDEST_FABRIC } from '../../engines/native';
import { hasPeer, readTopology } from '../../topology';
import { status, up, upgradeMarket } from '../index';

const topology = readTopology();
const environment = process.env['FABRIC_BIN'];
let parent: string;
let directory: string;

// Programs that tell their version: what is refused here is refused before any of them is started.
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-refused-'));
  directory = join(parent, 'network');
  fabric(OLDEST_FABRIC);
});

afterEach(() => {
  if (environment === undefined) delete process.env['FABRIC_BIN'];
  else process.env['FABRIC_BIN'] = environment;
  rmSync(parent, { recursive: true, force: true });
});

function fabric(version: string): void {
  for (const name of ['peer', 'orderer']) {
    const file = join(parent, name);
    writeFileSync(file, `#!/bin/sh\necho " Version: v${version}"\n`);
    chmodSync(file, 0o755);
  }
  process.env['FABRIC_BIN'] = parent;
}

describe('a native network is refused, and nothing is made,', () => {
  test('with a Fabric that is too old: its version, the oldest that works, and why', async () => {
    fabric('3.1.4');
    await expect(up({ engine: 'native', directory })).rejects.toMatchObject({
      code: 'FabricTooOld',
      message: expect.stringContaining('orderers of earlier ones may stop for good'),
      remedy: expect.stringContaining('FABRIC_BIN'),
      payload: { version: '3.1.4', needed: OLDEST_FABRIC },
    });
    expect(existsSync(directory)).toBe(false);
  });

  test('with fewer than four consenters: which there are', async () => {
    const organisations = topology.organisations.filter(({ mspId }) => mspId !== 'BetaMSP');
    await expect(up({ engine: 'native', directory, topology: { ...topology, organisations } })).rejects.toMatchObject({
      code: 'ConsentersTooFew',
      remedy: expect.stringContaining('orderer: {}'),
      payload: { field: 'organisations', consenters: ['ExchangeMSP', 'CsdMSP', 'AlphaMSP'], needed: 4 },
    });
    expect(existsSync(directory)).toBe(false);
  });
});

test('a port of a native network that another program has is named with its owner, and no process is started', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const organisations = topology.organisations
    .filter(hasPeer)
    .map((one) => (one.mspId === 'AlphaMSP' ? { ...one, peer: { ...one.peer, port } } : one));
  await expect(up({ engine: 'native', directory, topology: { ...topology, organisations } })).rejects.toMatchObject({
    code: 'PortInUse',
    remedy: expect.stringContaining(port.toString()),
    payload: { port, owner: 'peer0.alpha.market.example' },
  });
  expect(await status({ directory })).toMatchObject({ state: 'stopped' });
  server.close();
  await once(server, 'close');
});

describe('an upgrade of the chaincode is refused', () => {
  test.each(['', '2 beta', '-1', 'x'.repeat(65)])('to a version %j, which Fabric would not take', async (version) => {
    await expect(upgradeMarket({ directory, version })).rejects.toMatchObject({
      code: 'VersionInvalid',
      payload: { field: 'version', version },
    });
  });

  test('on a network that does not run', async () => {
    mkdirSync(directory);
    writeFileSync(new NetworkFiles(directory).record, JSON.stringify(await makeRecord(topology, 'native')));
    await expect(upgradeMarket({ directory, version: '2' })).rejects.toMatchObject({ code: 'NetworkNotRunning' });
  });
});
