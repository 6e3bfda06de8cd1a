import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChannelConfig } from './channel-config';
import type { Definitions } from './definitions';
import { EndorsementCheck, type MetadataReader } from './endorsement-check';
import type { NamespaceReadWriteSet } from './read-write-set';
import { StateChanges, type StateReader } from './state-changes';
import { StateValidation, type KeyScanner } from './state-validation';
import { checkEnvelope } from './transaction-envelope';
import { code } from './validation-code';

/** Checking signatures keeps the processor busy; so often others get their turn. */
const TRANSACTIONS_A_TURN = 32;

export interface CommittedState {
  readonly read: StateReader;
  readonly scan: KeyScanner;
  readonly metadata: MetadataReader;
  hasTransaction(txId: string): boolean;
}

export interface JudgedTransaction {
  readonly txId: string;
  readonly validationCode: number;
  readonly sets: readonly NamespaceReadWriteSet[];
}

export interface JudgedBlock {
  readonly transactions: readonly JudgedTransaction[];
  readonly changes: StateChanges;
}

/**
 * Judges a block's envelopes as Fabric's committer does: first each for itself, in structure and endorsement; then duplicates; then, in
 * their order, against the state.
 * @throws LedgerError Unsupported for a configuration change; nothing has been changed then.
 */
export async function judgeBlock(
  number: number,
  envelopes: readonly Uint8Array[],
  channel: ChannelConfig,
  definitions: Definitions,
  state: CommittedState,
): Promise<JudgedBlock> {
  const endorsed = await checkEndorsements(envelopes, channel, definitions, state);
  markDuplicates(endorsed);
  const changes = new StateChanges(state.read);
  const validation = new StateValidation(state.read, state.scan, changes);
  for (const [index, transaction] of endorsed.entries()) {
    if (transaction.validationCode !== code.VALID) continue;
    transaction.validationCode = await validation.check(transaction.sets);
    if (transaction.validationCode === code.VALID)
      changes.apply(transaction.sets, { block: number, transaction: index });
  }
  return { transactions: endorsed, changes };
}

interface Judgement {
  readonly txId: string;
  validationCode: number;
  readonly sets: readonly NamespaceReadWriteSet[];
}

async function checkEndorsements(
  envelopes: readonly Uint8Array[],
  channel: ChannelConfig,
  definitions: Definitions,
  state: CommittedState,
): Promise<readonly Judgement[]> {
  const endorsements = new EndorsementCheck(channel, definitions, state.metadata);
  const judgements: Judgement[] = [];
  for (const [index, bytes] of envelopes.entries()) {
    if (index > 0 && index % TRANSACTIONS_A_TURN === 0) await nextTurn();
    judgements.push(judgeAlone(bytes, channel, endorsements, state));
  }
  return judgements;
}

function judgeAlone(
  bytes: Uint8Array,
  channel: ChannelConfig,
  endorsements: EndorsementCheck,
  state: CommittedState,
): Judgement {
  const { txId, validationCode, transaction } = checkEnvelope(bytes, channel);
  if (transaction === undefined) return { txId, validationCode, sets: [] };
  if (state.hasTransaction(txId)) return { txId, validationCode: code.DUPLICATE_TXID, sets: [] };
  const result = endorsements.check(transaction);
  return { txId, validationCode: result.validationCode, sets: result.sets ?? [] };
}

function markDuplicates(judgements: readonly Judgement[]): void {
  const seen = new Set<string>();
  for (const judgement of judgements) {
    if (judgement.validationCode !== code.VALID) continue;
    if (seen.has(judgement.txId)) judgement.validationCode = code.DUPLICATE_TXID;
    else seen.add(judgement.txId);
  }
}
