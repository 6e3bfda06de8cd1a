import type { PrivateTransaction } from './private-application';
import type { NamespaceReadWriteSet } from './read-write-set';
import { code } from './validation-code';

/**
 * Transactions whose private values are kept with the block: the valid ones, and, as Fabric does, those that failed only at the policies
 * or the state. Earlier failures say nothing true about whose transaction id it is.
 */
const keptCodes: ReadonlySet<number> = new Set([
  code.VALID,
  code.ENDORSEMENT_POLICY_FAILURE,
  code.MVCC_READ_CONFLICT,
  code.PHANTOM_READ_CONFLICT,
]);

export function keepsPrivateValues(validationCode: number): boolean {
  return keptCodes.has(validationCode);
}

export function privateTransaction(
  index: number,
  txId: string,
  validationCode: number,
  sets: readonly NamespaceReadWriteSet[],
): PrivateTransaction {
  const collections = keepsPrivateValues(validationCode)
    ? sets.flatMap(({ namespace, collections: touched }) => touched.map((set) => ({ namespace, set })))
    : [];
  return { index, txId, valid: validationCode === code.VALID, collections };
}
