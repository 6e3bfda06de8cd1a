/**
 * Which organisations to ask, of several sets of which any one will do. It stays with a set that works and goes on to another when
 * that one fails, so that an organisation that is down costs one failed call, not one each time.
 */
export class Endorsers {
  readonly #sets: readonly (readonly string[])[];
  #current = 0;

  /** @param sets in order of preference, at least one. */
  private constructor(sets: readonly (readonly string[])[]) {
    this.#sets = sets;
  }

  /** All sets of `size` of the organisations; those that hold `own` come first, for its peer is the nearest. */
  static of(organisations: readonly string[], size: number, own: string): Endorsers {
    const ordered = [
      ...organisations.filter((mspId) => mspId === own),
      ...organisations.filter((mspId) => mspId !== own),
    ];
    return new Endorsers(combinations(ordered, Math.min(size, ordered.length)));
  }

  get count(): number {
    return this.#sets.length;
  }

  /** The set to ask now. */
  get current(): readonly string[] {
    return this.#sets[this.#current] ?? [];
  }

  /**
   * Goes on from a set that failed: to the next one without the organisations that are known to have failed, or just to the next.
   * Where another caller has gone on already, it stays there; and where all of the set failed, which is because of what they were asked
   * or passes for any of them.
   */
  leave(set: readonly string[], failed: readonly string[]): void {
    if (set !== this.current || (set.length > 1 && set.every((mspId) => failed.includes(mspId)))) return;
    const following = this.#sets.map((_, index) => (this.#current + 1 + index) % this.#sets.length);
    const sound = following.find((index) => !this.#sets[index]?.some((mspId) => failed.includes(mspId)));
    this.#current = sound ?? following[0] ?? 0;
  }
}

function combinations(items: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return items.flatMap((first, index) =>
    combinations(items.slice(index + 1), size - 1).map((rest) => [first, ...rest]),
  );
}
