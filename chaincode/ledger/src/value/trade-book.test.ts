import { describe, expect, test } from '@jest/globals';
import { type AccountId, type BusinessDate, type Isin, type MspId, type Unit, decodeText } from '@kessai/interface';
import fc from 'fast-check';
import { stored } from '../kernel/state';
import { MemoryLedger, limitOfSequencesMs, sequences } from '../tools';
import { type NewTrade, type TradeBook, openTrades } from './trade-book';
import type { TradeState } from './trades';

const tries = sequences(process.env, 200, 5_000);
const limitMs = limitOfSequencesMs(process.env, 60_000);

const day = '2023-03-01' as BusinessDate;
const settled: TradeState = { status: 'settled', settledOn: day };
const short: TradeState = { status: 'pending', reason: 'LACK' };

function trade(seller: string, buyer: string, quantity = 100n, origin: NewTrade['origin'] = 'otc'): NewTrade {
  const party = (institution: string) => ({ institution: institution as MspId, account: 'A-1' as AccountId });
  return {
    ...{ origin, isin: 'JP3371200001' as Isin, quantity, amount: quantity * 10n, unit: 'JPY@TrustBankMSP' as Unit },
    ...{ seller: party(seller), buyer: party(buyer), tradeDate: day },
  };
}

/** Texts of what a cycle would write, by key. */
function texts(book: TradeBook): Readonly<Record<string, string>> {
  const writes = book.close().writes.map(stored);
  return Object.fromEntries(writes.map(({ collection, key, value = '' }) => [`${collection} ${shortKey(key)}`, value]));
}

/** The same as whoever reads it is told. */
function written(book: TradeBook): Readonly<Record<string, unknown>> {
  const read = texts(book);
  const { writes } = book.close();
  return Object.fromEntries(
    writes.map(({ ref }) => {
      const name = `${ref.collection} ${shortKey(ref.key)}`;
      return [name, decodeText(ref.codec, read[name] ?? '')];
    }),
  );
}

function shortKey(key: string): string {
  return key.replace(/0{5,}/, '');
}

/** A ledger with a page of trades, 7, made by a cycle. */
async function ledgerWith(...trades: readonly NewTrade[]): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  const book = await openTrades(ledger.simulate().reader, 7, []);
  for (const one of trades) book.add(one);
  ledger.commit({ versions: new Map() }, book.close().writes.map(stored));
  return ledger;
}

async function open(ledger: MemoryLedger, cycle: number): Promise<TradeBook> {
  return openTrades(ledger.simulate().reader, cycle, [7]);
}

describe('trades that a cycle makes', () => {
  test('stand on one page for the operators, numbered in their order, and on one for each party', async () => {
    const book = await openTrades(new MemoryLedger().simulate().reader, 7, []);
    expect(book.add(trade('AlphaMSP', 'BetaMSP'))).toMatchObject({ page: 7, number: 0 });
    expect(book.add(trade('BetaMSP', 'GammaMSP'))).toMatchObject({ page: 7, number: 1 });
    const { writes } = book.close();
    expect(writes.map(({ ref }) => `${ref.collection} ${ref.key}`)).toEqual([
      'operators trades/0000000007',
      'AlphaMSP party-trades/0000000007',
      'BetaMSP party-trades/0000000007',
      'GammaMSP party-trades/0000000007',
    ]);
    expect(written(book)).toMatchObject({
      'operators trades/7': {
        lines: [
          { seller: { institution: 'AlphaMSP', line: 0 }, buyer: { institution: 'BetaMSP', line: 0 } },
          { seller: { institution: 'BetaMSP', line: 1 }, buyer: { institution: 'GammaMSP', line: 0 } },
        ],
      },
      'BetaMSP party-trades/7': {
        lines: [
          { side: 'buy', counterparty: 'AlphaMSP' },
          { side: 'sell', counterparty: 'GammaMSP' },
        ],
      },
    });
  });

  test('are advised to their parties, each with its own lines', async () => {
    const book = await openTrades(new MemoryLedger().simulate().reader, 7, []);
    book.add(trade('AlphaMSP', 'BetaMSP'));
    book.add(trade('AlphaMSP', 'GammaMSP'));
    expect(book.close().advices).toEqual([
      { to: 'AlphaMSP', advice: { kind: 'trades', page: '7', lines: [{ from: 0, to: 1 }] } },
      { to: 'BetaMSP', advice: { kind: 'trades', page: '7', lines: [{ from: 0, to: 0 }] } },
      { to: 'GammaMSP', advice: { kind: 'trades', page: '7', lines: [{ from: 0, to: 0 }] } },
    ]);
  });

  test('of the board do not tell one party the other', async () => {
    const book = await openTrades(new MemoryLedger().simulate().reader, 7, []);
    book.add({ ...trade('AlphaMSP', 'BetaMSP', 100n, 'board'), tradeId: 'matching-1' as never });
    const pages = texts(book);
    for (const [us, them] of [
      ['AlphaMSP', 'BetaMSP'],
      ['BetaMSP', 'AlphaMSP'],
    ] as const) {
      expect(pages[`${us} party-trades/7`]).toBeDefined();
      expect(pages[`${us} party-trades/7`]).not.toMatch(new RegExp(`${them}|matching-1`));
    }
  });

  test('within one institution are two lines of it', async () => {
    const book = await openTrades(new MemoryLedger().simulate().reader, 7, []);
    const { trade: made } = book.add(trade('AlphaMSP', 'AlphaMSP'));
    expect([made.seller.line, made.buyer.line]).toEqual([0, 1]);
    expect(written(book)['AlphaMSP party-trades/7']).toMatchObject({ lines: [{ side: 'sell' }, { side: 'buy' }] });
  });

  test('that settle in the same cycle are written with where they stand', async () => {
    const book = await openTrades(new MemoryLedger().simulate().reader, 7, []);
    book.add(trade('AlphaMSP', 'BetaMSP'), settled);
    book.add(trade('AlphaMSP', 'BetaMSP'));
    const { number } = book.add(trade('AlphaMSP', 'BetaMSP'));
    book.set(7, number, settled);
    expect(written(book)['operators trade-status/7']).toEqual({
      groups: [
        {
          status: 'settled',
          settledOn: day,
          lines: [
            { from: 0, to: 0 },
            { from: 2, to: 2 },
          ],
        },
      ],
    });
    const moves = book.close().advices.filter(({ advice }) => advice.kind === 'settlement');
    expect(moves).toHaveLength(2);
  });
});

