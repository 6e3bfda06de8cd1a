import type { Decision } from './decision';
import { kindOf } from './state';

/** Kinds of values that the kernel alone writes. A decision that writes one is a defect. */
export const kernelKinds: ReadonlySet<string> = new Set([
  ...['holding', 'supply', 'journal', 'advice', 'cycle', 'progress', 'ids', 'ids-tail', 'approval', 'sealed', 'secret'],
  ...['trades', 'trade-status', 'party-trades', 'party-trade-status', 'captured-ids', 'captured-ids-tail'],
  ...['cover', 'cover-once', 'cover-blank'],
]);

/** @throws Error where a contract writes what only the kernel may. */
export function requireOwnKinds({ writes, appended = [] }: Decision): void {
  for (const { ref } of [...writes, ...appended.map(({ log }) => ({ ref: log }))]) {
    if (kernelKinds.has(kindOf(ref.key))) throw new Error(`A contract does not write the kind ${kindOf(ref.key)}`);
  }
}
