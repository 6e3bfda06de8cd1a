import { createHash } from 'node:crypto';
import type { common } from '@hyperledger/fabric-protos';
import {
  FieldError,
  type MarketProgress,
  type MspId,
  type Place,
  decodeText,
  inboxProbeKey,
  marketState,
} from '@kessai/interface';
import { type HashedRead, type LedgerTransaction, readBlock } from './ledger-block';
import { memberOfInbox } from './submissions';

/** The public key under which the chaincode keeps how far the market has come. */
const progressKey = 'progress';

const probeHash = createHash('sha256').update(inboxProbeKey).digest('hex');

export const foundMethod = 'Registry:Found';
export const instructMethod = 'Market:Instruct';
export const cycleMethod = 'Market:Cycle';

/** A read of an inbox, as every reader of blocks sees it. */
export interface InboxRead extends HashedRead {
  readonly member: MspId;
}

/** A cycle that was made. */
export interface CycleTransaction {
  readonly transactionId: string;
  readonly place: Place;
  /** Organisation whose scheduler sent it. */
  readonly creator: string;
  readonly progress: MarketProgress;
  /** What it read of inboxes: with the versions, which are places. */
  readonly reads: readonly InboxRead[];
}

/** The cycles of a block, in the ledger's order. */
export function cyclesOf(block: common.Block, chaincode: string): readonly CycleTransaction[] {
  return readBlock(block, chaincode)
    .transactions.map(cycleOf)
    .filter((cycle) => cycle !== undefined);
}

/** Undefined: it made no cycle, as one that came late and was answered that its number exists. */
export function cycleOf(transaction: LedgerTransaction): CycleTransaction | undefined {
  const { transactionId, place, creator, functionName } = transaction;
  if (functionName !== cycleMethod) return undefined;
  const progress = progressIn(transaction);
  if (progress === undefined || progress === 'malformed') return undefined;
  return { transactionId, place, creator, progress, reads: inboxReads(transaction) };
}

/** What the transaction made of the market's progress; undefined: it left it alone. */
export function progressIn({ writes }: LedgerTransaction): MarketProgress | 'malformed' | undefined {
  const write = writes.findLast(({ key }) => key === progressKey);
  if (write === undefined) return undefined;
  if (write.value === undefined) return 'malformed';
  try {
    return decodeText(marketState, Buffer.from(write.value).toString('utf8'));
  } catch (error) {
    if (error instanceof FieldError) return 'malformed';
    throw error;
  }
}

function inboxReads({ collections }: LedgerTransaction): readonly InboxRead[] {
  return collections.flatMap(({ collection, reads }) => {
    const member = memberOfInbox(collection);
    return member === undefined ? [] : reads.filter((read) => !isProbe(read)).map((read) => ({ member, ...read }));
  });
}

/** An admission looks whether the inbox is there. */
function isProbe({ keyHash, version }: HashedRead): boolean {
  return version === undefined && keyHash === probeHash;
}
