import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountId, LockReason, MspId, Unit } from '@kessai/interface';
import { stored } from '../kernel/state';
import { MemoryLedger } from '../tools';
import { type Books, type Posting, openBooks } from './books';

const share = { unit: 'JP3371200001' as Unit, issuer: 'IssuerMSP' as MspId, registerPages: 2 };
const yen = { unit: 'JPY@TrustBankMSP' as Unit, issuer: 'TrustBankMSP' as MspId, registerPages: 1 };

const at = (place: string, terms = share) => {
  const [institution, account] = place.split('/') as [MspId, AccountId];
  return { institution, account, terms };
};
const hanako = 'AlphaMSP/A-1';
const jiro = 'BetaMSP/B-1';

function line(place: string, change: bigint, lock?: LockReason, terms = share, field = 'quantity'): Posting {
  return { position: at(place, terms), part: lock ?? 'available', change, field };
}

let ledger: MemoryLedger;
let cycles: number;
beforeEach(() => {
  ledger = new MemoryLedger();
  cycles = 0;
});

const everything = [at(hanako), at(jiro), at(hanako, yen), at(jiro, yen)];

function open(): Promise<Books> {
  return openBooks(ledger.simulate().reader, everything, [share, yen]);
}

/** Posts in a cycle of its own. */
async function posted(lines: readonly Posting[]): Promise<void> {
  const books = await open();
  expect(books.post(lines)).toBeUndefined();
  cycles += 1;
  ledger.commit({ versions: new Map() }, books.close(cycles).map(stored));
}

function rowsOf(collection: string): readonly unknown[] {
  const pages = ledger.contents(collection).filter(({ key }) => key.startsWith('holding/'));
  return pages.flatMap(({ value }) => (JSON.parse(value) as { readonly rows: readonly unknown[] }).rows);
}

const issue = (quantity: bigint, terms = share): readonly Posting[] => [
  { supply: terms, change: -quantity },
  line(hanako, quantity, undefined, terms),
];

describe('posting', () => {
  test('moves value between holdings, and issues against the supply account', async () => {
    await posted(issue(100n));
    await posted([line(hanako, -30n), line(jiro, 30n)]);
    const books = await open();
    expect(books.holding(at(hanako)).available).toBe(70n);
    expect(books.holding(at(jiro)).available).toBe(30n);
    expect(books.issued(share)).toBe(100n);
    expect(books.issued(yen)).toBe(0n);
  });

  test('is refused where the balance does not suffice, by the field that asks for it', async () => {
    await posted(issue(100n));
    const books = await open();
    expect(
      books.post([line(jiro, 101n, undefined, share, 'to'), line(hanako, -101n, undefined, share, 'from')]),
    ).toEqual({
      code: 'HoldingInsufficient',
      field: 'from',
      account: 'A-1',
      unit: share.unit,
      needed: 101n,
      available: 100n,
    });
  });

  test('names the field of the line that takes, where another line gives to the same balance first', async () => {
    await posted(issue(100n));
    const books = await open();
    const lines = [
      line(jiro, 5n, undefined, share, 'trades[0].buyer'),
      line(hanako, -5n, undefined, share, 'trades[0].seller'),
      line(jiro, -9n, undefined, share, 'trades[1].seller'),
      line(hanako, 9n, undefined, share, 'trades[1].buyer'),
    ];
    expect(books.post(lines)).toMatchObject({ code: 'HoldingInsufficient', field: 'trades[1].seller', needed: 4n });
  });

  test('nets the lines of one balance: only what they come to must be there', async () => {
    await posted(issue(100n));
    await posted([line(jiro, -80n), line(hanako, 80n), line(hanako, -100n), line(jiro, 100n)]);
    expect((await open()).holding(at(jiro)).available).toBe(20n);
  });

  test('is all or none: one refused line leaves every balance as it was', async () => {
    await posted(issue(100n));
    const books = await open();
    const both = [
      line(hanako, -50n),
      line(jiro, 50n),
      line(jiro, -1n, undefined, yen),
      line(hanako, 1n, undefined, yen),
    ];
    expect(books.post(both)).toMatchObject({ code: 'HoldingInsufficient', unit: yen.unit });
    expect(books.holding(at(hanako)).available).toBe(100n);
    expect(books.close(1)).toEqual([]);
  });

  test('never holds more than 64 bits can', async () => {
    await posted(issue(2n ** 63n - 2n));
    const books = await open();
    expect(books.post(issue(1n))).toBeUndefined();
    expect(books.post(issue(1n))).toEqual({
      code: 'BalanceTooLarge',
      field: 'quantity',
      account: 'A-1',
      unit: share.unit,
    });
  });

  test.each([
    ['lines that do not sum to zero', [line(hanako, 1n)]],
    ['lines that sum to zero over two units', [line(hanako, 1n), line(hanako, -1n, undefined, yen)]],
  ])('%s is a defect, not a rejection', async (_what, lines) => {
    const books = await open();
    expect(() => books.post(lines)).toThrow('do not sum to zero');
  });

  test('reaches only balances that were opened', async () => {
    const books = await openBooks(ledger.simulate().reader, [at(hanako)], []);
    expect(() => books.post([line(hanako, 1n), line('GammaMSP/G-1', -1n)])).toThrow('was not opened');
    expect(() => books.issued(share)).toThrow('was not opened');
  });
});

