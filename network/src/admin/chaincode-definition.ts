import { peer } from '@hyperledger/fabric-protos';

/** What organisations agree on when they approve a chaincode. */
export interface ChaincodeDefinition {
  readonly name: string;
  readonly version: string;
  readonly endorsementPolicy: peer.ApplicationPolicy;
  readonly collections: peer.CollectionConfigPackage;
}

// The peer's own plugins; a definition without them gets these.
const ENDORSEMENT_PLUGIN = 'escc';
const VALIDATION_PLUGIN = 'vscc';

/** The fields that every lifecycle message about a definition has. */
interface DefinitionMessage {
  setSequence(value: number): void;
  setName(value: string): void;
  setVersion(value: string): void;
  setEndorsementPlugin(value: string): void;
  setValidationPlugin(value: string): void;
  setValidationParameter(value: Uint8Array | string): void;
  setCollections(value?: peer.CollectionConfigPackage): void;
}

/** The fields that every lifecycle answer about a definition has. */
interface DefinitionAnswer {
  getVersion(): string;
  getEndorsementPlugin(): string;
  getValidationPlugin(): string;
  getValidationParameter_asU8(): Uint8Array;
  getCollections(): peer.CollectionConfigPackage | undefined;
  getInitRequired(): boolean;
}

export function fill<Message extends DefinitionMessage>(
  message: Message,
  definition: ChaincodeDefinition,
  sequence: number,
): Message {
  message.setSequence(sequence);
  message.setName(definition.name);
  message.setVersion(definition.version);
  message.setEndorsementPlugin(ENDORSEMENT_PLUGIN);
  message.setValidationPlugin(VALIDATION_PLUGIN);
  message.setValidationParameter(definition.endorsementPolicy.serializeBinary());
  message.setCollections(definition.collections);
  return message;
}

/** Whether a peer's answer is this definition, whoever wrote it and in whichever order its bytes stood. */
export function describes(answer: DefinitionAnswer, definition: ChaincodeDefinition): boolean {
  const { endorsementPolicy, collections } = definition;
  const policy = peer.ApplicationPolicy.deserializeBinary(answer.getValidationParameter_asU8());
  return (
    answer.getVersion() === definition.version &&
    answer.getEndorsementPlugin() === ENDORSEMENT_PLUGIN &&
    answer.getValidationPlugin() === VALIDATION_PLUGIN &&
    !answer.getInitRequired() &&
    equal(policy.serializeBinary(), endorsementPolicy.serializeBinary()) &&
    equal(answer.getCollections()?.serializeBinary() ?? new Uint8Array(), collections.serializeBinary())
  );
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}
