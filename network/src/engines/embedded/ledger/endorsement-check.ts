import { common, peer } from '@hyperledger/fabric-protos';
import type { MemberIdentity } from '../msp';
import { signersOf, type IdentityPolicy } from '../policy';
import type { ChaincodeDefinition, Policy } from '../ports';
import type { ChannelConfig } from './channel-config';
import type { Definitions } from './definitions';
import { metadataOf } from './ledger-simulator';
import { parseReadWriteSet, writesAnything, type NamespaceReadWriteSet } from './read-write-set';
import { decode, type EndorserTransaction } from './transaction-envelope';
import { code } from './validation-code';

const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** Metadata (kvrwset.KVMetadataWrite) of a key after the last block; for a collection the key is the hash in hex. */
export type MetadataReader = (namespace: string, collection: string, key: string) => Uint8Array | undefined;

export interface EndorsementResult {
  readonly validationCode: number;
  /** Present when the transaction's read-write set can be read. */
  readonly sets: readonly NamespaceReadWriteSet[] | undefined;
}

/** Whether the transactions of one block, in their order, are endorsed as the policies after the block before demand. */
export class EndorsementCheck {
  readonly #channel: ChannelConfig;
  readonly #definitions: Definitions;
  readonly #metadata: MetadataReader;
  /** Keys whose metadata an endorsed transaction earlier in this block sets: their policy is open until the next block. */
  readonly #metadataChanged = new Set<string>();

  constructor(channel: ChannelConfig, definitions: Definitions, metadata: MetadataReader) {
    this.#channel = channel;
    this.#definitions = definitions;
    this.#metadata = metadata;
  }

  check(transaction: EndorserTransaction): EndorsementResult {
    const extension = decode(peer.ChaincodeHeaderExtension, transaction.channelHeader.getExtension_asU8());
    if (extension === undefined) return { validationCode: code.BAD_HEADER_EXTENSION, sets: undefined };
    const action = transaction.extension.length === 0 ? undefined : decode(peer.ChaincodeAction, transaction.extension);
    if (action === undefined) return { validationCode: code.BAD_RESPONSE_PAYLOAD, sets: undefined };
    const sets = readSets(action.getResults_asU8());
    if (sets === undefined) return { validationCode: code.BAD_RWSET, sets };
    const refusal = this.#checkChaincode(extension, action) ?? checkNamespaces(sets);
    if (refusal !== undefined) return { validationCode: refusal, sets };
    const invoked = extension.getChaincodeId()?.getName() ?? '';
    const written = sets.filter(writesAnything).map(({ namespace }) => namespace);
    return { validationCode: this.#checkPolicies(transaction, sets, new Set([invoked, ...written])), sets };
  }

  #checkChaincode(extension: peer.ChaincodeHeaderExtension, action: peer.ChaincodeAction): number | undefined {
    const asked = extension.getChaincodeId();
    const answered = action.getChaincodeId();
    if (asked === undefined || answered === undefined) return code.INVALID_OTHER_REASON;
    if (asked.getName() === '' || asked.getName() !== answered.getName() || answered.getVersion() === '')
      return code.INVALID_CHAINCODE;
    const events = action.getEvents_asU8();
    if (events.length === 0) return undefined;
    const event = decode(peer.ChaincodeEvent, events);
    return event?.getChaincodeId() === asked.getName() ? undefined : code.INVALID_OTHER_REASON;
  }

