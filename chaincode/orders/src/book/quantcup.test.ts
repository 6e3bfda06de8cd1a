import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { OrderBook, type Fill, type Side } from './index';

/**
 * The sequences of the QuantCup 2011 matching engine test. They lie beside the project, not in it: without them the tests
 * are skipped by name.
 */
const ROOT = join(__dirname, '..', '..', '..', '..');
const CASES_FILE = join(ROOT, '..', 'shared', 'data', 'vectors-quantcup', 'cases.json');
const CASE_NUMBERS = [1, 2, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14];

interface VectorOrder {
  readonly trader: string;
  readonly side: 'bid' | 'ask';
  readonly price: number;
  readonly size: number;
}

interface VectorCase {
  readonly n: number;
  readonly orders: readonly VectorOrder[];
  /** Orders to cancel by their number from 1, after `orders` and before `then`. */
  readonly cancels?: readonly number[];
  readonly then?: readonly VectorOrder[];
  readonly executions: readonly object[];
}

function executionsOf({ orders, cancels = [], then = [] }: VectorCase): object[] {
  const book = new OrderBook<number>();
  const placed: VectorOrder[] = [];
  const executions: object[] = [];
  const place = (order: VectorOrder): void => {
    const ref = placed.push(order);
    const side: Side = order.side === 'bid' ? 'buy' : 'sell';
    const sequence = BigInt(ref);
    const { fills } = book.place({ ref, side, price: BigInt(order.price), quantity: BigInt(order.size), sequence });
    for (const fill of fills) executions.push(execution(order, placed[fill.ref - 1]?.trader ?? '', fill));
  };
  for (const order of orders) place(order);
  for (const ref of cancels) book.cancel(ref);
  for (const order of then) place(order);
  return executions;
}

function execution({ side, trader }: VectorOrder, counterpart: string, { price, quantity }: Fill<number>): object {
  const [bidTrader, askTrader] = side === 'bid' ? [trader, counterpart] : [counterpart, trader];
  return { askTrader, bidTrader, price: Number(price), size: Number(quantity) };
}

describe('QuantCup 2011', () => {
  const isPresent = existsSync(CASES_FILE);
  const cases = isPresent ? (JSON.parse(readFileSync(CASES_FILE, 'utf8')) as VectorCase[]) : [];
  const whenPresent = isPresent ? test : test.skip;

  whenPresent.each(CASE_NUMBERS)('sequence %i gives its executions', (number) => {
    const vector = cases.find(({ n }) => n === number);
    if (vector === undefined) throw new RangeError(`sequence ${number.toString()} is missing in ${CASES_FILE}`);
    expect(executionsOf(vector)).toEqual(vector.executions);
  });
});
