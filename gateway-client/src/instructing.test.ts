import { refuse } from '@kessai/interface';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { type ConnectOptions, usualSubmissionInstructions } from './settings';
import { FakeGateway } from './tools/fake-gateway';
import { FakeMarket } from './tools/fake-market';

let gateway: FakeGateway;
let ledger: FakeMarket;
let market: Market;

async function connected(options: ConnectOptions = {}): Promise<Market> {
  market = await connect(gateway.profile(), options);
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

const cancel = (orderId: string) => ({ method: 'Orders:Cancel', request: { orderId } });
const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const sizes = () => ledger.endorsed.map(({ instructions }) => instructions.length);

describe('many instructions', () => {
  test('are sealed as one submission; what became of each is answered, refused or not', async () => {
    const conflict = refuse('Conflict', { field: 'quantity' });
    ledger.decide = ({ method }) => (method === 'Orders:Cancel' ? conflict : { outcome: 'created' });
    const { instruct } = bound(await connected());
    const opened = { account: 'A-1', name: 'A', kind: 'client' };
    const results = await instruct([
      { method: 'Registry:OpenAccount', request: opened },
      { method: 'Orders:Cancel', request: '{"orderId":"O-1"}', goodUntil: '2026-01-05T00:00:00.000Z' },
    ]);
    const [transactionId] = gateway.submitted;
    expect(results).toEqual([
      { outcome: 'created', blockNumber: BigInt(ledger.height - 1), cycle: 1, transactionId, index: 0 },
      {
        outcome: 'refused',
        blockNumber: BigInt(ledger.height - 1),
        cycle: 1,
        transactionId,
        index: 1,
        error: { code: 'Conflict', field: 'quantity', message: expect.stringContaining('quantity') },
      },
    ]);
    expect(ledger.endorsed[0]?.instructions).toEqual([
      { method: 'Registry:OpenAccount', request: opened },
      { ...cancel('O-1'), goodUntil: '2026-01-05T00:00:00.000Z' },
    ]);
  });

  test('that do not fit one submission are sealed by several, one after another', async () => {
    const { instruct } = bound(await connected());
    const count = usualSubmissionInstructions + 2;
    const results = await instruct(Array.from({ length: count }, (_, index) => cancel(`O-${index.toString()}`)));
    expect(sizes()).toEqual([count - 2, 2]);
    expect(results).toHaveLength(count);
    expect(results.slice(-2)).toMatchObject([
      { transactionId: gateway.submitted[1], index: 0, cycle: 2 },
      { transactionId: gateway.submitted[1], index: 1, cycle: 2 },
    ]);
  });

  test.each([
    [1_000, [1_000, 2]],
    [5_000, [1_000, 2]],
    [600, [600, 402]],
  ])(
    'are sealed up to %i to a submission where that is asked for, as far as the market takes them',
    async (most, expected) => {
      const { instruct } = bound(await connected({ submissionInstructions: most }));
      await instruct(Array.from({ length: 1_002 }, (_, index) => cancel(`O-${index.toString()}`)));
      expect(sizes()).toEqual(expected);
    },
  );

  test('may be waited for until they are sealed', async () => {
    ledger.automatic = false;
    await connected();
    const results = await market.instruct([cancel('O-1'), cancel('O-2')], { until: 'sealed' });
    const [transactionId] = gateway.submitted;
    expect(results).toEqual([
      { outcome: 'sealed', transactionId, index: 0, blockNumber: 7n },
      { outcome: 'sealed', transactionId, index: 1, blockNumber: 7n },
    ]);
  });

  test('that are more than may wait for a cycle are sealed as they are executed', async () => {
    ledger.automatic = false;
    const full = usualSubmissionInstructions;
    await connected({ instructionsWaiting: full });
    const many = Array.from({ length: 3 * full }, (_, index) => cancel(`O-${index.toString()}`));
    const sealed = market.instruct(many, { until: 'sealed' });
    while (gateway.submitted.length === 0) await pause(5);
    await pause(300);
    expect(sizes()).toEqual([full]);
    ledger.cycle();
    while (gateway.submitted.length === 1) await pause(5);
    await pause(300);
    expect(sizes()).toEqual([full, full]);
    // Where no cycle comes they are sealed all the same.
    await expect(sealed).resolves.toHaveLength(3 * full);
  });

  test('that are none seal a submission without content', async () => {
    const { instruct } = bound(await connected());
    await expect(instruct([])).resolves.toEqual([]);
    expect(sizes()).toEqual([0]);
  });

  test('of which the submission was set aside are all refused', async () => {
    ledger.automatic = false;
    const { instruct } = bound(await connected());
    const call = instruct([cancel('O-1'), cancel('O-2')]);
    while (gateway.submitted.length === 0) await pause(5);
    const [transactionId = ''] = gateway.submitted;
    ledger.forgetWaiting();
    ledger.cycle({ kind: 'outcome', transactionId, index: 0, method: 'Market:Instruct', outcome: 'refused' });
    await expect(call).resolves.toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }]);
  });

  test.each([
    [[cancel('O-1'), { method: 'Orders:Cancel', request: {} }], 'FieldMissing', 'instructions[1].orderId'],
    [[{ method: 'Orders:Cancel', request: '{' }], 'TextMalformed', 'instructions[0]'],
    [[{ method: 'Orders:Nothing', request: {} }], 'MethodUnknown', undefined],
    [[{ method: 'Market:Cycle', request: { number: 1, submissions: [] } }], 'SentDirectly', undefined],
  ])('%j are refused here as %s at %s', async (instructions, code, field) => {
    const { instruct } = bound(await connected());
    const rejection = field === undefined ? { code } : { code, field };
    await expect(instruct(instructions)).rejects.toMatchObject({ code, sent: false, rejection });
    expect(gateway.proposals).toEqual([]);
  });
});

