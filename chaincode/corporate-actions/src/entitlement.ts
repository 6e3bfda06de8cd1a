import { type EventTerms, divideFloor } from '@kessai/interface';

/** What one holding earns by an event. */
export interface Entitlement {
  /** Money, or new securities beyond those held. */
  readonly gross: bigint;
  /** What is kept back of it: each tax of the terms, in their order. */
  readonly taxes: readonly bigint[];
  /** What rounding down kept, over the denominator of the rate or ratio. */
  readonly residueNumerator: bigint;
}

/** Gross and each tax are rounded down, each holder by itself. */
export function entitlementOf(terms: EventTerms, held: bigint): Entitlement {
  if (terms.kind === 'cash-dividend') {
    const { rate, withholding = [] } = terms;
    const exact = held * rate.numerator;
    const gross = divideFloor(exact, rate.denominator);
    const taxes = withholding.map(({ rate: tax }) => divideFloor(gross * tax.numerator, tax.denominator));
    return { gross, taxes, residueNumerator: exact % rate.denominator };
  }
  const exact = held * terms.ratio.numerator;
  return {
    gross: divideFloor(exact, terms.ratio.denominator) - held,
    taxes: [],
    residueNumerator: exact % terms.ratio.denominator,
  };
}

/** All taxes of one holding. */
export function taxOf({ taxes }: Pick<Entitlement, 'taxes'>): bigint {
  return taxes.reduce((sum, tax) => sum + tax, 0n);
}
