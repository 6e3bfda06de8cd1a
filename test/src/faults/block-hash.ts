import { createHash } from 'node:crypto';
import type { common } from '@hyperledger/fabric-protos';

/** Fabric's hash of a block header: SHA-256 over the ASN.1 sequence of number, previous hash and data hash. */
export function headerHash(header: common.BlockHeader): Buffer {
  const body = Buffer.concat([
    tagged(0x02, integerBytes(BigInt(header.getNumber()))),
    tagged(0x04, Buffer.from(header.getPreviousHash_asU8())),
    tagged(0x04, Buffer.from(header.getDataHash_asU8())),
  ]);
  return createHash('sha256').update(tagged(0x30, body)).digest();
}

/** DER with a short length: all of these are shorter than 128 bytes. */
function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

function integerBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  // A leading bit would make it negative.
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}
