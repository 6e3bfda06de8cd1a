import { type MspId, type Rejection, type Role, refuse } from '@kessai/interface';
import type { Context } from './kernel/context';
import { memberOf } from './reference';

/**
 * Whose books a query is about: the caller's own where its role is one of those that keep them, or for those who oversee the market the
 * ones that they name in `institution`.
 */
export function booksAsked(
  { caller, market }: Context,
  named: MspId | undefined,
  keepers: readonly Role[],
): MspId | Rejection {
  const field = 'institution';
  if (keepers.includes(caller.role)) {
    return named === undefined || named === caller.mspId ? caller.mspId : refuse('NotYours', { field });
  }
  if (named === undefined) return refuse('InstitutionMissing', { field });
  const member = memberOf(market, named);
  if (!member) return refuse('MemberUnknown', { field, member: named });
  if (keepers.includes(member.role)) return named;
  return refuse('MemberRole', { field, member: named, role: member.role, needed: keepers });
}
