import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chaincodePackage } from '../../../admin';
import { writeMspFolder } from '../../../identities/msp-folder';
import { CHAINCODE, CHANNEL, TestNetwork, type TestMspId } from './testing/test-network';

const hasPeer = spawnSync('peer', ['version'], { env: process.env }).status === 0;
const withPeer = hasPeer ? describe : describe.skip;

interface Result {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

withPeer('Fabric’s own peer command (needs `peer` on PATH)', () => {
  let network: TestNetwork;
  let directory: string;

  beforeAll(async () => {
    network = await TestNetwork.start();
    directory = join(network.directory, 'peer-command');
    mkdirSync(directory, { recursive: true });
    // All that the command needs of its configuration file: which crypto provider it uses.
    writeFileSync(
      join(directory, 'core.yaml'),
      'peer:\n  BCCSP:\n    Default: SW\n    SW: {Hash: SHA2, Security: 256}\n',
    );
    for (const [mspId, organisation] of network.organisations) {
      const roots = { caCertificate: organisation.signing.certificate, tlsCaCertificate: organisation.tls.certificate };
      writeFileSync(tlsRoot(mspId), roots.tlsCaCertificate);
      for (const kind of ['client', 'admin'] as const) {
        await writeMspFolder(join(directory, mspId, kind), roots, await organisation.issue(kind));
      }
    }
  });

  afterAll(async () => {
    await network.close();
  });

  const tlsRoot = (mspId: string): string => join(directory, `${mspId}.pem`);
  const ordering = (): string[] => ['-o', network.ordererAddress, '--tls', '--cafile', tlsRoot('AlphaMSP')];
  const target = (mspId: TestMspId): string[] => [
    '--peerAddresses',
    network.peerAddress(mspId),
    '--tlsRootCertFiles',
    tlsRoot(mspId),
  ];

  const peer = (mspId: TestMspId, kind: 'client' | 'admin', ...args: string[]): Promise<Result> => {
    const env = {
      PATH: process.env['PATH'],
      FABRIC_CFG_PATH: directory,
      FABRIC_LOGGING_SPEC: 'fatal',
      CORE_PEER_TLS_ENABLED: 'true',
      CORE_PEER_LOCALMSPID: mspId,
      CORE_PEER_MSPCONFIGPATH: join(directory, mspId, kind),
      CORE_PEER_ADDRESS: network.peerAddress(mspId),
      CORE_PEER_TLS_ROOTCERT_FILE: tlsRoot(mspId),
    };
    return new Promise((resolve) => {
      execFile('peer', args, { env, cwd: directory, timeout: 20_000 }, (error, output, errors) => {
        resolve({ code: error === null ? 0 : 1, output, errors });
      });
    });
  };

  const chaincode = (...args: string[]): string[] => [
    '-C',
    CHANNEL,
    '-n',
    CHAINCODE,
    '-c',
    JSON.stringify({ Args: args }),
  ];

  test('channel getinfo and channel list', async () => {
    const info = await peer('AlphaMSP', 'client', 'channel', 'getinfo', '-c', CHANNEL);
    expect(info).toMatchObject({ code: 0 });
    expect(info.output).toContain(`"height":${network.engine.ledger.height.toString()}`);
    const list = await peer('AlphaMSP', 'client', 'channel', 'list');
    expect(list.output).toContain(CHANNEL);
  });

  test('channel fetch, of a block and of the configuration', async () => {
    expect(await peer('BetaMSP', 'client', 'channel', 'fetch', 'newest', 'newest.block', '-c', CHANNEL)).toMatchObject({
      code: 0,
    });
    const config = ['channel', 'fetch', 'config', 'config.block', '-c', CHANNEL, ...ordering()];
    expect(await peer('BetaMSP', 'client', ...config)).toMatchObject({ code: 0 });
  });

  test('chaincode invoke that waits for the event, and chaincode query', async () => {
    const invoke = [
      'chaincode',
      'invoke',
      ...ordering(),
      ...chaincode('put', 'by', 'peer'),
      '--waitForEvent',
      ...target('AlphaMSP'),
    ];
    expect(await peer('AlphaMSP', 'client', ...invoke)).toMatchObject({ code: 0 });
    const query = await peer('BetaMSP', 'client', 'chaincode', 'query', ...chaincode('get', 'by'));
    expect(query).toMatchObject({ code: 0, output: 'peer\n' });
  });

  test('a query that the chaincode refuses fails with its message', async () => {
    const query = await peer('AlphaMSP', 'client', 'chaincode', 'query', ...chaincode('fail', 'not today'));
    expect(query.code).toBe(1);
    // How many spaces are between them differs from build to build of the command.
    expect(query.errors).toMatch(/status:500 +message:"not today"/);
  });

  test('lifecycle: install, approve, check, commit and query', async () => {
    const installed = chaincodePackage('second_1', { address: network.chaincodeAddress });
    writeFileSync(join(directory, 'second.tar.gz'), installed.bytes);
    const definition = ['-C', CHANNEL, '-n', 'second', '-v', '1.0', '--sequence', '1'];
    const lifecycle = (mspId: TestMspId, ...args: string[]): Promise<Result> =>
      peer(mspId, 'admin', 'lifecycle', 'chaincode', ...args);

    expect(await lifecycle('AlphaMSP', 'install', 'second.tar.gz')).toMatchObject({ code: 0 });
    expect((await lifecycle('AlphaMSP', 'install', 'second.tar.gz')).errors).toContain(
      'chaincode already successfully installed',
    );
    expect((await lifecycle('AlphaMSP', 'queryinstalled')).output).toContain(installed.packageId);
    const approve = ['approveformyorg', ...definition, '--package-id', installed.packageId, ...ordering()];
    expect(await lifecycle('AlphaMSP', ...approve)).toMatchObject({ code: 0 });
    expect((await lifecycle('AlphaMSP', ...approve)).errors).toContain(
      'attempted to redefine uncommitted sequence (1) for namespace second with unchanged content',
    );
    const readiness = await lifecycle('BetaMSP', 'checkcommitreadiness', ...definition, '--output', 'json');
    expect(JSON.parse(readiness.output)).toEqual({ approvals: { AlphaMSP: true, BetaMSP: false, GammaMSP: false } });
    const commit = ['commit', ...definition, ...ordering(), ...target('AlphaMSP'), ...target('BetaMSP')];
    expect((await lifecycle('AlphaMSP', ...commit)).errors).toContain(
      'chaincode definition not agreed to by this org (BetaMSP)',
    );
    expect(await lifecycle('BetaMSP', 'approveformyorg', ...definition, ...ordering())).toMatchObject({ code: 0 });
    expect(await lifecycle('AlphaMSP', ...commit)).toMatchObject({ code: 0 });
    const committed = await lifecycle('GammaMSP', 'querycommitted', '-C', CHANNEL, '-n', 'second');
    expect(committed.output).toContain('Version: 1.0, Sequence: 1, Endorsement Plugin: escc, Validation Plugin: vscc');
    expect(committed.output).toContain('Approvals: [AlphaMSP: true, BetaMSP: true, GammaMSP: false]');
    expect((await lifecycle('GammaMSP', 'querycommitted', '-C', CHANNEL, '-n', 'third')).errors).toContain(
      'query failed with status: 404 - namespace third is not defined',
    );
  });

  test('a chaincode whose definition asks for Init runs after its Init, and not before', async () => {
    const definition = ['-C', CHANNEL, '-n', 'third', '-v', '1.0', '--sequence', '1', '--init-required'];
    const policy = ['--signature-policy', "OR('AlphaMSP.peer','BetaMSP.peer')"];
    const approve = [
      'approveformyorg',
      ...definition,
      ...policy,
      '--package-id',
      network.package.packageId,
      ...ordering(),
    ];
    for (const mspId of ['AlphaMSP', 'BetaMSP'] as const) {
      expect(await peer(mspId, 'admin', 'lifecycle', 'chaincode', ...approve)).toMatchObject({ code: 0 });
    }
    const commit = ['commit', ...definition, ...policy, ...ordering(), ...target('AlphaMSP'), ...target('BetaMSP')];
    expect(await peer('AlphaMSP', 'admin', 'lifecycle', 'chaincode', ...commit)).toMatchObject({ code: 0 });

    const call = [
      '-C',
      CHANNEL,
      '-n',
      'third',
      '-c',
      JSON.stringify({ Args: ['put', 'a', 'b'] }),
      ...ordering(),
      '--waitForEvent',
    ];
    const invoke = (...more: string[]): Promise<Result> =>
      peer('AlphaMSP', 'client', 'chaincode', 'invoke', ...call, ...target('AlphaMSP'), ...more);
    expect((await invoke()).errors).toContain(
      "chaincode 'third' has not been initialized for this version, must call as init first",
    );
    expect(await invoke('--isInit')).toMatchObject({ code: 0 });
    expect((await invoke('--isInit')).errors).toContain("chaincode 'third' is already initialized but called as init");
    expect(await invoke()).toMatchObject({ code: 0 });
  });

  test('only an administrator installs', async () => {
    const result = await peer('AlphaMSP', 'client', 'lifecycle', 'chaincode', 'queryinstalled');
    expect(result.code).toBe(1);
    expect(result.errors).toContain('The identity is not an admin under this MSP [AlphaMSP]');
  });
});
