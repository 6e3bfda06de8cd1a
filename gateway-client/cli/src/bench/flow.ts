import type { InstructionRequest } from '@kessai/gateway-client';
import { type BenchMarket, type Trader, isin, price } from './bench-market';
import type { Scenario } from './work';

export interface FlowSettings {
  readonly seconds: number;
  /** Orders of each member under way at once. */
  readonly inFlight: number;
}

/** Every order meets the one before it, so that half of them trade when they come. */
function orderOf(market: BenchMarket, { accounts }: Trader, n: number): InstructionRequest {
  const id = market.next();
  return {
    method: 'Orders:Place',
    request: {
      ...{ orderId: `flow-${id}`, isin, side: n % 2 === 0 ? 'sell' : 'buy', quantity: '1', price: price.toString() },
      ...{ account: accounts[n % accounts.length] ?? '', timeInForce: 'day' },
    },
  };
}

/** Members that place and take orders, each as fast as it can, at half that speed, and all from one account each. */
export function flow(market: BenchMarket, { seconds, inFlight }: FlowSettings): readonly Scenario[] {
  /** Orders a second and member at full speed, for what is measured at half of it. */
  let fullSpeed: number | undefined;
  const scenario = (
    name: string,
    summary: string,
    traders: readonly Trader[],
    pace: () => number | undefined,
    measured: (perSecond: number) => void = () => undefined,
  ): Scenario => ({
    ...{ name, summary, unit: 'instructions', unitsEach: 1 },
    prepare: async () => {
      await market.setPolicy({ matching: 'continuous', settlement: 'continuous' });
      return [];
    },
    run: async (timed) =>
      market.whileOperated(async () => {
        const end = performance.now() + seconds * 1_000;
        const perSecond = pace();
        let done = 0;
        await Promise.all(
          traders.map(async (trader) => {
            let placed = 0;
            const began = performance.now();
            await Promise.all(
              Array.from({ length: inFlight }, async () => {
                while (performance.now() < end) {
                  const n = placed;
                  placed += 1;
                  if (perSecond !== undefined) await until(began + (n * 1_000) / perSecond);
                  if (performance.now() >= end) return;
                  const { method, request } = orderOf(market, trader, n);
                  if (await timed(async () => trader.market.call(method, request))) done += 1;
                }
              }),
            );
          }),
        );
        measured(done / seconds / traders.length);
      }),
    finish: async () => market.setPolicy({ matching: 'by-operator', settlement: 'by-operator' }),
  });
  const hot = market.traders.map(({ market: member, accounts }) => ({
    market: member,
    accounts: accounts.slice(0, 1),
  }));
  const members = market.traders.length.toString();
  return [
    scenario(
      'flow',
      `${members} members place and take orders at full speed for ${seconds.toString()} s; from the call to the advice`,
      market.traders,
      () => undefined,
      (perSecond) => (fullSpeed = perSecond),
    ),
    scenario('flow-half', 'the same at half of the speed that was reached', market.traders, () =>
      fullSpeed === undefined ? undefined : fullSpeed / 2,
    ),
    scenario('flow-hot', 'the same at full speed, each member from one account', hot, () => undefined),
  ];
}

async function until(moment: number): Promise<void> {
  const ms = moment - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
