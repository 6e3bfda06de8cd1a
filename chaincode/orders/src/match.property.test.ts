import { beforeAll, describe, expect, test } from '@jest/globals';
import { corporateActions } from '@kessai/corporate-actions';
import {
  MemoryMarket,
  type SampleDay,
  audit,
  faultsOfBoards,
  faultsOfLocks,
  faultsOfValue,
  limitOfSequencesMs,
  obayashi,
  openSampleDay,
  sampleNeedOf,
  sequences,
} from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from '@kessai/settlement';
import fc from 'fast-check';
import { orders } from './index';

const contracts = {
  ...{ Registry: registry, Securities: securities, MoneyTokens: moneyTokens },
  ...{ Orders: orders, Settlement: settlement, CorporateActions: corporateActions },
};

const tries = sequences(process.env, 150, 1_500);

interface Placed {
  readonly owner: number;
  readonly side: 'buy' | 'sell';
  readonly price: bigint;
  readonly quantity: bigint;
  readonly day: boolean;
}

/** Orders that come in together, after some that came before were cancelled. */
interface Batch {
  readonly orders: readonly Placed[];
  readonly cancels: readonly number[];
}

const batch: fc.Arbitrary<Batch> = fc.record({
  orders: fc.array(
    fc.record({
      owner: fc.nat(3),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      price: fc.bigInt(11n, 17n),
      quantity: fc.bigInt(1n, 9n),
      day: fc.nat(5).map((one) => one > 0),
    }),
    { maxLength: 5 },
  ),
  cancels: fc.array(fc.nat(20), { maxLength: 2 }),
});

const owners = [
  { institution: 'AlphaMSP', account: 'A-1' },
  { institution: 'AlphaMSP', account: 'A-2' },
  { institution: 'BetaMSP', account: 'B-1' },
  { institution: 'GammaMSP', account: 'G-1' },
] as const;

interface Standing {
  readonly name: string;
  readonly owner: number;
  readonly number: number;
  readonly side: 'buy' | 'sell';
  readonly price: bigint;
  left: bigint;
}

/**
 * Price-time priority by its definition and nothing else: a list that is sorted anew for each order. What is left of an order that comes upon
 * one of its own owner is gone.
 */
class NaiveExchange {
  standing: Standing[] = [];
  readonly trades: string[] = [];
  metOwn = 0;
  #number = 0;

