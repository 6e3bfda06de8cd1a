import { peer } from '@hyperledger/fabric-protos';
import { lifecycleEndorsementPolicy, organisationsOf, anyOf } from '../policy';
import type { ChaincodeDefinition, CollectionDefinition, Policy } from '../ports';
import type { ChannelConfig } from './channel-config';
import { LedgerError } from './ledger-error';

export const lifecycleNamespace = '_lifecycle';
export const definitionMetadataPrefix = 'namespaces/metadata/';
const FIELDS_PREFIX = 'namespaces/fields/';
const DEFINITION_TYPE = 'ChaincodeDefinition';
const IMPLICIT_PREFIX = '_implicit_org_';
/** Fabric's version of its system chaincodes. */
const SYSTEM_CHAINCODE_VERSION = 'syscc';

const { StateData, StateMetadata, ChaincodeEndorsementInfo, ChaincodeValidationInfo } = peer.lifecycle;

/** Reads a key of the `_lifecycle` namespace at the last block. */
export type LifecycleState = (key: string) => Uint8Array | undefined;

/** The definitions at one block. */
export class Definitions {
  readonly #byName: ReadonlyMap<string, ChaincodeDefinition>;
  readonly #implicitCollections: ReadonlyMap<string, CollectionDefinition>;

  constructor(definitions: Iterable<ChaincodeDefinition>, implicitCollections: readonly CollectionDefinition[]) {
    this.#byName = new Map([...definitions].map((definition) => [definition.name, definition]));
    this.#implicitCollections = new Map(implicitCollections.map((collection) => [collection.name, collection]));
  }

  /** Of a chaincode, or of `_lifecycle` itself. */
  get(chaincode: string): ChaincodeDefinition | undefined {
    return this.#byName.get(chaincode);
  }

