import type { X509Certificate } from 'node:crypto';
import type { common, ledger } from '@hyperledger/fabric-protos';

/**
 * The walls inside the embedded engine. `msp` knows who someone is, `policy` what a set of signers may do, `ledger` simulates,
 * validates and stores; `endpoints` speaks Fabric's gRPC services on top of these and knows nothing of how they work.
 */

/** What a node OU says an identity is. Everyone valid is also a `member`. */
export type NodeRole = 'client' | 'peer' | 'admin' | 'orderer';

/** An identity whose certificate has been checked: chain to the organisation's CA, validity, node OU. */
export interface Identity {
  readonly mspId: string;
  readonly certificate: X509Certificate;
  readonly role: NodeRole | undefined;
  /** The msp.SerializedIdentity bytes that it came from. */
  readonly serialized: Uint8Array;
  /** Whether `signature` (ASN.1 ECDSA, low S required) is this identity's over SHA-256 of `message`. */
  verifies(message: Uint8Array, signature: Uint8Array): boolean;
}

/** A node's own key, with which it endorses, orders or signs blocks. */
export interface Signer {
  readonly mspId: string;
  /** msp.SerializedIdentity bytes. */
  readonly creator: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** The organisations of the channel. */
export interface MspManager {
  readonly mspIds: readonly string[];
  /** @throws IdentityError saying in Fabric's words why the identity is not one of the channel's. */
  identify(serialized: Uint8Array): Identity;
}

/** One signature over data, as it stands in an endorsement, a block or an envelope. */
export interface SignedData {
  readonly data: Uint8Array;
  readonly identity: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signature policy, an implicit meta policy or a channel policy reference, made ready to be asked. */
export interface Policy {
  /** Each signing identity counts once, each signature is used for one principal, as Fabric's cauthdsl does. */
  satisfiedBy(signed: readonly SignedData[]): boolean;
  /** How Fabric says that it is not satisfied, where that does not depend on the policy's name. */
  readonly refusal?: string;
  /** The smallest sets of organisations that could satisfy it: what a gateway asks to endorse. */
  organisationSets(): readonly (readonly string[])[];
}

export interface CollectionDefinition {
  readonly name: string;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  /** Organisations whose peers hold the plain values. */
  readonly members: readonly string[];
  /** Whether an endorser sends the values to other members' peers; those of an implicit collection it does not. */
  readonly sent: boolean;
  readonly endorsementPolicy: Policy | undefined;
  readonly blockToLive: bigint;
}

/**
 * A committed chaincode definition, as `_lifecycle` keeps it. Every namespace, `_lifecycle` too, also has the implicit collections
 * `_implicit_org_<mspId>`, of which that organisation is the only member; they are not listed here.
 */
export interface ChaincodeDefinition {
  readonly name: string;
  readonly version: string;
  readonly sequence: bigint;
  readonly endorsementPolicy: Policy;
  readonly collections: ReadonlyMap<string, CollectionDefinition>;
  /** The chaincode wants its first transaction to be an initialisation. */
  readonly initRequired?: boolean;
}

export interface SimulationResult {
  /** rwset.TxReadWriteSet, serialised: public and hashed parts, namespaces, collections and keys in Fabric's order. */
  readonly publicResults: Uint8Array;
  /** rwset.TxPvtReadWriteSet, serialised; undefined when the simulation wrote nothing private. */
  readonly privateResults: Uint8Array | undefined;
}

export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A part of a range, and the key with which the rest of it begins; empty where nothing is left. */
export interface Page {
  readonly rows: readonly KeyValue[];
  readonly bookmark: string;
}

/**
 * One simulation at one organisation's peer over the state of the last committed block. Reads are recorded with the
 * version they saw; a transaction does not read its own writes. Errors carry Fabric's wording.
 */
export interface Simulator {
  get(namespace: string, key: string): Promise<Uint8Array | undefined>;
  getMany(namespace: string, keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  put(namespace: string, key: string, value: Uint8Array): void;
  delete(namespace: string, key: string): void;
  /** Start inclusive, end exclusive ('' is unbounded); recorded as a range query for the phantom check. */
  range(namespace: string, start: string, end: string): AsyncIterableIterator<KeyValue>;
  /**
   * @throws as Fabric does when the key has a value and this peer's organisation does not hold it; where the key has none, everyone
   * reads nothing.
   */
  getPrivate(namespace: string, collection: string, key: string): Promise<Uint8Array | undefined>;
  getPrivateMany(
    namespace: string,
    collection: string,
    keys: readonly string[],
  ): Promise<readonly (Uint8Array | undefined)[]>;
  getPrivateHash(namespace: string, collection: string, key: string): Promise<Uint8Array | undefined>;
  putPrivate(namespace: string, collection: string, key: string, value: Uint8Array): void;
  deletePrivate(namespace: string, collection: string, key: string): void;
  purgePrivate(namespace: string, collection: string, key: string): void;
  /** The first rows of a range, at most `limit`; recorded as far as they reach. Refused after a write, as writes are after it. */
  page(namespace: string, start: string, end: string, limit: number): Promise<Page>;
  /**
   * To be called before any other pages of a public query, and before a query of private values other than a range of their keys.
   * @throws as Fabric does once the transaction has written; afterwards writes are refused.
   */
  beforePage(): void;
  beforePrivateQuery(namespace: string, collection: string): void;
  /** As Fabric: refused together with a write in the same transaction. */
  privateRange(namespace: string, collection: string, start: string, end: string): AsyncIterableIterator<KeyValue>;
  getMetadata(namespace: string, key: string): Promise<ReadonlyMap<string, Uint8Array>>;
  putMetadata(namespace: string, key: string, metadata: ReadonlyMap<string, Uint8Array>): void;
  getPrivateMetadata(namespace: string, collection: string, key: string): Promise<ReadonlyMap<string, Uint8Array>>;
  putPrivateMetadata(
    namespace: string,
    collection: string,
    key: string,
    metadata: ReadonlyMap<string, Uint8Array>,
  ): void;
  /** Newest first, as Fabric's history database gives it. Public keys only. */
  history(namespace: string, key: string): AsyncIterableIterator<ledger.queryresult.KeyModification>;
  finish(): SimulationResult;
  /** Gives the simulation up: whatever it holds open is released. Harmless after `finish` and when repeated. */
  discard(): void;
}

export interface ProcessedTransaction {
  readonly envelope: common.Envelope;
  /** protos.TxValidationCode */
  readonly validationCode: number;
  readonly blockNumber: bigint;
}

export interface CommittedBlock {
  readonly number: bigint;
  /** Header, envelopes, and the metadata with signatures, validation codes and commit hash. */
  readonly block: common.Block;
  /** One protos.TxValidationCode an envelope. */
  readonly validationCodes: readonly number[];
  readonly txIds: readonly string[];
}

/** The channel's ledger: one chain, one public state, and one store of private values an organisation. */
export interface Ledger {
  /** Number of blocks; the next block has this number. */
  readonly height: bigint;
  readonly currentBlockHash: Uint8Array;
  readonly previousBlockHash: Uint8Array;
  block(number: bigint): Promise<common.Block | undefined>;
  blockByHash(hash: Uint8Array): Promise<common.Block | undefined>;
  blockByTransaction(txId: string): Promise<common.Block | undefined>;
  transaction(txId: string): Promise<ProcessedTransaction | undefined>;
  /**
   * A policy of the channel's configuration, by path: `/Channel/Application/Readers`, `Writers`, `Endorsement`, `LifecycleEndorsement`;
   * `/Channel/Application/<organisation>/Endorsement`; `/Channel/Readers`, `/Channel/Writers`.
   */
  policy(path: string): Policy | undefined;
  /**
   * The path of the policy that the channel's access control list names for a resource of its peers, such as `event/Block`; undefined
   * where it names none.
   */
  policyOfResource(resource: string): string | undefined;
  definition(chaincode: string): ChaincodeDefinition | undefined;
  definitions(): readonly ChaincodeDefinition[];
  /** A simulation at the peer of `mspId`. */
  simulate(txId: string, mspId: string): Simulator;
  /**
   * Keeps what an endorsement at the peer of `mspId` produced for a collection's members until its transaction commits. Durable
   * before it returns, so that a commit never lacks the private values of an acknowledged endorsement.
   */
  keepPrivate(txId: string, mspId: string, privateResults: Uint8Array): Promise<void>;
  /** Private values that `mspId` may see of a block: index of transaction -> rwset.TxPvtReadWriteSet. */
  privateDataOf(number: bigint, mspId: string): Promise<ReadonlyMap<number, Uint8Array>>;
  /** Validates and commits the next block with these envelopes, all or nothing, synchronously on disk. One call at a time. */
  commit(envelopes: readonly Uint8Array[]): Promise<CommittedBlock>;
  /** Called after each commit, in order. */
  onCommit(listener: (block: CommittedBlock) => void): () => void;
  close(): Promise<void>;
}
