import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  addOrganisation,
  deployMarket,
  down,
  purge,
  readLog,
  renewCertificates,
  status,
  up,
  upgradeMarket,
} from '../../operations';
import type { UpResult } from '../../operations';
import { NetworkFiles } from '../../directory/network-files';
import { PlainMarket, smallTopology } from '../../operations/testing/plain-market';
import { newOrganisation } from '../../topology';
import { nodeImage } from './image-names';
import { recordedProject } from './project';
import { whyNoDocker } from './why-no-docker';

const LIMIT_MS = 240_000;

function works(...args: readonly string[]): boolean {
  return spawnSync('docker', args).status === 0;
}

function told(...args: readonly string[]): readonly string[] {
  return execFileSync('docker', args)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

const topology = smallTopology();
const peer = 'peer0.csd.market.example';
const missing = whyNoDocker();
const title = `a network of containers${missing === undefined ? '' : ` (not run: ${missing})`}`;

let directory: string;
let network: string;
const market = new PlainMarket(() => network, topology);
/** Somebody else's container, which no operation on the network may touch. */
let bystander: string;

type Nodes = Readonly<Record<string, number | null>>;

/** The nodes that are not what they were: started again, or new. */
function changed(before: Nodes, after: Nodes): readonly string[] {
  return Object.keys(after).filter((name) => after[name] !== before[name]);
}

async function start(): Promise<UpResult> {
  return up({ engine: 'docker', directory: network, topology });
}

function containers(): readonly string[] {
  const project = recordedProject(new NetworkFiles(network)) ?? 'none';
  return told('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project}`);
}

(missing === undefined ? describe : describe.skip)(title, () => {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'kessai-docker-'));
    network = join(directory, 'network');
    const [id = ''] = told('run', '--detach', '--rm', nodeImage(), 'node', '-e', 'setInterval(() => undefined, 1000)');
    bystander = id;
  });

  afterAll(async () => {
    await down({ directory: network });
    await purge({ directory: network });
    rmSync(directory, { recursive: true, force: true });
    told('rm', '--force', bystander);
  }, LIMIT_MS);

  test(
    'comes up with a container for each orderer, peer and chaincode service, none of them root’s',
    async () => {
      const { state, nodes } = await start();
      expect(state).toBe('started');
      expect(Object.keys(nodes ?? {})).toHaveLength(12);
      expect(await status({ directory: network })).toMatchObject({ state: 'running', engine: 'docker' });
      for (const id of containers()) {
        const user = told('inspect', '--format', '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}}', id).join('');
        expect(user).toMatch(/^[1-9]\d*:\d+ true$/);
      }
    },
    LIMIT_MS,
  );

  test('is a file that Compose takes', () => {
    if (!works('compose', 'version')) return;
    expect(works('compose', '--file', new NetworkFiles(network).composeFile, 'config')).toBe(true);
  });

  test(
    'deploys the market, once, and commits what two operators endorse',
    async () => {
      expect(await deployMarket({ directory: network })).toMatchObject({ state: 'committed', sequence: 1 });
      expect(await deployMarket({ directory: network })).toMatchObject({ state: 'unchanged', sequence: 1 });
      await market.found();
      expect(await market.clockOf('ExchangeMSP')).toMatchObject({ businessDate: '2023-03-30' });
    },
    LIMIT_MS,
  );

  test(
    'renews an organisation’s certificates: its containers are started again one after another, no other is',
    async () => {
      const { nodes: before = {} } = await status({ directory: network });
      const asked = { directory: network, mspIds: ['CsdMSP'], withinDays: 4_000 };
      const { restarted } = await renewCertificates(asked);
      expect([...restarted].sort()).toEqual(['orderer0.csd.market.example', peer]);
      const { nodes: after = {} } = await status({ directory: network });
      expect(changed(before, after)).toEqual(expect.arrayContaining([peer]));
      expect(changed(before, after)).toHaveLength(2);
      expect(await market.clockOf('CsdMSP')).toMatchObject({ businessDate: '2023-03-30' });
      expect(await renewCertificates({ directory: network })).toEqual({ renewed: [], restarted: [], kept: [] });
    },
    LIMIT_MS,
  );

  test(
    'is made whole by up after a peer was killed, and what ran goes on',
    async () => {
      const { nodes: before = {} } = await status({ directory: network });
      const [chaincode = ''] = topology.organisations.map(({ domain }) => `chaincode.${domain}`);
      expect(readLog({ directory: network, node: chaincode, lines: 9 }).lines.join('\n')).toContain('serves on port');
      const project = recordedProject(new NetworkFiles(network)) ?? '';
      const labels = [`project=${project}`, `service=${peer}`].flatMap((label) => [
        '--filter',
        `label=com.docker.compose.${label}`,
      ]);
      told('kill', ...told('ps', '--quiet', ...labels));
      expect(await status({ directory: network })).toMatchObject({ state: 'degraded', nodes: { [peer]: null } });
      const { state, nodes: after = {} } = await start();
      expect(state).toBe('started');
      expect(changed(before, after)).toEqual([peer]);
      expect(await market.clockOf('CsdMSP')).toMatchObject({ businessDate: '2023-03-30' });
      expect(await start()).toMatchObject({ state: 'already-running', nodes: after });
    },
    LIMIT_MS,
  );

  test(
    'takes an organisation in: it has containers of its own, and those of the others are not touched',
    async () => {
      const { nodes: before = {} } = await status({ directory: network });
      const organisation = newOrganisation({ mspId: 'DeltaMSP', name: 'Delta Securities' }, topology);
      const request = { directory: network, organisation: () => organisation };
      const own = ['peer0.delta.market.example', 'chaincode.delta.market.example'];
      expect(await addOrganisation(request)).toMatchObject({
        state: 'added',
        started: own,
        chaincode: { state: 'committed', sequence: 2 },
      });
      const { state, nodes: after = {} } = await status({ directory: network });
      expect(state).toBe('running');
      expect(changed(before, after)).toEqual(own);
      await market.admit(organisation);
      expect(await market.clockOf('DeltaMSP')).toMatchObject({ businessDate: '2023-03-30' });
      expect(await addOrganisation(request)).toMatchObject({ state: 'unchanged', started: [] });
    },
    LIMIT_MS,
  );

  test(
    'takes another version of the chaincode: the chaincode services alone are started again',
    async () => {
      const { nodes: before = {} } = await status({ directory: network });
      const upgraded = await upgradeMarket({ directory: network, version: '2' });
      expect(upgraded).toMatchObject({ state: 'committed', sequence: 3 });
      const { state, nodes: after = {} } = await status({ directory: network });
      expect(state).toBe('running');
      const services = Object.keys(before).filter((name) => name.startsWith('chaincode.'));
      expect([...changed(before, after)].sort()).toEqual([...services].sort());
      expect(await market.clockOf('DeltaMSP')).toMatchObject({ businessDate: '2023-03-30' });
    },
    LIMIT_MS,
  );

  test(
    'is not removed while it runs',
    async () => {
      await expect(purge({ directory: network })).rejects.toMatchObject({ code: 'NetworkRunning' });
    },
    LIMIT_MS,
  );

  test(
    'goes down with its containers and no others, keeps its books, and leaves nothing when it is removed',
    async () => {
      expect(await down({ directory: network })).toEqual({ state: 'stopped' });
      expect(containers()).toEqual([]);
      const [chaincode = ''] = topology.organisations.map(({ domain }) => `chaincode.${domain}`);
      expect(readLog({ directory: network, node: chaincode, lines: 100 }).lines.join('\n')).toContain('serves on port');
      expect(told('ps', '--quiet', '--no-trunc')).toContain(bystander);
      expect(await status({ directory: network })).toMatchObject({ state: 'stopped' });
      expect(await down({ directory: network })).toEqual({ state: 'not-running' });
      const project = recordedProject(new NetworkFiles(network)) ?? '';
      expect(await purge({ directory: network })).toEqual({ removed: true });
      expect(existsSync(network)).toBe(false);
      for (const kind of ['network', 'volume']) {
        expect(told(kind, 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${project}`)).toEqual([]);
      }
    },
    LIMIT_MS,
  );
});
