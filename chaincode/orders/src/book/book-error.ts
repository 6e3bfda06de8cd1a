import type { Side } from './side';

/** What identifies an order to the book's caller: an order id of the market, or an exchange's number. */
export type OrderRef = string | number;

/** Why the book refused an operation, in order of precedence. A refused operation leaves the book as it was. */
export type BookFault =
  | { readonly code: 'QuantityNotPositive'; readonly quantity: bigint }
  | { readonly code: 'PriceNotPositive'; readonly price: bigint }
  | { readonly code: 'OrderStanding'; readonly ref: OrderRef }
  | { readonly code: 'OrderNotStanding'; readonly ref: OrderRef }
  | { readonly code: 'ReductionExceedsRemaining'; readonly ref: OrderRef; readonly remaining: bigint }
  | { readonly code: 'SequenceTaken'; readonly ref: OrderRef; readonly by: OrderRef; readonly sequence: bigint }
  | { readonly code: 'BookCrossed'; readonly ref: OrderRef; readonly side: Side; readonly price: bigint };

/** A refusal of the book; `fault` says which and carries the facts. */
export class BookError extends Error {
  override readonly name = 'BookError';

  constructor(readonly fault: BookFault) {
    super(sentence(fault));
  }

  get code(): BookFault['code'] {
    return this.fault.code;
  }
}

function sentence(fault: BookFault): string {
  switch (fault.code) {
    case 'QuantityNotPositive':
      return `a quantity must be above zero, not ${fault.quantity}`;
    case 'PriceNotPositive':
      return `a price must be above zero, not ${fault.price}`;
    case 'OrderStanding':
      return `order ${fault.ref} stands already`;
    case 'OrderNotStanding':
      return `order ${fault.ref} does not stand`;
    case 'ReductionExceedsRemaining':
      return `order ${fault.ref} has only ${fault.remaining} left`;
    case 'SequenceTaken':
      return `order ${fault.ref} has the sequence ${fault.sequence} of order ${fault.by} at the same price`;
    case 'BookCrossed':
      return `order ${fault.ref} to ${fault.side} at ${fault.price} crosses the other side of the book`;
  }
}
