import { status } from '@grpc/grpc-js';
import { type Checkpointer, type CloseableAsyncIterable, checkpointers } from '@hyperledger/fabric-gateway';
import { isAborted } from './abort';
import { backOff } from './backoff';
import { gatewayFailure, mayPass } from './gateway-failure';
import { CheckpointError } from './market-error';
import { StreamLife } from './stream-life';

/** Where a stream begins. */
export interface EventOptions {
  /** The first block; by default the next one to be committed. A checkpoint with a position goes before it. */
  readonly startBlock?: bigint;
  /** Keeps how far the stream has been read, in memory or in a file, so that another stream goes on from there. */
  readonly checkpointer?: Checkpointer;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/**
 * Events in the order of the ledger, over interruptions of the network, none left out. An event counts as read when the next is asked
 * for: whoever stops in between gets the last one again from the checkpoint. It can be read once, by one reader.
 */
export interface EventStream<T> extends AsyncIterable<T>, AsyncDisposable {
  /** Ends the stream; who waits for the next event sees the end. */
  close(): void;
}

/** One kind of events. */
export interface EventSource<T> {
  /** Opens it at the position, or fails. */
  open(position: Checkpointer): Promise<CloseableAsyncIterable<T>>;
  /** Notes that the event has been read. */
  pass(checkpointer: Checkpointer, event: T): Promise<void>;
  /** The number of the next block to be committed. */
  nextBlock(signal: AbortSignal): Promise<bigint>;
  /** What a failure that will not pass is reported as. */
  failure(error: unknown): Error;
}

/** Errors without a gRPC status, as when a peer ends a stream with a status of its own, in a row before the stream gives up. */
const unexplainedErrors = 3;

export class ReconnectingStream<T> implements EventStream<T> {
  readonly #source: EventSource<T>;
  readonly #options: EventOptions;
  readonly #life: StreamLife;
  #open: CloseableAsyncIterable<T> | undefined;

  constructor(source: EventSource<T>, options: EventOptions, onEnd: () => void) {
    this.#source = source;
    this.#options = options;
    this.#life = new StreamLife(options.signal, () => {
      this.#open?.close();
      onEnd();
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    this.#life.read('events');
    return this.#events();
  }

  close(): void {
    this.#life.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async *#events(): AsyncGenerator<T, void, undefined> {
    const { signal } = this.#life;
    // The position outlives the single connection; what the caller keeps is written beside it.
    const position = checkpointers.inMemory();
    let failures = 0;
    let unexplained = 0;
    try {
      while (!signal.aborted) {
        try {
          await this.#settle(position);
          for await (const event of await this.#opened(position)) {
            failures = unexplained = 0;
            yield event;
            await this.#source.pass(position, event);
            await this.#keep(event);
          }
        } catch (error) {
          if (error instanceof CheckpointError) throw error;
          if (isAborted(signal)) return;
          unexplained = isExplained(error) ? 0 : unexplained + 1;
          if (!isPassing(error) || unexplained >= unexplainedErrors) throw this.#source.failure(error);
        } finally {
          this.#open?.close();
        }
        failures += 1;
        await backOff(failures, signal);
      }
    } finally {
      this.close();
    }
  }

  async #opened(position: Checkpointer): Promise<CloseableAsyncIterable<T>> {
    const opened = await this.#source.open(position);
    this.#open = opened;
    if (isAborted(this.#life.signal)) opened.close();
    return opened;
  }

  async #keep(event: T): Promise<void> {
    const { checkpointer } = this.#options;
    if (!checkpointer) return;
    try {
      await this.#source.pass(checkpointer, event);
    } catch (error) {
      throw new CheckpointError({ cause: error });
    }
  }

  /**
   * Fixes the first block before the first connection. "The next block" would mean another one at every reconnection, and what was
   * committed in between would be lost.
   */
  async #settle(position: Checkpointer): Promise<void> {
    if (position.getBlockNumber() !== undefined) return;
    const { checkpointer, startBlock } = this.#options;
    const kept = checkpointer?.getBlockNumber();
    const transactionId = checkpointer?.getTransactionId();
    if (kept !== undefined && transactionId !== undefined) {
      await position.checkpointTransaction(kept, transactionId);
    } else {
      const first = kept ?? startBlock ?? (await this.#source.nextBlock(this.#life.signal));
      await position.checkpointBlock(first - 1n);
    }
  }
}

/** The gateway package meets the orderly end of a stream of blocks with a TypeError. */
function isExplained(error: unknown): boolean {
  return gatewayFailure(error) !== undefined || error instanceof TypeError;
}

/** Statuses that a broken connection may leave beside those of any call. */
const interrupted: ReadonlySet<number> = new Set([status.INTERNAL, status.UNKNOWN]);

function isPassing(error: unknown): boolean {
  const failure = gatewayFailure(error);
  if (!failure) return true;
  return mayPass(failure.status) || interrupted.has(failure.status);
}