describe('where trades stand', () => {
  test('is changed without writing the trades again, as ranges of lines', async () => {
    const ledger = await ledgerWith(...[1n, 2n, 3n, 4n].map((quantity) => trade('AlphaMSP', 'BetaMSP', quantity)));
    const book = await open(ledger, 9);
    for (const number of [0, 1, 3]) book.set(7, number, settled);
    book.set(7, 2, short);
    const groups = [
      { status: 'pending', reason: 'LACK', lines: [{ from: 2, to: 2 }] },
      {
        status: 'settled',
        settledOn: day,
        lines: [
          { from: 0, to: 1 },
          { from: 3, to: 3 },
        ],
      },
    ];
    expect(written(book)).toEqual({
      'operators trade-status/7': { groups },
      'AlphaMSP party-trade-status/7': { groups },
      'BetaMSP party-trade-status/7': { groups },
    });
  });

  test('is advised to the parties of what moved alone', async () => {
    const ledger = await ledgerWith(trade('AlphaMSP', 'BetaMSP'), trade('BetaMSP', 'GammaMSP'));
    const book = await open(ledger, 9);
    book.set(7, 1, short);
    const advice = { kind: 'settlement', page: '7', status: 'pending', reason: 'LACK' };
    expect(book.close().advices).toEqual([
      { to: 'BetaMSP', advice: { ...advice, lines: [{ from: 1, to: 1 }] } },
      { to: 'GammaMSP', advice: { ...advice, lines: [{ from: 0, to: 0 }] } },
    ]);
  });

  test('is read again as it was written', async () => {
    const ledger = await ledgerWith(trade('AlphaMSP', 'BetaMSP'), trade('BetaMSP', 'GammaMSP'));
    const book = await open(ledger, 9);
    book.set(7, 1, settled);
    ledger.commit({ versions: new Map() }, book.close().writes.map(stored));
    const later = await open(ledger, 10);
    expect([0, 1].map((number) => later.state(7, number))).toEqual([{ status: 'matched' }, settled]);
    expect(later.close()).toEqual({ writes: [], advices: [] });
  });

  test('is unknown of a page that there is not, or that was not opened', async () => {
    const book = await openTrades((await ledgerWith(trade('AlphaMSP', 'BetaMSP'))).simulate().reader, 9, [8]);
    expect([book.trades(7), book.trades(8)]).toEqual([undefined, undefined]);
    expect(() => {
      book.set(7, 0, settled);
    }).toThrow('was not opened');
  });
});

describe('the trades of a cycle', () => {
  const members = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      seller: fc.constantFrom(...members),
      buyer: fc.constantFrom(...members),
    }),
    fc.record({ kind: fc.constant('set' as const), own: fc.boolean(), number: fc.nat({ max: 5 }), done: fc.boolean() }),
    fc.record({ kind: fc.constant('mark' as const) }),
    fc.record({ kind: fc.constant('back' as const) }),
  );

  test(
    'are restored exactly by going back to a mark, whatever was made and settled since',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const ledger = await ledgerWith(trade('AlphaMSP', 'BetaMSP'), trade('BetaMSP', 'GammaMSP'));
          const book = await open(ledger, 9);
          const text = (): string => JSON.stringify([book.close().advices, written(book)], bigints);
          const marks = [{ mark: book.mark(), text: text() }];
          for (const one of steps) {
            const page = one.kind === 'set' && one.own ? 9 : 7;
            if (one.kind === 'add') book.add(trade(one.seller, one.buyer));
            else if (one.kind === 'mark') marks.push({ mark: book.mark(), text: text() });
            else if (one.kind === 'set' && (book.trades(page)?.length ?? 0) > one.number) {
              book.set(page, one.number, one.done ? settled : short);
            } else if (one.kind === 'back') {
              const { mark, text: before } = (marks.length > 1 ? marks.pop() : marks[0]) ?? { mark: 0, text: '' };
              book.rollBack(mark);
              expect(text()).toBe(before);
            }
          }
          book.rollBack(0);
          expect(book.close()).toEqual({ writes: [], advices: [] });
        }),
        tries,
      );
    },
    limitMs,
  );
});

function bigints(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
