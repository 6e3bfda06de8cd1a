import type { OrderRef } from './book-error';
import { PriceLevel } from './price-level';
import { isBetter, type Side } from './side';

/**
 * The price levels of one side. They are kept worst first, so that the best, where nearly everything happens, is at
 * the array's end and comes and goes without moving the others. A level without orders is not kept.
 */
export class BookSide<Ref extends OrderRef> {
  readonly #levels: PriceLevel<Ref>[] = [];

  constructor(readonly side: Side) {}

  get best(): PriceLevel<Ref> | undefined {
    return this.#levels.at(-1);
  }

  /** The level with `rank` better ones before it; rank 0 is the best. */
  level(rank: number): PriceLevel<Ref> | undefined {
    return this.#levels[this.#levels.length - 1 - rank];
  }

  find(price: bigint): PriceLevel<Ref> | undefined {
    const level = this.#levels[this.#position(price)];
    return level?.price === price ? level : undefined;
  }

  /** The level at `price`, made when there is none: the caller then puts an order into it. */
  open(price: bigint): PriceLevel<Ref> {
    const position = this.#position(price);
    const found = this.#levels[position];
    if (found?.price === price) return found;
    const level = new PriceLevel<Ref>(this.side, price);
    if (found === undefined) this.#levels.push(level);
    else this.#levels.splice(position, 0, level);
    return level;
  }

  /** Drops a level that has no orders left. */
  close(level: PriceLevel<Ref>): void {
    if (this.best === level) this.#levels.pop();
    else this.#levels.splice(this.#position(level.price), 1);
  }

  *bestFirst(): IterableIterator<PriceLevel<Ref>> {
    for (let rank = this.#levels.length - 1; rank >= 0; rank -= 1) {
      const level = this.#levels[rank];
      if (level !== undefined) yield level;
    }
  }

  /** Where `price` is, or belongs: the number of levels that are worse. */
  #position(price: bigint): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const level = this.#levels[middle];
      if (level !== undefined && isBetter(this.side, price, level.price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
