import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { refuse } from '@kessai/interface';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AdvicePosition, adviceCheckpoints } from './advice-checkpoint';
import { type Market, connect } from './market';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';
import { FakeMarket, refusal } from './tools/fake-market';

let gateway: FakeGateway;
let ledger: FakeMarket;
let market: Market;

beforeEach(async () => {
  gateway = await FakeGateway.start();
  ledger = new FakeMarket(gateway);
  market = await connect(gateway.profile(), { pollMs: 20, attempts: 1 });
});
afterEach(async () => {
  await market.close();
  await gateway[Symbol.asyncDispose]();
});

function cycles(count: number): void {
  for (let cycle = 0; cycle < count; cycle += 1) ledger.cycle();
}

async function take(stream: AsyncIterable<{ readonly cycle: number }>, count: number): Promise<number[]> {
  const taken: number[] = [];
  for await (const { cycle } of stream) if (taken.push(cycle) === count) break;
  return taken;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('advices', () => {
  test('come in order, none left out, those that are there and those that come', async () => {
    cycles(230);
    const reading = take(market.advices.follow({ from: 0 }), 233);
    await new Promise((resolve) => setTimeout(resolve, 50));
    cycles(3);
    await expect(reading).resolves.toEqual(numbers(1, 233));
  });

  test('begin with the next cycle by default', async () => {
    cycles(3);
    const reading = take(market.advices.follow(), 1);
    await until(async () => gateway.proposals.some(({ arguments: [name] }) => name === 'Market:Advices'));
    cycles(1);
    await expect(reading).resolves.toEqual([4]);
  });

  test('go on over interruptions', async () => {
    cycles(2);
    const answer = gateway.script.evaluate.bind(gateway.script);
    let asked = 0;
    gateway.script.evaluate = (proposal) => {
      asked += 1;
      if (asked % 3 === 1) throw new StatusError(status.UNAVAILABLE, 'starting');
      return answer(proposal);
    };
    await expect(take(market.advices.follow({ from: 1 }), 2)).resolves.toEqual([1, 2]);
  });

  test('end with what will not pass', async () => {
    gateway.script.evaluate = () => {
      throw refusal(refuse('CallerUnknown', { caller: 'AlphaMSP' as never }));
    };
    await expect(take(market.advices.follow({ from: 1 }), 1)).rejects.toMatchObject({ code: 'CallerUnknown' });
  });

  test.each(['the stream', 'its signal', 'the market'])('end for a waiting reader with %s', async (who) => {
    const abort = new AbortController();
    const stream = market.advices.follow({ from: 1, signal: abort.signal });
    const reading = take(stream, 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (who === 'the stream') stream.close();
    else if (who === 'its signal') abort.abort();
    else await market.close();
    await expect(reading).resolves.toEqual([]);
  });

  test('that a reader knows of are known to what operators answer next', async () => {
    const behind = { once: true };
    gateway.script.height = (mspId) => {
      if (mspId !== 'ExchangeMSP' || !behind.once) return ledger.height;
      behind.once = false;
      return 1;
    };
    const answer = gateway.script.evaluate.bind(gateway.script);
    const answeredBehind: boolean[] = [];
    gateway.script.evaluate = (proposal) => {
      if (proposal.arguments[0] !== 'Registry:Supply') return answer(proposal);
      answeredBehind.push(behind.once);
      return '{"units":[]}';
    };
    ledger.cycle({ kind: 'order', orderId: 'O-1' as never, status: 'cancelled', remaining: 0n });
    await take(market.advices.follow({ from: 1 }), 1);
    await market.registry.supply();
    expect(answeredBehind).toEqual([false]);
  });

  test('are not followed by a market that is closed, and are read once', async () => {
    cycles(1);
    const stream = market.advices.follow({ from: 1 });
    await take(stream, 1);
    await expect(take(stream, 1)).rejects.toThrow('can be read once');
    await market.close();
    expect(() => market.advices.follow()).toThrow(expect.objectContaining({ code: 'Closed' }));
  });
});

describe('a checkpoint of advices', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kessai-advices-'));
    path = join(directory, 'position.json');
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  const follow = (count: number) =>
    take(market.advices.follow({ from: 0, checkpoint: adviceCheckpoints.file(path) }), count);
  const kept = async () => JSON.parse(await readFile(path, 'utf8')) as AdvicePosition;

  test('lets another stream go on; the page at which the reader stopped comes again', async () => {
    cycles(5);
    await expect(follow(3)).resolves.toEqual([1, 2, 3]);
    await expect(kept()).resolves.toEqual({
      channel: 'market',
      member: 'AlphaMSP',
      ledger: Buffer.from('one').toString('hex'),
      cycle: 2,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await expect(follow(3)).resolves.toEqual([3, 4, 5]);
    await expect(readdir(directory)).resolves.toEqual(['position.json']);
  });

  test('in memory does the same', async () => {
    cycles(3);
    const checkpoint = adviceCheckpoints.inMemory();
    await take(market.advices.follow({ from: 0, checkpoint }), 2);
    await expect(take(market.advices.follow({ from: 0, checkpoint }), 2)).resolves.toEqual([2, 3]);
  });

  test('of another channel, ledger or member is refused', async () => {
    cycles(3);
    await follow(3);
    const position = await kept();
    for (const [differs, change] of [
      ['channel', { channel: 'other' }],
      ['ledger', { ledger: 'ffff' }],
      ['member', { member: 'BetaMSP' }],
    ] as const) {
      await writeFile(path, JSON.stringify({ ...position, ...change }));
      await expect(follow(1)).rejects.toMatchObject({ code: 'CheckpointForeign', differs });
    }
  });

  test('of a ledger that was restored to an earlier state is refused', async () => {
    cycles(4);
    await follow(4);
    ledger.pages.length = 2;
    await expect(follow(1)).rejects.toMatchObject({
      code: 'CheckpointForeign',
      differs: 'cycle',
      kept: '3',
      found: '2',
    });
  });

  test('of a ledger that was restored and has gone another way since is refused', async () => {
    cycles(4);
    await follow(4);
    ledger.pages.length = 2;
    ledger.cycle({ kind: 'order', orderId: 'O-1' as never, status: 'cancelled', remaining: 0n });
    cycles(3);
    await expect(follow(1)).rejects.toMatchObject({ code: 'CheckpointForeign', differs: 'page' });
  });

  test('is compared again where the peer was out of reach, so that a stream that runs ends too', async () => {
    cycles(3);
    const reading = follow(9);
    const ended = expect(reading).rejects.toMatchObject({ code: 'CheckpointForeign', differs: 'page' });
    await until(async () => (await kept().catch(() => undefined))?.cycle === 3);
    const answer = gateway.script.evaluate.bind(gateway.script);
    let asked = 0;
    gateway.script.evaluate = (proposal) => {
      asked += 1;
      if (asked === 1) throw new StatusError(status.UNAVAILABLE, 'being restored');
      return answer(proposal);
    };
    ledger.pages.length = 2;
    ledger.cycle({ kind: 'order', orderId: 'O-1' as never, status: 'cancelled', remaining: 0n });
    await ended;
  });

  test('goes without the first block where the peer does not have it', async () => {
    const answer = gateway.script.evaluate.bind(gateway.script);
    gateway.script.evaluate = (proposal) => {
      if (proposal.arguments[0] === 'GetBlockByNumber') throw new StatusError(status.UNKNOWN, 'no such block');
      return answer(proposal);
    };
    cycles(3);
    await follow(2);
    expect(await kept()).not.toHaveProperty('ledger');
    await expect(follow(2)).resolves.toEqual([2, 3]);
  });

  test('that cannot be read or written ends the stream', async () => {
    cycles(2);
    await writeFile(path, '{"cycle":1');
    await expect(follow(1)).rejects.toMatchObject({ code: 'CheckpointFailed' });
    await writeFile(path, '{"cycle":1}');
    await expect(follow(1)).rejects.toMatchObject({ code: 'CheckpointFailed' });
    path = join(directory, 'missing', 'position.json');
    await expect(follow(2)).rejects.toMatchObject({ code: 'CheckpointFailed' });
  });
});