  come(name: string, { owner, side, price, quantity, day }: Placed): void {
    this.#number += 1;
    let left = quantity;
    let stays = day;
    const others = this.standing
      .filter((one) => one.side !== side && (side === 'buy' ? one.price <= price : one.price >= price))
      .sort((a, b) => {
        if (a.price !== b.price) return a.price < b.price === (side === 'buy') ? -1 : 1;
        return a.number - b.number;
      });
    for (const other of others) {
      if (left > 0n && other.owner === owner) {
        stays = false;
        this.metOwn += 1;
        break;
      }
      const traded = other.left < left ? other.left : left;
      if (traded === 0n) break;
      other.left -= traded;
      left -= traded;
      const [buyer, seller] = side === 'buy' ? [name, other.name] : [other.name, name];
      this.trades.push(`${buyer} buys ${traded} of ${seller} at ${other.price}`);
    }
    if (stays && left > 0n) this.standing.push({ name, owner, number: this.#number, side, price, left });
    this.standing = this.standing.filter((one) => one.left > 0n);
  }

  cancel(name: string): void {
    this.standing = this.standing.filter((one) => one.name !== name);
  }
}

describe('The board', () => {
  let openedWith: SampleDay;

  beforeAll(async () => {
    openedWith = await openSampleDay(new MemoryMarket({ contracts }));
  });

  test.each([
    ['an operator matches them', 'by-operator'],
    ['each trades when its cycle executes it', 'continuous'],
  ] as const)(
    'makes the trades that price and time alone decide, and none of an account with itself, where %s',
    async (_, matching) => {
      let trades = 0;
      let metOwn = 0;
      const policy = { matching, settlement: 'by-operator' };
      const opened = openedWith.copyInto(new MemoryMarket({ contracts }));
      await opened.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'policy', policy });
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), async (batches) => {
          const day = opened.copyInto(new MemoryMarket({ contracts }));
          const naive = new NaiveExchange();
          const placed: { institution: string; orderId: string }[] = [];
          for (const [index, { orders: incoming, cancels }] of batches.entries()) {
            const cancelled = await cancelSome(day, placed, cancels);
            for (const { institution, orderId } of cancelled) naive.cancel(`${institution}/${orderId}`);
            const refs = await placeAll(day, incoming, placed);
            if (matching === 'by-operator' && refs.length > 0) {
              await day.record('CsdMSP', 'Orders:Match', { id: `x${index}`, isin: obayashi, orders: refs });
            }
            for (const [position, order] of incoming.entries()) {
              const { institution = '', orderId = '' } = refs[position] ?? {};
              naive.come(`${institution}/${orderId}`, order);
            }
          }
          const state = audit(day.market.ledger, day.collections);
          expect([...faultsOfValue(state), ...faultsOfBoards(state), ...faultsOfLocks(state, sampleNeedOf)]).toEqual(
            [],
          );
          const { trades: made, boards } = state;
          expect(made.filter(({ seller, buyer }) => seller.account === buyer.account)).toEqual([]);
          expect(
            made.map(({ buyer, seller, quantity, amount }) => [nameOf(buyer), quantity, nameOf(seller), amount]),
          ).toEqual(
            naive.trades.map((line) => {
              const [, buyer, quantity = '', seller, price = ''] =
                /^(\S+) buys (\d+) of (\S+) at (\d+)$/.exec(line) ?? [];
              return [buyer, quantity, seller, halfEvenTenth(BigInt(quantity) * BigInt(price))];
            }),
          );
          const left = (boards[0]?.entries ?? []).map(({ side, price, remaining }) => `${side} ${price} ${remaining}`);
          expect(left.sort()).toEqual(naive.standing.map((one) => `${one.side} ${one.price} ${one.left}`).sort());
          trades += made.length;
          metOwn += naive.metOwn;
        }),
        tries,
      );
      expect(trades).toBeGreaterThan(tries.numRuns);
      expect(metOwn).toBeGreaterThan(tries.numRuns / 4);
    },
    limitOfSequencesMs(process.env, 300_000),
  );
});

/** All in one cycle, each a submission of its own. */
async function placeAll(
  day: SampleDay,
  incoming: readonly Placed[],
  placed: { institution: string; orderId: string }[],
): Promise<readonly { institution: string; orderId: string }[]> {
  const refs = incoming.map(({ owner, side, price, quantity, day: stays }) => {
    const { institution, account } = owners[owner] ?? owners[0];
    const orderId = `o${placed.length}`;
    const request = {
      ...{ orderId, isin: obayashi, side, account, quantity: quantity.toString(), price: price.toString() },
      timeInForce: stays ? 'day' : 'immediate-or-cancel',
    };
    day.market.seal(institution, [{ method: 'Orders:Place', request }]);
    placed.push({ institution, orderId });
    return { institution, orderId };
  });
  const created = expect.objectContaining({ outcome: 'created' }) as unknown;
  expect(await day.market.cycle()).toEqual(refs.map(() => created));
  return refs;
}

/** @returns those that had not ended before. */
async function cancelSome(
  day: SampleDay,
  placed: readonly { institution: string; orderId: string }[],
  picks: readonly number[],
): Promise<readonly { institution: string; orderId: string }[]> {
  const cancelled: { institution: string; orderId: string }[] = [];
  for (const pick of picks) {
    const order = placed[pick];
    if (!order) continue;
    const answer = await day.submit(order.institution, 'Orders:Cancel', { orderId: order.orderId });
    if ('outcome' in answer && answer.outcome === 'created') cancelled.push(order);
  }
  return cancelled;
}

function nameOf({ institution, orderId = '' }: { institution: string; orderId?: string }): string {
  return `${institution}/${orderId}`;
}

function halfEvenTenth(tenths: bigint): string {
  const [whole, rest] = [tenths / 10n, tenths % 10n];
  const up = rest > 5n || (rest === 5n && whole % 2n === 1n);
  return (whole + (up ? 1n : 0n)).toString();
}
