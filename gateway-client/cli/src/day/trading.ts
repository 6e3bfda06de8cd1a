import type { Isin } from '@kessai/interface';
import type { DayOrder, MarketDay } from '../input';
import { oppositeSide } from '../input';
import type { Board, RefusedOrder } from './day-record';
import type { DayRun } from './day-run';

interface Trading {
  readonly refusedOrders: readonly RefusedOrder[];
  readonly noonBoards: readonly Board[];
  readonly matchings: number;
}

/** Orders come in rounds; after each round the exchange takes what waits onto the boards. */
export async function tradeOnBoard(run: DayRun): Promise<Trading> {
  const refusedOrders: RefusedOrder[] = [];
  let noonBoards: readonly Board[] = [];
  let matchings = 0;
  for (const round of roundsOf(run.day)) {
    await askToCancel(run, round);
    refusedOrders.push(...(await placeOrders(run, round)));
    matchings += await match(run, round);
    if (round <= run.day.market.noonAfterRound) noonBoards = await boards(run);
  }
  return { refusedOrders: inFileOrder(run.day, refusedOrders), noonBoards, matchings };
}

function roundsOf({ orders, cancels }: MarketDay): readonly number[] {
  const rounds = new Set([...orders, ...cancels].map(({ round }) => round));
  return [...rounds].sort((a, b) => a - b);
}

async function askToCancel(run: DayRun, round: number): Promise<void> {
  await run.inLanes(
    run.day.cancels
      .filter((cancel) => cancel.round === round)
      .map(({ institution, orderId }) => ({
        lane: `${institution}/${orderId}`,
        run: async () => {
          try {
            await run.calls.submit(institution, 'Orders:Cancel', { orderId });
          } catch (error) {
            // An order that has been filled, or was refused, cannot be cancelled any more: the day goes on.
            if (!['OrderEnded', 'OrderUnknown'].includes(codeOf(error) ?? '')) throw error;
          }
        },
      })),
  );
}

async function placeOrders(run: DayRun, round: number): Promise<readonly RefusedOrder[]> {
  const refused: RefusedOrder[] = [];
  await run.inLanes(
    run.day.orders
      .filter((order) => order.round === round)
      .map(({ institution, order }) => ({
        // An institution's sales of one security lock balances that stand on the same few pages; its accounts' money is on many.
        lane: order.side === 'buy' ? `${institution}/${order.account}/money` : `${institution}/${order.isin}`,
        run: async () => {
          try {
            await run.calls.submit(institution, 'Orders:Place', order);
          } catch (error) {
            const code = codeOf(error);
            if (code !== 'HoldingInsufficient') throw error;
            refused.push({ institution, order, code, message: (error as Error).message });
          }
        },
      })),
  );
  return refused;
}

/**
 * Takes what waits onto the board of each instrument. Orders of one round came in side by side, so their order of arrival is a matter
 * of chance; the exchange takes them by the order of the file, so that the day ends the same each time.
 */
async function match(run: DayRun, round: number): Promise<number> {
  const position = new Map(
    run.day.orders.map((order, index) => [orderName(order.institution, order.order.orderId), index]),
  );
  const matched: Isin[] = [];
  await run.inLanes(
    run.day.instruments.map(({ isin, code }) => ({
      lane: isin,
      run: async () => {
        const pending = await run.calls.evaluate(run.exchange, 'Orders:Pending', { isin });
        if (pending.orders.length + pending.cancels.length === 0) return;
        const placeOf = (order: (typeof pending.orders)[number]): number =>
          position.get(orderName(order.institution, order.orderId)) ?? position.size;
        const orders = [...pending.orders]
          .sort((a, b) => placeOf(a) - placeOf(b))
          .map(({ institution, orderId }) => ({ institution, orderId }));
        const id = businessIdOf(`R${round.toString().padStart(3, '0')}-${code}`);
        await run.calls.submit(run.exchange, 'Orders:Match', { id, isin, cancels: pending.cancels, orders });
        matched.push(isin);
      },
    })),
  );
  return matched.length;
}

async function boards(run: DayRun): Promise<readonly Board[]> {
  const found: Board[] = [];
  for (const { isin } of run.day.instruments)
    found.push(await run.calls.evaluate(run.exchange, 'Orders:Board', { isin }));
  return found;
}

/** One party's word, then the other's. Every trade stands for itself, so all go side by side. */
export async function tradeBilaterally(run: DayRun): Promise<void> {
  await run.inLanes(
    run.day.bilaterals.map(({ recordedBy, record, answer }) => ({
      lane: `${recordedBy}/${record.tradeId}`,
      run: async () => {
        const { tradeId, counterparty, isin, quantity, amount } = record;
        await run.calls.submit(recordedBy, 'Orders:RecordTrade', record);
        if (answer.kind === 'reject') {
          const { reason } = answer;
          await run.calls.submit(counterparty, 'Orders:RejectTrade', { recordedBy, tradeId, reason });
          return;
        }
        const side = oppositeSide(record.side);
        const { account } = answer;
        const terms = { recordedBy, tradeId, isin, side, account, quantity, amount };
        await run.calls.submit(counterparty, 'Orders:AffirmTrade', terms);
      },
    })),
  );
}

/** Ends the day's board: what still stands expires and gives back what it had locked. */
export async function expireBoards(run: DayRun): Promise<void> {
  await run.inLanes(
    run.day.instruments.map(({ isin, code }) => ({
      lane: isin,
      run: async () => {
        const { orders } = await run.calls.evaluate(run.exchange, 'Orders:Pending', { isin });
        const pending = orders.map(({ institution, orderId }) => ({ institution, orderId }));
        await run.calls.submit(run.exchange, 'Orders:Expire', { id: businessIdOf(`EXPIRE-${code}`), isin, pending });
      },
    })),
  );
}

function inFileOrder(day: MarketDay, refused: readonly RefusedOrder[]): readonly RefusedOrder[] {
  const position = (one: RefusedOrder): number => day.orders.findIndex(({ order }) => order === one.order);
  return [...refused].sort((a, b) => position(a) - position(b));
}

function orderName(institution: string, orderId: string): string {
  return `${institution}/${orderId}`;
}

/** An id of this program's own making, of the form of `businessId`. */
function businessIdOf(text: string): DayOrder['order']['orderId'] {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 35) as DayOrder['order']['orderId'];
}

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
