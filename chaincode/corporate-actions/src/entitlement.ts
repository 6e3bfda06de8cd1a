import { type EventTerms, divideFloor } from '@kessai/interface';

/** What one holding earns by an event. */
export interface Entitlement {
  /** Money, or new securities beyond those held. */
  readonly gross: bigint;
  readonly tax: bigint;
  /** What rounding down kept, over the denominator of the rate or ratio. */
  readonly residueNumerator: bigint;
}

/** Gross and tax are rounded down, each holder by itself. */
export function entitlementOf(terms: EventTerms, held: bigint): Entitlement {
  if (terms.kind === 'cash-dividend') {
    const { rate, withholding } = terms;
    const exact = held * rate.numerator;
    const gross = divideFloor(exact, rate.denominator);
    const tax = withholding ? divideFloor(gross * withholding.rate.numerator, withholding.rate.denominator) : 0n;
    return { gross, tax, residueNumerator: exact % rate.denominator };
  }
  const exact = held * terms.ratio.numerator;
  return {
    gross: divideFloor(exact, terms.ratio.denominator) - held,
    tax: 0n,
    residueNumerator: exact % terms.ratio.denominator,
  };
}
