import { peer } from '@hyperledger/fabric-protos';
import { parse } from '../../endpoints/parse';
import {
  bytesOf,
  encodeBytes,
  encodeInteger,
  encodeText,
  fieldKey,
  integerOf,
  NAMESPACES,
  readMetadata,
  type ReadState,
  type Structure,
} from './serializer';

/** What organisations agree on about a chaincode, apart from its sequence number. */
export interface ChaincodeParameters {
  readonly version: string;
  readonly initRequired: boolean;
  readonly endorsementPlugin: string;
  readonly validationPlugin: string;
  /** peer.ApplicationPolicy, serialised. */
  readonly validationParameter: Uint8Array;
  readonly collections: peer.CollectionConfigPackage;
}

export interface StoredDefinition {
  readonly sequence: bigint;
  readonly parameters: ChaincodeParameters;
}

export const DEFINITION_TYPE = 'ChaincodeDefinition';
export const PARAMETERS_TYPE = 'ChaincodeParameters';
export const LOCAL_PACKAGE_TYPE = 'ChaincodeLocalPackage';

const DEFAULT_ENDORSEMENT_PLUGIN = 'escc';
const DEFAULT_VALIDATION_PLUGIN = 'vscc';
const DEFAULT_POLICY = '/Channel/Application/Endorsement';

/** Fills what a definition leaves open with the defaults of the network. */
export function withDefaults(parameters: ChaincodeParameters): ChaincodeParameters {
  return {
    ...parameters,
    endorsementPlugin: parameters.endorsementPlugin === '' ? DEFAULT_ENDORSEMENT_PLUGIN : parameters.endorsementPlugin,
    validationPlugin: parameters.validationPlugin === '' ? DEFAULT_VALIDATION_PLUGIN : parameters.validationPlugin,
    validationParameter:
      parameters.validationParameter.length === 0
        ? channelPolicyReference(DEFAULT_POLICY)
        : parameters.validationParameter,
  };
}

function channelPolicyReference(path: string): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference(path);
  return policy.serializeBinary();
}

export function parameterFields(parameters: ChaincodeParameters): Structure {
  const endorsement = new peer.lifecycle.ChaincodeEndorsementInfo();
  endorsement.setVersion(parameters.version);
  endorsement.setEndorsementPlugin(parameters.endorsementPlugin);
  endorsement.setInitRequired(parameters.initRequired);
  const validation = new peer.lifecycle.ChaincodeValidationInfo();
  validation.setValidationPlugin(parameters.validationPlugin);
  validation.setValidationParameter(parameters.validationParameter);
  return {
    datatype: PARAMETERS_TYPE,
    fields: [
      ['EndorsementInfo', encodeBytes(endorsement.serializeBinary())],
      ['ValidationInfo', encodeBytes(validation.serializeBinary())],
      ['Collections', encodeBytes(parameters.collections.serializeBinary())],
    ],
  };
}

export function definitionFields(definition: StoredDefinition): Structure {
  return {
    datatype: DEFINITION_TYPE,
    fields: [
      ['Sequence', encodeInteger(Number(definition.sequence))],
      ...parameterFields(definition.parameters).fields,
    ],
  };
}

export function localPackageFields(packageId: string): Structure {
  return { datatype: LOCAL_PACKAGE_TYPE, fields: [['PackageID', encodeText(packageId)]] };
}

/** The sequence number of the committed definition; 0 where the chaincode is not defined. */
export async function sequenceOf(chaincode: string, read: ReadState): Promise<bigint> {
  return BigInt(integerOf(await read(fieldKey(NAMESPACES, chaincode, 'Sequence'))));
}

/** The committed definition of a chaincode, from public state. */
export async function definitionOf(chaincode: string, read: ReadState): Promise<StoredDefinition | undefined> {
  if ((await readMetadata(NAMESPACES, chaincode, read)) === undefined) {
    return undefined;
  }
  return { sequence: await sequenceOf(chaincode, read), parameters: await parametersOf(chaincode, read) };
}

/** The parameters under a name: of a definition in public state, of an approval in an organisation's own collection. */
export async function parametersOf(name: string, read: ReadState): Promise<ChaincodeParameters> {
  const field = async (key: string): Promise<Uint8Array> => bytesOf(await read(fieldKey(NAMESPACES, name, key)));
  const endorsement = parse(
    peer.lifecycle.ChaincodeEndorsementInfo,
    'ChaincodeEndorsementInfo',
    await field('EndorsementInfo'),
  );
  const validation = parse(
    peer.lifecycle.ChaincodeValidationInfo,
    'ChaincodeValidationInfo',
    await field('ValidationInfo'),
  );
  return {
    version: endorsement.getVersion(),
    initRequired: endorsement.getInitRequired(),
    endorsementPlugin: endorsement.getEndorsementPlugin(),
    validationPlugin: validation.getValidationPlugin(),
    validationParameter: validation.getValidationParameter_asU8(),
    collections: parse(peer.CollectionConfigPackage, 'CollectionConfigPackage', await field('Collections')),
  };
}

/** In what two sets of parameters differ, in a peer's words; undefined when they agree. */
export function difference(expected: ChaincodeParameters, passed: ChaincodeParameters): string | undefined {
  const texts: readonly (readonly [string, string, string])[] = [
    ['Version', expected.version, passed.version],
    ['EndorsementPlugin', expected.endorsementPlugin, passed.endorsementPlugin],
    ['InitRequired', String(expected.initRequired), String(passed.initRequired)],
    ['ValidationPlugin', expected.validationPlugin, passed.validationPlugin],
    ['ValidationParameter', hex(expected.validationParameter), hex(passed.validationParameter)],
  ];
  for (const [field, left, right] of texts) {
    if (left !== right) {
      return `expected ${field} '${left}' does not match passed ${field} '${right}'`;
    }
  }
  const sameCollections =
    Buffer.compare(expected.collections.serializeBinary(), passed.collections.serializeBinary()) === 0;
  return sameCollections ? undefined : 'Collections do not match';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
