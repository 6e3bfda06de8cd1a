import type { MspId, Rejection, Role } from '@kessai/interface';
import { type Context, type Market, booksAsked, ownsCollection } from '@kessai/ledger';

/** Roles that keep accounts, and so books in a collection of their own. */
export const accountKeepers = ['institution', 'issuer', 'settlement-bank'] as const satisfies readonly Role[];

/** Every organisation that keeps accounts, by name. */
export function allAccountKeepers(market: Market): readonly MspId[] {
  return market.members
    .filter(({ role }) => ownsCollection(role))
    .map(({ mspId }) => mspId)
    .sort();
}

/** Whose accounts are asked for. */
export function booksOf(context: Context, named: MspId | undefined): MspId | Rejection {
  return booksAsked(context, named, accountKeepers);
}

/** Every organisation that may hold securities of an issuer: the institutions, and the issuer itself; by name. */
export function holdersOf(market: Market, issuer: MspId): readonly MspId[] {
  return market.members
    .filter(({ role, mspId }) => role === 'institution' || mspId === issuer)
    .map(({ mspId }) => mspId)
    .sort();
}
