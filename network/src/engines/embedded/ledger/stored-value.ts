import type { Version } from './version';

/** A value of public or hashed state. `metadata` is the serialised kvrwset.KVMetadataWrite that Fabric's state metadata is. */
export interface StoredValue {
  readonly value: Uint8Array;
  readonly metadata: Uint8Array | undefined;
  readonly version: Version;
}

const HEADER_BYTES = 16;

/** Block (8 bytes), transaction (4), length of the metadata plus one or zero for none (4), metadata, value. */
export function encodeStoredValue({ value, metadata, version }: StoredValue): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeBigUInt64BE(BigInt(version.block), 0);
  header.writeUInt32BE(version.transaction, 8);
  header.writeUInt32BE(metadata === undefined ? 0 : metadata.length + 1, 12);
  return Buffer.concat([header, metadata ?? new Uint8Array(), value]);
}

export function decodeStoredValue(bytes: Buffer): StoredValue {
  const metadataLength = bytes.readUInt32BE(12);
  const valueStart = HEADER_BYTES + Math.max(0, metadataLength - 1);
  return {
    version: { block: Number(bytes.readBigUInt64BE(0)), transaction: bytes.readUInt32BE(8) },
    metadata: metadataLength === 0 ? undefined : bytes.subarray(HEADER_BYTES, valueStart),
    value: bytes.subarray(valueStart),
  };
}