  /** Chaincodes only. */
  get chaincodes(): readonly ChaincodeDefinition[] {
    return [...this.#byName.values()].filter(({ name }) => name !== lifecycleNamespace);
  }

  /** A defined or an implicit collection; undefined too where the chaincode is not defined. */
  collection(chaincode: string, name: string): CollectionDefinition | undefined {
    const definition = this.#byName.get(chaincode);
    return definition?.collections.get(name) ?? (definition && this.#implicitCollections.get(name));
  }
}

/** Makes chaincode definitions of what `_lifecycle` has stored, in Fabric's own layout. */
export class DefinitionReader {
  readonly #channel: ChannelConfig;
  readonly #implicitCollections: readonly CollectionDefinition[];

  constructor(channel: ChannelConfig) {
    this.#channel = channel;
    this.#implicitCollections = channel.applicationOrganisations.map(({ name, mspId }) =>
      this.#implicitCollection(name, mspId),
    );
  }

  /** @throws LedgerError Unsupported, PolicyError */
  readAll(names: readonly string[], state: LifecycleState): Definitions {
    const chaincodes = names.flatMap((name) => this.#read(name, state) ?? []);
    return new Definitions([this.#lifecycle(), ...chaincodes], this.#implicitCollections);
  }

  #lifecycle(): ChaincodeDefinition {
    const policy = this.#channel.policies.policy(lifecycleEndorsementPolicy);
    const members = this.#channel.applicationOrganisations.map(({ mspId }) => mspId);
    return {
      name: lifecycleNamespace,
      version: SYSTEM_CHAINCODE_VERSION,
      sequence: 0n,
      endorsementPolicy: policy ?? this.#channel.policies.signaturePolicy(majorityOf(members)),
      collections: new Map(),
      initRequired: false,
    };
  }

  #read(name: string, state: LifecycleState): ChaincodeDefinition | undefined {
    const metadata = state(`${definitionMetadataPrefix}${name}`);
    if (metadata === undefined || StateMetadata.deserializeBinary(metadata).getDatatype() !== DEFINITION_TYPE)
      return undefined;
    const field = (label: string) =>
      StateData.deserializeBinary(state(`${FIELDS_PREFIX}${name}/${label}`) ?? new Uint8Array());
    const endorsement = ChaincodeEndorsementInfo.deserializeBinary(field('EndorsementInfo').getBytes_asU8());
    const validation = ChaincodeValidationInfo.deserializeBinary(field('ValidationInfo').getBytes_asU8());
    const endorsementPolicy = this.#policy(validation.getValidationParameter_asU8());
    const collections = collectionsOf(field('Collections').getBytes_asU8());
    return {
      name,
      version: endorsement.getVersion(),
      sequence: BigInt(field('Sequence').getInt64()),
      endorsementPolicy,
      collections: this.#collections(collections),
      initRequired: endorsement.getInitRequired(),
    };
  }

  /**
   * Refuses a definition that this ledger could not live up to while it is being approved, not once it is committed.
   * @throws LedgerError Unsupported, PolicyError
   */
  checkField(key: string, value: Uint8Array): void {
    const label = /^namespaces\/fields\/[^/]+\/([^/]+)$/.exec(key)?.[1];
    if (label === 'Collections')
      for (const collection of collectionsOf(StateData.deserializeBinary(value).getBytes_asU8()))
        this.#collection(collection);
    if (label === 'ValidationInfo') {
      const info = ChaincodeValidationInfo.deserializeBinary(StateData.deserializeBinary(value).getBytes_asU8());
      if (info.getValidationPlugin() !== 'vscc')
        throw new LedgerError('Unsupported', `validation plugin '${info.getValidationPlugin()}' is not supported`);
      this.#policy(info.getValidationParameter_asU8());
    }
  }

  #policy(bytes: Uint8Array): Policy {
    return this.#channel.policies.applicationPolicy(peer.ApplicationPolicy.deserializeBinary(bytes));
  }

  #collections(explicit: readonly peer.StaticCollectionConfig[]): ReadonlyMap<string, CollectionDefinition> {
    return new Map(explicit.map((collection) => [collection.getName(), this.#collection(collection)]));
  }

  #collection(config: peer.StaticCollectionConfig): CollectionDefinition {
    const name = config.getName();
    if (config.getBlockToLive() > 0)
      throw new LedgerError(
        'Unsupported',
        `collection ${name}: blockToLive ${config.getBlockToLive().toString()} is not supported, only 0 (kept for ever)`,
      );
    const members = config.getMemberOrgsPolicy()?.getSignaturePolicy();
    const endorsement = config.getEndorsementPolicy();
    return {
      name,
      memberOnlyRead: config.getMemberOnlyRead(),
      memberOnlyWrite: config.getMemberOnlyWrite(),
      members: members === undefined ? [] : organisationsOf(members, this.#channel.msps),
      sent: true,
      endorsementPolicy: endorsement === undefined ? undefined : this.#channel.policies.applicationPolicy(endorsement),
      blockToLive: 0n,
    };
  }

  #implicitCollection(organisation: string, mspId: string): CollectionDefinition {
    const { policies } = this.#channel;
    return {
      name: `${IMPLICIT_PREFIX}${mspId}`,
      memberOnlyRead: false,
      memberOnlyWrite: false,
      members: [mspId],
      sent: false,
      endorsementPolicy:
        policies.policy(`/Channel/Application/${organisation}/Endorsement`) ??
        policies.signaturePolicy(anyOf([mspId], 'member')),
      blockToLive: 0n,
    };
  }
}

function collectionsOf(bytes: Uint8Array): readonly peer.StaticCollectionConfig[] {
  return peer.CollectionConfigPackage.deserializeBinary(bytes)
    .getConfigList()
    .flatMap((config) => config.getStaticCollectionConfig() ?? []);
}

function majorityOf(mspIds: readonly string[]) {
  const envelope = anyOf(mspIds, 'member');
  envelope
    .getRule()
    ?.getNOutOf()
    ?.setN(Math.floor(mspIds.length / 2) + 1);
  return envelope;
}
