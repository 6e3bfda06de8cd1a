import { execFile, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Contract, Gateway } from '@hyperledger/fabric-gateway';
import { peer } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chaincodePackage, deploy, LifecycleClient } from '../../admin';
import type { ChaincodeDefinition } from '../../admin';
import { marketDefinition, marketPackage } from '../../directory/market-package';
import { NetworkFiles } from '../../directory/network-files';
import { administratorOf } from '../../directory/peer-access';
import { isRunning } from '../../directory/process-identity';
import { OrganisationFiles } from '../../identities';
import { poll } from '../../poll';
import { decidersOf, endorsingOrganisations, findOrganisation, newOrganisation, readTopology } from '../../topology';
import { addOrganisation, startEmbedded } from '../index';
import type { EmbeddedNetwork } from '../index';

const topology = readTopology();

// A chaincode on Fabric's own shim: it keeps a public value, or a private one of Alpha's.
const CHAINCODE = `
const { readFileSync } = require('node:fs');
const shim = require(${JSON.stringify(createRequire(__filename).resolve('fabric-shim'))});
const { env } = process;
class Notes {
  async Init() { return shim.success(); }
  async Invoke(stub) {
    const { fcn, params: [key, value] } = stub.getFunctionAndParameters();
    if (fcn === 'note') await stub.putState(key, Buffer.from(value));
    if (fcn === 'confide') await stub.putPrivateData('AlphaMSP', key, stub.getTransient().get('value'));
    if (fcn === 'confided') return shim.success(Buffer.from(await stub.getPrivateData('AlphaMSP', key)));
    return shim.success(Buffer.from(await stub.getState(key)));
  }
}
shim.server(new Notes(), {
  ccid: env.CHAINCODE_ID,
  address: env.CHAINCODE_SERVER_ADDRESS,
  tlsProps: {
    key: readFileSync(env.CHAINCODE_TLS_KEY_FILE),
    cert: readFileSync(env.CHAINCODE_TLS_CERT_FILE),
    clientCACerts: readFileSync(env.CHAINCODE_TLS_CLIENT_CA_FILE),
  },
}).start();
`;

let directory: string;
let network: EmbeddedNetwork;
const open: { readonly gateway: Gateway; readonly client: grpc.Client }[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-embedded-'));
  const chaincodeProgram = join(directory, 'notes.js');
  writeFileSync(chaincodeProgram, CHAINCODE);
  network = await startEmbedded({ directory: join(directory, 'network'), topology, chaincodeProgram });
});

afterAll(async () => {
  for (const { gateway, client } of open) {
    gateway.close();
    client.close();
  }
  await network.close();
  rmSync(directory, { recursive: true, force: true });
});

