import { spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Contract } from '@hyperledger/fabric-gateway';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChaincodeServiceFiles } from '../../identities';
import { deployMarket, down, exportProfile, openNetwork, purge, renewCertificates, status, up } from '../../operations';
import type { UpResult } from '../../operations';
import { poll } from '../../operations/poll';
import { isRunning } from '../../operations/process-identity';
import { readTopology } from '../../topology';

const LIMIT_MS = 90_000;
const present = ['peer', 'orderer'].every((name) => {
  const folder = process.env['FABRIC_BIN'] ?? '';
  return spawnSync(folder === '' ? name : join(folder, name), ['version']).status === 0;
});

// The fewest that a native network can have: four orderers of four organisations, two operators that both endorse, and a peer each.
const whole = readTopology();
const members = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP'];
const topology = { ...whole, organisations: whole.organisations.filter(({ mspId }) => members.includes(mspId)) };
const orderer = 'orderer0.exchange.market.example';
const peer = 'peer0.alpha.market.example';

let directory: string;
let network: string;

async function start(): Promise<UpResult> {
  return up({ engine: 'native', directory: network, topology });
}

async function withRegistry<Result>(mspId: string, use: (contract: Contract) => Promise<Result>): Promise<Result> {
  const profile = exportProfile({ directory: network, mspId });
  const credentials = grpc.credentials.createSsl(Buffer.from(profile.tlsRootCert));
  const client = new grpc.Client(profile.endpoint, credentials, profile.gatewayOptions);
  const gateway = connect({
    client,
    identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
    signer: signers.newPrivateKeySigner(createPrivateKey(profile.key)),
    hash: hash.sha256,
  });
  try {
    return await use(gateway.getNetwork(profile.channel).getContract(profile.chaincode, 'Registry'));
  } finally {
    gateway.close();
    client.close();
  }
}

async function clockOf(mspId: string): Promise<unknown> {
  const answer = await withRegistry(mspId, async (registry) => registry.evaluateTransaction('Clock'));
  return JSON.parse(Buffer.from(answer).toString());
}

async function submit(method: string, request: object): Promise<void> {
  const transientData = { request: JSON.stringify(request) };
  await withRegistry('ExchangeMSP', async (registry) =>
    registry.submit(method, { transientData, endorsingOrganizations: ['ExchangeMSP', 'CsdMSP'] }),
  );
}

async function found(): Promise<void> {
  await submit('Found', {
    id: 'founding',
    name: 'Test market',
    businessDate: '2023-03-30',
    operators: topology.organisations
      .filter(({ role }) => role === 'operator')
      .map(({ mspId, name }) => ({ mspId, name })),
    secrets: { operators: 'ab'.repeat(32), board: 'cd'.repeat(32) },
  });
  for (const { mspId } of topology.organisations.filter(({ role }) => role !== 'operator')) {
    await submit('AdmitMember', admission(mspId));
  }
}

function admission(wanted: string): object {
  const { mspId, name, role } = topology.organisations.find((one) => one.mspId === wanted) ?? {};
  return { mspId, name, role, secret: 'ef'.repeat(32) };
}

