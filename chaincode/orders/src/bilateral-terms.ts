import type { MspId, Side } from '@kessai/interface';
import { opposite } from './book';
import type { Answering } from './open-trade';

/** What both sides must say alike. */
export interface Terms {
  readonly isin: string;
  /** The answering party's. */
  readonly side: Side;
  readonly quantity: bigint;
  readonly amount: bigint;
}

export function termsOf(answering: Answering, us: MspId): Terms {
  if ('answered' in answering) {
    return { ...answering.answered, side: answering.answered.seller.institution === us ? 'sell' : 'buy' };
  }
  return { ...answering.trade, side: opposite(answering.trade.side) };
}

/** The first term, in the order of the request, that is not the same. */
export function differingTerm(a: Terms, b: Terms): keyof Terms | undefined {
  return (['isin', 'side', 'quantity', 'amount'] as const).find((name) => a[name] !== b[name]);
}
