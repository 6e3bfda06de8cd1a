import { Endorsers } from './endorsers';

/** Tells the market's operators when the profile does not; undefined while there are none to be told. */
export type FindOperators = () => Promise<readonly string[] | undefined>;

/** The operators of the market, as those who endorse submits and as those who answer evaluates. */
export interface Operators {
  readonly submitting: Endorsers;
  readonly answering: Endorsers;
}

export class OperatorDirectory {
  readonly #own: string;
  readonly #endorsements: number;
  readonly #find: FindOperators;
  #known: Operators | undefined;

  constructor(own: string, configured: readonly string[] | undefined, endorsements: number, find: FindOperators) {
    this.#own = own;
    this.#endorsements = endorsements;
    this.#find = find;
    if (configured) this.#known = this.#operators(configured);
  }

  /** Undefined: not known, as before a market is founded; the gateway then chooses by itself. */
  async operators(): Promise<Operators | undefined> {
    if (this.#known) return this.#known;
    const found = await this.#find();
    if (found && found.length > 0) this.#known ??= this.#operators(found);
    return this.#known;
  }

  #operators(mspIds: readonly string[]): Operators {
    return {
      submitting: Endorsers.of(mspIds, this.#endorsements, this.#own),
      answering: Endorsers.of(mspIds, 1, this.#own),
    };
  }
}
