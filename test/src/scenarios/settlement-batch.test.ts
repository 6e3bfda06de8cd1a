import { beforeAll, expect, test } from '@jest/globals';
import type { Market } from '@kessai/gateway-client';
import { type TestEngine, describeOnEngines, networkOf } from '../support/engines';
import { type Members, balanceOf, expectConserved, match, membersOf, pageOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu, yen } from '../support/market-network';

const price = 4_250n;
/** A thousand trades take a thousand orders: on real Fabric they are fewer by day. */
function sizeOn({ name }: TestEngine): { readonly accountsOfEach: number; readonly ordersOfEach: number } {
  return name === 'embedded' || process.env['KESSAI_NIGHTLY'] === '1'
    ? { accountsOfEach: 25, ordersOfEach: 20 }
    : { accountsOfEach: 10, ordersOfEach: 10 };
}

/**
 * Trades of the board, by the hundreds, in one instruction. Sellers offer 2 at a time after a first offer of 1, so that each buyer of 2
 * meets two sellers: 501 offers and 500 bids make 1,000 trades.
 */
describeOnEngines('settlement of the trades of a whole board in one instruction', (engine) => {
  const { accountsOfEach, ordersOfEach } = sizeOn(engine);
  const trades = 2 * accountsOfEach * ordersOfEach;
  const accounts = (prefix: string) =>
    Array.from({ length: accountsOfEach }, (_, n) => `${prefix}${(n + 1).toString()}`);
  const [sellers, buyers] = [accounts('SELLER-'), accounts('BUYER-')];
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      ...sellers.map((account) => ({ institution: 'AlphaMSP', account, name: account, securities: 1_000n })),
      ...buyers.map((account) => ({ institution: 'BetaMSP', account, name: account, money: 1_000_000n })),
    ]);
  });
  let market: Members;
  let pages: readonly string[];

  beforeAll(async () => {
    market = await membersOf(network.current);
    const { alpha, beta } = market;
    await placeAll(alpha, 'sell', [['first', sellers[0] ?? '', 1n]]);
    await Promise.all([placeAll(alpha, 'sell', ordersOf(sellers)), placeAll(beta, 'buy', ordersOf(buyers))]);
    pages = await matchInParts(3);
  }, 300_000 * engine.patience);

  type Terms = readonly [orderId: string, account: string, quantity: bigint];

  function ordersOf(of: readonly string[]): readonly Terms[] {
    return of.flatMap((account) =>
      Array.from({ length: ordersOfEach }, (_, n): Terms => [`${account}-${n.toString()}`, account, 2n]),
    );
  }

  /** Sealed together, in this order. */
  async function placeAll(member: Market, side: 'buy' | 'sell', orders: readonly Terms[]): Promise<void> {
    const results = await member.instruct(
      orders.map(([orderId, account, quantity]) => ({
        method: 'Orders:Place',
        request: {
          ...{ orderId, account, side, quantity: quantity.toString() },
          ...{ isin: shinEtsu, price: price.toString(), timeInForce: 'day' },
        },
      })),
    );
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
  }

  /** All offers go onto the board, then the bids in parts, each of which makes a page of trades. */
  async function matchInParts(parts: number): Promise<readonly string[]> {
    const { exchange } = market;
    const { orders } = await exchange.orders.pending({ isin: shinEtsu });
    const first = orders.filter(({ orderId }) => (orderId as string) === 'first');
    const offers = orders.filter(({ institution }) => (institution as string) === 'AlphaMSP');
    await match(exchange, 'offers', [...first, ...offers.filter((order) => !first.includes(order))]);
    const bids = orders.filter(({ institution }) => (institution as string) === 'BetaMSP');
    const size = Math.ceil(bids.length / parts);
    const made: string[] = [];
    for (let from = 0; from < bids.length; from += size) {
      const id = `bids-${from.toString()}`;
      await match(exchange, id, bids.slice(from, from + size));
      made.push(await pageOf(exchange, id));
    }
    return made;
  }

  async function sumOf(member: Market, of: readonly string[], unit: string): Promise<bigint> {
    const balances = await Promise.all(of.map((account) => balanceOf(member, account, unit)));
    return balances.reduce((sum, { available, locked }) => sum + available + locked, 0n);
  }

  test('the board has made two trades of each bid on three pages, none of them settled', async () => {
    const { instructions } = await market.exchange.settlement.instructions({ status: 'matched' });
    expect(instructions).toHaveLength(trades);
    expect(new Set(instructions.map(({ page }) => page))).toEqual(new Set(pages));
    expect(pages).toHaveLength(3);
    expect(await sumOf(market.alpha, sellers, yen)).toBe(0n);
  });

  test('one sign-off settles them all: each seller is paid for what each buyer receives', async () => {
    const { exchange, alpha, beta } = market;
    const { outcome, transactionId } = await exchange.settlement.settle({ id: 'sign-off', pages });
    expect(outcome).toBe('created');
    expect(transactionId).toMatch(/^[0-9a-f]{64}$/);

    const { instructions } = await exchange.settlement.instructions({ status: 'settled' });
    expect(instructions).toHaveLength(trades);
    const sold = BigInt(trades);
    expect(await sumOf(beta, buyers, shinEtsu)).toBe(sold);
    expect(await sumOf(alpha, sellers, yen)).toBe(sold * price);
    expect(await sumOf(alpha, sellers, shinEtsu)).toBe(BigInt(accountsOfEach) * 1_000n - sold);
    expect(await sumOf(beta, buyers, yen)).toBe(BigInt(accountsOfEach) * 1_000_000n - sold * price);
    await expectConserved(market.auditor);
  });

  test('each buyer has exactly what was bought, and nothing is locked but the one security that stays on the board', async () => {
    const { alpha, beta } = market;
    for (const account of buyers) {
      const bought = BigInt(ordersOfEach) * 2n;
      expect(await balanceOf(beta, account, shinEtsu)).toEqual({ available: bought, locked: 0n });
      expect(await balanceOf(beta, account, yen)).toEqual({ available: 1_000_000n - bought * price, locked: 0n });
    }
    const locked = await Promise.all(sellers.map((account) => balanceOf(alpha, account, shinEtsu)));
    expect(locked.reduce((sum, one) => sum + one.locked, 0n)).toBe(1n);
  });

  test('signed off again, under the same id or another, they move nothing', async () => {
    const { exchange, csd, alpha, beta } = market;
    const before = await Promise.all([alpha, beta].map((member) => member.registry.holdings()));
    expect((await exchange.settlement.settle({ id: 'sign-off', pages })).outcome).toBe('exists');
    await csd.settlement.settle({ id: 'once-more', pages });
    const after = await Promise.all([alpha, beta].map((member) => member.registry.holdings()));
    expect(after).toEqual(before);
  });
});
