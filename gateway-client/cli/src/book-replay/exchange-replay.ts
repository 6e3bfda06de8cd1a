import { OrderBook, opposite, type BookEntry } from '@kessai/orders/book';
import { BookReplayError } from './book-replay-error';
import { COLUMN, type LobsterMessage } from './lobster-message';
import { explain, type Mismatch } from './mismatch';

/** How well price-time priority predicted what an exchange did. */
export interface ReplayOutcome {
  readonly messages: number;
  /** Executions of orders that were known to stand, each of which the book was asked to predict. */
  readonly executions: number;
  /** Those in which the book's first choice was the order that the exchange executed. */
  readonly predicted: number;
  /** The first 20 of the others. */
  readonly mismatches: readonly Mismatch[];
  /** Orders that stood before the first message: first named by something else than their submission. */
  readonly unknown: number;
}

export const MISMATCHES_SHOWN = 20;

/**
 * Replays an exchange's messages through the matching core, one `step` at a time. At each execution an aggressive order of
 * its size is sent to the book, and the order that the book would fill first is compared with the one that the exchange
 * executed. After that the book follows the exchange, so that one mismatch does not make others.
 */
export class ExchangeReplay {
  readonly book: OrderBook<number>;
  readonly #messages: readonly LobsterMessage[];
  readonly #file: string;
  readonly #mismatches: Mismatch[] = [];
  readonly #unknown = new Set<number>();
  /** Orders of which only a part was ever named: they stand, with the least quantity that they must have. */
  readonly #partlyKnown = new Set<number>();
  #position = 0;
  #executions = 0;
  #predicted = 0;

  /**
   * @param file names the messages' origin in errors.
   * @param standing the orders known to stand before the first message.
   */
  constructor(messages: readonly LobsterMessage[], file = 'messages', standing: readonly BookEntry<number>[] = []) {
    this.#messages = messages;
    this.#file = file;
    this.book = OrderBook.fromEntries(standing);
  }

  get outcome(): ReplayOutcome {
    return {
      messages: this.#position,
      executions: this.#executions,
      predicted: this.#predicted,
      mismatches: this.#mismatches,
      unknown: this.#unknown.size,
    };
  }

  /** Applies the next message. @returns false at the end. @throws BookReplayError LineInvalid when it contradicts the book. */
  step(): boolean {
    const message = this.#messages[this.#position];
    if (message === undefined) return false;
    switch (message.event) {
      case 'submission':
        this.#submit(message);
        break;
      case 'reduction':
        this.#reduce(message);
        break;
      case 'deletion':
        this.#delete(message);
        break;
      case 'execution':
        this.#execute(message);
        break;
      case 'hidden-execution':
      case 'cross-trade':
      case 'halt':
        break;
    }
    this.#position += 1;
    return true;
  }

  #submit(message: LobsterMessage): void {
    if (this.book.has(message.order)) throw this.#contradiction(message, COLUMN.order, 'stands already');
    this.#stand(message, message.quantity);
  }

  #reduce(message: LobsterMessage): void {
    if (this.#isStanding(message)) {
      if (this.#partlyKnown.has(message.order)) return;
      this.#refuseMoreThanRemains(message);
      this.book.reduce(message.order, message.quantity);
      return;
    }
    // A partial cancel leaves something standing; how much is not known, but at least one share.
    this.#unknown.add(message.order);
    this.#partlyKnown.add(message.order);
    this.#stand(message, 1n);
  }

  #delete(message: LobsterMessage): void {
    if (!this.#isStanding(message)) {
      this.#unknown.add(message.order);
      return;
    }
    if (!this.#partlyKnown.delete(message.order)) this.#refuseMoreThanRemains(message);
    this.book.cancel(message.order);
  }

  #execute(message: LobsterMessage): void {
    const { order, quantity, side } = message;
    if (!this.#isStanding(message)) {
      // Its first naming is also its execution: there was nothing to predict, and whether it has more is not known.
      this.#unknown.add(order);
      return;
    }
    this.#executions += 1;
    const { fills } = this.book.preview({ side: opposite(side), quantity });
    const chosen = fills[0]?.ref;
    if (chosen === order) this.#predicted += 1;
    else if (chosen !== undefined && this.#mismatches.length < MISMATCHES_SHOWN) {
      this.#mismatches.push(explain(this.book, this.#messages, this.#position, chosen));
    }
    if (this.#partlyKnown.delete(order)) {
      this.book.cancel(order);
    } else {
      this.#refuseMoreThanRemains(message);
      this.book.reduce(order, quantity);
    }
  }

  /**
   * Puts an order into the book as the exchange did, which is to say without a trade. Orders that it would trade with left
   * the exchange's book unseen: files that hold only the best levels do not tell of deletions further down.
   */
  #stand({ order, side, price }: LobsterMessage, quantity: bigint): void {
    const other = opposite(side);
    const isInTheWay = (best: bigint): boolean => (side === 'buy' ? best <= price : best >= price);
    for (let best = this.book.best(other); best !== undefined && isInTheWay(best.price); best = this.book.best(other)) {
      for (const { ref } of this.book.queue(other, best.price)) {
        this.#partlyKnown.delete(ref);
        this.book.cancel(ref);
      }
    }
    this.book.place({ ref: order, side, price, quantity, sequence: BigInt(order) });
  }

  /** Whether the message's order stands, at the price and on the side that the message says. */
  #isStanding(message: LobsterMessage): boolean {
    const entry = this.book.get(message.order);
    if (entry === undefined) return false;
    if (entry.price !== message.price) {
      throw this.#contradiction(message, COLUMN.price, `stands at ${entry.price}, not ${message.price}`);
    }
    if (entry.side !== message.side) throw this.#contradiction(message, COLUMN.direction, `stands to ${entry.side}`);
    return true;
  }

  #refuseMoreThanRemains(message: LobsterMessage): void {
    const remaining = this.book.get(message.order)?.remaining ?? 0n;
    if (message.quantity <= remaining) return;
    throw this.#contradiction(message, COLUMN.size, `has ${remaining} left, less than ${message.quantity}`);
  }

  #contradiction({ line, order }: LobsterMessage, column: number, reason: string): BookReplayError {
    const told = `order ${order.toString()} ${reason}`;
    return new BookReplayError({ code: 'LineInvalid', file: this.#file, line, column, reason: told });
  }
}

/**
 * Replays messages from an empty book.
 * @param file names the messages' origin in errors.
 * @throws BookReplayError LineInvalid
 */
export function replay(messages: readonly LobsterMessage[], file?: string): ReplayOutcome {
  const run = new ExchangeReplay(messages, file);
  while (run.step());
  return run.outcome;
}
