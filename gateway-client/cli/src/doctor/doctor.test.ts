import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OLDEST_FABRIC, exportOrganisations, hasPeer, prepare, readTopology } from '@kessai/network';
import { describe, expect, test } from '@jest/globals';
import { readinessOf } from './check';
import { examine } from './examine';
import { dockerChecks, fabricProgram, topologyPorts } from './fabric-checks';
import { machinesInReach } from './other-machines';
import { isAtLeast, memory, networkInterface, node, shell } from './machine-checks';

describe('what a machine has', () => {
  test('is looked at for every engine, and what is wanting says what to do', async () => {
    const checks = await examine({ directory: join(tmpdir(), 'none', 'network') });
    expect(checks.map(({ name }) => name)).toEqual([
      'Node.js',
      'Loopback ports',
      'Ports of the topology',
      'Free disk space',
      'Free memory',
      'Fabric peer',
      'Fabric orderer',
      'Open files',
      'POSIX shell',
      'Network interface',
      'Docker',
      'Docker Compose',
      'Fabric images',
    ]);
    for (const { state, remedy } of checks) expect(remedy === undefined).toBe(state === 'ok');
    expect(readinessOf(checks)[0]).toMatchObject({ engine: 'embedded', ready: true });
  });

  test.each([
    ['20.9', true],
    ['20.10.0', true],
    ['24.0.0', true],
    ['20.8.9', false],
    ['18.20.0', false],
  ])('version %s is at least 20.9: %s', (version, expected) => {
    expect(isAtLeast(version, [20, 9])).toBe(expected);
  });

  test('a Node.js that is too old is told with its remedy', () => {
    expect(node('18.20.0')).toMatchObject({ state: 'old', needed: true, remedy: expect.stringContaining('20.9') });
    expect(node('20.9.0')).toMatchObject({ state: 'ok' });
  });

  test('little memory is advice to whoever runs real Fabric', () => {
    const low = memory(1_000_000_000);
    expect(low).toMatchObject({ state: 'low', needed: false });
    expect(readinessOf([low])).toEqual([
      { engine: 'embedded', ready: true, lacks: [], advice: [] },
      { engine: 'native', ready: true, lacks: [], advice: ['Free memory'] },
      { engine: 'docker', ready: true, lacks: [], advice: ['Free memory'] },
    ]);
  });

  test('of a part of a network the nodes of other machines are tried, and those that do not answer are named', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'kessai-doctor-'));
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const market = readTopology();
      const organisations = market.organisations
        .slice(0, 5)
        .filter(hasPeer)
        .map((one) => ({
          ...one,
          host: 'localhost',
          peer: one.mspId === 'CsdMSP' ? { ...one.peer, port } : one.peer,
        }));
      const [directory, part] = [join(parent, 'maker'), join(parent, 'part')];
      await prepare({ directory, topology: { ...market, organisations } });
      expect(await machinesInReach(directory)).toEqual([]);
      const mspIds = organisations.map(({ mspId }) => mspId).filter((mspId) => mspId !== 'CsdMSP');
      await exportOrganisations({ directory, mspIds, to: part });
      const [check] = await machinesInReach(part);
      expect(check).toMatchObject({ name: 'Other machines', state: 'missing', needed: false });
      expect(check?.found).toMatch(/^no answer from localhost:\d+ \(orderer of CsdMSP\)$/);
      expect(check?.remedy).toContain('kessai up');
    } finally {
      server.close();
      rmSync(parent, { recursive: true, force: true });
    }
  });

  test('a machine with nothing but its loopback runs no peer of its own', () => {
    const address = {
      address: '127.0.0.1',
      netmask: '255.0.0.0',
      family: 'IPv4',
      mac: '',
      internal: true,
      cidr: null,
    } as const;
    const alone = networkInterface({ lo: [address] });
    expect(alone).toMatchObject({ state: 'missing', needed: true });
    expect(readinessOf([alone]).filter(({ ready }) => !ready)).toEqual([
      { engine: 'native', ready: false, lacks: ['Network interface'], advice: [] },
    ]);
    expect(networkInterface({ eth: [{ ...address, address: '192.0.2.1', internal: false }] })).toMatchObject({
      state: 'ok',
    });
  });

  test('a machine without a shell runs no native engine', () => {
    expect(shell('/none/sh')).toMatchObject({ state: 'missing', needed: true });
  });

  test('a port of the topology that is taken is named with whose it is', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const topology = readTopology();
    const [first, ...others] = topology.organisations.filter(hasPeer);
    if (first === undefined) throw new Error('the topology has no organisation');
    const organisations = [{ ...first, peer: { ...first.peer, port } }, ...others];
    expect(await topologyPorts({ ...topology, organisations })).toMatchObject({
      state: 'taken',
      found: `${port} (${first.peer.hostname})`,
    });
    server.close();
    await once(server, 'close');
    expect(await topologyPorts({ ...topology, organisations })).toMatchObject({ state: 'ok' });
    expect(await topologyPorts(topology)).toMatchObject({ state: 'ok' });
  });
});

