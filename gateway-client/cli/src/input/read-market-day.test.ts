import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InputError, type InputFault } from './input-fault';
import { readMarketDay } from './read-market-day';

const sample = join(__dirname, '..', '..', 'samples', 'market-day');
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-input-'));
  cpSync(sample, directory, { recursive: true });
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function rewrite(file: string, change: (text: string) => string): void {
  const path = join(directory, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`Nothing was changed in ${file}`);
  writeFileSync(path, after);
}

/** The line after the header is line 2. */
function replaceLine(file: string, line: number, text: string): void {
  rewrite(file, (before) =>
    before
      .split('\n')
      .with(line - 1, text)
      .join('\n'),
  );
}

function faults(): readonly InputFault[] {
  try {
    readMarketDay(directory);
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  return [];
}

describe('the day that ships', () => {
  test('has no fault', () => {
    expect(faults()).toEqual([]);
  });

  test('states quantities, prices and amounts in smallest units, organisations by MSP id', () => {
    const day = readMarketDay(directory);
    expect(day.instruments[0]).toMatchObject({
      isin: 'JP3371200001',
      issuer: 'ShinEtsuMSP',
      lot: 100n,
      supplyCap: 1_000_000n,
      settlementBank: 'TrustBankMSP',
    });
    expect(day.deposits[0]).toMatchObject({ when: 'opening', bank: 'TrustBankMSP', mint: { amount: 400_000_000n } });
    expect(day.orders.length).toBeGreaterThan(100);
  });

  test('restates the real split and dividend of Shin-Etsu Chemical', () => {
    const [dividend, split] = readMarketDay(directory).corporateActions;
    expect(dividend?.terms).toMatchObject({ recordDate: '2023-03-31', rate: { numerator: 275n, denominator: 1n } });
    expect(split?.terms).toMatchObject({ recordDate: '2023-03-31', ratio: { numerator: 5n, denominator: 1n } });
  });
});

describe('a wrong line is told with its file, line, column and reason', () => {
  const order = (
    fields: Partial<Record<'member' | 'id' | 'isin' | 'account' | 'quantity' | 'price' | 'side', string>>,
  ): string => {
    const { member = 'Alpha', id = 'A-900', isin = 'JP3371200001', side = 'sell', account = 'HOUSE' } = fields;
    return `1,${member},${id},${isin},${side},${account},${fields.quantity ?? '100'},${fields.price ?? '21150'},day`;
  };
  const cases: readonly [string, string, number, string, number, string, RegExp][] = [
    [
      'a wrong check digit of an ISIN',
      'orders.csv',
      2,
      order({ isin: 'JP3371200002' }),
      4,
      'isin',
      /check digit must be 1/,
    ],
    ['an unknown instrument', 'orders.csv', 2, order({ isin: 'JP3463000004' }), 4, 'isin', /not an instrument/],
    [
      'an unknown account',
      'orders.csv',
      2,
      order({ account: 'A-9999' }),
      6,
      'account',
      /no account A-9999 at AlphaMSP/,
    ],
    ['an unknown member', 'orders.csv', 2, order({ member: 'Delta' }), 2, 'member', /no member Delta/],
    ['a member of another role', 'orders.csv', 2, order({ member: 'CSD' }), 2, 'member', /here it must be institution/],
    ['a quantity of nothing', 'orders.csv', 2, order({ quantity: '0' }), 7, 'quantity', /must be positive/],
    ['a quantity below zero', 'orders.csv', 2, order({ quantity: '-100' }), 7, 'quantity', /must be positive/],
    ['a fraction where there is none', 'orders.csv', 2, order({ quantity: '100.5' }), 7, 'quantity', /whole number/],
    ['a quantity above 2^63 - 1', 'orders.csv', 2, order({ quantity: '9223372036854775900' }), 7, 'quantity', /2\^63/],
    ['thousands separators', 'orders.csv', 2, order({ quantity: '"1,000"' }), 7, 'quantity', /without separators/],
    [
      'a quantity that is no multiple of the lot',
      'orders.csv',
      2,
      order({ quantity: '150' }),
      7,
      'quantity',
      /lot of 100/,
    ],
    ['an empty field', 'orders.csv', 2, order({ price: '' }), 8, 'price', /is empty/],
    ['a side that is none', 'orders.csv', 2, order({ side: 'hold' }), 5, 'side', /buy, sell/],
    [
      'an id that was used before',
      'orders.csv',
      3,
      order({ id: 'G-001', member: 'Gamma', account: 'HOUSE' }),
      3,
      'orderId',
      /used before/,
    ],
    ['a line with too few fields', 'orders.csv', 2, '1,Alpha,A-900', 3, '', /has 3 fields, the header names 9/],
    [
      'more issued than authorised',
      'issuances.csv',
      2,
      'ISS-1,JP3371200001,TREASURY,1000001',
      4,
      'quantity',
      /authorised/,
    ],
    [
      'more allotted than issued',
      'allotments.csv',
      2,
      'AL-1,JP3371200001,TREASURY,Alpha,HOUSE,500001',
      6,
      'quantity',
      /500000 smallest units left/,
    ],
    [
      'more handed on than allotted',
      'distributions.csv',
      2,
      'D-1,Alpha,JP3371200001,HOUSE,A-1001,200001',
      6,
      'quantity',
      /left to hand on/,
    ],
    [
      'a transfer to the same account',
      'distributions.csv',
      2,
      'D-1,Alpha,JP3371200001,HOUSE,HOUSE,1',
      5,
      'to',
      /another account/,
    ],
    ['an order to cancel that nobody places', 'cancels.csv', 2, '4,Alpha,A-999', 3, 'orderId', /places no order A-999/],
    [
      'a rejection without its reason',
      'otc.csv',
      5,
      'O-1,Beta,Alpha,JP3371200001,sell,HOUSE,2000,42400000,reject,,',
      11,
      'reason',
      /needed to reject/,
    ],
    [
      'a trade with oneself',
      'otc.csv',
      2,
      'O-1,Beta,Beta,JP3371200001,sell,HOUSE,1,1,affirm,HOUSE,',
      3,
      'counterparty',
      /another institution/,
    ],
    [
      'a deposit that is credited a second time',
      'deposits.csv',
      3,
      'DEP-002,opening,Trust-Bank,JPY,Alpha,A-1001,90000000,WIRE-20230331-001',
      8,
      'reference',
      /WIRE-20230331-001 was used before/,
    ],
    [
      'a name that turns the direction of what follows',
      'accounts.csv',
      2,
      'Alpha,HOUSE,Al\u202eahp,house',
      3,
      'name',
      /U\+202E/,
    ],
    [
      'a yen with decimals',
      'monies.csv',
      2,
      'JPY,Trust-Bank,2,16',
      3,
      'decimals',
      /must be 0: those of JPY in ISO 4217/,
    ],
    ['a currency that is gold', 'monies.csv', 2, 'XAU,Trust-Bank,0,16', 1, 'currency', /no currency with a minor unit/],
    ['a bank that is none', 'monies.csv', 2, 'JPY,Alpha,0,1', 2, 'bank', /must be settlement-bank/],
  ];

  test.each(cases)('%s', (_what, file, line, text, column, field, reason) => {
    replaceLine(file, line, text);
    const fault = faults().find((one) => one.file === file && one.line === line);
    expect(fault).toMatchObject({ file, line, column, field });
    expect(fault?.reason).toMatch(reason);
  });

  test('all of them at once, by file and line', () => {
    replaceLine('orders.csv', 3, order({ quantity: '0', price: '0' }));
    replaceLine('accounts.csv', 2, 'Alpha,house,Own account,house');
    const told = faults().map(({ file, line, field }) => `${file}:${line} ${field}`);
    expect(told).toEqual(['accounts.csv:2 account', 'orders.csv:3 quantity', 'orders.csv:3 price']);
  });

  test('a line that may hold what others name does not make faults of those', () => {
    replaceLine('members.csv', 5, 'Alpha,AlphaMSP,broker,Alpha Securities');
    expect(faults().map(({ file, field }) => `${file} ${field}`)).toEqual(['members.csv role']);
  });
});

describe('a file as a whole', () => {
  test('that is missing', () => {
    rmSync(join(directory, 'otc.csv'));
    expect(faults()).toMatchObject([{ file: 'otc.csv', line: 1, reason: expect.stringContaining('cannot be read') }]);
  });

  test('with a column that is unknown, and so one that is missing', () => {
    rewrite('monies.csv', (text) => text.replace('decimals', 'digits'));
    expect(faults().map(({ file, line, column, field }) => ({ file, line, column, field }))).toEqual([
      { file: 'monies.csv', line: 1, column: 3, field: 'digits' },
      { file: 'monies.csv', line: 1, column: 5, field: 'decimals' },
    ]);
  });

  test('in another order of columns, with remarks and a byte order mark, reads the same', () => {
    const before = readMarketDay(directory).issuances;
    writeFileSync(
      join(directory, 'issuances.csv'),
      '\uFEFF# remark\nquantity,id,account,isin\n500000,ISS-4063,TREASURY,JP3371200001\n100000,ISS-6861,TREASURY,JP3236200006\n',
    );
    expect(readMarketDay(directory).issuances).toEqual(before);
  });

  test('that is not CSV, with the line where it ceases to be', () => {
    replaceLine('members.csv', 3, 'CSD,CsdMSP,operator,"Central');
    expect(faults()[0]).toMatchObject({
      file: 'members.csv',
      line: 3,
      reason: expect.stringContaining('never closed'),
    });
    replaceLine('members.csv', 3, 'CSD,CsdMSP,operator,Central "depository"');
    expect(faults()[0]).toMatchObject({ file: 'members.csv', line: 3, reason: expect.stringContaining('is not CSV') });
  });

  test.each([
    ['a quote inside a field that is closed, before it', '"CSD ""of"" Japan"', 4],
    ['a remark with a quote, before it', '# what "this', 4],
    ['nothing', 'CSD,CsdMSP,operator,CSD', 4],
  ])('that opens a quote and never closes it, with the line where it does, behind %s', (_what, third, line) => {
    replaceLine('members.csv', 3, third.startsWith('"') ? `CSD,CsdMSP,operator,${third}` : third);
    replaceLine('members.csv', line, 'Broker,BrokerMSP,institution,"Broker');
    expect(faults()[0]).toMatchObject({
      ...{ file: 'members.csv', line, field: '', reason: 'opens a quote (") that is never closed' },
    });
  });

  test.each([
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'bars'],
    ['，', 'full-width commas'],
    ['；', 'full-width semicolons'],
    ['\u3000', 'ideographic spaces'],
    [':', 'colons'],
    ['،', 'Arabic commas'],
  ])('that has %j between its fields is told to be saved with commas', (separator, name) => {
    rewrite('accounts.csv', (text) => text.replaceAll(',', separator));
    const reason = `separates its fields by ${name}; save it with commas between them`;
    expect(faults().filter(({ file }) => file === 'accounts.csv')).toEqual([
      { file: 'accounts.csv', line: 1, column: 1, field: '', reason },
    ]);
    rewrite('accounts.csv', (text) => `# remark, with a comma\n\n"member"${text.slice('member'.length)}`);
    expect(faults().find(({ file }) => file === 'accounts.csv')).toMatchObject({ line: 3, reason });
  });

  test.each(['sep=;', 'sep=,', '"sep=;"'])('that begins with %s for a spreadsheet is told to leave it out', (line) => {
    rewrite('accounts.csv', (text) => `${line}\n${text.replaceAll(',', ';')}`);
    expect(faults().filter(({ file }) => file === 'accounts.csv')).toMatchObject([
      { line: 1, reason: 'names its separator instead of its columns; take this line out' },
    ]);
  });

  test('whose header is no header: too long, or with a name that is', () => {
    writeFileSync(join(directory, 'accounts.csv'), `${'x'.repeat(1_000_000)}\n1\n`);
    const [long] = faults().filter(({ file }) => file === 'accounts.csv');
    expect(long?.reason).toBe(
      'has 1000000 characters in its first line, which names member, account, name, kind and nothing else',
    );
    writeFileSync(join(directory, 'accounts.csv'), `member,account,name,kind,${'y'.repeat(500)}\n`);
    const [named] = faults().filter(({ file }) => file === 'accounts.csv');
    expect(named).toMatchObject({ line: 1, column: 5, field: `${'y'.repeat(40)}...` });
    expect(named?.reason.length).toBeLessThan(100);
  });

  /** 佐藤 in CP932 for the name in line 3. */
  const inCp932 = (text: string): Buffer => {
    const [before = '', after = ''] = text.split('Sato Haruka');
    return Buffer.concat([Buffer.from(before), Buffer.from([0x8d, 0xb2, 0x93, 0xa1]), Buffer.from(after)]);
  };

  test('in CP932 is told to be saved as UTF-8, and no name is lost silently', () => {
    const path = join(directory, 'accounts.csv');
    writeFileSync(path, inCp932(readFileSync(path, 'utf8')));
    const told = faults();
    expect(told).toMatchObject([{ file: 'accounts.csv', line: 3, reason: expect.stringMatching(/save it as UTF-8/) }]);
  });

  test.each([
    ['with its mark', '\ufeff'],
    ['without a mark', ''],
  ])('in UTF-16 %s is told to be saved as UTF-8, as JSON too', (_what, mark) => {
    for (const file of ['accounts.csv', 'market.json', 'corporate-actions.json']) {
      const path = join(directory, file);
      writeFileSync(path, Buffer.from(mark + readFileSync(path, 'utf8'), 'utf16le'));
    }
    const told = faults().map(({ file, line, reason }) => `${file}:${line} ${reason}`);
    expect(told).toHaveLength(3);
    for (const one of told) expect(one).toMatch(/:1 .*UTF-16.*save it as UTF-8/);
  });

  test('in ISO-2022-JP, or a workbook of a spreadsheet, is told to be saved as UTF-8', () => {
    const path = join(directory, 'accounts.csv');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('Sato Haruka', '\u001b$B:4F#\u001b(B'));
    expect(faults()).toMatchObject([
      { file: 'accounts.csv', line: 3, reason: expect.stringMatching(/^is ISO-2022-JP.*UTF-8/) },
    ]);
    writeFileSync(path, Buffer.from('PK\u0003\u0004\u0014\u0000\u0006\u0000', 'latin1'));
    expect(faults()).toMatchObject([{ file: 'accounts.csv', line: 1, reason: expect.stringMatching(/xlsx.*UTF-8/) }]);
  });

  test('that is no directory at all', () => {
    expect(() => readMarketDay(join(directory, 'nowhere'))).toThrow(InputError);
  });
});

