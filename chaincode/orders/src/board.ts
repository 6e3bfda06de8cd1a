import {
  type BusinessDate,
  type Codec,
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
  row,
  side,
} from '@kessai/interface';
import {
  type Change,
  type Log,
  type Ref,
  Rows,
  SaidOnce,
  Version,
  partAt,
  partNumber,
  partsCodec,
  rowsOn,
  table,
} from '@kessai/ledger';
import { type BookEntry, type Match, type MeetsOwn, OrderBook, opposite } from './book';
import type { Order, OrderName } from './order';

/** The board of one instrument as every institution may see it: who stands behind an order is not in it, nor what was traded at which price. */
export interface Board {
  /** The day of the orders that stand here; they end with it. */
  readonly businessDate: BusinessDate;
  /** Numbers orders as they come onto the board: their name there, and their priority. */
  readonly nextSequence: bigint;
  readonly book: Version<OrderBook>;
}

const storedBoard = object({
  businessDate,
  nextSequence: balance,
  /** Sequence, side, price, what is left: buyers first, each side by priority. */
  lines: list(row(balance, side, price, quantity), { max: 1_000_000 }),
});

const boardCodec: Codec<Board> = {
  schema: storedBoard.schema,
  decode(value, field) {
    const { lines, ...head } = storedBoard.decode(value, field);
    return { ...head, book: bookOf(lines.map(([sequence, of, at, remaining]) => [sequence, of, at, remaining])) };
  },
  encode: ({ businessDate: date, nextSequence, book }) =>
    storedBoard.encode({
      businessDate: date,
      nextSequence,
      lines: book.state.entries().map((entry) => [entry.sequence, entry.side, entry.price, entry.remaining] as const),
    }),
};

/** Who stands behind the board's orders: operators and auditors only. */
export interface Owner extends OrderName {
  readonly sequence: bigint;
  readonly account: Order['account'];
}

const partyRow = row(mspId, accountId);
const ownerRow = row(balance, businessId, partNumber);
const storedOwners = object({
  parties: partsCodec(partyRow),
  /** Number on the board, order, party. */
  lines: list(ownerRow, { max: 1_000_000 }),
});

const ownerPage: Codec<Log<Owner>> = {
  schema: storedOwners.schema,
  decode(value, field) {
    const { parties, lines } = storedOwners.decode(value, field);
    return {
      lines: lines.map(([sequence, orderId, party]) => {
        const [institution, account] = partAt(parties, party, field);
        return { sequence, institution, orderId, account };
      }),
    };
  },
  encode({ lines }) {
    const parties = new SaidOnce<Infer<typeof partyRow>>();
    const rows = lines.map(({ sequence, orderId, institution, account }): Infer<typeof ownerRow> => [
      ...([sequence, orderId, parties.numberOf([institution, account])] as const),
    ]);
    return storedOwners.encode({ parties: parties.parts, lines: rows });
  },
};
const inTime = (a: Owner, b: Owner): number => (a.sequence < b.sequence ? -1 : 1);
const ownersCodec = rowsOn(ownerPage, ({ sequence }) => sequence.toString(), inTime);

export const noOwners = (): Rows<Owner> => Rows.of<Owner>([]);

/** By priority in time. */
export function ownersInOrder(of: Rows<Owner>): readonly Owner[] {
  return [...of.values()].sort(inTime);
}

const boards = table('board', boardCodec);
const owners = table('board-owners', ownersCodec);

export function emptyBoard(date: BusinessDate): Board {
  return { businessDate: date, nextSequence: 1n, book: bookOf([]) };
}

export function boardAt(isin: Isin): Ref<Board> {
  return boards.at(boardCollection, isin);
}

export function ownersAt(isin: Isin): Ref<Rows<Owner>> {
  return owners.at(operatorsCollection, isin);
}

function bookOf(lines: readonly (readonly [bigint, Order['side'], bigint, bigint])[]): Version<OrderBook> {
  return Version.of(
    OrderBook.fromEntries(
      lines.map(([sequence, of, at, remaining]): BookEntry => ({
        ...{ ref: sequence.toString(), side: of, price: at, remaining, sequence },
      })),
    ),
  );
}

/** An order comes in: it trades, and what is left of a day order stands. */
export class Arrival implements Change<OrderBook> {
  match: Match = { fills: [], unfilled: 0n };
  readonly #order: Pick<Order, 'side' | 'price' | 'quantity' | 'timeInForce'>;
  readonly #sequence: bigint;
  readonly #meetsOwn: MeetsOwn;

  /** @param meetsOwn tells whether a standing order is of the same account, with which it must not trade */
  constructor(
    order: Pick<Order, 'side' | 'price' | 'quantity' | 'timeInForce'>,
    sequence: bigint,
    meetsOwn: MeetsOwn = () => false,
  ) {
    this.#order = order;
    this.#sequence = sequence;
    this.#meetsOwn = meetsOwn;
  }

  get stays(): boolean {
    return this.#order.timeInForce === 'day' && this.match.unfilled > 0n && this.match.metOwn !== true;
  }

  make(book: OrderBook): void {
    const { side: of, price: limit, quantity: wanted, timeInForce } = this.#order;
    const [sequence, ref, meetsOwn] = [this.#sequence, this.#sequence.toString(), this.#meetsOwn];
    this.match =
      timeInForce === 'day'
        ? book.place({ ref, side: of, price: limit, quantity: wanted, sequence, meetsOwn })
        : book.take({ side: of, quantity: wanted, limit, meetsOwn });
  }

  takeBack(book: OrderBook): void {
    book.cancel(this.#sequence.toString());
    for (const { ref, price: at, quantity: traded, remaining } of this.match.fills) {
      book.cancel(ref);
      const before = { ref, side: opposite(this.#order.side), price: at, remaining: remaining + traded };
      book.restore({ ...before, sequence: BigInt(ref) });
    }
  }
}

/** An order leaves the board. */
export class Withdrawal implements Change<OrderBook> {
  readonly #ref: string;
  #entry: BookEntry | undefined;

  constructor(sequence: bigint) {
    this.#ref = sequence.toString();
  }

  make(book: OrderBook): void {
    this.#entry = book.get(this.#ref);
    book.cancel(this.#ref);
  }

  takeBack(book: OrderBook): void {
    if (this.#entry) book.restore(this.#entry);
  }
}

/** Everything has left the board. */
export function cleared(board: Board): Board {
  return { ...board, book: bookOf([]) };
}
