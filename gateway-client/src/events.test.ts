import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerDuplexStream, type ServerWritableStream, status } from '@grpc/grpc-js';
import { type Checkpointer, StatusCode, checkpointers } from '@hyperledger/fabric-gateway';
import { common, gateway as messages, peer } from '@hyperledger/fabric-protos';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';

type EventsOut = ServerWritableStream<messages.SignedChaincodeEventsRequest, messages.ChaincodeEventsResponse>;
type BlocksOut = ServerDuplexStream<common.Envelope, peer.DeliverResponse>;

let gateway: FakeGateway;
let market: Market;
beforeEach(async () => {
  gateway = await FakeGateway.start();
  market = await connect(gateway.profile());
});
afterEach(async () => {
  await market.close();
  await gateway[Symbol.asyncDispose]();
});

function event(block: number, ...transactionIds: readonly string[]): messages.ChaincodeEventsResponse {
  const response = new messages.ChaincodeEventsResponse();
  response.setBlockNumber(block);
  for (const transactionId of transactionIds) {
    const one = new peer.ChaincodeEvent();
    one.setTxId(transactionId);
    one.setEventName('settled');
    response.addEvents(one);
  }
  return response;
}

/** A filtered block, or a whole one, as a peer delivers it. */
function delivered(number: number, kind: 'filtered' | 'whole'): peer.DeliverResponse {
  const response = new peer.DeliverResponse();
  if (kind === 'filtered') {
    const transaction = new peer.FilteredTransaction();
    transaction.setTxid(`tx-${number.toString()}`);
    transaction.setTxValidationCode(StatusCode.MVCC_READ_CONFLICT);
    const block = new peer.FilteredBlock();
    block.setNumber(number);
    block.addFilteredTransactions(transaction);
    response.setFilteredBlock(block);
  } else {
    const header = new common.BlockHeader();
    header.setNumber(number);
    const block = new common.Block();
    block.setHeader(header);
    response.setBlock(block);
  }
  return response;
}

function chainOf(height: number): Uint8Array {
  const info = new common.BlockchainInfo();
  info.setHeight(height);
  return info.serializeBinary();
}

/** Answers each connection in turn, the last one again and again, and tells where each wanted to begin. */
function connections(...answers: readonly ((stream: EventsOut) => void)[]): string[] {
  const starts: string[] = [];
  gateway.script.chaincodeEvents = (request, stream) => {
    const block = request.getStartPosition()?.getSpecified()?.getNumber();
    starts.push(`${String(block)}/${request.getAfterTransactionId()}`);
    answers[Math.min(starts.length, answers.length) - 1]?.(stream);
  };
  return starts;
}

/** What a peer that goes down leaves behind; not before what it has sent has gone out. */
const breakOff = (stream: EventsOut) => stream.emit('error', new StatusError(status.UNAVAILABLE, 'going down'));

async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of stream) if (taken.push(item) === count) break;
  return taken;
}