describe('Fabric’s programs', () => {
  test.each([
    ['3.1.4', 'old'],
    ['2.5.12', 'old'],
    [OLDEST_FABRIC, 'ok'],
  ])('of version %s are %s', async (version, state) => {
    const folder = mkdtempSync(join(tmpdir(), 'kessai-doctor-'));
    writeFileSync(join(folder, 'peer'), `#!/bin/sh\necho " Version: v${version}"\n`);
    chmodSync(join(folder, 'peer'), 0o755);
    const check = await fabricProgram('peer', { ...process.env, FABRIC_BIN: folder });
    rmSync(folder, { recursive: true });
    expect(check).toMatchObject({ state, needed: true });
    if (state === 'old') expect(check.found).toContain('orderers of earlier ones may stop for good');
  });

  test('that are not there are told with where they were looked for', async () => {
    const check = await fabricProgram('orderer', { FABRIC_BIN: '/none' });
    expect(check).toMatchObject({
      state: 'missing',
      found: expect.stringContaining('/none'),
      remedy: expect.any(String),
    });
  });
});

describe('Docker', () => {
  type Answers = Readonly<Record<string, string>>;
  const looking = (answers: Answers) => async (program: string, args: readonly string[]) =>
    Promise.resolve(answers[[program, ...args].join(' ')]);
  const stateOf = async (answers: Answers): Promise<readonly string[]> =>
    (await dockerChecks(looking(answers))).map(({ state, found }) => (state === 'ok' ? state : found));
  const daemon = { 'docker --version': 'Docker version 28', 'docker version --format {{.Server.Version}}': '28.0.0\n' };

  test('that is not installed', async () => {
    expect((await stateOf({}))[0]).toBe('not found');
  });

  test('whose daemon does not run', async () => {
    expect((await stateOf({ 'docker --version': 'Docker version 28' }))[0]).toBe('its daemon does not answer');
  });

  test('with the older compose command, without images', async () => {
    const checks = await dockerChecks(looking({ ...daemon, 'docker-compose version --short': '2.39.0' }));
    expect(checks.map(({ state }) => state)).toEqual(['ok', 'ok', 'missing']);
    expect(checks[2]?.remedy).toContain(`docker pull hyperledger/fabric-orderer:${OLDEST_FABRIC}`);
    expect(readinessOf(checks)[2]).toMatchObject({ engine: 'docker', ready: true, advice: ['Fabric images'] });
  });

  test('with everything', async () => {
    const image = (name: string): string =>
      `docker image inspect -f {{.Id}} hyperledger/fabric-${name}:${OLDEST_FABRIC}`;
    const all = {
      ...daemon,
      'docker compose version --short': '2.39.0',
      [image('peer')]: 'x',
      [image('orderer')]: 'y',
    };
    expect(await stateOf(all)).toEqual(['ok', 'ok', 'ok']);
  });
});
