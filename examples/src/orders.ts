// Places buy orders at falling prices together, follows each to its end, and cancels what stands when the time is up.
//   node orders.js PROFILE ACCOUNT ISIN [SECONDS]
import { type Market, connect } from '@kessai/gateway-client';

const [profile = 'alpha.json', account = 'A-1003', isin = 'JP3371200001', seconds = '5'] = process.argv.slice(2);

const prices = [21_150n, 21_100n, 21_050n];

async function main(): Promise<void> {
  await using market = await connect(profile);
  // Ids are chosen by who sends: a program that is started again sends the same ones, and nothing is placed twice.
  const { businessDate } = await market.registry.clock();
  const orders = prices.map((price, step) => ({
    method: 'Orders:Place',
    request: {
      orderId: `LADDER-${businessDate}-${(step + 1).toString()}`,
      isin,
      side: 'buy',
      account,
      quantity: '100',
      price: price.toString(),
      timeInForce: 'day',
    },
  }));
  const { number: lastCycle } = await market.market.progress();

  // One submission for all; a refused one is answered, not thrown.
  const results = await market.instruct(orders);
  const open = new Set<string>();
  for (const [index, { outcome, error }] of results.entries()) {
    const orderId = orders[index]?.request.orderId ?? '';
    console.log(`${orderId} ${outcome}${error ? `: ${error.message}` : ''}`);
    if (outcome !== 'refused') open.add(orderId);
  }
  const timer = setTimeout(() => void cancelAll(market, open), Number(seconds) * 1_000);
  await follow(market, open, lastCycle + 1);
  clearTimeout(timer);
}

/** Prints what becomes of the orders until all have ended. */
async function follow(market: Market, open: Set<string>, from: number): Promise<void> {
  if (open.size === 0) return;
  for await (const { advices } of market.advices.follow({ from })) {
    for (const advice of advices) {
      if (advice.kind !== 'order' || !open.has(advice.orderId)) continue;
      console.log(`${advice.orderId} ${advice.status}, ${advice.remaining} left`);
      if (['filled', 'cancelled', 'expired'].includes(advice.status)) open.delete(advice.orderId);
    }
    if (open.size === 0) return;
  }
}

async function cancelAll(market: Market, open: ReadonlySet<string>): Promise<void> {
  await market.instruct([...open].map((orderId) => ({ method: 'Orders:Cancel', request: { orderId } })));
}

void main();
