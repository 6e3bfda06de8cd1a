// Helpers for the tests of this engine's ledger half; nothing of the product imports it.
// @peculiar/x509 resolves its algorithms through decorators, which need this to be loaded first.
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common, peer } from '@hyperledger/fabric-protos';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { LocalSigner } from '../msp';
import { parsePolicyText } from '../policy';
import type { SimulationResult, Signer, Simulator } from '../ports';
import { makeGenesisBlock } from './genesis';
import { openLedger, transactionId, type EmbeddedLedger } from './index';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

interface IssueOptions {
  readonly units?: readonly string[];
  readonly commonName?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly namedCurve?: 'P-256' | 'P-384';
}

export interface TestCredential {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A CA that issues whatever a test wants to see refused. */
export class TestAuthority {
  readonly certificate: string;
  readonly #own: X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(own: X509Certificate, key: webcrypto.CryptoKey) {
    this.#own = own;
    this.#key = key;
    this.certificate = own.toString('pem');
  }

  static async create(name: string): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: `CN=ca.${name},O=${name}`,
      keys,
      serialNumber: randomBytes(8).toString('hex'),
      notBefore: new Date(Date.now() - 30 * DAY_MS),
      notAfter: new Date(Date.now() + 3650 * DAY_MS),
      signingAlgorithm: ALGORITHM,
      extensions: await authorityExtensions(keys.publicKey),
    });
    return new TestAuthority(certificate, keys.privateKey);
  }

  async intermediate(name: string): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=ca.${name},O=${name}`,
      issuer: this.#own.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      serialNumber: randomBytes(8).toString('hex'),
      notBefore: new Date(Date.now() - 30 * DAY_MS),
      notAfter: new Date(Date.now() + 3650 * DAY_MS),
      signingAlgorithm: ALGORITHM,
      extensions: await authorityExtensions(keys.publicKey),
    });
    return new TestAuthority(certificate, keys.privateKey);
  }

  async issue(options: IssueOptions = {}): Promise<TestCredential> {
    const { units = [], commonName = 'someone', namedCurve = 'P-256' } = options;
    const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      subject: [`CN=${commonName}`, ...units.map((unit) => `OU=${unit}`)].join(','),
      issuer: this.#own.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      serialNumber: randomBytes(8).toString('hex'),
      notBefore: options.notBefore ?? new Date(Date.now() - DAY_MS),
      notAfter: options.notAfter ?? new Date(Date.now() + 365 * DAY_MS),
      signingAlgorithm: ALGORITHM,
      extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
    });
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { certificate: certificate.toString('pem'), privateKey: PemConverter.encode(pkcs8, 'PRIVATE KEY') };
  }

  async signer(mspId: string, unit: string): Promise<LocalSigner> {
    return new LocalSigner({ mspId, ...(await this.issue({ units: [unit], commonName: `${unit}.${mspId}` })) });
  }
}

function organisationOf(mspId: string, credentials: MemberCredentials): TestOrganisation {
  return {
    mspId,
    credentials,
    peer: new LocalSigner({ mspId, ...credentials.peer }),
    client: new LocalSigner({ mspId, ...credentials.client }),
  };
}

async function authorityExtensions(publicKey: webcrypto.CryptoKey) {
  return [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
}

interface MemberCredentials {
  readonly peer: TestCredential;
  readonly client: TestCredential;
}

interface KeptKeys {
  readonly kept: readonly { readonly mspId: string; readonly credentials: MemberCredentials }[];
  readonly orderer: TestCredential;
}

export interface TestOrganisation {
  readonly mspId: string;
  readonly credentials: MemberCredentials;
  readonly peer: Signer;
  readonly client: Signer;
}

export interface CollectionText {
  readonly name: string;
  readonly members: string;
  readonly endorsement?: string;
  readonly blockToLive?: number;
}

export interface DefinitionText {
  readonly name: string;
  readonly policy?: string;
  readonly collections?: readonly CollectionText[];
}

export interface InvokeOptions {
  /** Organisations whose peers endorse; the simulation is the first one's. */
  readonly endorsers?: readonly string[];
  readonly chaincode?: string;
  readonly version?: string;
  readonly creator?: Signer;
  readonly nonce?: Uint8Array;
  readonly keepPrivate?: boolean;
  /** What is endorsed in place of what was simulated. */
  readonly results?: (simulated: Uint8Array) => Uint8Array;
  /** Serialised identity in place of each endorser's own, under the signature of the first. */
  readonly endorserBytes?: (own: Uint8Array) => Uint8Array;
}

export interface Invocation {
  readonly txId: string;
  readonly envelope: Uint8Array;
  readonly result: SimulationResult;
}

export const testChannel = 'market';

/** A channel of the organisations A, B and C with a ledger in a temporary directory. */
export class TestChannel {
  readonly directory: string;
  readonly orderer: Signer;
  readonly #ordererCredential: TestCredential;
  readonly #organisations: ReadonlyMap<string, TestOrganisation>;
  #ledger: EmbeddedLedger;

  private constructor(
    directory: string,
    orderer: Signer,
    ordererCredential: TestCredential,
    organisations: readonly TestOrganisation[],
    ledger: EmbeddedLedger,
  ) {
    this.directory = directory;
    this.orderer = orderer;
    this.#ordererCredential = ordererCredential;
    this.#organisations = new Map(organisations.map((organisation) => [organisation.mspId, organisation]));
    this.#ledger = ledger;
  }

  static async create(mspIds: readonly string[] = ['A', 'B', 'C']): Promise<TestChannel> {
    const founded = await Promise.all(
      mspIds.map(async (mspId) => {
        const authority = await TestAuthority.create(mspId);
        const credentials = {
          peer: await authority.issue({ units: ['peer'], commonName: `peer.${mspId}` }),
          client: await authority.issue({ units: ['client'], commonName: `client.${mspId}` }),
        };
        return { mspId, authority, organisation: organisationOf(mspId, credentials) };
      }),
    );
    const ordering = await TestAuthority.create('Ordering');
    const ordererCredential = await ordering.issue({ units: ['orderer'] });
    const orderer = new LocalSigner({ mspId: 'Ordering', ...ordererCredential });
    const genesis = makeGenesisBlock({
      channel: testChannel,
      organisations: founded.map(({ mspId, authority: { certificate } }) => ({
        mspId,
        rootCert: certificate,
        tlsRootCert: certificate,
        nodes: [],
      })),
      ordererOrganisations: [
        {
          mspId: 'Ordering',
          rootCert: ordering.certificate,
          tlsRootCert: ordering.certificate,
          nodes: [{ host: 'localhost', port: 7050 }],
        },
      ],
      batch: { maxMessageCount: 500, absoluteMaxBytes: 10_000_000, preferredMaxBytes: 2_000_000, timeout_ms: 100 },
    });
    const directory = await mkdtemp(join(tmpdir(), 'kessai-ledger-'));
    const ledger = await openLedger({ directory, genesis, ordererSigner: orderer });
    const organisations = founded.map(({ organisation }) => organisation);
    return new TestChannel(directory, orderer, ordererCredential, organisations, ledger);
  }

  /** Writes down the keys, so that another process can go on with `restore`. The ledger is closed. */
  async leave(): Promise<void> {
    await this.#ledger.close();
    const kept = [...this.#organisations.values()].map(({ mspId, credentials }) => ({ mspId, credentials }));
    await writeFile(join(this.directory, 'keys.json'), JSON.stringify({ kept, orderer: this.#ordererCredential }));
  }

  static async restore(directory: string): Promise<TestChannel> {
    const { kept, orderer } = JSON.parse(await readFile(join(directory, 'keys.json'), 'utf8')) as KeptKeys;
    const ordererSigner = new LocalSigner({ mspId: 'Ordering', ...orderer });
    const ledger = await openLedger({ directory, ordererSigner });
    const organisations = kept.map(({ mspId, credentials }) => organisationOf(mspId, credentials));
    return new TestChannel(directory, ordererSigner, orderer, organisations, ledger);
  }

  get ledger(): EmbeddedLedger {
    return this.#ledger;
  }

  organisation(mspId: string): TestOrganisation {
    const organisation = this.#organisations.get(mspId);
    if (organisation === undefined) throw new RangeError(`no organisation ${mspId}`);
    return organisation;
  }

  async reopen(): Promise<void> {
    await this.#ledger.close();
    this.#ledger = await openLedger({ directory: this.directory, ordererSigner: this.orderer });
  }

  async remove(): Promise<void> {
    await this.#ledger.close();
    await rm(this.directory, { recursive: true });
  }

  /** Simulates, endorses and signs one transaction. */
  async invoke(work: (simulator: Simulator) => Promise<void> | void, options: InvokeOptions = {}): Promise<Invocation> {
    const { endorsers = ['A', 'B'], creator = this.organisation('A').client, nonce = randomBytes(24) } = options;
    const txId = transactionId(nonce, creator.creator);
    const simulator = this.#ledger.simulate(txId, endorsers[0] ?? 'A');
    await work(simulator);
    const result = simulator.finish();
    for (const endorser of options.keepPrivate === false ? [] : endorsers)
      if (result.privateResults !== undefined) await this.#ledger.keepPrivate(txId, endorser, result.privateResults);
    const peers = endorsers.map((mspId) => this.organisation(mspId).peer);
    const results = options.results?.(result.publicResults) ?? result.publicResults;
    return { txId, result, envelope: endorse(txId, nonce, creator, peers, results, options) };
  }

  /** Invokes and commits alone. @returns the validation code. */
  async submit(work: (simulator: Simulator) => Promise<void> | void, options: InvokeOptions = {}): Promise<number> {
    const { envelope } = await this.invoke(work, options);
    const { validationCodes } = await this.#ledger.commit([envelope]);
    return validationCodes[0] ?? -1;
  }

  async read<T>(mspId: string, work: (simulator: Simulator) => Promise<T>): Promise<T> {
    const simulator = this.#ledger.simulate('query', mspId);
    try {
      return await work(simulator);
    } finally {
      simulator.discard();
    }
  }

  /** Defines a chaincode as `_lifecycle` would store it. */
  async define(definition: DefinitionText): Promise<number> {
    return this.submit(
      (simulator) => {
        for (const [key, value] of definitionState(definition)) simulator.put('_lifecycle', key, value);
      },
      { chaincode: '_lifecycle', version: 'syscc' },
    );
  }
}

function endorse(
  txId: string,
  nonce: Uint8Array,
  creator: Signer,
  peers: readonly Signer[],
  results: Uint8Array,
  { chaincode = 'trade', version = '1', endorserBytes = (own) => own }: InvokeOptions,
): Uint8Array {
  const id = new peer.ChaincodeID();
  id.setName(chaincode);
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(id);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setChannelId(testChannel);
  channelHeader.setTxId(txId);
  channelHeader.setTimestamp(Timestamp.fromDate(new Date()));
  channelHeader.setExtension$(extension.serializeBinary());
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(creator.creator);
  signatureHeader.setNonce(nonce);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const proposalPayload = Buffer.from('proposal');

  const versioned = id.cloneMessage();
  versioned.setVersion(version);
  const action = new peer.ChaincodeAction();
  action.setChaincodeId(versioned);
  action.setResults(results);
  const response = new peer.ProposalResponsePayload();
  const hash = createHash('sha256');
  for (const part of [header.getChannelHeader_asU8(), header.getSignatureHeader_asU8(), proposalPayload])
    hash.update(part);
  response.setProposalHash(hash.digest());
  response.setExtension$(action.serializeBinary());
  const responseBytes = response.serializeBinary();

  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(responseBytes);
  for (const endorser of peers) {
    const endorsement = endorsed.addEndorsements();
    const identity = endorserBytes(endorser.creator);
    endorsement.setEndorser(identity);
    endorsement.setSignature(endorser.sign(Buffer.concat([responseBytes, identity])));
  }
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setAction(endorsed);
  actionPayload.setChaincodeProposalPayload(proposalPayload);
  const transaction = new peer.Transaction();
  const transactionAction = transaction.addActions();
  transactionAction.setHeader(header.getSignatureHeader_asU8());
  transactionAction.setPayload(actionPayload.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(transaction.serializeBinary());
  return signEnvelope(payload, creator);
}

export function signEnvelope(payload: common.Payload, signer: Signer): Uint8Array {
  const bytes = payload.serializeBinary();
  const envelope = new common.Envelope();
  envelope.setPayload(bytes);
  envelope.setSignature(signer.sign(bytes));
  return envelope.serializeBinary();
}

/** Keys and values of a definition in Fabric's layout. */
export function definitionState({ name, policy, collections = [] }: DefinitionText): ReadonlyMap<string, Uint8Array> {
  const { StateMetadata, ChaincodeEndorsementInfo, ChaincodeValidationInfo } = peer.lifecycle;
  const metadata = new StateMetadata();
  metadata.setDatatype('ChaincodeDefinition');
  metadata.setFieldsList(['Sequence', 'EndorsementInfo', 'ValidationInfo', 'Collections']);
  const endorsement = new ChaincodeEndorsementInfo();
  endorsement.setVersion('1');
  endorsement.setEndorsementPlugin('escc');
  const validation = new ChaincodeValidationInfo();
  validation.setValidationPlugin('vscc');
  validation.setValidationParameter(applicationPolicy(policy).serializeBinary());
  const packaged = new peer.CollectionConfigPackage();
  packaged.setConfigList(collections.map(collectionConfig));
  const sequence = new peer.lifecycle.StateData();
  sequence.setInt64(1);
  const field = (label: string) => `namespaces/fields/${name}/${label}`;
  return new Map([
    [`namespaces/metadata/${name}`, metadata.serializeBinary()],
    [field('Sequence'), sequence.serializeBinary()],
    [field('EndorsementInfo'), stateBytes(endorsement.serializeBinary())],
    [field('ValidationInfo'), stateBytes(validation.serializeBinary())],
    [field('Collections'), stateBytes(packaged.serializeBinary())],
  ]);
}

function collectionConfig({ name, members, endorsement, blockToLive = 0 }: CollectionText): peer.CollectionConfig {
  const memberPolicy = new peer.CollectionPolicyConfig();
  memberPolicy.setSignaturePolicy(parsePolicyText(members));
  const config = new peer.StaticCollectionConfig();
  config.setName(name);
  config.setMemberOrgsPolicy(memberPolicy);
  config.setBlockToLive(blockToLive);
  if (endorsement !== undefined) config.setEndorsementPolicy(applicationPolicy(endorsement));
  const collection = new peer.CollectionConfig();
  collection.setStaticCollectionConfig(config);
  return collection;
}

function applicationPolicy(text: string | undefined): peer.ApplicationPolicy {
  const policy = new peer.ApplicationPolicy();
  if (text === undefined) policy.setChannelConfigPolicyReference('/Channel/Application/Endorsement');
  else policy.setSignaturePolicy(parsePolicyText(text));
  return policy;
}

function stateBytes(bytes: Uint8Array): Uint8Array {
  const data = new peer.lifecycle.StateData();
  data.setBytes(bytes);
  return data.serializeBinary();
}
