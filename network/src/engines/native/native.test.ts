import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChaincodeServiceFiles } from '../../identities';
import { openNetwork } from '../../directory/open-network';
import { deployMarket, down, metricsTargets, purge, readLog, renewCertificates, status, up } from '../../operations';
import type { MetricsTarget, UpRequest, UpResult } from '../../operations';
import { poll } from '../../poll';
import { isRunning } from '../../directory/process-identity';
import { PlainMarket, smallTopology } from '../../operations/testing/plain-market';
import { whyNoFabric } from './fabric-programs';

const LIMIT_MS = 90_000;
const missing = whyNoFabric();

const topology = smallTopology();
const members = topology.organisations.map(({ mspId }) => mspId);
const orderer = 'orderer0.exchange.market.example';
const peer = 'peer0.alpha.market.example';

let directory: string;
let network: string;
const market = new PlainMarket(() => network, topology);

async function start(further: Pick<UpRequest, 'logFormat'> = {}): Promise<UpResult> {
  return up({ engine: 'native', directory: network, topology, ...further });
}

/** The same with nodes that write JSON, and more than warnings. */
async function startTalking(): Promise<UpResult> {
  process.env['FABRIC_LOGGING_SPEC'] = 'info';
  try {
    return await start({ logFormat: 'json' });
  } finally {
    delete process.env['FABRIC_LOGGING_SPEC'];
  }
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

/** A target of Fabric's own. */
type FabricTarget = MetricsTarget & Required<Pick<MetricsTarget, 'tls'>>;

/** What a node answers who asks for its metrics, with the certificate that is named or with none. */
async function metricsOf(
  { address, path, tls }: FabricTarget,
  withCertificate: boolean,
): Promise<{ status: number; text: string }> {
  const [host = '', port = ''] = address.split(':');
  const shown = withCertificate ? { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) } : {};
  const { serverName: servername } = tls;
  const asked = request({ host, port, path, ca: readFileSync(tls.caFile), servername, agent: false, ...shown });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) text += chunk.toString();
  return { status: response.statusCode ?? 0, text };
}

/** What Go's own server of the admin address writes, whatever the form of the log: of a connection that ended before its handshake. */
const isOfGo = (line: string): boolean => line.includes(' http: TLS handshake error from ');

const title = `a native network${missing === undefined ? '' : ` (not run: ${missing.message})`}`;

(missing === undefined ? describe : describe.skip)(title, () => {
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

  test('tells the metrics of every orderer and peer to who shows a certificate of its organisation, and to nobody else', async () => {
    const targets = metricsTargets({ directory: network }).filter((one): one is FabricTarget => one.tls !== undefined);
    expect(targets.map(({ name }) => name).sort()).toEqual(
      Object.keys((await status({ directory: network })).nodes ?? {})
        .filter((name) => !name.startsWith('chaincode.'))
        .sort(),
    );
    for (const target of targets) {
      const told = await metricsOf(target, true);
      expect([target.name, told.status]).toEqual([target.name, 200]);
      expect(told.text).toContain(target.kind === 'peer' ? 'ledger_blockchain_height' : 'fabric_version');
      expect([target.name, (await metricsOf(target, false)).status]).toEqual([target.name, 401]);
    }
  }, 60_000);

  test('tells the metrics of every organisation’s chaincode service on the loopback interface', async () => {
    const targets = metricsTargets({ directory: network }).filter(({ kind }) => kind === 'chaincode');
    expect(targets.map(({ mspId }) => mspId)).toEqual(members);
    for (const { name, address, path, tls } of targets) {
      expect([name, tls]).toEqual([`chaincode.${name.slice('chaincode.'.length)}`, undefined]);
      const told = await (await fetch(`http://${address}${path}`)).text();
      expect([name, /^kessai_chaincode_serving\{process="supervisor"\} 1$/m.test(told)]).toEqual([name, true]);
    }
  }, 60_000);

  test('founds a market with private data, and every organisation reads its clock', async () => {
    await market.found();
    for (const mspId of ['AlphaMSP', 'BetaMSP']) await market.admit(mspId);
    for (const mspId of members) expect(await market.clockOf(mspId)).toMatchObject({ businessDate: '2023-03-30' });
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

      await market.admit('AlphaMSP');
      for (const mspId of members) expect(await market.clockOf(mspId)).toMatchObject({ businessDate: '2023-03-30' });
      expect(await renewCertificates({ directory: network })).toEqual({ renewed: [], restarted: [], kept: [] });
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
      const { state, nodes: after = {} } = await startTalking();
      expect(state).toBe('started');
      const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
      expect(changed.sort()).toEqual([orderer, peer]);
      expect(await market.clockOf('AlphaMSP')).toMatchObject({ businessDate: '2023-03-30' });
    },
    LIMIT_MS,
  );

  test('has Fabric’s nodes write JSON that were started when it was asked for', () => {
    for (const node of [orderer, peer]) {
      const read = readLog({ directory: network, node, lines: 20 }).lines;
      const lines = read.filter((line) => !isOfGo(line)).slice(-3);
      expect([node, lines.length]).toEqual([node, 3]);
      for (const line of lines) {
        expect(JSON.parse(line)).toMatchObject({
          level: expect.any(String),
          ts: expect.any(Number),
          msg: expect.anything(),
        });
      }
    }
  });

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
