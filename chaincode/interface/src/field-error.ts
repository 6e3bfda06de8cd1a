/** Why a field was refused. The order is that of precedence: the first that applies is reported. */
export type FieldErrorCode =
  | 'TextTooLong'
  | 'TextMalformed'
  | 'FieldUnknown'
  | 'FieldMissing'
  | 'FieldType'
  | 'FieldTooLong'
  | 'TextUnprintable'
  | 'FieldMalformed'
  | 'FieldOutOfRange'
  | 'IsinInvalid'
  | 'LeiInvalid'
  | 'BicInvalid';

/**
 * A request, a stored value or a response that does not have the form its codec states.
 * `field` is the path of the offending field from the root, such as `trades[3].isin`; '' is the whole text.
 */
export class FieldError extends Error {
  override readonly name = 'FieldError';

  constructor(
    readonly code: FieldErrorCode,
    readonly field: string,
    readonly reason: string,
  ) {
    super(field === '' ? reason : `${field}: ${reason}`);
  }
}