describe('a lock', () => {
  beforeEach(async () => {
    await posted(issue(100n));
    await posted([line(hanako, -60n), line(hanako, 60n, 'order')]);
  });

  test('binds part of a holding, which nothing else can use', async () => {
    const books = await open();
    expect(books.holding(at(hanako))).toEqual({ account: 'A-1', available: 40n, locked: { order: 60n } });
    expect(books.post([line(hanako, -41n), line(jiro, 41n)])).toMatchObject({
      code: 'HoldingInsufficient',
      available: 40n,
    });
  });

  test('is given in parts, and is gone when nothing is left', async () => {
    await posted([line(hanako, -25n, 'order'), line(jiro, 25n)]);
    expect((await open()).holding(at(hanako)).locked).toEqual({ order: 35n });
    await posted([line(hanako, -35n, 'order'), line(hanako, 35n)]);
    expect((await open()).holding(at(hanako))).toEqual({ account: 'A-1', available: 75n, locked: {} });
  });

  test('passes from one reason to another, and from one owner to another', async () => {
    await posted([line(hanako, -10n, 'order'), line(hanako, 10n, 'settlement')]);
    await posted([line(hanako, -4n, 'settlement'), line(jiro, 4n, 'pledge')]);
    const books = await open();
    expect(books.holding(at(hanako)).locked).toEqual({ order: 50n, settlement: 6n });
    expect(books.holding(at(jiro))).toEqual({ account: 'B-1', available: 0n, locked: { pledge: 4n } });
  });

  test('that gives more than it binds is a defect: what it binds is known from the record that holds it', async () => {
    const books = await open();
    const more = [line(hanako, -61n, 'order'), line(jiro, 61n)];
    expect(() => books.post(more)).toThrow('More is released than is locked for order');
    expect(() => books.post([line(hanako, -1n, 'pledge'), line(jiro, 1n)])).toThrow('is locked for pledge');
    expect(books.holding(at(hanako)).locked).toEqual({ order: 60n });
  });
});