  #checkPolicies(
    transaction: EndorserTransaction,
    sets: readonly NamespaceReadWriteSet[],
    namespaces: ReadonlySet<string>,
  ): number {
    const payload = transaction.proposalResponsePayload;
    const signed = transaction.endorsements.map((endorsement) => {
      const identity = endorsement.getEndorser_asU8();
      return { data: Buffer.concat([payload, identity]), identity, signature: endorsement.getSignature_asU8() };
    });
    const signers = signersOf(signed, this.#channel.msps);
    for (const namespace of namespaces) {
      const definition = this.#definitions.get(namespace);
      if (definition === undefined) return code.INVALID_CHAINCODE;
      const set = sets.find((candidate) => candidate.namespace === namespace);
      if (!new NamespaceCheck(definition, this.#definitions, signers, this).isEndorsed(set))
        return code.ENDORSEMENT_POLICY_FAILURE;
      if (set !== undefined) this.#noteMetadataChanges(set);
    }
    return code.VALID;
  }

  /** The key's own policy; undefined when it has none; 'changing' when an earlier transaction of the block has set it. */
  keyPolicy(
    namespace: string,
    collection: string,
    key: string,
  ): IdentityPolicy | undefined | 'changing' | 'unreadable' {
    if (this.#metadataChanged.has(keyText(namespace, collection, key))) return 'changing';
    const parameter = metadataOf(this.#metadata(namespace, collection, key)).get(VALIDATION_PARAMETER);
    if (parameter === undefined || parameter.length === 0) return undefined;
    const envelope = decode(common.SignaturePolicyEnvelope, parameter);
    if (envelope === undefined) return 'unreadable';
    try {
      return this.#channel.policies.signaturePolicy(envelope);
    } catch {
      // Of a policy that an endorsed transaction has put there all that matters is that it cannot be made ready.
      return 'unreadable';
    }
  }

  #noteMetadataChanges({ namespace, metadataWrites, collections }: NamespaceReadWriteSet): void {
    for (const write of metadataWrites) this.#metadataChanged.add(keyText(namespace, '', write.getKey()));
    for (const { collection, metadataWrites: hashed } of collections) {
      for (const write of hashed)
        this.#metadataChanged.add(keyText(namespace, collection, hex(write.getKeyHash_asU8())));
    }
  }
}

/** One namespace of one transaction: which policies its writes call for, each asked once. */
class NamespaceCheck {
  readonly #definition: ChaincodeDefinition;
  readonly #definitions: Definitions;
  readonly #signers: readonly MemberIdentity[];
  readonly #keys: EndorsementCheck;
  readonly #asked = new Map<Policy, boolean>();

  constructor(
    definition: ChaincodeDefinition,
    definitions: Definitions,
    signers: readonly MemberIdentity[],
    keys: EndorsementCheck,
  ) {
    this.#definition = definition;
    this.#definitions = definitions;
    this.#signers = signers;
    this.#keys = keys;
  }

  isEndorsed(set: NamespaceReadWriteSet | undefined): boolean {
    let checked = 0;
    for (const { collection, key } of writtenKeys(set)) {
      if (!this.#allows(collection, key)) return false;
      checked += 1;
    }
    // A transaction that writes nothing here still needs the chaincode's endorsement.
    return checked > 0 || this.#satisfies(this.#definition.endorsementPolicy);
  }

  #allows(collection: string, key: string): boolean {
    const { name } = this.#definition;
    const keyPolicy = this.#keys.keyPolicy(name, collection, key);
    if (keyPolicy === 'changing' || keyPolicy === 'unreadable') return false;
    if (keyPolicy !== undefined) return this.#satisfies(keyPolicy);
    if (collection === '') return this.#satisfies(this.#definition.endorsementPolicy);
    const definition = this.#definitions.collection(name, collection);
    if (definition === undefined) return false;
    return this.#satisfies(definition.endorsementPolicy ?? this.#definition.endorsementPolicy);
  }

  #satisfies(policy: Policy): boolean {
    let satisfied = this.#asked.get(policy);
    if (satisfied === undefined) {
      satisfied = (policy as IdentityPolicy).satisfiedByIdentities(this.#signers);
      this.#asked.set(policy, satisfied);
    }
    return satisfied;
  }
}

function readSets(results: Uint8Array): readonly NamespaceReadWriteSet[] | undefined {
  try {
    return parseReadWriteSet(results);
  } catch {
    return undefined;
  }
}

function checkNamespaces(sets: readonly NamespaceReadWriteSet[]): number | undefined {
  const distinct = new Set(sets.map(({ namespace }) => namespace));
  return distinct.size === sets.length ? undefined : code.ILLEGAL_WRITESET;
}

function* writtenKeys(set: NamespaceReadWriteSet | undefined) {
  for (const write of set?.writes ?? []) yield { collection: '', key: write.getKey() };
  for (const write of set?.metadataWrites ?? []) yield { collection: '', key: write.getKey() };
  for (const { collection, writes, metadataWrites } of set?.collections ?? []) {
    for (const write of writes) yield { collection, key: hex(write.getKeyHash_asU8()) };
    for (const write of metadataWrites) yield { collection, key: hex(write.getKeyHash_asU8()) };
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function keyText(namespace: string, collection: string, key: string): string {
  return `${namespace}\0${collection}\0${key}`;
}
