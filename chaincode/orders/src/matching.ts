import { consideration } from '@kessai/interface';
import { type Instrument, type Trade, settlementUnit } from '@kessai/ledger';
import { type Board, type Owner, bookOf, entriesOf } from './board';
import type { Fill } from './book';
import type { OwnedOrder } from './order';

/** One execution, by the positions of the board: who it concerns is looked up afterwards. */
export interface Execution {
  readonly incoming: Owner;
  readonly standing: Owner;
  readonly incomingSide: 'buy' | 'sell';
  readonly price: bigint;
  readonly quantity: bigint;
}

/** What a matching does to the board. */
export interface Matching {
  readonly board: Board;
  readonly owners: readonly Owner[];
  readonly executions: readonly Execution[];
  /** Immediate-or-cancel orders whose rest is dropped. */
  readonly dropped: readonly OwnedOrder[];
}

interface Before {
  readonly board: Board;
  readonly owners: readonly Owner[];
  readonly cancels: readonly OwnedOrder[];
  readonly incoming: readonly OwnedOrder[];
}

/** Pure: cancellations leave the book first, then each order comes in by the order of the list. */
export function matchOrders({ board, owners: ownersBefore, cancels, incoming }: Before): Matching {
  const book = bookOf(board.entries);
  const owners = new Map(ownersBefore.map((owner) => [owner.sequence.toString(), owner]));
  const executions: Execution[] = [];
  const dropped: OwnedOrder[] = [];
  let { nextSequence } = board;
  const standing = new Map(ownersBefore.map((owner) => [nameOf(owner), owner.sequence.toString()]));
  for (const { institution, order } of cancels) {
    const sequence = standing.get(nameOf({ institution, orderId: order.orderId }));
    if (sequence === undefined) throw new Error('Every standing order is on the board');
    book.cancel(sequence);
    owners.delete(sequence);
  }
  for (const owned of incoming) {
    const { order, institution } = owned;
    const sequence = nextSequence;
    nextSequence += 1n;
    const us: Owner = { sequence, institution, orderId: order.orderId, account: order.account };
    const { side, price, quantity } = order;
    const stays = order.timeInForce === 'day';
    const { fills, unfilled } = stays
      ? book.place({ ref: sequence.toString(), side, price, quantity, sequence })
      : book.take({ side, quantity, limit: price });
    for (const fill of fills) {
      executions.push(executionOf(us, side, fill, owners));
      if (fill.remaining === 0n) owners.delete(fill.ref);
    }
    if (unfilled > 0n && stays) owners.set(sequence.toString(), us);
    if (unfilled > 0n && !stays) dropped.push(owned);
  }
  return {
    board: { businessDate: board.businessDate, nextSequence, entries: entriesOf(book) },
    owners: [...owners.values()],
    executions,
    dropped,
  };
}

function executionOf(
  us: Owner,
  side: 'buy' | 'sell',
  { ref, price, quantity }: Fill,
  owners: ReadonlyMap<string, Owner>,
): Execution {
  const standing = owners.get(ref);
  if (!standing) throw new Error('Every order on the board has an owner');
  return { incoming: us, standing, incomingSide: side, price, quantity };
}

export function nameOf({ institution, orderId }: Pick<Owner, 'institution' | 'orderId'>): string {
  return `${institution}/${orderId}`;
}

/** The trade of an execution. `reserve` takes the part of each order's lock that the fill may use. */
export function tradeOf(
  execution: Execution,
  number: number,
  instrument: Instrument,
  tradeDate: Trade['tradeDate'],
  reserve: (owner: Owner, quantity: bigint) => bigint,
): Trade {
  const { incoming, standing, incomingSide, price, quantity } = execution;
  const [buyer, seller] = incomingSide === 'buy' ? [incoming, standing] : [standing, incoming];
  const partyOf = (owner: Owner): Trade['seller'] => ({
    institution: owner.institution,
    account: owner.account,
    orderId: owner.orderId,
    reserved: reserve(owner, quantity),
  });
  return {
    number,
    origin: 'board',
    isin: instrument.isin,
    quantity,
    price,
    amount: consideration(quantity, price, instrument),
    unit: settlementUnit(instrument),
    seller: partyOf(seller),
    buyer: partyOf(buyer),
    tradeDate,
    status: 'matched',
  };
}
