/** What all streams have in common: each is read once, and ends when it is closed or its signal ends. */
export class StreamLife {
  readonly #end = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #onEnd: () => void;
  #read = false;

  /** @param onEnd called once; before this returns where the signal has ended already. */
  constructor(outer: AbortSignal | undefined, onEnd: () => void) {
    this.#outer = outer;
    this.#onEnd = onEnd;
    if (outer?.aborted === true) this.end();
    else outer?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Ends with the stream. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** @param what it is a stream of. @throws Error where it is read already */
  read(what: string): void {
    if (this.#read) throw new Error(`A stream of ${what} can be read once; open another one`);
    this.#read = true;
  }

  end(): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#outer?.removeEventListener('abort', this.#onAbort);
    this.#onEnd();
  }

  readonly #onAbort = () => this.end();
}
