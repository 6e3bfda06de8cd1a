import { FieldError, maxQuantity } from '@kessai/interface';

/**
 * A positive number as people write it, such as `21000` or `0.25`, in units of 10^-decimals.
 * @throws FieldError saying what is wrong with it; its field is ''.
 */
export function parsePositive(text: string, decimals: number): bigint {
  if (text.startsWith('-')) throw new FieldError('FieldOutOfRange', '', 'must be positive');
  const [, whole, fraction = ''] = /^([0-9]{1,40})(?:\.([0-9]{1,40}))?$/.exec(text) ?? [];
  if (whole === undefined) {
    throw new FieldError('FieldMalformed', '', 'must be a number such as 100, without separators or exponent');
  }
  if (fraction.length > decimals) {
    const allowed = decimals === 0 ? 'must be a whole number' : `must have at most ${decimals} decimals`;
    throw new FieldError('FieldMalformed', '', allowed);
  }
  const units = BigInt(whole + fraction.padEnd(decimals, '0'));
  if (units === 0n) throw new FieldError('FieldOutOfRange', '', 'must be positive');
  if (units > maxQuantity) throw new FieldError('FieldOutOfRange', '', 'is more than 2^63 - 1 smallest units');
  return units;
}
