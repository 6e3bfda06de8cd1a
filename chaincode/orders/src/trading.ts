import { type BusinessId, type Rejection, consideration, refuse } from '@kessai/interface';
import {
  type Context,
  type NewTrade,
  type Position,
  type Reader,
  type Rows,
  type SettlementBooks,
  type TradeBook,
  type Write,
  load,
  matched,
  openLegs,
  openTrades,
  put,
  settledAtOnce,
  settlementUnit,
} from '@kessai/ledger';
import { type Board, type Owner, boardAt, emptyBoard, noOwners, ownersAt } from './board';
import { LiveOrders } from './live-orders';
import type { MarketIn } from './market-in';
import { type Execution, type Matching, matchOrders } from './matching';
import { type OwnedOrder, lockedPosition, nameOf, needOf, orderNameOf } from './order';
import { releaseRest } from './release';

/** The board of an instrument as it stands. */
export interface BoardBefore {
  readonly board: Board;
  readonly owners: Rows<Owner>;
}

/** Orders that come onto a board, what comes of it, and everything that it touches. */
export interface Trading extends MarketIn {
  readonly matching: Matching;
  readonly trades: readonly NewTrade[];
  readonly live: LiveOrders;
  readonly settlement: SettlementBooks;
  readonly tradeBook: TradeBook;
}

/** @returns a rejection where orders of an earlier day stand on the board */
export async function loadBoard(
  reader: Reader,
  { instrument: { isin } }: MarketIn,
  { clock: { businessDate: today } }: Context,
): Promise<BoardBefore | Rejection> {
  const { board = emptyBoard(today), owners = noOwners() } = await load(reader, {
    board: boardAt(isin),
    owners: ownersAt(isin),
  });
  if (board.book.state.size > 0 && board.businessDate !== today) {
    return refuse('OrdersNotExpired', { field: 'isin', businessDate: board.businessDate });
  }
  return { board: { ...board, businessDate: today }, owners };
}

/**
 * Matches, and opens what the trades need. Matching is pure: nothing has happened until the decision says so.
 * @param tradeId under which operators find the trades: of the matching, or of the order that came in
 */
export async function openTrading(
  reader: Reader,
  marketIn: MarketIn,
  before: BoardBefore & { readonly incoming: readonly OwnedOrder[] },
  tradeId: BusinessId,
  context: Context,
): Promise<Trading> {
  const { instrument, money } = marketIn;
  const matching = matchOrders(before);
  const { executions, arrived, dropped } = matching;
  const standing = executions.map((one) => one.standing);
  const live = await LiveOrders.open(reader, [...standing, ...arrived.map(orderNameOf)]);
  const incoming = new Map(arrived.map((owned) => [nameOf(orderNameOf(owned)), owned]));
  const ownedOf = (owner: Owner): OwnedOrder => incoming.get(nameOf(owner)) ?? live.get(owner);
  const trades = executions.map((one) => tradeOf(one, marketIn, ownedOf, tradeId, context));
  const locked: readonly Position[] = [...dropped, ...arrived.slice(0, 1)].map((owned) =>
    lockedPosition(owned, instrument, money),
  );
  const settling = context.policy.settlement === 'continuous' ? trades : [];
  return {
    ...marketIn,
    ...{ matching, trades, live },
    settlement: await openLegs(reader, settling, locked),
    tradeBook: await openTrades(reader, context.cycle, []),
  };
}

/** Makes the trades, settles what may settle at once, and takes what was filled off the orders. */
export function trade(trading: Trading, context: Context): readonly Write[] | Rejection {
  const { matching, instrument, money, live, settlement, tradeBook, trades } = trading;
  const { businessDate } = context.clock;
  const atOnce = context.policy.settlement === 'continuous';
  const orders = new Map(matching.arrived.map((owned) => [nameOf(orderNameOf(owned)), owned]));
  const fill = (owner: Owner, quantity: bigint): void => {
    const name = nameOf(owner);
    const { institution, order } = orders.get(name) ?? live.get(owner);
    orders.set(name, { institution, order: { ...order, remaining: order.remaining - quantity } });
  };
  for (const [index, { incoming, standing, quantity }] of matching.executions.entries()) {
    const made = trades[index];
    if (!made) throw new Error('Every execution makes a trade');
    tradeBook.add(made, atOnce ? settledAtOnce(settlement, made, businessDate) : matched);
    fill(incoming, quantity);
    fill(standing, quantity);
  }
  const dropped = new Map(matching.dropped.map((one) => [nameOf(orderNameOf(one)), one]));
  for (const [name, { institution, order }] of orders) {
    const rest = dropped.get(name);
    if (order.remaining === 0n) {
      live.end({ institution, order: { ...order, status: 'filled' } });
    } else if (rest) {
      const ended: OwnedOrder = { institution, order: { ...order, status: 'cancelled' } };
      const refused = releaseRest(settlement.books, ended, instrument, money);
      if (refused) return refused;
      live.end(ended, rest.metOwn ? 'self-trade' : undefined);
    } else {
      live.keep({ institution, order: { ...order, status: 'standing' } });
    }
  }
  const { isin } = instrument;
  return [put(boardAt(isin), matching.board), put(ownersAt(isin), matching.owners)];
}

/** The trade of an execution, with the part of each order's lock that the fill may use. */
function tradeOf(
  { incoming, standing, incomingSide, price, quantity }: Execution,
  { instrument }: MarketIn,
  ownedOf: (owner: Owner) => OwnedOrder,
  tradeId: BusinessId,
  { clock }: Context,
): NewTrade {
  const [buyer, seller] = incomingSide === 'buy' ? [incoming, standing] : [standing, incoming];
  const partyOf = (owner: Owner): NewTrade['seller'] => ({
    institution: owner.institution,
    account: owner.account,
    orderId: owner.orderId,
    reserved: needOf(ownedOf(owner).order, quantity, instrument),
  });
  return {
    origin: 'board',
    isin: instrument.isin,
    quantity,
    price,
    amount: consideration(quantity, price, instrument),
    unit: settlementUnit(instrument),
    seller: partyOf(seller),
    buyer: partyOf(buyer),
    tradeId,
    tradeDate: clock.businessDate,
  };
}