describe('cover', () => {
  test('seals at each beat what was called since the last, or nothing', async () => {
    const { orders } = await connected({ cover: { everyMs: 700 }, check: false });
    while (ledger.endorsed.length < 2) await pause(5);
    expect(sizes()).toEqual([0, 0]);
    const calls = ['O-1', 'O-2'].map(async (orderId) => orders.cancel({ orderId }));
    await pause(50);
    expect(sizes()).toEqual([0, 0]);
    await Promise.all(calls);
    while (ledger.endorsed.length < 4) await pause(5);
    expect(sizes().slice(0, 4)).toEqual([0, 0, 2, 0]);
  });

  test('sends what is empty no sooner than what is not: both when advices can be followed', async () => {
    const answer = gateway.script.evaluate.bind(gateway.script);
    let peerIsBack: () => void = () => undefined;
    const away = new Promise<void>((resolve) => (peerIsBack = resolve));
    gateway.script.evaluate = async (proposal) => {
      await away;
      return answer(proposal);
    };
    await connected({ cover: { everyMs: 50 }, check: false });
    while (ledger.endorsed.length === 0) await pause(5);
    await pause(100);
    expect(gateway.submitted).toEqual([]);
    peerIsBack();
    while (gateway.submitted.length === 0) await pause(5);
    expect(sizes()[0]).toBe(0);
  });

  test('seals no more at a beat than a submission may hold', async () => {
    const { orders } = await connected({ check: false });
    const beat = market.cover({ everyMs: 100 });
    const count = usualSubmissionInstructions + 1;
    await Promise.all(
      Array.from({ length: count }, async (_, index) => orders.cancel({ orderId: `O-${index.toString()}` })),
    );
    beat.stop();
    const full = sizes().filter((size) => size > 0);
    expect(full.sort((a, b) => b - a)).toEqual([count - 1, 1]);
  });

  test('keeps its beat where a call leaves while it is being endorsed', async () => {
    const abort = new AbortController();
    const seal = gateway.script.endorse.bind(gateway.script);
    gateway.script.endorse = (proposal) => {
      const answer = seal(proposal);
      if (ledger.endorsed.at(-1)?.instructions.length === 0) return answer;
      abort.abort();
      return new Promise<never>(() => undefined);
    };
    const { orders } = await connected({ cover: { everyMs: 50 }, check: false });
    await expect(orders.cancel({ orderId: 'O-1' }, { signal: abort.signal })).rejects.toMatchObject({
      code: 'Cancelled',
    });
    while (gateway.submitted.length < 2) await pause(5);
    expect(sizes().slice(0, 3)).toEqual([1, 0, 0]);
  });

  test('that is stopped lets calls be sealed when they are made', async () => {
    const { orders } = await connected({ check: false });
    const beat = market.cover({ everyMs: 600_000 });
    const waiting = orders.cancel({ orderId: 'O-1' });
    await pause(20);
    expect(ledger.endorsed).toEqual([]);
    beat.stop();
    await waiting;
    await orders.cancel({ orderId: 'O-2' });
    expect(sizes()).toEqual([1, 1]);
  });
});

function bound(one: Market) {
  return { instruct: one.instruct.bind(one) };
}
