import { spawn, type ChildProcess } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, signers, type ConnectOptions, type Gateway } from '@hyperledger/fabric-gateway';
import { peer } from '@hyperledger/fabric-protos';
import { chaincodePackage, deploy, type ChaincodePackage } from '../../../../admin';
import { CertificateAuthority, LocalSigner, type Credential, type NodeOu } from '../../../../identities';
import { startEngine, type Engine, type EngineOptions, type EngineSettings } from '../../engine';
import { parsePolicyText } from '../../policy';

/** A small network for tests: three organisations, each with a peer, one orderer, and a chaincode process shared by all. */

export const CHANNEL = 'testchannel';
export const CHAINCODE = 'test';
export const HOST = '127.0.0.1';
/** As clients name it: Node.js refuses an IP address as the name of a TLS server. */
const NAME = 'localhost';
export const MSP_IDS = ['AlphaMSP', 'BetaMSP', 'GammaMSP'] as const;
export type TestMspId = (typeof MSP_IDS)[number];

/** An organisation's authorities, and identities that they issue. */
export class TestOrganisation {
  readonly mspId: string;
  readonly signing: CertificateAuthority;
  readonly tls: CertificateAuthority;

  private constructor(mspId: string, signing: CertificateAuthority, tls: CertificateAuthority) {
    this.mspId = mspId;
    this.signing = signing;
    this.tls = tls;
  }

  static async create(mspId: string): Promise<TestOrganisation> {
    const name = `${mspId.toLowerCase()}.test`;
    return new TestOrganisation(
      mspId,
      await CertificateAuthority.create(`ca.${name}`, name),
      await CertificateAuthority.create(`tlsca.${name}`, name),
    );
  }

  issue(ou: NodeOu, commonName: string = ou): Promise<Credential> {
    return this.signing.issueSigning({ commonName, organisation: `${this.mspId.toLowerCase()}.test`, ou });
  }

  async signer(ou: NodeOu): Promise<LocalSigner> {
    const { certificate, privateKey } = await this.issue(ou);
    return new LocalSigner(this.mspId, certificate, privateKey);
  }

  issueTls(): Promise<Credential> {
    return this.tls.issueTls({ commonName: HOST, organisation: this.mspId, hosts: [HOST, NAME] });
  }
}

