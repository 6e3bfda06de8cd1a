import {
  type Infer,
  type Isin,
  accountId,
  balance,
  boardCollection,
  businessDate,
  businessId,
  list,
  mspId,
  object,
  operatorsCollection,
  price,
  quantity,
  side,
} from '@kessai/interface';
import { type Ref, table } from '@kessai/ledger';
import { type BookEntry, OrderBook } from './book';

/** The board of one instrument as every institution may see it: who stands behind an order is not in it, nor what was traded at which price. */
const boardCodec = object({
  /** The day of the orders that stand here; they end with it. */
  businessDate,
  /** Numbers orders as they come onto the board: their name there, and their priority. */
  nextSequence: balance,
  entries: list(object({ sequence: balance, side, price, remaining: quantity }), { max: 1_000_000 }),
});
export type Board = Infer<typeof boardCodec>;

/** Who stands behind the board's orders: operators and auditors only. */
const ownersCodec = object({
  owners: list(object({ sequence: balance, institution: mspId, orderId: businessId, account: accountId }), {
    max: 1_000_000,
  }),
});
export type Owner = Infer<typeof ownersCodec>['owners'][number];

const boards = table('board', boardCodec);
const owners = table('board-owners', ownersCodec);

export function emptyBoard(date: Board['businessDate']): Board {
  return { businessDate: date, nextSequence: 1n, entries: [] };
}

export function boardAt(isin: Isin): Ref<Board> {
  return boards.at(boardCollection, isin);
}

export function ownersAt(isin: Isin): Ref<Infer<typeof ownersCodec>> {
  return owners.at(operatorsCollection, isin);
}

export function bookOf(entries: Board['entries']): OrderBook {
  return OrderBook.fromEntries(entries.map((entry): BookEntry => ({ ...entry, ref: entry.sequence.toString() })));
}

export function entriesOf(book: OrderBook): Board['entries'] {
  return book.entries().map(({ sequence, side: entrySide, price: at, remaining }) => ({
    sequence,
    side: entrySide,
    price: at,
    remaining,
  }));
}
