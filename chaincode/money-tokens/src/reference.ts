import {
  type Codec,
  MoneyTokens,
  type MspId,
  type Rejection,
  type RequestOf,
  collectionOf,
  refuse,
} from '@kessai/interface';
import { type Decision, type Ref, registeredAgain, table } from '@kessai/ledger';

type Minted = RequestOf<typeof MoneyTokens.methods.Mint>;
type Burnt = RequestOf<typeof MoneyTokens.methods.Burn>;

const mintRequest = MoneyTokens.methods.Mint.request;
const burnRequest = MoneyTokens.methods.Burn.request;

/**
 * What was booked under a reference to money outside, for ever: ids are remembered for two days, but a deposit that is found again in a
 * bank's own system a week later is the same deposit. Each stands in the collection of whoever named the reference.
 */
const deposits = table('deposit', mintRequest);
const payouts = table('payout', burnRequest);

/** The deposit that a bank has credited under a reference. */
export function depositAt(bank: MspId, { depositReference }: Minted): Ref<Minted> {
  return deposits.at(collectionOf(bank), keyOf(depositReference));
}

/** The payout that a holder has asked for under a reference, of one money. */
export function payoutAt(holder: MspId, { unit, payoutReference }: Burnt): Ref<Burnt> {
  return payouts.at(collectionOf(holder), unit, keyOf(payoutReference));
}

/** The same deposit again: it is known, or something else is to be credited for it. */
export function creditedAgain(first: Minted, again: Minted): Decision | Rejection {
  return usedAgain(mintRequest, 'depositReference', first, again);
}

/** The same payout again. */
export function paidOutAgain(first: Burnt, again: Burnt): Decision | Rejection {
  return usedAgain(burnRequest, 'payoutReference', first, again);
}

function usedAgain<T extends { readonly id: Minted['id'] }>(
  codec: Codec<T>,
  field: string,
  first: T,
  again: T,
): Decision | Rejection {
  return first.id === again.id
    ? registeredAgain(codec, first, again)
    : refuse('ReferenceUsed', { field, id: first.id });
}

/** A reference is any text; a key is not. Different references have different keys. */
function keyOf(reference: string): string {
  return encodeURIComponent(reference).replaceAll('~', '%7E');
}