/** A chaincode process that serves a package, started and ended by its pid. */
export class ChaincodeProcess {
  #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param tlsFolder holds server.key, server.pem and root.pem; without it the service is in plaintext. */
  static async start(packageId: string, address: string, tlsFolder = ''): Promise<ChaincodeProcess> {
    const child = spawn(process.execPath, [join(__dirname, 'chaincode-main.js'), packageId, address, tlsFolder], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, CORE_CHAINCODE_LOGGING_LEVEL: 'fatal', CORE_CHAINCODE_LOGGING_SHIM: 'fatal' },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => {
        resolve();
      });
      child.once('exit', (code) => {
        reject(new Error(`the chaincode process ended with ${String(code)}`));
      });
    });
    return new ChaincodeProcess(child);
  }

  /** Resolves when the process is gone. */
  get ended(): Promise<void> {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#child.once('exit', () => {
            resolve();
          });
        });
  }

  async kill(): Promise<void> {
    const { ended } = this;
    this.#child.kill('SIGKILL');
    await ended;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A collection of private data whose members are the organisations given; without an endorsement policy the chaincode's holds. */
export function collection(
  name: string,
  mspIds: readonly string[],
  memberOnly: boolean,
  endorsement?: string,
): peer.CollectionConfig {
  const members = new peer.CollectionPolicyConfig();
  members.setSignaturePolicy(parsePolicyText(`OR(${mspIds.map((mspId) => `'${mspId}.member'`).join(', ')})`));
  const configuration = new peer.StaticCollectionConfig();
  configuration.setName(name);
  configuration.setMemberOrgsPolicy(members);
  configuration.setMaximumPeerCount(mspIds.length);
  configuration.setMemberOnlyRead(memberOnly);
  configuration.setMemberOnlyWrite(memberOnly);
  if (endorsement !== undefined) {
    const policy = new peer.ApplicationPolicy();
    policy.setSignaturePolicy(parsePolicyText(endorsement));
    configuration.setEndorsementPolicy(policy);
  }
  const result = new peer.CollectionConfig();
  result.setStaticCollectionConfig(configuration);
  return result;
}

export interface TestNetworkOptions {
  readonly settings?: EngineSettings;
  /** The endorsement policy of the chaincode; any organisation's peer unless told. */
  readonly policy?: string;
  /** Who may ask for whole blocks; every member unless told. */
  readonly blockReaders?: readonly string[];
}

/** Where a network keeps the certificates of chaincode services. */
const CHAINCODE_TLS = 'chaincode-tls';

const ANY_PEER = `OR(${MSP_IDS.map((mspId) => `'${mspId}.peer'`).join(', ')})`;

export class TestNetwork {
  readonly directory: string;
  readonly organisations: ReadonlyMap<string, TestOrganisation>;
  readonly package: ChaincodePackage;
  readonly chaincodeAddress: string;
  readonly engineOptions: EngineOptions;
  engine: Engine;
  chaincode: ChaincodeProcess;
  readonly #clients: Client[] = [];
  readonly #beside: ChaincodeProcess[] = [];

  private constructor(
    parts: Pick<TestNetwork, 'directory' | 'organisations' | 'package' | 'chaincodeAddress' | 'engineOptions'>,
    engine: Engine,
    chaincode: ChaincodeProcess,
  ) {
    this.directory = parts.directory;
    this.organisations = parts.organisations;
    this.package = parts.package;
    this.chaincodeAddress = parts.chaincodeAddress;
    this.engineOptions = parts.engineOptions;
    this.engine = engine;
    this.chaincode = chaincode;
  }

  static async start(options: TestNetworkOptions = {}): Promise<TestNetwork> {
    const directory = mkdtempSync(join(tmpdir(), 'embedded-engine-'));
    const organisations = new Map<string, TestOrganisation>();
    for (const mspId of MSP_IDS) {
      organisations.set(mspId, await TestOrganisation.create(mspId));
    }
    const { blockReaders, settings } = options;
    const engineOptions = {
      ...(await optionsFor(directory, organisations, settings)),
      ...(blockReaders === undefined ? {} : { blockReaders }),
    };
    const engine = await startEngine(engineOptions);
    const chaincodeAddress = `${HOST}:${(await freePort()).toString()}`;
    const chaincode = chaincodePackage('test_1', { address: chaincodeAddress });
    const process = await ChaincodeProcess.start(chaincode.packageId, chaincodeAddress);
    const network = new TestNetwork(
      { directory, organisations, package: chaincode, chaincodeAddress, engineOptions },
      engine,
      process,
    );
    await network.deploy(CHAINCODE, options.policy ?? ANY_PEER);
    return network;
  }

  organisation(mspId: string): TestOrganisation {
    const organisation = this.organisations.get(mspId);
    if (organisation === undefined) {
      throw new Error(`no organisation ${mspId}`);
    }
    return organisation;
  }

  peerAddress(mspId: string): string {
    const node = this.engine.endpoints.peers.find((candidate) => candidate.mspId === mspId);
    return `${NAME}:${String(node?.port)}`;
  }

  get ordererAddress(): string {
    return `${NAME}:${String(this.engine.endpoints.orderers[0]?.port)}`;
  }

  /** Installs, approves and commits the chaincode under a name, by all organisations. */
  async deploy(name: string, policyText = ANY_PEER, chaincode = this.package): Promise<void> {
    const endorsementPolicy = new peer.ApplicationPolicy();
    endorsementPolicy.setSignaturePolicy(parsePolicyText(policyText));
    const collections = new peer.CollectionConfigPackage();
    collections.setConfigList([
      collection('alphaBeta', ['AlphaMSP', 'BetaMSP'], true),
      collection('open', ['AlphaMSP', 'BetaMSP'], false),
      collection('all', MSP_IDS, false),
      collection('inbox', MSP_IDS, false, "OR('GammaMSP.peer')"),
    ]);
    const accesses = await Promise.all(
      MSP_IDS.map(async (mspId) => ({
        mspId,
        endpoint: this.peerAddress(mspId),
        tlsRootCertificate: this.organisation(mspId).tls.certificate,
        signer: await this.organisation(mspId).signer('admin'),
      })),
    );
    await deploy({
      channel: CHANNEL,
      organisations: accesses,
      definition: { name, version: '1.0', endorsementPolicy, collections },
      chaincode,
    });
  }

  /** Deploys a chaincode with a package and a process of its own. */
  async deployBeside(name: string): Promise<void> {
    const address = `${HOST}:${(await freePort()).toString()}`;
    const chaincode = chaincodePackage(`${name}_1`, { address });
    this.#beside.push(await ChaincodeProcess.start(chaincode.packageId, address));
    await this.deploy(name, ANY_PEER, chaincode);
  }

  /** Deploys a chaincode whose service asks for mutual TLS, with a package that leaves the certificates to the peers. */
  async deployWithTls(name: string): Promise<void> {
    const folder = join(this.directory, CHAINCODE_TLS);
    const port = (await freePort()).toString();
    const address = `${HOST}:${port}`;
    const tls = { rootCertificate: '{{.root}}', clientCertificate: '{{.certificate}}', clientKey: '{{.key}}' };
    const chaincode = chaincodePackage(`${name}_1`, { address: `${NAME}:${port}`, tls });
    this.#beside.push(await ChaincodeProcess.start(chaincode.packageId, address, folder));
    await this.deploy(name, ANY_PEER, chaincode);
  }

  /** A plain gateway client of an organisation, at its own peer unless told another. */
  async client(mspId: string, changes: Partial<ConnectOptions> = {}, at = mspId): Promise<Gateway> {
    const credential = await this.organisation(mspId).issue('client');
    return this.clientWith(mspId, credential, changes, at);
  }

  clientWith(mspId: string, credential: Credential, changes: Partial<ConnectOptions>, at: string): Gateway {
    const root = Buffer.from(this.organisation(at).tls.certificate);
    const client = new Client(this.peerAddress(at), credentials.createSsl(root));
    this.#clients.push(client);
    return connect({
      client,
      identity: { mspId, credentials: Buffer.from(credential.certificate) },
      signer: signers.newPrivateKeySigner(createPrivateKey(credential.privateKey)),
      hash: hash.sha256,
      ...changes,
    });
  }

  /** A connection to a node of an organisation, for services that the gateway client does not use. */
  connection(mspId: string): { readonly root: Buffer; readonly address: string } {
    return { root: Buffer.from(this.organisation(mspId).tls.certificate), address: this.peerAddress(mspId) };
  }

  async restartEngine(): Promise<void> {
    await this.engine.close();
    this.engine = await startEngine(this.engineOptions);
  }

  async restartChaincode(): Promise<void> {
    await this.chaincode.kill();
    this.chaincode = await ChaincodeProcess.start(this.package.packageId, this.chaincodeAddress);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) {
      client.close();
    }
    await this.engine.close();
    await Promise.all([this.chaincode, ...this.#beside].map((chaincode) => chaincode.kill()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function optionsFor(
  directory: string,
  organisations: ReadonlyMap<string, TestOrganisation>,
  settings: EngineSettings = {},
): Promise<EngineOptions> {
  const chaincodeVariables = await makeChaincodeTls(join(directory, CHAINCODE_TLS));
  const members = await Promise.all(
    [...organisations.values()].map(async (organisation) => ({
      mspId: organisation.mspId,
      rootCertificate: organisation.signing.certificate,
      tlsRootCertificate: organisation.tls.certificate,
      peer: { endpoint: await endpointOf(organisation), signer: await organisation.signer('peer'), chaincodeVariables },
    })),
  );
  const ordering = organisations.get('AlphaMSP');
  if (ordering === undefined) {
    throw new Error('no ordering organisation');
  }
  const orderer = {
    mspId: ordering.mspId,
    rootCertificate: ordering.signing.certificate,
    tlsRootCertificate: ordering.tls.certificate,
    endpoint: await endpointOf(ordering),
    signer: await ordering.signer('orderer'),
  };
  return { directory, channel: CHANNEL, organisations: members, orderers: [orderer], settings };
}

async function endpointOf(organisation: TestOrganisation): Promise<EngineOptions['orderers'][number]['endpoint']> {
  const { certificate, privateKey } = await organisation.issueTls();
  return { host: HOST, port: await freePort(), tls: { certificate, key: privateKey } };
}

/** Writes what a chaincode service needs, and gives what peers fill into packages. */
async function makeChaincodeTls(folder: string): Promise<Record<string, string>> {
  const authority = await CertificateAuthority.create('tlsca.chaincode.test', 'chaincode.test');
  const request = { organisation: 'chaincode.test', hosts: [HOST, NAME] };
  const server = await authority.issueTls({ ...request, commonName: 'server' });
  const client = await authority.issueTls({ ...request, commonName: 'peers' });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'server.key'), server.privateKey);
  writeFileSync(join(folder, 'server.pem'), server.certificate);
  writeFileSync(join(folder, 'root.pem'), authority.certificate);
  return { root: authority.certificate, certificate: client.certificate, key: client.privateKey };
}
