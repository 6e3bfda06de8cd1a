import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountId, MspId, Unit } from '@kessai/interface';
import { type Books, type Posting, openBooks } from './books';
import type { Context } from './context';
import { MemoryLedger } from './tools';

const share = { unit: 'JP3371200001' as Unit, issuer: 'IssuerMSP' as MspId, registerPages: 2 };
const yen = { unit: 'JPY@TrustBankMSP' as Unit, issuer: 'TrustBankMSP' as MspId, registerPages: 1 };

const at = (place: string, terms = share) => {
  const [institution, account] = place.split('/') as [MspId, AccountId];
  return { institution, account, terms };
};
const hanako = 'AlphaMSP/A-1';
const jiro = 'BetaMSP/B-1';

function line(place: string, change: bigint, lock?: string, terms = share, field = 'quantity'): Posting {
  return {
    position: at(place, terms),
    part: lock === undefined ? 'available' : { lock, reason: 'order' },
    change,
    field,
  };
}

let ledger: MemoryLedger;
let transactions: number;
beforeEach(() => {
  ledger = new MemoryLedger();
  transactions = 0;
});

function context(sequence = 1, time = '2023-03-01T00:00:00.000Z'): Context {
  transactions += 1;
  const clock = { businessDate: '2023-03-01', phase: 'open', sequence, time: '2023-03-01T00:00:00.000Z' };
  return { txId: `tx${transactions.toString()}`, time, clock, method: 'Securities:Transfer' } as unknown as Context;
}

const everything = [at(hanako), at(jiro), at(hanako, yen), at(jiro, yen)];

function open(): Promise<Books> {
  return openBooks(ledger.simulate().reader, everything, [share, yen]);
}

async function posted(lines: readonly Posting[], under = context()): Promise<void> {
  const books = await open();
  expect(books.post(lines)).toBeUndefined();
  ledger.commit({ versions: new Map() }, books.close(under, 'event'));
}

function stored(collection: string, kind: string): readonly Record<string, unknown>[] {
  const found = ledger.contents(collection).filter(({ key }) => key.startsWith(`${kind}/`));
  return found.map(({ value }) => JSON.parse(value) as Record<string, unknown>);
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
    expect(books.close(context(), 'nothing')).toEqual([]);
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
    await posted([line(hanako, -60n), line(hanako, 60n, 'order.1')]);
  });

  test('binds part of a holding, which nothing else can use', async () => {
    const books = await open();
    expect(books.holding(at(hanako))).toEqual({
      account: 'A-1',
      available: 40n,
      locks: [{ id: 'order.1', reason: 'order', quantity: 60n }],
    });
    expect(books.post([line(hanako, -41n), line(jiro, 41n)])).toMatchObject({
      code: 'HoldingInsufficient',
      available: 40n,
    });
  });

  test('is given by its own name, in parts, and is gone when empty', async () => {
    await posted([line(hanako, -25n, 'order.1'), line(jiro, 25n)]);
    expect((await open()).holding(at(hanako)).locks).toEqual([{ id: 'order.1', reason: 'order', quantity: 35n }]);
    await posted([line(hanako, -35n, 'order.1'), line(hanako, 35n)]);
    expect((await open()).holding(at(hanako))).toEqual({ account: 'A-1', available: 75n, locks: [] });
  });

  test('gives no more than it binds', async () => {
    const books = await open();
    expect(books.post([line(hanako, -61n, 'order.1'), line(jiro, 61n)])).toMatchObject({
      code: 'HoldingInsufficient',
      needed: 61n,
      available: 60n,
    });
    expect(books.post([line(hanako, -1n, 'order.2'), line(jiro, 1n)])).toEqual({
      code: 'LockUnknown',
      field: 'quantity',
      account: 'A-1',
      lock: 'order.2',
    });
  });

  test('is journalled as a change of what is locked, not of what is owned', () => {
    expect(stored('AlphaMSP', 'journal').at(-1)).toMatchObject({
      entries: [{ account: 'A-1', unit: share.unit, change: '0', lockedChange: '60' }],
    });
  });
});

describe('closing', () => {
  test('writes a journal page for each collection, with the supply in the issuer’s', async () => {
    await posted(issue(100n));
    await posted([line(hanako, -30n), line(jiro, 30n)]);
    expect(stored('IssuerMSP', 'journal')).toEqual([
      {
        businessDate: '2023-03-01',
        sequence: 1,
        time: '2023-03-01T00:00:00.000Z',
        reference: 'Securities:Transfer event',
        entries: [],
        supply: [{ unit: share.unit, change: '100' }],
      },
    ]);
    expect(stored('BetaMSP', 'journal').map(({ entries }) => entries)).toEqual([
      [{ account: 'B-1', unit: share.unit, change: '30', lockedChange: '0' }],
    ]);
  });

  test('writes nothing where nothing has changed', async () => {
    await posted(issue(100n));
    const books = await open();
    books.post([line(hanako, -5n), line(jiro, 5n)]);
    books.post([line(jiro, -5n), line(hanako, 5n)]);
    expect(books.close(context(), 'back and forth')).toEqual([]);
  });

  test('leaves out the row of who holds nothing any more', async () => {
    await posted(issue(100n));
    await posted([line(hanako, -100n), line(jiro, 100n)]);
    expect(stored('AlphaMSP', 'holding').flatMap(({ rows }) => rows)).toEqual([]);
  });

  test('dates a change no earlier than the last one of the same balances under one sequence', async () => {
    const ahead = '2023-03-01T09:00:00.000Z';
    const right = '2023-03-01T00:05:00.000Z';
    await posted(issue(100n), context(1, ahead));
    await posted([line(hanako, -30n), line(jiro, 30n)], context(1, right));
    expect(stored('BetaMSP', 'journal')).toMatchObject([{ time: ahead }]);

    // The next advance of the clock ends the matter, and other balances never had it.
    await posted([line(hanako, -1n), line(jiro, 1n)], context(2, right));
    await posted(issue(7n, yen), context(1, right));
    const journal = stored('AlphaMSP', 'journal').map(({ sequence, time }) => [sequence, time]);
    expect(journal).toEqual([
      [1, ahead],
      [1, ahead],
      [1, right],
      [2, right],
    ]);
  });
});
