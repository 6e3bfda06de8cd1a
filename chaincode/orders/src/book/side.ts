/** Which way an order goes: a buy order bids for the security, a sell order offers it. */
export type Side = 'buy' | 'sell';

/** The side that an order of `side` trades against. */
export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}

/** Whether `price` comes before `other` among standing orders of `side`: the highest bid and the lowest offer are first. */
export function isBetter(side: Side, price: bigint, other: bigint): boolean {
  return side === 'buy' ? price > other : price < other;
}
