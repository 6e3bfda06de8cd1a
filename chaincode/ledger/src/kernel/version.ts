/** A change of a state that can be made and taken back. */
export interface Change<S> {
  make(state: S): void;
  takeBack(state: S): void;
}

type Held<S> =
  | { readonly state: S }
  /** Another version holds the state; `change` leads from this one to it, or from it to this one where it was taken back. */
  | { readonly neighbour: Version<S>; readonly change: Change<S>; readonly madeThere: boolean };

/**
 * A large value of which a cycle makes thousands of versions, one after another. Nobody sees a version change, as with any record; but
 * all versions share one state, which is in the form of the last version used, so that the next one costs what is different in it and not
 * a copy. Where an instruction is refused and an earlier version is used again, the changes since are taken back (Baker's arrays).
 */
export class Version<S> {
  #held: Held<S>;

  private constructor(held: Held<S>) {
    this.#held = held;
  }

  static of<S>(state: S): Version<S> {
    return new Version({ state });
  }

  /** To be read, and not to be kept: another version may be used next. */
  get state(): S {
    return 'state' in this.#held ? this.#held.state : Version.#reclaimed(this);
  }

  /** The version with a change. What the change throws leaves this version as it was. */
  with(change: Change<S>): Version<S> {
    const { state } = this;
    change.make(state);
    const next = new Version<S>({ state });
    this.#held = { neighbour: next, change, madeThere: true };
    return next;
  }

  static #reclaimed<S>(wanted: Version<S>): S {
    const path: Version<S>[] = [];
    let holder = wanted;
    while ('neighbour' in holder.#held) {
      path.push(holder);
      holder = holder.#held.neighbour;
    }
    const { state } = holder.#held;
    for (const version of path.reverse()) {
      if ('state' in version.#held) break;
      const { neighbour, change, madeThere } = version.#held;
      if (madeThere) change.takeBack(state);
      else change.make(state);
      neighbour.#held = { neighbour: version, change, madeThere: !madeThere };
      version.#held = { state };
    }
    return state;
  }
}
