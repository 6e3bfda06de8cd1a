import { createHash } from 'node:crypto';
import type { common } from '@hyperledger/fabric-protos';
import { FieldError, type MspId, type Place, inboxOwner, mspId, sealedKey } from '@kessai/interface';
import { type LedgerTransaction, readBlock } from './ledger-block';

/** What a member sealed for a cycle to take, and where the ledger has it. */
export interface Submission {
  readonly member: MspId;
  readonly transactionId: string;
  readonly place: Place;
}

/** The submissions of a block, in the ledger's order. */
export function submissionsOf(block: common.Block, chaincode: string): readonly Submission[] {
  return readBlock(block, chaincode).transactions.flatMap(submissionsIn);
}

/**
 * What a valid transaction sealed: the key that its own id gives stands in the inbox of the organisation that signed it. Only the peer that
 * endorses for the owner can have endorsed that; where it is an operator's, which hosts the owner, the owner's signature keeps the operator
 * from sealing in its name.
 */
export function submissionsIn({
  transactionId,
  place,
  creator,
  collections,
}: LedgerTransaction): readonly Submission[] {
  const expected = sealedKeyHash(transactionId);
  const submissions: Submission[] = [];
  for (const { collection, writes } of collections) {
    const member = memberOfInbox(collection);
    const sealed = writes.some(({ keyHash, deleted }) => keyHash === expected && !deleted);
    if (member === creator && sealed) submissions.push({ member, transactionId, place });
  }
  return submissions;
}

/** As Fabric shows a private key to those who do not hold its collection. */
export function sealedKeyHash(transactionId: string): string {
  return createHash('sha256').update(sealedKey(transactionId)).digest('hex');
}

/**
 * Whose inbox it is. The implicit collection of an organisation with a name of its choice may end like one, and its owner could not be
 * named to a cycle.
 */
export function memberOfInbox(collection: string): MspId | undefined {
  const owner = inboxOwner(collection);
  if (owner === undefined) return undefined;
  try {
    return mspId.decode(owner, '');
  } catch (error) {
    if (error instanceof FieldError) return undefined;
    throw error;
  }
}
