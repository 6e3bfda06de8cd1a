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
  /** Immediate-or-cancel orders whose rest is dropped. */
  readonly dropped: readonly OwnedOrder[];
}

interface Before {
  readonly board: Board;
  readonly owners: Rows<Owner>;
  readonly incoming: readonly OwnedOrder[];
}

/** Pure: each order comes in by the order of the list. */
export function matchOrders({ board, owners: ownersBefore, incoming }: Before): Matching {
  let { book, nextSequence } = board;
  let owners = ownersBefore;
  const executions: Execution[] = [];
  const arrived: OwnedOrder[] = [];
  const dropped: OwnedOrder[] = [];
  for (const { order: placed, institution } of incoming) {
    const sequence = nextSequence;
    nextSequence += 1n;
    const order = { ...placed, sequence };
    arrived.push({ institution, order });
    const us: Owner = { sequence, institution, orderId: order.orderId, account: order.account };
    const arrival = new Arrival(order, sequence);
    book = book.with(arrival);
    for (const fill of arrival.match.fills) {
      executions.push(executionOf(us, order.side, fill, owners));
      if (fill.remaining === 0n) owners = owners.without(fill.ref);
    }
    if (arrival.stays) owners = owners.with(sequence.toString(), us);
    else if (arrival.match.unfilled > 0n) dropped.push({ institution, order });
  }
  return { board: { ...board, nextSequence, book }, owners, arrived, executions, dropped };
}

function executionOf(us: Owner, side: 'buy' | 'sell', { ref, price, quantity }: Fill, owners: Rows<Owner>): Execution {
  const standing = owners.get(ref);
  if (!standing) throw new Error('Every order on the board has an owner');
  return { incoming: us, standing, incomingSide: side, price, quantity };
}
