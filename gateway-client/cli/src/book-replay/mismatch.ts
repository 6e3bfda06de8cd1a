import type { BookEntry, OrderBook } from '@kessai/orders/book';
import { priceText, type LobsterMessage } from './lobster-message';

/** An execution in which the exchange chose another order than price-time priority. */
export interface Mismatch {
  readonly line: number;
  /** The order that the exchange executed. */
  readonly expected: string;
  /** The order that the book would have filled first. */
  readonly chosen: string;
  /** The facts of the book at that moment. */
  readonly why: string;
}

/** How many orders of a queue are named. */
const ORDERS_NAMED = 5;

/** Tells what stood, where, and what the messages say became of the order that was passed over. */
export function explain(
  book: OrderBook<number>,
  messages: readonly LobsterMessage[],
  position: number,
  chosen: number,
): Mismatch {
  const message = messages[position];
  const first = book.get(chosen);
  if (message === undefined || first === undefined)
    throw new RangeError('a mismatch needs its message and the order chosen');
  const facts = [
    first.price === message.price ? placeInQueue(book, message) : worsePrice(message, first),
    whenSubmitted(messages, position, message.order, chosen),
    whatBecame(messages, position, chosen),
  ];
  const why = facts.join(' ');
  return { line: message.line, expected: message.order.toString(), chosen: chosen.toString(), why };
}

function placeInQueue(book: OrderBook<number>, { order, quantity, side, price }: LobsterMessage): string {
  const queue = book.queue(side, price);
  const ahead = queue.findIndex(({ ref }) => ref === order);
  const place = `place ${(ahead + 1).toString()} of ${queue.length.toString()} in the ${side} queue at ${priceText(price)}`;
  return (
    `The exchange executed ${quantity} of order ${order.toString()}, at ${place}; ` +
    `ahead of it by ascending order id stood ${named(queue.slice(0, ahead))}.`
  );
}

function worsePrice({ order, quantity, side, price }: LobsterMessage, first: BookEntry<number>): string {
  return (
    `The exchange executed ${quantity} of order ${order.toString()} to ${side} at ${priceText(price)}, while order ` +
    `${first.ref.toString()} (${first.remaining} left) stood at the better price ${priceText(first.price)}.`
  );
}

function named(queue: readonly BookEntry<number>[]): string {
  const orders = queue.slice(0, ORDERS_NAMED).map(({ ref, remaining }) => `${ref.toString()} (${remaining} left)`);
  const more = queue.length - orders.length;
  return `${orders.join(', ')}${more > 0 ? ` and ${more.toString()} more` : ''}`;
}

function whenSubmitted(
  messages: readonly LobsterMessage[],
  position: number,
  executed: number,
  chosen: number,
): string {
  return `${submission(messages, position, executed)}, ${submission(messages, position, chosen)}.`;
}

function submission(messages: readonly LobsterMessage[], position: number, order: number): string {
  const before = messages.slice(0, position);
  const found = before.find((message) => message.order === order && message.event === 'submission');
  return `${order.toString()} ${found ? `was submitted at line ${found.line.toString()}` : 'stood before the file begins'}`;
}

/** Whether the order passed over was executed by the same aggressive order after all, or what the next message on it says. */
function whatBecame(messages: readonly LobsterMessage[], position: number, chosen: number): string {
  const execution = messages[position];
  const next = messages.slice(position + 1).find(({ order }) => order === chosen);
  if (next === undefined) return `No later message names ${chosen.toString()}: it stayed.`;
  const told = `${chosen.toString()} is next named at line ${next.line.toString()} (${next.event} of ${next.quantity})`;
  const sameTrace = next.event === 'execution' && next.secondsAfterMidnight === execution?.secondsAfterMidnight;
  return sameTrace
    ? `${told}, at the same time stamp: the same aggressive order filled it after the order that was behind it.`
    : `${told}: this time the exchange passed it over.`;
}
