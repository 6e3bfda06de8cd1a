import { isTransient, marketRejections } from '@kessai/interface';
import { isAborted } from './abort';
import type { AdviceCheckpoint, AdvicePosition } from './advice-checkpoint';
import type { AdvicePage, AdviceReader, ReadPage, ReadPages } from './advice-reader';
import { backOff } from './backoff';
import type { CycleHints } from './cycle-hints';
import type { EventStream } from './event-stream';
import type { Freshness } from './freshness';
import { withJsonForm } from './json-form';
import {
  CancelledError,
  ChaincodeFailedError,
  CheckpointError,
  CheckpointForeignError,
  ClosedError,
  GatewayRefusedError,
  RejectedError,
  SignerError,
  TimeoutError,
  UnavailableError,
} from './market-error';
import type { Settings } from './settings';
import { StreamLife } from './stream-life';

/** Where a stream of advices begins. */
export interface AdviceOptions {
  /** The first cycle; by default the next one. 0: all that there are. A checkpoint with a position goes before it. */
  readonly from?: number;
  /** Keeps how far the stream has been read, so that another stream goes on from there. */
  readonly checkpoint?: AdviceCheckpoint;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

export interface AdviceSource {
  readonly channel: string;
  readonly reader: AdviceReader;
  readonly hints: CycleHints;
  readonly freshness: Freshness;
  readonly settings: Settings;
}

/** Failures that may be of the moment or for good, in a row before a stream gives up. */
const unexplainedErrors = 6;

/** Over interruptions, from a position on. */
export class AdviceStream implements EventStream<AdvicePage> {
  readonly #source: AdviceSource;
  readonly #options: AdviceOptions;
  readonly #life: StreamLife;
  #position: AdvicePosition | undefined;
  #ledger: { readonly firstBlock: string | undefined } | undefined;

  constructor(source: AdviceSource, options: AdviceOptions, onEnd: () => void) {
    this.#source = source;
    this.#options = options;
    this.#life = new StreamLife(options.signal, onEnd);
  }

  [Symbol.asyncIterator](): AsyncIterator<AdvicePage> {
    this.#life.read('advices');
    return this.#pages();
  }

  close(): void {
    this.#life.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async *#pages(): AsyncGenerator<AdvicePage, void, undefined> {
    const { signal } = this.#life;
    const { hints, settings, freshness } = this.#source;
    const listener = hints.listen();
    try {
      let next = await this.#first();
      while (!isAborted(signal)) {
        const { pages, next: following, last, blockNumber } = await this.#ask(next);
        for (const read of pages) {
          if (isAborted(signal)) return;
          // What is answered from now on should know of what the reader is told.
          if (blockNumber !== undefined && isEventful(read.page)) freshness.committed(blockNumber);
          yield withJsonForm(read.page);
          await this.#keep(read);
        }
        next = Math.max(next, following);
        if (next > last) await listener.wait(settings.pollMs, signal);
      }
    } catch (error) {
      if (!isAborted(signal)) throw error;
    } finally {
      listener.close();
      this.close();
    }
  }

