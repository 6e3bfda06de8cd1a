import { type MspId, type Rejection, type Role, refuse } from '@kessai/interface';
import { type Context, type Market, memberOf } from '@kessai/ledger';

/** Roles that keep accounts, and so books in a collection of their own. */
export const accountKeepers = ['institution', 'issuer', 'settlement-bank'] as const satisfies readonly Role[];

export function ownsCollection(role: Role): boolean {
  return (accountKeepers as readonly Role[]).includes(role);
}

/** Every organisation that keeps accounts, by name. */
export function allAccountKeepers(market: Market): readonly MspId[] {
  return market.members
    .filter(({ role }) => ownsCollection(role))
    .map(({ mspId }) => mspId)
    .sort();
}

/** Whose books are asked for: the caller's own, or for those who oversee the market the ones that they name. */
export function booksOf({ caller, market }: Context, named: MspId | undefined): MspId | Rejection {
  if (ownsCollection(caller.role)) {
    return named === undefined || named === caller.mspId ? caller.mspId : refuse('NotYours', { field: 'institution' });
  }
  if (named === undefined) return refuse('InstitutionMissing', { field: 'institution' });
  const member = memberOf(market, named);
  if (!member) return refuse('MemberUnknown', { field: 'institution', member: named });
  if (!ownsCollection(member.role)) {
    return refuse('MemberRole', { field: 'institution', member: named, role: member.role, needed: accountKeepers });
  }
  return named;
}

/** Every organisation that may hold securities of an issuer: the institutions, and the issuer itself; by name. */
export function holdersOf(market: Market, issuer: MspId): readonly MspId[] {
  return market.members
    .filter(({ role, mspId }) => role === 'institution' || mspId === issuer)
    .map(({ mspId }) => mspId)
    .sort();
}