/** The serial numbers of the TLS certificates that an organisation's orderer, peer and chaincode service show. */
async function serialsShown(domain: string): Promise<readonly string[]> {
  const { record, files } = openNetwork(network);
  const tls = new ChaincodeServiceFiles(join(files.directory, 'organisations', domain));
  const [key, cert] = [readFileSync(tls.clientKey), readFileSync(tls.clientCertificate)];
  const names = [`orderer0.${domain}`, `peer0.${domain}`, `chaincode.${domain}`];
  return Promise.all(
    names.map(async (name) => {
      // Whether it is good is what clients find out; here it is only told apart.
      const socket = connectTls({ port: record.ports[name], host: '127.0.0.1', key, cert, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const serial = socket.getPeerX509Certificate()?.serialNumber ?? '';
      socket.destroy();
      return serial;
    }),
  );
}

(present ? describe : describe.skip)('a native network (skipped where Fabric’s peer and orderer are not found)', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kessai-native-'));
    network = join(directory, 'network');
  });

  afterAll(async () => {
    await down({ directory: network });
    rmSync(directory, { recursive: true, force: true });
  });

  test(
    'comes up with a process for each orderer, peer and chaincode service',
    async () => {
      const { state, nodes } = await start();
      expect(state).toBe('started');
      expect(Object.keys(nodes ?? {})).toHaveLength(12);
      expect(await status({ directory: network })).toMatchObject({ state: 'running', engine: 'native' });
    },
    LIMIT_MS,
  );

  test('deploys the market, approved by every organisation, once', async () => {
    expect(await deployMarket({ directory: network })).toMatchObject({ state: 'committed', sequence: 1 });
    expect(await deployMarket({ directory: network })).toMatchObject({ state: 'unchanged', sequence: 1 });
  }, 60_000);

  test('founds a market with private data, and every organisation reads its clock', async () => {
    await found();
    for (const mspId of members) expect(await clockOf(mspId)).toMatchObject({ businessDate: '2023-03-30' });
  }, 60_000);

  test(
    'renews an organisation’s certificates while the channel goes on, without a change of its configuration',
    async () => {
      const { nodes: before = {} } = await status({ directory: network });
      const earlier = await serialsShown('alpha.market.example');
      // Longer than any certificate lives: all of the organisation's. Every organisation's in the long form of the suite.
      const mspIds = process.env['KESSAI_NIGHTLY'] === '1' ? [] : ['AlphaMSP'];
      const { renewed, restarted } = await renewCertificates({ directory: network, mspIds, withinDays: 4_000 });
      expect(renewed.map(({ state }) => state)).toEqual(renewed.map(() => 'valid'));
      expect(restarted).toEqual(
        expect.arrayContaining(['orderer0.alpha.market.example', 'peer0.alpha.market.example']),
      );

      const { nodes: after = {} } = await status({ directory: network });
      const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
      // The chaincode service took its own as it ran, and so did its peer.
      expect(changed.sort()).toEqual([...restarted].sort());
      const shown = await serialsShown('alpha.market.example');
      expect(shown.filter((serial) => earlier.includes(serial))).toEqual([]);

      await submit('AdmitMember', admission('AlphaMSP'));
      for (const mspId of members) expect(await clockOf(mspId)).toMatchObject({ businessDate: '2023-03-30' });
      expect(await renewCertificates({ directory: network })).toEqual({ renewed: [], restarted: [] });
    },
    5 * LIMIT_MS,
  );

  test(
    'is made whole by up after an orderer and a peer were killed, and what ran goes on',
    async () => {
      const { nodes: before = {} } = await status({ directory: network });
      for (const name of [orderer, peer]) {
        const pid = before[name] ?? 0;
        process.kill(pid, 'SIGKILL');
        expect(await poll(10_000, () => !isRunning(pid))).toBe(true);
      }
      expect(await status({ directory: network })).toMatchObject({
        state: 'degraded',
        nodes: { [orderer]: null, [peer]: null },
      });
      const { state, nodes: after = {} } = await start();
      expect(state).toBe('started');
      const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
      expect(changed.sort()).toEqual([orderer, peer]);
      expect(await clockOf('AlphaMSP')).toMatchObject({ businessDate: '2023-03-30' });
    },
    LIMIT_MS,
  );

  test('that runs is left as it is by another up', async () => {
    const { nodes } = await status({ directory: network });
    expect(await start()).toMatchObject({ state: 'already-running', nodes });
  }, 30_000);

  test('is not taken for one of another engine', async () => {
    await expect(up({ engine: 'embedded', directory: network })).rejects.toMatchObject({ code: 'EngineDiffers' });
  });

  test('is not removed while it runs', async () => {
    await expect(purge({ directory: network })).rejects.toMatchObject({ code: 'NetworkRunning' });
  });

  test('goes down with all of its processes, and keeps its books', async () => {
    const { nodes = {} } = await status({ directory: network });
    expect(await down({ directory: network })).toEqual({ state: 'stopped' });
    expect(Object.values(nodes).filter((pid) => pid !== null && isRunning(pid))).toEqual([]);
    expect(await status({ directory: network })).toMatchObject({ state: 'stopped' });
    expect(await down({ directory: network })).toEqual({ state: 'not-running' });
  }, 60_000);
});
