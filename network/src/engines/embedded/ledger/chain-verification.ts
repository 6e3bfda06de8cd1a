import type { common } from '@hyperledger/fabric-protos';
import { blockValidationPolicy } from '../policy';
import { headerHash, headerOf } from '../../../channel';
import { dataHash, envelopesOf, signaturesOf, validationCodesOf } from './block';
import type { ChannelConfig } from './channel-config';

export type ChainVerdict =
  | { readonly intact: true; readonly blocks: number }
  | { readonly intact: false; readonly block: number; readonly reason: string };

/** Walks the chain from block 0 and names the first block that is not what it was when it was ordered. */
export async function verifyBlocks(
  height: number,
  blockAt: (number: number) => Promise<common.Block | undefined>,
  channel: ChannelConfig,
): Promise<ChainVerdict> {
  let previousHash: Uint8Array = new Uint8Array();
  for (let number = 0; number < height; number += 1) {
    const block = await blockAt(number);
    const reason = block === undefined ? 'it is missing' : faultOf(block, number, previousHash, channel);
    if (block === undefined || reason !== undefined)
      return { intact: false, block: number, reason: reason ?? 'it is missing' };
    previousHash = headerHash(headerOf(block));
  }
  return { intact: true, blocks: height };
}

function faultOf(
  block: common.Block,
  number: number,
  previousHash: Uint8Array,
  channel: ChannelConfig,
): string | undefined {
  const header = headerOf(block);
  const envelopes = envelopesOf(block);
  if (header.getNumber() !== number) return `its header has number ${header.getNumber().toString()}`;
  if (Buffer.compare(header.getPreviousHash_asU8(), previousHash) !== 0)
    return 'its previous hash is not the hash of the block before';
  if (Buffer.compare(header.getDataHash_asU8(), dataHash(envelopes)) !== 0)
    return 'its data hash is not the hash of its envelopes';
  if (validationCodesOf(block).length !== envelopes.length) return 'it does not have one validation code an envelope';
  // Block 0 is what the organisations agreed upon; nobody signs it.
  if (number === 0) return undefined;
  const policy = channel.policies.policy(blockValidationPolicy);
  return policy?.satisfiedBy(signaturesOf(block)) === true
    ? undefined
    : 'its signatures do not satisfy the block validation policy';
}
