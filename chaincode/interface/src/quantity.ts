import { type Codec, object, oneOf, whole } from './codec';

/** Largest quantity, price or amount of one request or balance: 2^63 - 1, what a core system keeps in 64 bits. */
export const maxQuantity = 2n ** 63n - 1n;

/** A positive number of an instrument's smallest units. */
export const quantity: Codec<bigint> = whole(1n, maxQuantity, 'a positive number of smallest units');

/** A balance or total, which may be nothing. */
export const balance: Codec<bigint> = whole(0n, maxQuantity, 'a number of smallest units, zero or more');

/** A change or a contra balance, which may be below zero. Sums of many balances stay far inside. */
export const signed: Codec<bigint> = whole(-(2n ** 96n), 2n ** 96n, 'a number of smallest units, with its sign');

/**
 * Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with
 * one price decimal of 4257.5 is "42575".
 */
export const price: Codec<bigint> = whole(1n, maxQuantity, 'a positive price');

/** A ratio of two whole numbers: new for old, money for units, tax for income. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ratio: Codec<Ratio> = object({
  numerator: whole(0n, 10n ** 12n, 'zero or more'),
  denominator: whole(1n, 10n ** 12n, 'one or more'),
});

/** Whether ratios together are more than one whole. */
export function exceedsWhole(ratios: readonly Ratio[]): boolean {
  const common = ratios.reduce((product, { denominator }) => product * denominator, 1n);
  return ratios.reduce((sum, { numerator, denominator }) => sum + numerator * (common / denominator), 0n) > common;
}

/** Divides and drops the fraction. Both are zero or more. */
export function divideFloor(numerator: bigint, denominator: bigint): bigint {
  return numerator / denominator;
}

/** Divides to the nearest whole number, a half to the even one (IEEE 754 roundTiesToEven). Both are zero or more. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const floor = numerator / denominator;
  const twice = (numerator - floor * denominator) * 2n;
  if (twice < denominator || (twice === denominator && floor % 2n === 0n)) return floor;
  return floor + 1n;
}

export interface QuotationTerms {
  /** Decimals of one whole security: quantities count units of 10^-decimals. */
  readonly decimals: number;
  /** Decimals of a price below the money's smallest unit. */
  readonly priceDecimals: number;
}

/** Money for a quantity at a price, in the money's smallest unit, rounded half-even: the one place where a price meets a quantity. */
export function consideration(quantityTraded: bigint, atPrice: bigint, terms: QuotationTerms): bigint {
  return divideHalfEven(quantityTraded * atPrice, 10n ** BigInt(terms.decimals + terms.priceDecimals));
}

/** Why part of a holding cannot be used for anything else. */
export const lockReasons = ['order', 'settlement', 'pledge', 'freeze'] as const;
export type LockReason = (typeof lockReasons)[number];
export const lockReason: Codec<LockReason> = oneOf(...lockReasons);
