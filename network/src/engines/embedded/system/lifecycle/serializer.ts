import { createHash } from 'node:crypto';
import { peer } from '@hyperledger/fabric-protos';
import { parse } from '../../endpoints/parse';

const { StateData, StateMetadata } = peer.lifecycle;

/** The namespace of the state in which chaincode definitions and approvals are kept. */
export const LIFECYCLE = '_lifecycle';
/** Prefix of what is defined: publicly the committed definitions, in an organisation's own collection its approvals. */
export const NAMESPACES = 'namespaces';
/** Prefix, in an organisation's own collection, of which installed package an approval is for. */
export const SOURCES = 'chaincode-sources';

/** A structure as it is laid out in state: a key for its type and field names, and a key a field. */
export interface Structure {
  readonly datatype: string;
  /** Field name and encoded value, in the order of Fabric's structure. */
  readonly fields: readonly (readonly [string, Uint8Array])[];
}

export interface WritableState {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): void;
  delete(key: string): void;
}

export type ReadState = (key: string) => Promise<Uint8Array | undefined>;

export function metadataKey(namespace: string, name: string): string {
  return `${namespace}/metadata/${name}`;
}

export function fieldKey(namespace: string, name: string, field: string): string {
  return `${namespace}/fields/${name}/${field}`;
}

export function encodeText(value: string): Uint8Array {
  const data = new StateData();
  data.setString(value);
  return data.serializeBinary();
}

export function encodeInteger(value: number): Uint8Array {
  const data = new StateData();
  data.setInt64(value);
  return data.serializeBinary();
}

export function encodeBytes(value: Uint8Array): Uint8Array {
  const data = new StateData();
  data.setBytes(value);
  return data.serializeBinary();
}

function decode(value: Uint8Array | undefined): InstanceType<typeof StateData> {
  return parse(StateData, 'StateData', value ?? new Uint8Array());
}

export function textOf(value: Uint8Array | undefined): string {
  return decode(value).getString();
}

export function integerOf(value: Uint8Array | undefined): number {
  return decode(value).getInt64();
}

export function bytesOf(value: Uint8Array | undefined): Uint8Array {
  return decode(value).getBytes_asU8();
}

/** The type and field names that are stored for a name, or undefined where there is nothing. */
export async function readMetadata(
  namespace: string,
  name: string,
  read: ReadState,
): Promise<InstanceType<typeof StateMetadata> | undefined> {
  const bytes = await read(metadataKey(namespace, name));
  return bytes === undefined ? undefined : parse(StateMetadata, 'StateMetadata', bytes);
}

/** Writes a structure: only keys whose value changes, and deletes fields that the new structure lacks. */
export async function serialize(
  namespace: string,
  name: string,
  structure: Structure,
  state: WritableState,
): Promise<void> {
  const stored = await readMetadata(namespace, name, (key) => state.get(key));
  const surplus = new Map<string, Uint8Array | undefined>();
  for (const field of stored?.getFieldsList() ?? []) {
    const key = fieldKey(namespace, name, field);
    surplus.set(key, await state.get(key));
  }
  for (const [field, value] of structure.fields) {
    const key = fieldKey(namespace, name, field);
    const present = surplus.get(key);
    if (present === undefined || Buffer.compare(present, value) !== 0) {
      state.put(key, value);
    }
    surplus.delete(key);
  }
  const sameShape =
    stored?.getDatatype() === structure.datatype &&
    stored.getFieldsList().length === structure.fields.length &&
    surplus.size === 0;
  if (!sameShape) {
    state.put(metadataKey(namespace, name), encodeMetadata(structure));
  }
  for (const key of surplus.keys()) {
    state.delete(key);
  }
}

/** Whether exactly this structure is stored, as read in plain. */
export async function isSerialized(
  namespace: string,
  name: string,
  structure: Structure,
  read: ReadState,
): Promise<boolean> {
  return (await mismatchesOf(namespace, name, structure, async (key) => hashOf(await read(key)))).length === 0;
}

/** The fields in which what is stored differs, as told by hashes alone; the type's name where it is not stored at all. */
export async function mismatchesOf(
  namespace: string,
  name: string,
  structure: Structure,
  readHash: ReadState,
): Promise<readonly string[]> {
  const stored = await readHash(metadataKey(namespace, name));
  const hashes = new Map<string, Uint8Array | undefined>();
  for (const [field] of structure.fields) {
    hashes.set(field, await readHash(fieldKey(namespace, name, field)));
  }
  if (!sameBytes(stored, hashOf(encodeMetadata(structure)))) {
    return [structure.datatype];
  }
  return structure.fields
    .filter(([field, value]) => !sameBytes(hashes.get(field), hashOf(value)))
    .map(([field]) => field);
}

function encodeMetadata(structure: Structure): Uint8Array {
  const metadata = new StateMetadata();
  metadata.setDatatype(structure.datatype);
  metadata.setFieldsList(structure.fields.map(([field]) => field));
  return metadata.serializeBinary();
}

function hashOf(value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : createHash('sha256').update(value).digest();
}

function sameBytes(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left !== undefined && right !== undefined && Buffer.compare(left, right) === 0;
}
