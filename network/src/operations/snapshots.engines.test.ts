import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Network } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readTopology } from '../topology';
import type { Engine } from './engine';
import { deployMarket, down, exportProfile, readLog, restore, snapshot, snapshots, status, up } from './index';
import { poll } from './poll';

const LIMIT_MS = 180_000;
const present = ['peer', 'orderer'].every((name) => {
  const folder = process.env['FABRIC_BIN'] ?? '';
  return spawnSync(folder === '' ? name : join(folder, name), ['version']).status === 0;
});
const nightly = process.env['KESSAI_NIGHTLY'] === '1';
// Spread over what an up takes: from the making of keys to the last node's start.
const killMoments = Array.from({ length: nightly ? 12 : 2 }, (_, time) => (nightly ? 450 : 1_900) * (time + 1));

// The fewest that a native network can have.
const whole = readTopology();
const members = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP'];
const topology = { ...whole, organisations: whole.organisations.filter(({ mspId }) => members.includes(mspId)) };

const engines: readonly (readonly [name: string, engine: Engine, possible: boolean])[] = [
  ['an embedded network', 'embedded', true],
  ['a native network (skipped where Fabric’s peer and orderer are not found)', 'native', present],
];

for (const [title, engine, possible] of engines) {
  (possible ? describe : describe.skip)(title, () => {
    let parent: string;
    let directory: string;
    let before: Chain;

    beforeAll(() => {
      parent = mkdtempSync(join(tmpdir(), `kessai-${engine}-operations-`));
      directory = join(parent, 'network');
    });

    afterAll(async () => {
      if (existsSync(directory)) await down({ directory });
      rmSync(parent, { recursive: true, force: true });
    }, LIMIT_MS);

    test(
      'whose up was killed, whenever that was, comes up with the next, and no process is left that nobody knows of',
      async () => {
        for (const afterMs of killMoments) {
          await killedUp(engine, directory, afterMs);
        }
        await up({ engine, directory, topology });
        expect(await status({ directory })).toMatchObject({ state: 'running' });
        expect(await down({ directory })).toEqual({ state: 'stopped' });
        expect(await poll(10_000, () => processesOf(directory).length === 0)).toBe(true);
        await up({ engine, directory, topology });
      },
      LIMIT_MS * (nightly ? 5 : 2),
    );

    test(
      'has a market on it, and tells what its processes use and write',
      async () => {
        await deployMarket({ directory });
        await found(directory);
        const { resources } = await status({ directory });
        const uses = Object.entries(resources?.nodes ?? {});
        expect(uses).toHaveLength(engine === 'native' ? 12 : 2);
        for (const [name, use] of uses) {
          expect({ name, use }).toMatchObject({
            use: { cpuSeconds: expect.any(Number), residentBytes: expect.any(Number) },
          });
          expect(readLog({ directory, node: name, lines: 1 }).file).toContain(directory);
        }
        expect(resources?.totals.dataBytes).toBeGreaterThan(0);
      },
      LIMIT_MS,
    );

    test(
      'is stopped for a snapshot, and goes on afterwards',
      async () => {
        before = await chainOf(directory, 'ExchangeMSP');
        const taken = await snapshot({ directory, name: 'evening' });
        expect(taken).toMatchObject({ state: 'whole', engine, stoppedMs: expect.any(Number) });
        expect(snapshots({ directory })).toMatchObject([{ name: 'evening' }]);
        expect(await status({ directory })).toMatchObject({ state: 'running' });
        await admit(directory, 'AlphaMSP');
        expect((await chainOf(directory, 'ExchangeMSP')).height).toBe(before.height + 1);
        expect(await membersOf(directory)).toContain('AlphaMSP');
      },
      LIMIT_MS,
    );

    test(
      'is not restored while it runs',
      async () => {
        await expect(restore({ directory, name: 'evening' })).rejects.toMatchObject({ code: 'NetworkRunning' });
      },
      LIMIT_MS,
    );

    test(
      'is after restore what it was: the same chain, the same market; and it goes on from there, with the same blocks everywhere',
      async () => {
        await down({ directory });
        await restore({ directory, name: 'evening' });
        await up({ directory });
        expect(await chainOf(directory, 'ExchangeMSP')).toEqual(before);
        expect(await membersOf(directory)).not.toContain('AlphaMSP');
        await admit(directory, 'BetaMSP');
        const after = await chainOf(directory, 'ExchangeMSP');
        expect(after).toMatchObject({ height: before.height + 1, previous: before.hash });
        for (const mspId of members) {
          expect(await poll(30_000, async () => (await chainOf(directory, mspId)).hash === after.hash)).toBe(true);
        }
        const now = await membersOf(directory);
        expect(now).toContain('BetaMSP');
        expect(now).not.toContain('AlphaMSP');
      },
      LIMIT_MS,
    );

    test(
      'goes down and leaves no process',
      async () => {
        expect(await down({ directory })).toEqual({ state: 'stopped' });
        expect(await poll(10_000, () => processesOf(directory).length === 0)).toBe(true);
      },
      LIMIT_MS,
    );
  });
}

