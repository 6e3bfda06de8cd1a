import {
  type Approval,
  type Awaited,
  type Infer,
  type Rejection,
  list,
  mspId,
  object,
  operatorsCollection,
  optional,
  refuse,
  text,
} from '@kessai/interface';
import type { Member } from '../reference';
import { differingField } from './differing-field';
import { type Ref, table } from './state';

/** An act that waits for approvals: what was asked for, and by whom. Removed when it takes effect. */
const approvalCodec = object({
  content: text({ maxLength: 1024 * 1024 }),
  operators: list(mspId, { max: 100 }),
  issuer: optional(mspId),
});
export type PendingAct = Infer<typeof approvalCodec>;

export const approvals = table('approval', approvalCodec);

export function approvalAt(method: string, id: string): Ref<PendingAct> {
  return approvals.at(operatorsCollection, method, id);
}

/** The act with the approval of one member more. @returns a rejection where it was asked for with other content */
export function approved(
  pending: PendingAct | undefined,
  { mspId: member, role }: Pick<Member, 'mspId' | 'role'>,
  content: string,
): { readonly act: PendingAct; readonly isNew: boolean } | Rejection {
  const before = pending ?? { content, operators: [] };
  const field = differingField(before.content, content);
  if (field !== undefined) return refuse('Conflict', { field });
  if (role === 'issuer') return { act: { ...before, issuer: member }, isNew: before.issuer === undefined };
  if (before.operators.includes(member)) return { act: before, isNew: false };
  return { act: { ...before, operators: [...before.operators, member].sort() }, isNew: true };
}

/** Whose approvals are still missing. */
export function missingOf({ operators, issuer }: PendingAct, needed: Approval): readonly Awaited[] {
  const missing: Awaited[] = operators.length < 2 ? ['operator'] : [];
  if (needed === 'two-operators-and-issuer' && issuer === undefined) missing.push('issuer');
  return missing;
}
