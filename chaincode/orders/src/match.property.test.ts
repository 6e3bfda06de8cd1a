import { beforeAll, describe, expect, test } from '@jest/globals';
import { corporateActions } from '@kessai/corporate-actions';
import { MemoryMarket, type SampleDay, audit, obayashi, openSampleDay } from '@kessai/ledger/tools';
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

interface Placed {
  readonly owner: number;
  readonly side: 'buy' | 'sell';
  readonly price: bigint;
  readonly quantity: bigint;
  readonly day: boolean;
}

/** Orders that come in together, after cancellations of some that came before. */
interface Batch {
  readonly orders: readonly Placed[];
  readonly cancels: readonly number[];
}

const batch: fc.Arbitrary<Batch> = fc.record({
  orders: fc.array(
    fc.record({
      owner: fc.nat(2),
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
  { institution: 'BetaMSP', account: 'B-1' },
  { institution: 'GammaMSP', account: 'G-1' },
] as const;

interface Standing {
  readonly name: string;
  readonly number: number;
  readonly side: 'buy' | 'sell';
  readonly price: bigint;
  left: bigint;
}

/** Price-time priority by its definition and nothing else: a list that is sorted anew for each order. */
class NaiveExchange {
  standing: Standing[] = [];
  readonly trades: string[] = [];
  #number = 0;

  come(name: string, { side, price, quantity, day }: Placed): void {
    this.#number += 1;
    let left = quantity;
    const others = this.standing
      .filter((one) => one.side !== side && (side === 'buy' ? one.price <= price : one.price >= price))
      .sort((a, b) => {
        if (a.price !== b.price) return a.price < b.price === (side === 'buy') ? -1 : 1;
        return a.number - b.number;
      });
    for (const other of others) {
      const traded = other.left < left ? other.left : left;
      if (traded === 0n) break;
      other.left -= traded;
      left -= traded;
      const [buyer, seller] = side === 'buy' ? [name, other.name] : [other.name, name];
      this.trades.push(`${buyer} buys ${traded} of ${seller} at ${other.price}`);
    }
    if (day && left > 0n) this.standing.push({ name, number: this.#number, side, price, left });
    this.standing = this.standing.filter((one) => one.left > 0n);
  }

  cancel(name: string): void {
    this.standing = this.standing.filter((one) => one.name !== name);
  }
}

describe('The board', () => {
  let opened: SampleDay;

  beforeAll(async () => {
    opened = await openSampleDay(new MemoryMarket({ contracts }));
  });

  test('makes the trades that price and time alone decide, whatever comes in whatever batches', async () => {
    let trades = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), async (batches) => {
        const day = opened.copyInto(new MemoryMarket({ contracts }));
        const naive = new NaiveExchange();
        const placed: { institution: string; orderId: string }[] = [];
        for (const [index, { orders: incoming, cancels }] of batches.entries()) {
          const asked = await askToCancel(day, placed, cancels);
          for (const { institution, orderId } of asked) naive.cancel(`${institution}/${orderId}`);
          const refs = [];
          for (const order of incoming) refs.push(await place(day, order, placed));
          await day.record('CsdMSP', 'Orders:Match', {
            ...{ id: `x${index}`, isin: obayashi, cancels: asked, orders: refs },
          });
          for (const [position, order] of incoming.entries()) {
            const { institution = '', orderId = '' } = refs[position] ?? {};
            naive.come(`${institution}/${orderId}`, order);
          }
        }
        const { trades: made, boards } = audit(day.market.ledger, ['operators', 'board']);
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
      }),
      { numRuns: 1_000 },
    );
    expect(trades).toBeGreaterThan(1_000);
  }, 300_000);
});

async function place(
  day: SampleDay,
  { owner, side, price, quantity, day: stays }: Placed,
  placed: { institution: string; orderId: string }[],
): Promise<{ institution: string; orderId: string }> {
  const { institution, account } = owners[owner] ?? owners[0];
  const orderId = `o${placed.length}`;
  await day.record(institution, 'Orders:Place', {
    ...{ orderId, isin: obayashi, side, account, quantity: quantity.toString(), price: price.toString() },
    timeInForce: stays ? 'day' : 'immediate-or-cancel',
  });
  placed.push({ institution, orderId });
  return { institution, orderId };
}

/** Owners ask for what they may; who comes too late is refused, and the board goes on without noticing. */
async function askToCancel(
  day: SampleDay,
  placed: readonly { institution: string; orderId: string }[],
  picks: readonly number[],
): Promise<{ institution: string; orderId: string }[]> {
  const asked = new Map<string, { institution: string; orderId: string }>();
  for (const pick of picks) {
    const order = placed[pick];
    if (!order) continue;
    const answer = await day.submit(order.institution, 'Orders:Cancel', { orderId: order.orderId });
    if ('outcome' in answer && answer.outcome === 'created') asked.set(order.orderId, order);
  }
  return [...asked.values()];
}

function nameOf({ institution, orderId = '' }: { institution: string; orderId?: string }): string {
  return `${institution}/${orderId}`;
}

function halfEvenTenth(tenths: bigint): string {
  const [whole, rest] = [tenths / 10n, tenths % 10n];
  const up = rest > 5n || (rest === 5n && whole % 2n === 1n);
  return (whole + (up ? 1n : 0n)).toString();
}