async function killedUp(engine: Engine, directory: string, afterMs: number): Promise<void> {
  const script = `require(${JSON.stringify(join(__dirname, 'index.js'))}).up(${JSON.stringify({ engine, directory, topology })})`;
  const starting = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  const ended = once(starting, 'exit');
  // Any moment serves: there is nothing to wait for.
  await pause(afterMs);
  starting.kill('SIGKILL');
  await ended;
}

/** The processes that were told to work in the directory, where the system tells; whoever asks is none of them. */
function processesOf(directory: string): readonly number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && mentions(pid, directory));
}

function mentions(pid: number, directory: string): boolean {
  try {
    const read = (file: string): string => readFileSync(`/proc/${pid.toString()}/${file}`, 'utf8');
    return read('environ').includes(directory) || read('cmdline').includes(directory);
  } catch {
    return false;
  }
}

interface Chain {
  readonly height: number;
  readonly hash: string;
  readonly previous: string;
}

async function chainOf(directory: string, mspId: string): Promise<Chain> {
  const answer = await asClient(directory, mspId, async (network) =>
    network.getContract('qscc').evaluateTransaction('GetChainInfo', topology.channel),
  );
  const info = common.BlockchainInfo.deserializeBinary(answer);
  return {
    height: info.getHeight(),
    hash: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex'),
    previous: Buffer.from(info.getPreviousblockhash_asU8()).toString('hex'),
  };
}

async function membersOf(directory: string): Promise<readonly string[]> {
  const answer = await asClient(directory, 'ExchangeMSP', async (network) =>
    network.getContract(topology.chaincode.name, 'Registry').evaluateTransaction('Members'),
  );
  const { members: found } = JSON.parse(Buffer.from(answer).toString()) as { members: { mspId: string }[] };
  return found.map(({ mspId }) => mspId);
}

async function found(directory: string): Promise<void> {
  const operators = topology.organisations.filter(({ role }) => role === 'operator');
  await submit(directory, 'Found', {
    id: 'founding',
    name: 'Test market',
    businessDate: '2023-03-30',
    operators: operators.map(({ mspId, name }) => ({ mspId, name })),
    secrets: { operators: 'ab'.repeat(32), board: 'cd'.repeat(32) },
  });
}

async function admit(directory: string, mspId: string): Promise<void> {
  const organisation = topology.organisations.find((one) => one.mspId === mspId);
  await submit(directory, 'AdmitMember', {
    mspId,
    name: organisation?.name ?? '',
    role: organisation?.role ?? '',
    secret: 'ef'.repeat(32),
  });
}

async function submit(directory: string, method: string, request: object): Promise<void> {
  await asClient(directory, 'ExchangeMSP', async (network) =>
    network.getContract(topology.chaincode.name, 'Registry').submit(method, {
      transientData: { request: JSON.stringify(request) },
      endorsingOrganizations: ['ExchangeMSP', 'CsdMSP'],
    }),
  );
}

async function asClient<Result>(
  directory: string,
  mspId: string,
  use: (network: Network) => Promise<Result>,
): Promise<Result> {
  const profile = exportProfile({ directory, mspId });
  const credentials = grpc.credentials.createSsl(Buffer.from(profile.tlsRootCert));
  const client = new grpc.Client(profile.endpoint, credentials, profile.gatewayOptions);
  const gateway = connect({
    client,
    identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
    signer: signers.newPrivateKeySigner(createPrivateKey(profile.key)),
    hash: hash.sha256,
  });
  try {
    return await use(gateway.getNetwork(profile.channel));
  } finally {
    gateway.close();
    client.close();
  }
}
