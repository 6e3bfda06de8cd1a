import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Codec } from './codec';
import { FieldError } from './field-error';
import {
  accountId,
  bic,
  businessDate,
  businessId,
  currency,
  instant,
  isin,
  isinCheckDigit,
  lei,
  leiCheckDigits,
  moneyUnit,
  mspId,
  securityUnit,
  unit,
} from './identifiers';

function refusal(codec: Codec<unknown>, value: unknown): string | undefined {
  try {
    codec.decode(value, 'it');
    return undefined;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    expect(error.field).toBe('it');
    return error.code;
  }
}

describe('an ISIN', () => {
  // Shin-Etsu Chemical, Toyota Motor, Apple, Microsoft, BAE Systems, Bayer, Treasury Corporation of Victoria.
  const real = [
    'JP3371200001',
    'JP3633400001',
    'US0378331005',
    'US5949181045',
    'GB0002634946',
    'DE000BAY0017',
    'AU0000XVGZA3',
  ];

  test.each(real)('%s is one', (code) => {
    expect(isin.decode(code, '')).toBe(code);
  });

  test.each(real)('%s is none with any other check digit', (code) => {
    const others = Array.from({ length: 10 }, (_one, n) => n.toString()).filter((digit) => digit !== code[11]);
    expect(others.map((digit) => refusal(isin, code.slice(0, 11) + digit))).toEqual(others.map(() => 'IsinInvalid'));
  });

  test.each(real)('%s is none with two neighbouring digits swapped, but for 0 and 9', (code) => {
    for (let i = 2; i < 10; i += 1) {
      const [a = '', b = ''] = [code[i], code[i + 1]];
      const blind = a === b || [a, b].sort().join('') === '09' || /[A-Z]/.test(a + b);
      const swapped = code.slice(0, i) + b + a + code.slice(i + 2);
      if (!blind) expect([swapped, refusal(isin, swapped)]).toEqual([swapped, 'IsinInvalid']);
    }
  });

  test.each([
    'jp3371200001',
    'JP337120000',
    'JP33712000011',
    '1P3371200001',
    'JP337120000A',
    ' P3371200001',
    'JP337120000１',
    'ＪＰ3371200001',
  ])('%s has not its form', (code) => {
    expect(refusal(isin, code)).toMatch(/^Field(Malformed|TooLong)$/);
  });

  test('says which check digit was expected', () => {
    expect(isinCheckDigit('JP337120000')).toBe('1');
    expect(() => isin.decode('JP3371200002', 'orders[3].isin')).toThrow(
      'orders[3].isin: JP3371200002 is not an ISIN: its check digit must be 1',
    );
  });

  // With check digits that are right: only the country tells that they are none.
  test.each(['XX', 'AA', 'QQ', 'UK', 'YU', 'EA', 'ZR', 'XF', 'QS', 'SU', 'DD', 'TP', 'ZZ'])(
    'is none of the country %s, which there is not',
    (prefix) => {
      const body = `${prefix}000000012`;
      expect(refusal(isin, body + isinCheckDigit(body))).toBe('IsinInvalid');
    },
  );

  // Eurobond, substitute number of CUSIP Global Services, bitcoin as what is referred to, a derivative over the counter, a bond of the
  // European Union, Kosovo, Schlumberger in what were the Netherlands Antilles.
  test.each(['XS', 'XA', 'XT', 'EZ', 'EU', 'XK', 'AN', 'SX', 'SS'])('may begin with %s', (prefix) => {
    const body = `${prefix}000000012`;
    expect(refusal(isin, body + isinCheckDigit(body))).toBeUndefined();
  });

  test('may begin with those real prefixes that are no country’s', () => {
    expect(['XS0213101073', 'EU000A1G0AA6', 'AN8068571086'].map((code) => refusal(isin, code))).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  const issues = join(__dirname, '../../../../shared/data/isin-jp');
  const withIssues = existsSync(issues) ? test : test.skip;
  withIssues('of every issue in the collected lists of Japanese issues is one', () => {
    const files = readdirSync(issues).filter((name) => name.endsWith('.csv'));
    const codes = files.flatMap((name) => readFileSync(join(issues, name), 'utf8').match(/\bJP[A-Z0-9]{10}\b/g) ?? []);
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter((code) => refusal(isin, code) !== undefined)).toEqual([]);
  });
});

describe('an LEI', () => {
  // Apple, Alphabet.
  // And the Global LEI Foundation's own.
  const real = ['HWUPKR0MPOU8FGXBT394', '5493006MHB84DD0ZWV18', '506700GE1G29325QX363'];

  test.each(real)('%s is one', (code) => {
    expect(lei.decode(code, '')).toBe(code);
  });

  test.each(real)('%s is none with any character changed', (code) => {
    const changed = [...code].map((c, i) => code.slice(0, i) + (c === '7' ? '8' : '7') + code.slice(i + 1));
    expect(changed.map((one) => refusal(lei, one))).toEqual(changed.map(() => 'LeiInvalid'));
  });

  test.each([
    ['35380000000000008401', 'LeiInvalid'],
    ['35380000000000008498', undefined],
  ])('%s has check digits that leave the right remainder, and %s where they are never computed', (code, refused) => {
    expect(refusal(lei, code)).toBe(refused);
  });

  test('has one pair of check digits of a hundred, from 02 to 98', () => {
    const pairs = Array.from({ length: 100 }, (_one, n) => n.toString().padStart(2, '0'));
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{18}$/), (body) => {
        const accepted = pairs.filter((digits) => refusal(lei, body + digits) === undefined);
        expect(accepted).toEqual([leiCheckDigits(body)]);
        expect(['00', '01', '99']).not.toContain(accepted[0]);
      }),
    );
  });

  test('has 18 letters or digits and two check digits', () => {
    expect(refusal(lei, 'HWUPKR0MPOU8FGXBT39A')).toBe('FieldMalformed');
    expect(refusal(lei, 'HWUPKR0MPOU8FGXBT39')).toBe('FieldMalformed');
    expect(refusal(lei, 'hwupkr0mpou8fgxbt394')).toBe('FieldMalformed');
    expect(refusal(lei, 'HWUPKR0MPOU8FGXBT３９４')).toMatch(/^Field/);
    expect(refusal(lei, 'HWUP-KR0MPOU8FGXBT394')).toMatch(/^Field/);
  });
});