describe('the journal of an instruction', () => {
  test('has a row for each balance that changed, for each member, with the supply at the issuer', async () => {
    const books = await open();
    const mark = books.mark();
    books.post(issue(100n));
    books.post([line(hanako, -30n), line(jiro, 30n)]);
    books.post([line(hanako, -20n), line(hanako, 20n, 'order')]);
    expect(Object.fromEntries(books.linesSince(mark, 'Orders:Place o-1'))).toEqual({
      AlphaMSP: { reference: 'Orders:Place o-1', units: [{ unit: share.unit, rows: [['A-1', 70n, 20n]] }] },
      BetaMSP: { reference: 'Orders:Place o-1', units: [{ unit: share.unit, rows: [['B-1', 30n, 0n]] }] },
      IssuerMSP: { reference: 'Orders:Place o-1', units: [], supply: [{ unit: share.unit, change: 100n }] },
    });
  });

  test('says what changed since its beginning, and nothing of what went back', async () => {
    await posted(issue(100n));
    const books = await open();
    books.post([line(hanako, -30n), line(jiro, 30n)]);
    const mark = books.mark();
    books.post([line(hanako, -5n), line(jiro, 5n)]);
    books.post([line(hanako, -9n), line(hanako, 9n, 'order')]);
    books.post([line(jiro, -5n), line(hanako, 5n)]);
    expect([...books.linesSince(mark, 'x').values()]).toEqual([
      { reference: 'x', units: [{ unit: share.unit, rows: [['A-1', 0n, 9n]] }] },
    ]);
    expect(books.linesSince(books.mark(), 'x').size).toBe(0);
  });

  test('orders units and accounts by name, however they were posted', async () => {
    const books = await openBooks(
      ledger.simulate().reader,
      ['A-2', 'A-1'].flatMap((account) => [at(`AlphaMSP/${account}`, yen), at(`AlphaMSP/${account}`)]),
      [share, yen],
    );
    for (const account of ['A-2', 'A-1']) {
      for (const terms of [yen, share]) {
        books.post([{ supply: terms, change: -1n }, line(`AlphaMSP/${account}`, 1n, undefined, terms)]);
      }
    }
    const rows = ['A-1', 'A-2'].map((account) => [account, 1n, 0n]);
    expect(books.linesSince(0, 'x').get('AlphaMSP' as MspId)?.units).toEqual([
      { unit: share.unit, rows },
      { unit: yen.unit, rows },
    ]);
  });
});

describe('taking postings back', () => {
  test('restores balances, supply and what has changed', async () => {
    await posted(issue(100n));
    const books = await open();
    const mark = books.mark();
    expect(books.hasChanged(share.unit)).toBe(false);
    books.post([line(hanako, -30n), line(jiro, 30n)]);
    books.post(issue(7n));
    expect(books.hasChanged(share.unit)).toBe(true);
    expect(books.hasChanged(yen.unit)).toBe(false);
    books.rollBack(mark);
    expect(books.hasChanged(share.unit)).toBe(false);
    expect(books.holding(at(hanako)).available).toBe(100n);
    expect(books.holding(at(jiro)).available).toBe(0n);
    expect(books.issued(share)).toBe(100n);
    expect(books.close(2)).toEqual([]);
  });

  test('goes back to the mark and no further', async () => {
    const books = await open();
    books.post(issue(100n));
    const mark = books.mark();
    books.post([line(hanako, -30n), line(jiro, 30n)]);
    books.rollBack(mark);
    expect(books.holding(at(hanako)).available).toBe(100n);
    expect(books.hasChanged(share.unit)).toBe(true);
  });
});

describe('closing', () => {
  test('writes the pages and supply accounts that have changed, with the cycle', async () => {
    const books = await open();
    books.post(issue(100n));
    expect(books.close(4).map(stored)).toEqual([
      {
        collection: 'AlphaMSP',
        key: `holding/${share.unit}/0000000000`,
        value: '{"cycle":4,"rows":[["A-1","100",{}]]}',
      },
      { collection: 'IssuerMSP', key: `supply/${share.unit}`, value: '{"cycle":4,"issued":"100"}' },
    ]);
  });

  test('leaves out the row of who holds nothing any more', async () => {
    await posted(issue(100n));
    await posted([line(hanako, -100n), line(jiro, 100n)]);
    expect(rowsOf('AlphaMSP')).toEqual([]);
    expect(rowsOf('BetaMSP')).toEqual([['B-1', '100', {}]]);
  });

  test('asserts that no unit was made or lost, whatever the postings were checked for', async () => {
    await posted(issue(100n));
    const books = await open();
    // A defect past the check of each posting: a line whose change is another when it is applied than when it was added up.
    let asked = 0;
    const fickle = {
      ...line(hanako, 0n),
      get change() {
        asked += 1;
        return asked === 1 ? -5n : -3n;
      },
    };
    books.post([fickle, line(jiro, 5n)]);
    expect(() => books.close(2)).toThrow(`The cycle does not conserve ${share.unit}`);
  });
});
