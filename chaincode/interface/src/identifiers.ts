import { type Codec, checked, object, text } from './codec';
import { FieldError } from './field-error';
import { freeText } from './free-text';
import { isCountry, isIsinPrefix } from './iso-3166';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** International Securities Identification Number, ISO 6166. */
export type Isin = Brand<string, 'Isin'>;
/** Legal Entity Identifier, ISO 17442. */
export type Lei = Brand<string, 'Lei'>;
/** Business Identifier Code, ISO 9362. */
export type Bic = Brand<string, 'Bic'>;
/** Currency code, ISO 4217. */
export type Currency = Brand<string, 'Currency'>;
/** The organisation's name in the network (its membership service provider). It also names its private collection. */
export type MspId = Brand<string, 'MspId'>;
/** A securities and cash account at one organisation, numbered by that organisation. */
export type AccountId = Brand<string, 'AccountId'>;
/** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
export type BusinessId = Brand<string, 'BusinessId'>;
/** A calendar date, `YYYY-MM-DD`. */
export type BusinessDate = Brand<string, 'BusinessDate'>;
/** An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time. */
export type Instant = Brand<string, 'Instant'>;
/** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
export type Unit = Brand<string, 'Unit'>;

const isinForm = text<Isin>({
  minLength: 12,
  maxLength: 12,
  pattern: /^[A-Z]{2}[A-Z0-9]{9}[0-9]$/,
  description: 'an ISIN: two letters, nine letters or digits, a check digit',
});

export const isin: Codec<Isin> = checked(isinForm, (value, field) => {
  const prefix = value.slice(0, 2);
  if (!isIsinPrefix(prefix)) {
    throw new FieldError(
      'IsinInvalid',
      field,
      `${value} is not an ISIN: ${prefix} is no country and no other prefix of one`,
    );
  }
  const expected = isinCheckDigit(value.slice(0, 11));
  if (value[11] !== expected) {
    throw new FieldError('IsinInvalid', field, `${value} is not an ISIN: its check digit must be ${expected}`);
  }
});

/** ISO 6166 annex: letters become two digits, then modulus 10 double-add-double from the right. */
export function isinCheckDigit(body: string): string {
  const digits = [...body].map((c) => Number.parseInt(c, 36).toString()).join('');
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighted = i % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return ((10 - (sum % 10)) % 10).toString();
}

const leiForm = text<Lei>({ minLength: 20, maxLength: 20, pattern: /^[A-Z0-9]{18}[0-9]{2}$/, description: 'an LEI' });

export const lei: Codec<Lei> = checked(leiForm, (value, field) => {
  const expected = leiCheckDigits(value.slice(0, 18));
  if (value.slice(18) !== expected) {
    throw new FieldError('LeiInvalid', field, `${value} is not an LEI: its check digits must be ${expected}`);
  }
});

/**
 * ISO 17442 takes ISO 7064 MOD 97-10: the whole number, letters as 10 to 35, leaves remainder 1. They are computed and not only tested,
 * since 00, 01 and 99 leave the same remainders as 97, 98 and 02 and are never computed.
 */
export function leiCheckDigits(body: string): string {
  const number = BigInt([...body].map((c) => Number.parseInt(c, 36).toString()).join(''));
  return (98n - ((number * 100n) % 97n)).toString().padStart(2, '0');
}

const bicForm = text<Bic>({
  minLength: 8,
  maxLength: 11,
  pattern: /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/,
  description: 'a BIC of 8 or 11 characters',
});

export const bic: Codec<Bic> = checked(bicForm, (value, field) => {
  const country = value.slice(4, 6);
  if (!isCountry(country)) throw new FieldError('BicInvalid', field, `${value} is not a BIC: ${country} is no country`);
});

export const currency: Codec<Currency> = text<Currency>({
  minLength: 3,
  maxLength: 3,
  pattern: /^[A-Z]{3}$/,
  description: 'an ISO 4217 currency code of three letters',
});

export const mspId: Codec<MspId> = text<MspId>({
  maxLength: 32,
  pattern: /^[A-Za-z][A-Za-z0-9-]*$/,
  description: 'an MSP id: a letter, then letters, digits, hyphens',
});

export const accountId: Codec<AccountId> = text<AccountId>({
  maxLength: 35,
  pattern: /^[A-Z0-9][A-Z0-9-]*$/,
  description: 'an account: capital letters, digits, hyphens, at most 35',
});

export const businessId: Codec<BusinessId> = text<BusinessId>({
  maxLength: 35,
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  description: 'an id: letters, digits, dot, underscore, hyphen, at most 35',
});

const dateForm = text<BusinessDate>({
  minLength: 10,
  maxLength: 10,
  pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
  description: 'a date YYYY-MM-DD',
});

export const businessDate: Codec<BusinessDate> = checked(dateForm, (value, field) => {
  if (!isCalendarDate(value)) throw new FieldError('FieldMalformed', field, `${value} is not a day of the calendar`);
});

const instantForm = text<Instant>({
  minLength: 24,
  maxLength: 24,
  pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/,
  description: 'an instant YYYY-MM-DDThh:mm:ss.sssZ in UTC',
});

export const instant: Codec<Instant> = checked(instantForm, (value, field) => {
  if (!isCalendarDate(value.slice(0, 10))) throw new FieldError('FieldMalformed', field, `${value} is not an instant`);
});

function isCalendarDate(value: string): boolean {
  const [year = 0, month = 0, day = 0] = value.split('-').map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day >= 1 && day <= (lengths[month - 1] ?? 0);
}

export function moneyUnit(code: Currency, issuer: MspId): Unit {
  return `${code}@${issuer}` as Unit;
}

export function securityUnit(code: Isin): Unit {
  return code as string as Unit;
}

const unitForm = text<Unit>({ maxLength: 36, description: 'a unit: an ISIN, or currency@issuer' });

export const unit: Codec<Unit> = checked(unitForm, (value, field) => {
  const [code = '', issuer, ...rest] = value.split('@');
  if (issuer === undefined) {
    isin.decode(value, field);
  } else if (rest.length > 0) {
    throw new FieldError('FieldMalformed', field, 'must be an ISIN, or currency@issuer');
  } else {
    currency.decode(code, field);
    mspId.decode(issuer, field);
  }
});

/** An account and the organisation that keeps it. */
export interface AccountRef {
  readonly institution: MspId;
  readonly account: AccountId;
}

export const accountRef: Codec<AccountRef> = object({ institution: mspId, account: accountId });

/** A name for people. */
export const displayName: Codec<string> = freeText(140);

/** Why something was done, for people; ISO 20022 Max140Text. */
export const reasonText: Codec<string> = freeText(140);

/** A payment's or deposit's reference in the bank's own system; ISO 20022 EndToEndIdentification, Max35Text. */
export const bankReference: Codec<string> = freeText(35);
