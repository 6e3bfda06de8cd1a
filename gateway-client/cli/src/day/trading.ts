import type { MspId } from '@kessai/interface';
import type { DayOrder, MarketDay } from '../input';
import { oppositeSide } from '../input';
import type { Board, RefusedOrder } from './day-record';
import type { DayRun } from './day-run';
import { instruction } from './market-port';

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
  let placed = 0;
  for (const round of roundsOf(run.day)) {
    refusedOrders.push(...(await placeOrders(run, round)));
    await cancelOrders(run, round);
    matchings += await match(run, round);
    placed += run.day.orders.filter((order) => order.round === round).length;
    run.count(placed, run.day.orders.length, 'orders');
    if (round <= run.day.market.noonAfterRound) noonBoards = await boards(run);
  }
  return { refusedOrders: inFileOrder(run.day, refusedOrders), noonBoards, matchings };
}

function roundsOf({ orders, cancels }: MarketDay): readonly number[] {
  const rounds = new Set([...orders, ...cancels].map(({ round }) => round));
  return [...rounds].sort((a, b) => a - b);
}

/** Each institution cancels what it wants to before anything of the round is matched. */
async function cancelOrders(run: DayRun, round: number): Promise<void> {
  await ofEachInstitution(
    run.day.cancels.filter((cancel) => cancel.round === round),
    async (institution, cancels) => {
      const acts = cancels.map(({ orderId }) => instruction('Orders:Cancel', { orderId }));
      for (const { error } of await run.calls.each(institution, acts)) {
        // An order that has been filled, or was refused, cannot be cancelled any more: the day goes on.
        if (error && !['OrderEnded', 'OrderUnknown'].includes(error.code)) throw refusedAct(error);
      }
    },
  );
}

/** The orders of a round, those of each institution in the order of the file. */
async function placeOrders(run: DayRun, round: number): Promise<readonly RefusedOrder[]> {
  const refused: RefusedOrder[] = [];
  await ofEachInstitution(
    run.day.orders.filter((order) => order.round === round),
    async (institution, orders) => {
      const acts = orders.map(({ order }) => instruction('Orders:Place', order));
      const results = await run.calls.each(institution, acts);
      for (const [index, { order }] of orders.entries()) {
        const { error } = results[index] ?? {};
        if (!error) continue;
        if (error.code !== 'HoldingInsufficient') throw refusedAct(error);
        refused.push({ institution, order, ...error });
      }
    },
  );
  return refused;
}

async function ofEachInstitution<T extends { readonly institution: MspId }>(
  items: readonly T[],
  work: (institution: MspId, own: readonly T[]) => Promise<void>,
): Promise<void> {
  const institutions = [...new Set(items.map(({ institution }) => institution))];
  await Promise.all(
    institutions.map(async (institution) =>
      work(
        institution,
        items.filter((item) => item.institution === institution),
      ),
    ),
  );
}

function refusedAct({ code, message }: { readonly code: string; readonly message: string }): Error {
  return Object.assign(new Error(message), { code });
}

/**
 * Takes what waits onto the board of each instrument. Orders of one round came in side by side, so their order of arrival is a matter
 * of chance; the exchange takes them by the order of the file, so that the day ends the same each time.
 */
async function match(run: DayRun, round: number): Promise<number> {
  const position = new Map(
    run.day.orders.map((order, index) => [orderName(order.institution, order.order.orderId), index]),
  );
  const acts = await Promise.all(
    run.day.instruments.map(async ({ isin, code }) => {
      const pending = await run.calls.evaluate(run.exchange, 'Orders:Pending', { isin });
      if (pending.orders.length === 0) return [];
      const placeOf = (order: (typeof pending.orders)[number]): number =>
        position.get(orderName(order.institution, order.orderId)) ?? position.size;
      const orders = [...pending.orders]
        .sort((a, b) => placeOf(a) - placeOf(b))
        .map(({ institution, orderId }) => ({ institution, orderId }));
      const id = businessIdOf(`R${round.toString().padStart(3, '0')}-${code}`);
      return [instruction('Orders:Match', { id, isin, orders })];
    }),
  );
  await run.calls.all(run.exchange, acts.flat());
  return acts.flat().length;
}

async function boards(run: DayRun): Promise<readonly Board[]> {
  const found: Board[] = [];
  for (const { isin } of run.day.instruments)
    found.push(await run.calls.evaluate(run.exchange, 'Orders:Board', { isin }));
  return found;
}

/** One party's word, then the other's. */
export async function tradeBilaterally(run: DayRun): Promise<void> {
  const { bilaterals } = run.day;
  await run.byMember(
    bilaterals.map(({ recordedBy: as, record }) => ({ as, act: instruction('Orders:RecordTrade', record) })),
  );
  await run.byMember(
    bilaterals.map(({ recordedBy, record, answer }) => {
      const { tradeId, counterparty: as, isin, quantity, amount } = record;
      if (answer.kind === 'reject') {
        const { reason } = answer;
        return { as, act: instruction('Orders:RejectTrade', { recordedBy, tradeId, reason }) };
      }
      const side = oppositeSide(record.side);
      const { account } = answer;
      const terms = { recordedBy, tradeId, isin, side, account, quantity, amount };
      return { as, act: instruction('Orders:AffirmTrade', terms) };
    }),
  );
}

/** Ends the day's board: what still stands expires and gives back what it had locked. */
export async function expireBoards(run: DayRun): Promise<void> {
  await run.calls.all(
    run.exchange,
    run.day.instruments.map(({ isin, code }) =>
      instruction('Orders:Expire', { id: businessIdOf(`EXPIRE-${code}`), isin }),
    ),
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