  /** The first cycle to be read, after it was seen that the checkpoint's position is one of this ledger. */
  async #first(): Promise<number> {
    const { checkpoint, from } = this.#options;
    this.#position = await checkpoint?.read().catch((error: unknown) => {
      throw new CheckpointError({ cause: error });
    });
    if (this.#position === undefined) return from ?? (await this.#patiently((signal) => this.#reader.last(signal))) + 1;
    await this.#verify(this.#position);
    return this.#position.cycle + 1;
  }

  async #ask(next: number): Promise<ReadPages> {
    return this.#patiently(
      async (signal) => this.#reader.read(next, signal),
      // What was out of reach may come back as another ledger, or as this one with less in it.
      async () => (this.#position === undefined ? undefined : this.#verify(this.#position)),
    );
  }

  /** @throws CheckpointForeignError */
  async #verify({ channel, member, ledger, cycle, digest }: AdvicePosition): Promise<void> {
    if (channel !== this.#source.channel) throw new CheckpointForeignError('channel', channel, this.#source.channel);
    const found = await this.#patiently((signal) => this.#reader.firstBlock(signal));
    this.#ledger = { firstBlock: found };
    if (ledger !== undefined && found !== undefined && found !== ledger) {
      throw new CheckpointForeignError('ledger', ledger, found);
    }
    for (let attempt = 1; ; attempt += 1) {
      const read = await this.#patiently(async (signal) => this.#reader.read(cycle, signal, 1));
      if (read.member !== member) throw new CheckpointForeignError('member', member, read.member);
      if (read.last >= cycle) {
        const [page] = read.pages;
        const there = page?.page.cycle === cycle ? page.digest() : 'none';
        if (there !== digest) throw new CheckpointForeignError('page', digest, there);
        return;
      }
      // A peer that has just been started again may be behind for a moment.
      if (attempt >= this.#source.settings.attempts || isAborted(this.#life.signal)) {
        throw new CheckpointForeignError('cycle', cycle.toString(), read.last.toString());
      }
      await backOff(attempt, this.#life.signal);
    }
  }

  get #reader(): AdviceReader {
    return this.#source.reader;
  }

  /** Asks until there is an answer, or a failure that will not pass. */
  async #patiently<T>(ask: (signal: AbortSignal) => Promise<T>, recovered?: () => Promise<void>): Promise<T> {
    const { signal } = this.#life;
    let unexplained = 0;
    for (let failures = 0; ;) {
      if (isAborted(signal)) throw new CancelledError();
      try {
        const answer = await ask(signal);
        if (failures > 0) await recovered?.();
        return answer;
      } catch (error) {
        if (!mayComeBack(error)) throw error;
        failures += 1;
        unexplained = isInterruption(error) ? 0 : unexplained + 1;
        if (unexplained >= unexplainedErrors) throw error;
        await backOff(failures, signal);
      }
    }
  }

  async #keep({ page, digest }: ReadPage): Promise<void> {
    const { channel, reader } = this.#source;
    const { checkpoint } = this.#options;
    this.#ledger ??= { firstBlock: await this.#patiently((signal) => reader.firstBlock(signal)) };
    const { firstBlock } = this.#ledger;
    this.#position = {
      channel,
      member: reader.member,
      ...(firstBlock === undefined ? {} : { ledger: firstBlock }),
      cycle: page.cycle,
      digest: digest(),
    };
    try {
      await checkpoint?.write(this.#position);
    } catch (error) {
      throw new CheckpointError({ cause: error });
    }
  }
}

function isEventful({ advices, postings }: AdvicePage): boolean {
  return advices.length > 0 || postings.length > 0;
}

/** Something on the way is down, which says nothing of the question. */
function isInterruption(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof TimeoutError || error instanceof CancelledError;
}

const mayBeOfTheMoment = [ChaincodeFailedError, GatewayRefusedError, SignerError];

function mayComeBack(error: unknown): boolean {
  if (error instanceof RejectedError) return isTransient(marketRejections, error.code);
  return isInterruption(error) || mayBeOfTheMoment.some((kind) => error instanceof kind);
}

/** What happens to the member, in streams that outlive interruptions of the network. */
export class MarketAdvices {
  readonly #source: AdviceSource;
  readonly #streams = new Set<EventStream<unknown>>();
  #closed = false;

  constructor(source: AdviceSource) {
    this.#source = source;
  }

  /**
   * What happened to the member, a page for each cycle, in order, none left out. A page counts as read when the next is asked for: whoever
   * stops in between gets the last one again from the checkpoint. It can be read once, by one reader.
   * @throws ClosedError; while it is read RejectedError, CheckpointForeignError and the other MarketErrors of an evaluate.
   */
  follow(options: AdviceOptions = {}): EventStream<AdvicePage> {
    if (this.#closed) throw new ClosedError();
    const stream = new AdviceStream(this.#source, options, () => this.#streams.delete(stream));
    if (options.signal?.aborted !== true) this.#streams.add(stream);
    return stream;
  }

  /** Ends all streams and opens no more. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams]) stream.close();
  }
}
