import { status } from '@grpc/grpc-js';
import type { ChaincodeEvent, CloseableAsyncIterable } from '@hyperledger/fabric-gateway';
import type { common, peer } from '@hyperledger/fabric-protos';
import { validationName } from './validation-name';
import type { Connection } from './connection';
import { type EventOptions, type EventSource, type EventStream, ReconnectingStream } from './event-stream';
import { gatewayFailure, refusesIdentity } from './gateway-failure';
import { withJsonForm } from './json-form';
import { ClosedError, GatewayRefusedError, IdentityRefusedError, MarketError } from './market-error';
import type { Settings } from './settings';

/** A block without the content of its transactions. */
export interface FilteredBlock {
  readonly number: bigint;
  readonly transactions: readonly {
    readonly transactionId: string;
    /** Fabric's name, such as VALID or MVCC_READ_CONFLICT. */
    readonly validationCode: string;
  }[];
}

/** Blocks and events of the market's channel, each as a stream that outlives interruptions of the network. */
export class MarketEvents {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #streams = new Set<EventStream<unknown>>();
  #closed = false;

  constructor(connection: Connection, settings: Settings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** What the market's chaincode announces, of valid transactions only. */
  chaincode(options: EventOptions = {}): EventStream<ChaincodeEvent> {
    const { network, profile } = this.#connection;
    return this.#stream(options, {
      open: async (checkpoint) =>
        mapped(await network.getChaincodeEvents(profile.chaincode, { checkpoint }), withJsonForm),
      pass: (checkpointer, event) => checkpointer.checkpointChaincodeEvent(event),
    });
  }

  /** Whole blocks, as Fabric's own messages. */
  blocks(options: EventOptions = {}): EventStream<common.Block> {
    const { network } = this.#connection;
    return this.#stream(options, {
      open: (checkpoint) => network.getBlockEvents({ checkpoint }),
      pass: (checkpointer, block) => checkpointer.checkpointBlock(BigInt(block.getHeader()?.getNumber() ?? 0)),
    });
  }

  /** Which transactions each block holds and whether they are valid. */
  filteredBlocks(options: EventOptions = {}): EventStream<FilteredBlock> {
    const { network } = this.#connection;
    return this.#stream(options, {
      open: async (checkpoint) =>
        mapped(await network.getFilteredBlockEvents({ checkpoint }), (block) => withJsonForm(filteredBlock(block))),
      pass: (checkpointer, block) => checkpointer.checkpointBlock(block.number),
    });
  }

  /** Ends all streams and opens no more. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams]) stream.close();
  }

  /** @throws ClosedError */
  #stream<T>(options: EventOptions, kind: Pick<EventSource<T>, 'open' | 'pass'>): EventStream<T> {
    if (this.#closed) throw new ClosedError();
    const source: EventSource<T> = {
      ...kind,
      nextBlock: (signal) => this.#connection.height(this.#settings.deadlines.evaluateMs, signal),
      failure: (error) => this.#failure(error),
    };
    const stream = new ReconnectingStream(source, options, () => this.#streams.delete(stream));
    if (options.signal?.aborted !== true) this.#streams.add(stream);
    return stream;
  }

  #failure(error: unknown): Error {
    if (error instanceof MarketError) return error;
    const failure = gatewayFailure(error);
    if (failure && refusesIdentity(failure.status)) {
      return new IdentityRefusedError(this.#connection.profile.mspId, { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    return new GatewayRefusedError(failure?.status ?? status.UNKNOWN, reason, { cause: error });
  }
}

function filteredBlock(block: peer.FilteredBlock): FilteredBlock {
  return {
    number: BigInt(block.getNumber()),
    transactions: block.getFilteredTransactionsList().map((transaction) => ({
      transactionId: transaction.getTxid(),
      validationCode: validationName(transaction.getTxValidationCode()),
    })),
  };
}

function mapped<A, B>(source: CloseableAsyncIterable<A>, map: (item: A) => B): CloseableAsyncIterable<B> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const item of source) yield map(item);
    },
    close: () => source.close(),
    [Symbol.dispose]: () => source.close(),
  };
}
