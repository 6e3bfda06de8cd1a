import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import type { ConnectOptions } from './settings';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';
import { FakeMarket } from './tools/fake-market';
import type { TraceFact } from './trace';

let gateway: FakeGateway;
let ledger: FakeMarket;
let market: Market;

async function connected(options: ConnectOptions = {}): Promise<Market> {
  market = await connect(gateway.profile(), { check: false, ...options });
  return market;
}

beforeEach(async () => {
  gateway = await FakeGateway.start();
  ledger = new FakeMarket(gateway);
});
afterEach(async () => {
  await market.close();
  await gateway[Symbol.asyncDispose]();
});

const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function asked(name: string): number {
  return gateway.proposals.filter(({ arguments: [method] }) => method === name).length;
}

/** A call that is sealed and waits for its cycle. */
async function waiting(): Promise<{ readonly call: Promise<unknown>; readonly ended: () => boolean }> {
  ledger.automatic = false;
  const sent = gateway.submitted.length;
  let isOver = false;
  const call = market.orders.cancel({ orderId: 'O-1' }).finally(() => (isOver = true));
  while (gateway.submitted.length === sent) await pause(5);
  return { call, ended: () => isOver };
}

describe('a call that waits for its cycle', () => {
  test('ends by the event of the cycle, without waiting for the next look', async () => {
    await connected({ pollMs: 600_000 });
    const first = await waiting();
    while (ledger.listeners === 0) await pause(5);
    ledger.cycle();
    await first.call;
    // Events are known to work now: only they make it look.
    const second = await waiting();
    const looked = asked('Market:Advices');
    await pause(400);
    expect(asked('Market:Advices')).toBe(looked);
    ledger.cycle();
    await second.call;
  });

  test('is moved by no event that somebody forges', async () => {
    await connected();
    const { call, ended } = await waiting();
    for (const number of [1, 7, 4_000_000_000]) ledger.announce(number);
    await pause(100);
    expect(ended()).toBe(false);
    ledger.cycle();
    await expect(call).resolves.toMatchObject({ cycle: 1, blockNumber: BigInt(ledger.height - 1) });
  });

  test('ends by looking where there are no events', async () => {
    ledger.announces = false;
    gateway.script.chaincodeEvents = (_, stream) =>
      stream.emit('error', new StatusError(status.UNAVAILABLE, 'going down'));
    await connected({ pollMs: 20 });
    const { call } = await waiting();
    ledger.cycle();
    await expect(call).resolves.toMatchObject({ outcome: 'created' });
  });

  test('ends though its peer cannot be asked for a while', async () => {
    await connected({ pollMs: 20, attempts: 1 });
    const { call } = await waiting();
    const answer = gateway.script.evaluate.bind(gateway.script);
    gateway.script.evaluate = () => {
      throw new StatusError(status.UNAVAILABLE, 'starting');
    };
    ledger.cycle();
    await pause(100);
    gateway.script.evaluate = answer;
    await expect(call).resolves.toMatchObject({ outcome: 'created' });
  });

  test('finds its cycle among many others', async () => {
    await connected({ pollMs: 20 });
    const { call } = await waiting();
    ledger.announces = false;
    ledger.cycle();
    for (let cycle = 2; cycle <= 250; cycle += 1) ledger.cycle();
    ledger.automatic = true;
    await expect(call).resolves.toMatchObject({ cycle: 1 });
    await expect(market.orders.cancel({ orderId: 'O-2' })).resolves.toMatchObject({ cycle: 251 });
  });

  test('reads no cycle of before it was made', async () => {
    for (let cycle = 1; cycle <= 30; cycle += 1) ledger.cycle();
    await connected();
    await expect(market.orders.cancel({ orderId: 'O-1' })).resolves.toMatchObject({ cycle: 31 });
    const reads = gateway.proposals.filter(({ arguments: [name] }) => name === 'Market:Advices');
    expect(reads.map(({ request }) => (JSON.parse(request ?? '{}') as { from: number }).from)).toContain(31);
    expect(reads.some(({ request }) => request?.includes('"from":1,'))).toBe(false);
  });

  test('is measured', async () => {
    const facts: TraceFact[] = [];
    await connected({ trace: (fact) => facts.push(fact) });
    const { transactionId, blockNumber } = await market.orders.cancel({ orderId: 'O-1' });
    expect(facts).toContainEqual({
      kind: 'executed',
      method: 'Market:Instruct',
      transactionId,
      cycle: 1,
      blockNumber,
      instructions: 1,
      elapsedMs: expect.any(Number),
    });
  });
});

test('what operators answer after a call knows of its cycle', async () => {
  let behind = true;
  gateway.script.height = (mspId) => {
    if (mspId === undefined || !behind) return ledger.height;
    behind = false;
    return 1;
  };
  const answer = gateway.script.evaluate.bind(gateway.script);
  const answeredBehind: boolean[] = [];
  gateway.script.evaluate = (proposal) => {
    if (proposal.arguments[0] !== 'Registry:Supply') return answer(proposal);
    answeredBehind.push(behind);
    return '{"units":[]}';
  };
  const { orders, registry } = await connected();
  await orders.cancel({ orderId: 'O-1' });
  await registry.supply();
  expect(answeredBehind).toEqual([false]);
});
