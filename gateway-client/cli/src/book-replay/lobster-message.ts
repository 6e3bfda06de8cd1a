import type { Side } from '@kessai/orders/book';
import { BookReplayError } from './book-replay-error';

/** What a message reports. Only the first four change the visible book. */
export type LobsterEvent =
  'submission' | 'reduction' | 'deletion' | 'execution' | 'hidden-execution' | 'cross-trade' | 'halt';

/**
 * A line of a LOBSTER message file: an event at one order of an exchange's book. Prices are in 1/10,000 of the currency.
 * Source: lobsterdata.com, "Data Structure", message file.
 */
export interface LobsterMessage {
  readonly line: number;
  readonly secondsAfterMidnight: number;
  readonly event: LobsterEvent;
  /** The exchange's number of the order. Numbers ascend in the order of time priority. 0 for what has no order. */
  readonly order: number;
  /** What was submitted, withdrawn or executed. */
  readonly quantity: bigint;
  readonly price: bigint;
  /** The side of the order that stands: an execution's aggressor is of the other side. */
  readonly side: Side;
}

/** The columns of a line, by their number from 1. */
export const COLUMN = { time: 1, type: 2, order: 3, size: 4, price: 5, direction: 6 } as const;

const EVENTS: Readonly<Record<string, LobsterEvent>> = {
  1: 'submission',
  2: 'reduction',
  3: 'deletion',
  4: 'execution',
  5: 'hidden-execution',
  6: 'cross-trade',
  7: 'halt',
};

const SECONDS = /^\d{1,5}(\.\d{1,12})?$/;
const SECONDS_OF_A_DAY = 86_400;
/** At most 15 digits, so that every number that passes is exact. */
const WHOLE = /^-?\d{1,15}$/;

/** Whether the event changes the visible book. */
export function isBookEvent(event: LobsterEvent): boolean {
  return event === 'submission' || event === 'reduction' || event === 'deletion' || event === 'execution';
}

/** A price of a message file in the currency, for people. */
export function priceText(price: bigint): string {
  const digits = price.toString().padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/**
 * Reads the text of a message file.
 * @param file names the file in errors.
 * @throws BookReplayError LineInvalid at the first bad line.
 */
export function parseLobster(text: string, file: string): LobsterMessage[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const messages: LobsterMessage[] = [];
  let latest = 0;
  for (const [index, content] of lines.entries()) {
    const line = new LobsterLine(file, index + 1, content.endsWith('\r') ? content.slice(0, -1) : content);
    const message = line.read();
    if (message.secondsAfterMidnight < latest) throw line.invalid(COLUMN.time, 'is earlier than the line before');
    latest = message.secondsAfterMidnight;
    messages.push(message);
  }
  return messages;
}

class LobsterLine {
  readonly #file: string;
  readonly #line: number;
  readonly #fields: readonly string[];

  constructor(file: string, line: number, content: string) {
    this.#file = file;
    this.#line = line;
    this.#fields = content.split(',');
  }

  read(): LobsterMessage {
    const count = this.#fields.length;
    if (count !== COLUMN.direction) {
      throw this.invalid(Math.min(count, COLUMN.direction), `must have 6 columns, not ${count.toString()}`);
    }
    const secondsAfterMidnight = this.#seconds();
    const event = EVENTS[this.#field(COLUMN.type)];
    if (event === undefined) throw this.invalid(COLUMN.type, 'must be a message type from 1 to 7');
    const lowest = isBookEvent(event) ? 1 : event === 'halt' ? -1 : 0;
    return {
      line: this.#line,
      secondsAfterMidnight,
      event,
      order: this.#whole(COLUMN.order, Math.max(lowest, 0)),
      quantity: BigInt(this.#whole(COLUMN.size, Math.max(lowest, 0))),
      price: BigInt(this.#whole(COLUMN.price, lowest)),
      side: this.#side(),
    };
  }

  invalid(column: number, reason: string): BookReplayError {
    return new BookReplayError({ code: 'LineInvalid', file: this.#file, line: this.#line, column, reason });
  }

  #field(column: number): string {
    return this.#fields[column - 1] ?? '';
  }

  #seconds(): number {
    const field = this.#field(COLUMN.time);
    const seconds = Number(field);
    if (!SECONDS.test(field) || seconds >= SECONDS_OF_A_DAY) {
      throw this.invalid(COLUMN.time, 'must be seconds after midnight, such as 34200.004241176');
    }
    return seconds;
  }

  #whole(column: number, lowest: number): number {
    const field = this.#field(column);
    const value = Number(field);
    if (!WHOLE.test(field) || value < lowest) {
      throw this.invalid(column, `must be a whole number of at most 15 digits, ${lowest.toString()} or more`);
    }
    return value;
  }

  #side(): Side {
    const field = this.#field(COLUMN.direction);
    if (field !== '1' && field !== '-1') throw this.invalid(COLUMN.direction, 'must be 1 (buy) or -1 (sell)');
    return field === '1' ? 'buy' : 'sell';
  }
}
