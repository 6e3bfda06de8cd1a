import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChannelConfig } from './channel-config';
import type { Definitions } from './definitions';
import { EndorsementCheck, type MetadataReader } from './endorsement-check';
import { LedgerError } from './ledger-error';
import type { NamespaceReadWriteSet } from './read-write-set';
import { StateChanges, type StateReader } from './state-changes';
import { StateValidation, type KeyScanner } from './state-validation';
import { checkEnvelope } from './transaction-envelope';
import { code } from './validation-code';

/** Checking signatures keeps the processor busy; so often others get their turn. */
const TRANSACTIONS_A_TURN = 32;

/** The state after the last block. Each throws LedgerError where the state cannot be read. */
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
    transaction.validationCode = await validation.check(transaction.sets).catch(invalidUnlessLedgerFails);
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

/** Whatever an envelope holds, it ends in a validation code: an envelope that stopped commits would stop the channel. */
function judgeAlone(
  bytes: Uint8Array,
  channel: ChannelConfig,
  endorsements: EndorsementCheck,
  state: CommittedState,
): Judgement {
  let txId = '';
  try {
    const checked = checkEnvelope(bytes, channel);
    ({ txId } = checked);
    if (checked.transaction === undefined) return { txId, validationCode: checked.validationCode, sets: [] };
    if (state.hasTransaction(txId)) return { txId, validationCode: code.DUPLICATE_TXID, sets: [] };
    const result = endorsements.check(checked.transaction);
    return { txId, validationCode: result.validationCode, sets: result.sets ?? [] };
  } catch (error) {
    return { txId, validationCode: invalidUnlessLedgerFails(error), sets: [] };
  }
}

/** What the ledger itself reports, such as a state that cannot be read, says nothing about a transaction. */
function invalidUnlessLedgerFails(error: unknown): number {
  if (error instanceof LedgerError) throw error;
  return code.INVALID_OTHER_REASON;
}

function markDuplicates(judgements: readonly Judgement[]): void {
  const seen = new Set<string>();
  for (const judgement of judgements) {
    if (judgement.validationCode !== code.VALID) continue;
    if (seen.has(judgement.txId)) judgement.validationCode = code.DUPLICATE_TXID;
    else seen.add(judgement.txId);
  }
}
