import type { Rows } from '@kessai/ledger';
import { Arrival, type Board, type Owner } from './board';
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
  readonly owners: Rows<Owner>;
  /** The orders that came in, with their numbers on the board. */
  readonly arrived: readonly OwnedOrder[];
  readonly executions: readonly Execution[];
  /** Orders whose rest is dropped. */
  readonly dropped: readonly Dropped[];
}

export interface Dropped extends OwnedOrder {
  /** It would have met an order of the same account; otherwise it was good for what stood alone. */
  readonly metOwn: boolean;
}

interface Before {
  readonly board: Board;
  readonly owners: Rows<Owner>;
  readonly incoming: readonly OwnedOrder[];
}

/**
 * Pure: each order comes in by the order of the list. No account trades with itself: where an order would meet one of the same account, what is
 * left of the order that came later is dropped, the standing one stays, and what was traded before that stands (cancel newest).
 */
export function matchOrders({ board, owners: ownersBefore, incoming }: Before): Matching {
  let { book, nextSequence } = board;
  let owners = ownersBefore;
  const executions: Execution[] = [];
  const arrived: OwnedOrder[] = [];
  const dropped: Dropped[] = [];
  for (const { order: placed, institution } of incoming) {
    const sequence = nextSequence;
    nextSequence += 1n;
    const order = { ...placed, sequence };
    arrived.push({ institution, order });
    const us: Owner = { sequence, institution, orderId: order.orderId, account: order.account };
    const ownersNow = owners;
    const arrival = new Arrival(order, sequence, (ref) => isOfOne(us, ownersNow.get(ref)));
    book = book.with(arrival);
    for (const fill of arrival.match.fills) {
      executions.push(executionOf(us, order.side, fill, owners));
      if (fill.remaining === 0n) owners = owners.without(fill.ref);
    }
    if (arrival.stays) owners = owners.with(sequence.toString(), us);
    else if (arrival.match.unfilled > 0n) dropped.push({ institution, order, metOwn: arrival.match.metOwn === true });
  }
  return { board: { ...board, nextSequence, book }, owners, arrived, executions, dropped };
}

function executionOf(us: Owner, side: 'buy' | 'sell', { ref, price, quantity }: Fill, owners: Rows<Owner>): Execution {
  const standing = owners.get(ref);
  if (!standing) throw new Error('Every order on the board has an owner');
  return { incoming: us, standing, incomingSide: side, price, quantity };
}

function isOfOne(us: Owner, standing: Owner | undefined): boolean {
  return standing?.institution === us.institution && standing.account === us.account;
}
