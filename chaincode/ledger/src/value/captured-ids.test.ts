import { describe, expect, test } from '@jest/globals';
import type { AccountId, BusinessDate, BusinessId, Isin, MspId, Unit } from '@kessai/interface';
import { hashOf } from '../kernel/entry-text';
import { stored } from '../kernel/state';
import { MemoryLedger } from '../tools';
import { type TradeBook, openTrades } from './trade-book';

const first = '2023-03-01' as BusinessDate;
const second = '2023-03-02' as BusinessDate;
const third = '2023-03-03' as BusinessDate;
const id = (text: string): BusinessId => text as BusinessId;

function capture(book: TradeBook, tradeId: string, tradeDate = first): void {
  const party = (institution: string) => ({ institution: institution as MspId, account: 'A-1' as AccountId });
  book.add({
    ...{ origin: 'captured', isin: 'JP3371200001' as Isin, quantity: 100n, amount: 1_000n, tradeId: id(tradeId) },
    ...{ unit: 'JPY@TrustBankMSP' as Unit, seller: party('AlphaMSP'), buyer: party('BetaMSP'), tradeDate },
  });
}

async function open(ledger: MemoryLedger, cycle: number): Promise<TradeBook> {
  const book = await openTrades(ledger.simulate().reader, cycle, []);
  await book.capturedBefore([], first);
  return book;
}

/** A cycle that records trades under these ids. */
async function cycleOf(ledger: MemoryLedger, cycle: number, ids: readonly string[], tradeDate = first): Promise<void> {
  const book = await open(ledger, cycle);
  for (const one of ids) capture(book, one, tradeDate);
  ledger.commit({ versions: new Map() }, book.close().writes.map(stored));
}

async function known(ledger: MemoryLedger, ids: readonly string[], today = first): Promise<readonly string[]> {
  return [...(await (await open(ledger, 1_000)).capturedBefore(ids.map(id), today))];
}

describe('the id of a captured trade', () => {
  test('is known in later cycles of its day and of the next day that is used, and no longer', async () => {
    const ledger = new MemoryLedger();
    await cycleOf(ledger, 7, ['E-1', 'E-2']);
    await cycleOf(ledger, 8, ['E-3']);
    expect(await known(ledger, ['E-2', 'E-3', 'E-4'])).toEqual(['E-2', 'E-3']);
    await cycleOf(ledger, 9, ['E-4'], second);
    expect(await known(ledger, ['E-1', 'E-4'], second)).toEqual(['E-1', 'E-4']);
    expect(await known(ledger, ['E-1', 'E-4'], third)).toEqual(['E-4']);
    await cycleOf(ledger, 10, ['E-1'], third);
    expect(await known(ledger, ['E-1', 'E-2', 'E-4'], third)).toEqual(['E-1', 'E-4']);
  });

  test('is found on full pages, and in cycles that span them', async () => {
    const ledger = new MemoryLedger();
    const ids = (from: number, count: number) => Array.from({ length: count }, (_, n) => `E-${(from + n).toString()}`);
    await cycleOf(ledger, 7, ids(0, 5));
    await cycleOf(ledger, 8, ids(5, 5_000));
    await cycleOf(ledger, 9, ids(5_005, 3));
    const asked = ['E-0', 'E-5', 'E-1023', 'E-1024', 'E-4100', 'E-5004', 'E-5007', 'E-5008'];
    expect(await known(ledger, asked)).toEqual(asked.slice(0, -1));
  });

  test('is told from another with the same hash', async () => {
    const [one, other] = ['E240637', 'E262540'];
    expect(hashOf(one)).toBe(hashOf(other));
    const ledger = new MemoryLedger();
    await cycleOf(ledger, 7, [one]);
    expect(await known(ledger, [other])).toEqual([]);
    await cycleOf(ledger, 8, [other]);
    expect(await known(ledger, [one, other])).toEqual([one, other]);
  });

  test('is not known where its trade was taken back', async () => {
    const ledger = new MemoryLedger();
    const book = await open(ledger, 7);
    capture(book, 'E-1');
    const mark = book.mark();
    capture(book, 'E-2');
    book.rollBack(mark);
    expect([...(await book.capturedBefore([id('E-1'), id('E-2')], first))]).toEqual(['E-1']);
    ledger.commit({ versions: new Map() }, book.close().writes.map(stored));
    expect(await known(ledger, ['E-1', 'E-2'])).toEqual(['E-1']);
  });

  test('cannot be recorded by who has not asked whether it is known', async () => {
    const book = await openTrades(new MemoryLedger().simulate().reader, 7, []);
    expect(() => {
      capture(book, 'E-1');
    }).toThrow('were not read');
  });
});