describe('JSON files', () => {
  test('read the same with a byte order mark', () => {
    const before = readMarketDay(directory);
    for (const file of ['market.json', 'corporate-actions.json']) rewrite(file, (text) => `\uFEFF${text}`);
    expect(readMarketDay(directory)).toEqual(before);
  });

  test('tell line and column of the field', () => {
    rewrite('corporate-actions.json', (text) => text.replace('"numerator": "5"', '"numerator": "1"'));
    expect(faults()).toMatchObject([
      {
        file: 'corporate-actions.json',
        line: 25,
        field: '[1].terms.ratio',
        reason: expect.stringContaining('more new'),
      },
    ]);
  });

  test.each([
    ['a dividend of nothing', '"numerator": "275"', '"numerator": "0"', '[0].terms.rate', 'more than nothing'],
    ['a tax of nothing', '"numerator": "15315"', '"numerator": "0"', '[0].terms.withholding[0].rate', 'than nothing'],
    ['taxes beyond the income', '"numerator": "15315"', '"numerator": "95001"', '[0].terms.withholding', 'the income'],
    ['a split with a cap of 1', '"supplyCap": "5000000"', '"supplyCap": "1"', '[1].terms.supplyCap', 'is authorised'],
  ])('refuse %s', (_, before, after, field, reason) => {
    rewrite('corporate-actions.json', (text) => text.replace(before, after));
    expect(faults()).toMatchObject([{ field, reason: expect.stringContaining(reason) }]);
  });

  test('refuse the same event under another id', () => {
    rewrite('corporate-actions.json', (text) => {
      const [dividend, split] = JSON.parse(text) as readonly [object, object];
      return JSON.stringify([dividend, { ...dividend, eventId: 'AGAIN' }, split]);
    });
    expect(faults()).toMatchObject([{ field: '[1].terms.kind', reason: expect.stringContaining('one of a kind') }]);
  });

  test('refuse what is not the form of the terms', () => {
    rewrite('corporate-actions.json', (text) => text.replace('"payer"', '"paying"'));
    expect(faults()).toMatchObject([{ file: 'corporate-actions.json', line: 11, field: '[0].terms.paying' }]);
  });

  test('refuse days on which no market opens', () => {
    rewrite('market.json', (text) => text.replace('2023-03-31', '2023-04-01').replace('2023-04-03', '2024-01-02'));
    const told = faults().filter(({ file }) => file === 'market.json');
    expect(told.map(({ field, line, reason }) => ({ field, line, reason }))).toEqual([
      { field: 'businessDate', line: 3, reason: '2023-04-01 is no business day' },
      { field: 'nextBusinessDate', line: 4, reason: '2024-01-02 is no business day' },
    ]);
  });

  test('refuse a record date on which the day does not end', () => {
    rewrite('market.json', (text) => text.replace('2023-03-31', '2023-03-30'));
    expect(faults().map(({ file, field }) => `${file} ${field}`)).toEqual([
      'corporate-actions.json [0].terms.recordDate',
      'corporate-actions.json [1].terms.recordDate',
    ]);
  });

  test('tell where they cease to be JSON', () => {
    rewrite('market.json', (text) => text.replace('"businessDate":', '"businessDate"'));
    expect(faults()[0]).toMatchObject({ file: 'market.json', reason: expect.stringContaining('is not JSON') });
    expect(faults()[0]?.line).toBeGreaterThan(1);
  });

  test('tell every field that is wrong', () => {
    writeFileSync(join(directory, 'market.json'), '{ "name": "M", "businessDate": "2023-02-30", "noon": 1 }');
    expect(faults().map(({ field }) => field)).toEqual(
      expect.arrayContaining(['noon', 'businessDate', 'nextBusinessDate', 'noonAfterRound', 'settledOneByOne']),
    );
  });
});

describe('the organisations of the network', () => {
  test('are told where a member is none of them, or has another role there', () => {
    const organisations = [
      { mspId: 'ExchangeMSP', role: 'operator' },
      { mspId: 'AlphaMSP', role: 'issuer' },
    ];
    expect(() => readMarketDay(directory, organisations)).toThrow(InputError);
    try {
      readMarketDay(directory, organisations);
    } catch (error) {
      const { faults: told } = error as InputError;
      expect(told).toContainEqual(expect.objectContaining({ file: 'members.csv', line: 3, field: 'mspId' }));
      expect(told).toContainEqual(expect.objectContaining({ file: 'members.csv', line: 5, field: 'role' }));
    }
  });
});