describe('a BIC', () => {
  test.each(['BOTKJPJT', 'DEUTDEFF500', 'NCBVXKPR'])('%s names a country', (code) => {
    expect(refusal(bic, code)).toBeUndefined();
  });

  test.each(['BOTKXXJT', 'DEUTEUFF500', 'BARCUKGB', 'AAAAQQ22', 'BOTKZZJT', 'DEUTDDFF', 'SBZASUMM'])(
    '%s names none',
    (code) => {
      expect(refusal(bic, code)).toBe('BicInvalid');
    },
  );
});

describe('names and codes', () => {
  test.each([
    [bic, ['BOTKJPJT', 'DEUTDEFF500'], ['BOTKJPJ', 'BOTKJPJT5', 'botkjpjt', 'BOTK1PJT']],
    [currency, ['JPY', 'USD'], ['JP', 'yen', 'JPYX', 'J1Y']],
    [mspId, ['AlphaMSP', 'a-1'], ['', '1MSP', 'Alpha MSP', 'Alpha/MSP', 'A'.repeat(33)]],
    [accountId, ['A-1', '7', 'X'.repeat(35)], ['', '-A', 'a', 'A_1', 'A/1', 'A~1', 'X'.repeat(36)]],
    [businessId, ['a.b_c-1', 'x'.repeat(35)], ['', '.a', 'a b', 'a/b', 'a~b', 'ä', 'x'.repeat(36)]],
  ] as const)('%# take what can stand in a key and nothing else', (codec, good, bad) => {
    expect(good.map((value) => refusal(codec, value))).toEqual(good.map(() => undefined));
    expect(bad.map((value) => refusal(codec, value)).filter((code) => code === undefined)).toEqual([]);
  });
});

describe('dates and instants', () => {
  test.each(['2024-02-29', '2000-02-29', '2023-12-31'])('%s is a day', (value) => {
    expect(businessDate.decode(value, '')).toBe(value);
  });

  test.each([
    '2023-02-29',
    '1900-02-29',
    '2023-04-31',
    '2023-13-01',
    '2023-00-10',
    '2023-01-00',
    '2023-1-1',
    '20230101',
  ])('%s is none', (value) => {
    expect(refusal(businessDate, value)).toBe('FieldMalformed');
  });

  test('an instant is UTC to the millisecond and nothing else, so that texts order as times do', () => {
    expect(instant.decode('2023-03-30T23:59:59.999Z', '')).toBe('2023-03-30T23:59:59.999Z');
    const bad = [
      '2023-03-30T24:00:00.000Z',
      '2023-03-30T23:59:60.000Z',
      '2023-03-30T23:59:59Z',
      '2023-02-30T00:00:00.000Z',
    ];
    expect(bad.map((value) => refusal(instant, value))).toEqual(bad.map(() => 'FieldMalformed'));
    expect(refusal(instant, '2023-03-30T08:59:59.999+09:00')).toBe('FieldTooLong');
  });
});

describe('a unit', () => {
  test('is an ISIN or a currency of one issuer', () => {
    const yen = moneyUnit(currency.decode('JPY', ''), mspId.decode('TrustBankMSP', ''));
    expect(unit.decode(yen, '')).toBe('JPY@TrustBankMSP');
    const share = securityUnit(isin.decode('JP3371200001', ''));
    expect(unit.decode(share, '')).toBe('JP3371200001');
  });

  test.each([
    ['JP3371200002', 'IsinInvalid'],
    ['JPY', 'FieldMalformed'],
    ['JPY@', 'FieldMalformed'],
    ['@TrustBankMSP', 'FieldMalformed'],
    ['JPY@Trust@Bank', 'FieldMalformed'],
    ['jpy@TrustBankMSP', 'FieldMalformed'],
  ])('%s is none: %s', (value, code) => {
    expect(refusal(unit, value)).toBe(code);
  });
});