describe('chaincode events', () => {
  test('go on after the last one read when the connection breaks: none twice, none left out', async () => {
    const starts = connections(
      (stream) => stream.write(event(3, 'a', 'b'), () => breakOff(stream)),
      (stream) => stream.write(event(4, 'c')),
    );
    const events = await take(market.events.chaincode({ startBlock: 3n }), 3);
    expect(events.map(({ transactionId }) => transactionId)).toEqual(['a', 'b', 'c']);
    expect(starts).toEqual(['3/', '3/b']);
  });

  test('begin with the next block to be committed, also when the connection breaks before it comes', async () => {
    gateway.script.evaluate = () => chainOf(9);
    const starts = connections(breakOff, (stream) => stream.write(event(9, 'a')));
    await take(market.events.chaincode(), 1);
    expect(starts).toEqual(['9/', '9/']);
    expect(gateway.proposals).toMatchObject([{ chaincode: 'qscc', arguments: ['GetChainInfo', 'market'] }]);
  });

  test('go on from a checkpoint in a file; the one at which the reader stopped comes again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kessai-events-'));
    try {
      const file = join(directory, 'position.json');
      const starts = connections((stream) => stream.write(event(3, 'a', 'b', 'c')));
      await take(market.events.chaincode({ startBlock: 3n, checkpointer: await checkpointers.file(file) }), 2);
      await take(market.events.chaincode({ startBlock: 3n, checkpointer: await checkpointers.file(file) }), 1);
      expect(starts).toEqual(['3/', '3/a']);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('end when their position cannot be kept', async () => {
    connections((stream) => stream.write(event(3, 'a', 'b')));
    const full: Checkpointer = {
      ...checkpointers.inMemory(),
      getBlockNumber: () => undefined,
      getTransactionId: () => undefined,
      checkpointBlock: () => Promise.resolve(),
      checkpointTransaction: () => Promise.resolve(),
      checkpointChaincodeEvent: () => Promise.reject(new Error('no space left on device')),
    };
    await expect(take(market.events.chaincode({ startBlock: 3n, checkpointer: full }), 2)).rejects.toMatchObject({
      code: 'CheckpointFailed',
    });
  });

  test('end at once where the identity is refused', async () => {
    const starts = connections((stream) => stream.emit('error', new StatusError(status.PERMISSION_DENIED, 'denied')));
    await expect(take(market.events.chaincode({ startBlock: 0n }), 1)).rejects.toMatchObject({
      code: 'IdentityRefused',
    });
    expect(starts).toHaveLength(1);
  });

  test.each(['the stream', 'its signal', 'the market'])('end for a waiting reader with %s', async (who) => {
    const abort = new AbortController();
    const opened = new Promise<void>((resolve) => connections(() => resolve()));
    const stream = market.events.chaincode({ startBlock: 0n, signal: abort.signal });
    const reading = take(stream, 1);
    await opened;
    if (who === 'the stream') stream.close();
    else if (who === 'its signal') abort.abort();
    else await market.close();
    await expect(reading).resolves.toEqual([]);
  });

  test('can be read once', async () => {
    connections((stream) => stream.write(event(3, 'a')));
    const stream = market.events.chaincode({ startBlock: 3n });
    await take(stream, 1);
    await expect(take(stream, 1)).rejects.toThrow('can be read once');
  });
});

describe('blocks', () => {
  test.each(['filtered', 'whole'] as const)('%s come in order, over the orderly end of a connection', async (kind) => {
    const starts: (number | undefined)[] = [];
    const deliver = (first: number | undefined, stream: BlocksOut) => {
      starts.push(first);
      if (starts.length === 1) {
        stream.write(delivered(5, kind));
        stream.write(delivered(6, kind), () => stream.end());
      } else {
        stream.write(delivered(7, kind));
      }
    };
    gateway.script.deliver = deliver;
    gateway.script.deliverFiltered = deliver;
    const { events } = market;
    const numbers =
      kind === 'filtered'
        ? (await take(events.filteredBlocks({ startBlock: 5n }), 3)).map(({ number }) => number)
        : (await take(events.blocks({ startBlock: 5n }), 3)).map((block) =>
            BigInt(block.getHeader()?.getNumber() ?? -1),
          );
    expect(numbers).toEqual([5n, 6n, 7n]);
    expect(starts).toEqual([5, 7]);
  });

  test('filtered tell how each transaction was judged', async () => {
    gateway.script.deliverFiltered = (_, stream) => stream.write(delivered(5, 'filtered'));
    await expect(take(market.events.filteredBlocks({ startBlock: 5n }), 1)).resolves.toEqual([
      { number: 5n, transactions: [{ transactionId: 'tx-5', validationCode: 'MVCC_READ_CONFLICT' }] },
    ]);
  });

  test('end when the peer goes on refusing them', async () => {
    const forbidden = new peer.DeliverResponse();
    forbidden.setStatus(common.Status.FORBIDDEN);
    gateway.script.deliver = (_, stream) => stream.write(forbidden);
    await expect(take(market.events.blocks({ startBlock: 0n }), 1)).rejects.toMatchObject({ code: 'GatewayRefused' });
  });
});