function contractOf(mspId: string): Contract {
  const profile = network.profile(mspId);
  const credentials = grpc.credentials.createSsl(Buffer.from(profile.tlsRootCert));
  const client = new grpc.Client(profile.endpoint, credentials, profile.gatewayOptions);
  const gateway = connect({
    client,
    identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
    signer: signers.newPrivateKeySigner(createPrivateKey(profile.key)),
    hash: hash.sha256,
  });
  open.push({ gateway, client });
  return gateway.getNetwork(profile.channel).getContract(profile.chaincode);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

async function deployed(definition: ChaincodeDefinition): ReturnType<typeof deploy> {
  return deploy({
    channel: topology.channel,
    organisations: topology.organisations.map((organisation) => administratorOf(openNetwork(), organisation)),
    definition,
    chaincode: marketPackage(topology),
  });
}

function openNetwork(): { files: NetworkFiles; record: EmbeddedNetwork['record'] } {
  return { files: new NetworkFiles(network.directory), record: network.record };
}

describe('a deployment', () => {
  test('commits the topology’s definition, approved by every organisation', async () => {
    const result = await network.deploy();
    expect(result).toMatchObject({ state: 'committed', sequence: 1, packageId: marketPackage(topology).packageId });
    expect([...result.approvals.values()]).toEqual(topology.organisations.map(() => true));
  });

  test('done again changes nothing', async () => {
    expect(await network.deploy()).toMatchObject({ state: 'unchanged', sequence: 1 });
  });

  test('of another definition takes the next sequence, and the first can be had back at the one after', async () => {
    const definition = marketDefinition(topology);
    const collections = new peer.CollectionConfigPackage();
    const board = definition.collections.getConfigList().map((config) => config.cloneMessage());
    board.at(-1)?.getStaticCollectionConfig()?.setMaximumPeerCount(3);
    collections.setConfigList(board);
    expect(await deployed({ ...definition, collections })).toMatchObject({ state: 'committed', sequence: 2 });
    expect(await deployed(definition)).toMatchObject({ state: 'committed', sequence: 3 });
    expect(await deployed(definition)).toMatchObject({ state: 'unchanged', sequence: 3 });
  });

  test('cut off after some approvals is completed by the next', async () => {
    const definition = { ...marketDefinition(topology), version: 'cut-off' };
    const first = topology.organisations[0];
    if (first === undefined) throw new Error('the topology has no organisation');
    const client = new LifecycleClient(topology.channel, administratorOf(openNetwork(), first));
    await client.approve(definition, 4, marketPackage(topology).packageId);
    const readiness = await client.checkCommitReadiness(definition, 4);
    client.close();
    expect([...readiness].filter(([, approved]) => approved)).toEqual([[first.mspId, true]]);
    expect(await deployed(definition)).toMatchObject({ state: 'committed', sequence: 4 });
  });

  test('that lacks an approval names the organisations, and commits nothing', async () => {
    const definition = { ...marketDefinition(topology), version: 'approved-by-one' };
    const [first] = topology.organisations;
    if (first === undefined) throw new Error('the topology has no organisation');
    const one = administratorOf(openNetwork(), first);
    const request = { channel: topology.channel, organisations: [one], definition, chaincode: marketPackage(topology) };
    await expect(deploy({ ...request, deciders: decidersOf(topology) })).rejects.toMatchObject({
      code: 'ApprovalMissing',
      mspId: 'CsdMSP',
      message: expect.stringContaining(
        'of 2 approvals that market, sequence 5, needs there are 1; missing: CsdMSP, CcpMSP',
      ),
      remedy: expect.stringContaining('CsdMSP or CcpMSP'),
    });
    const client = new LifecycleClient(topology.channel, one);
    expect(await client.queryCommitted(definition)).toMatchObject({ sequence: 4, version: 'cut-off' });
    client.close();
  });

  test('by another package than the approved one is refused before anything is done, unless it is to be replaced', async () => {
    const gamma = topology.organisations.find(({ mspId }) => mspId === 'GammaMSP');
    if (gamma === undefined) throw new Error('the topology has no GammaMSP');
    const other = chaincodePackage('market_other', { address: '127.0.0.1:1' });
    const definition = { ...marketDefinition(topology), version: 'cut-off' };
    const request = { channel: topology.channel, organisations: [administratorOf(openNetwork(), gamma)], definition };
    await expect(deploy({ ...request, chaincode: other })).rejects.toMatchObject({
      code: 'PackageDiffers',
      mspId: 'GammaMSP',
      message: expect.stringContaining(
        `approved with the package ${marketPackage(topology).packageId}, not with ${other.packageId}`,
      ),
    });
    const client = new LifecycleClient(topology.channel, administratorOf(openNetwork(), gamma));
    expect(await client.queryInstalled()).not.toContain(other.packageId);
    client.close();
    const replaced = await deploy({ ...request, chaincode: other, replacePackage: true });
    expect(replaced).toMatchObject({ state: 'approved', sequence: 4, packageId: other.packageId });
    const back = { ...request, chaincode: marketPackage(topology), replacePackage: true };
    expect(await deploy(back)).toMatchObject({ state: 'approved', sequence: 4 });
  });

  test('at a wrong sequence is refused in the peer’s words, with the organisation', async () => {
    const second = topology.organisations[1];
    if (second === undefined) throw new Error('the topology has one organisation');
    const client = new LifecycleClient(topology.channel, administratorOf(openNetwork(), second));
    const refused = client.approve(marketDefinition(topology), 9, marketPackage(topology).packageId);
    await expect(refused).rejects.toMatchObject({ code: 'ProposalRefused', mspId: 'CsdMSP' });
    client.close();
  });
});

test('an organisation cannot be added: the engine’s channel keeps its configuration', async () => {
  const before = readFileSync(new NetworkFiles(network.directory).record, 'utf8');
  const organisation = newOrganisation({ mspId: 'DeltaMSP', name: 'Delta Securities' }, topology);
  const adding = addOrganisation({ directory: network.directory, organisation: () => organisation });
  await expect(adding).rejects.toMatchObject({ code: 'EngineUnsupported', payload: { engine: 'embedded' } });
  expect(readFileSync(new NetworkFiles(network.directory).record, 'utf8')).toBe(before);
});

describe('a plain Fabric gateway client with an exported profile', () => {
  test('writes and reads', async () => {
    const contract = contractOf('AlphaMSP');
    await contract.submit('note', { arguments: ['greeting', 'hello'] });
    expect(text(await contractOf('BetaMSP').evaluate('note-read', { arguments: ['greeting'] }))).toBe('hello');
  });

  test('confides to the owner, the operators and the auditor, with the endorsers that the topology names', async () => {
    const endorsingOrganizations = [...endorsingOrganisations(topology, 'AlphaMSP')];
    await contractOf('AlphaMSP').submit('confide', {
      arguments: ['secret'],
      transientData: { value: 'a price' },
      endorsingOrganizations,
    });
    for (const reader of ['AlphaMSP', 'CcpMSP', 'AuditorMSP']) {
      expect(text(await contractOf(reader).evaluate('confided', { arguments: ['secret'] }))).toBe('a price');
    }
  });

  test('is served again after the chaincode process was killed', async () => {
    const first = network.chaincodePid ?? 0;
    process.kill(first, 'SIGKILL');
    expect(await poll(10_000, () => network.chaincodePid !== undefined && network.chaincodePid !== first)).toBe(true);
    expect(isRunning(first)).toBe(false);
    expect(text(await contractOf('AlphaMSP').evaluate('note-read', { arguments: ['greeting'] }))).toBe('hello');
  });
});

const hasPeer = spawnSync('peer', ['version']).status === 0;

// Needs Fabric's peer command on PATH.
(hasPeer ? test : test.skip)(
  'Fabric’s own peer command works with the MSP folders and certificates as they are (needs `peer` on PATH)',
  async () => {
    const organisation = findOrganisation(topology, 'AlphaMSP');
    if (organisation === undefined) throw new Error('AlphaMSP is not in the topology');
    const files = new OrganisationFiles(network.directory, organisation);
    writeFileSync(join(directory, 'core.yaml'), 'peer: { BCCSP: { Default: SW, SW: { Hash: SHA2, Security: 256 } } }');
    const env = {
      ...process.env,
      FABRIC_CFG_PATH: directory,
      CORE_PEER_LOCALMSPID: 'AlphaMSP',
      CORE_PEER_MSPCONFIGPATH: files.user('user1'),
      CORE_PEER_ADDRESS: network.profile('AlphaMSP').endpoint,
      CORE_PEER_TLS_ENABLED: 'true',
      CORE_PEER_TLS_ROOTCERT_FILE: files.tlsCaCertificate,
    };
    const peerCommand = async (...args: string[]): Promise<string> => {
      const { stdout } = await promisify(execFile)('peer', args, { env, timeout: 20_000 });
      return stdout.trim();
    };
    const query = '{"Args":["note-read","greeting"]}';
    expect(await peerCommand('chaincode', 'query', '-C', 'market', '-n', 'market', '-c', query)).toBe('hello');
    expect(await peerCommand('channel', 'getinfo', '-c', 'market')).toContain('"height":');
    const installed = await peerCommand(
      'lifecycle',
      'chaincode',
      'querycommitted',
      '-C',
      'market',
      '-n',
      'market',
      '--output',
      'json',
    );
    expect(JSON.parse(installed)).toMatchObject({ sequence: 4 });
    expect(readFileSync(files.tlsCaCertificate, 'utf8')).toBe(network.profile('AlphaMSP').tlsRootCert);
  },
);
