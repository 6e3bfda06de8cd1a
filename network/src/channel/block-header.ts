import { createHash } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { derElement, derInteger, derTag } from '../identities/der';

const OCTET_STRING = 0x04;

export function headerOf(block: common.Block): common.BlockHeader {
  return block.getHeader() ?? new common.BlockHeader();
}

/** ASN.1 DER of (number, previous hash, data hash): what orderers sign, and what is hashed as the block's hash. */
export function headerBytes(header: common.BlockHeader): Buffer {
  return derElement(
    derTag.sequence,
    Buffer.concat([
      derInteger(BigInt(header.getNumber())),
      derElement(OCTET_STRING, header.getPreviousHash_asU8()),
      derElement(OCTET_STRING, header.getDataHash_asU8()),
    ]),
  );
}

/** A block's hash, by which the next block names it. */
export function headerHash(header: common.BlockHeader): Buffer {
  return createHash('sha256').update(headerBytes(header)).digest();
}
