import { status } from '@grpc/grpc-js';
import { StatusCode } from '@hyperledger/fabric-gateway';
import { type JsonObject, encodeRejection, marketRejections, refuse } from '@kessai/interface';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { RejectedError } from './market-error';
import { type ConnectOptions, usualSubmissionInstructions } from './settings';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';
import { FakeMarket, refusal } from './tools/fake-market';

const transfer = { id: 'T-1', isin: 'JP3371200001', from: 'HOUSE', to: 'CLIENT-1', quantity: 100n };
const wire = { id: 'T-1', isin: 'JP3371200001', from: 'HOUSE', to: 'CLIENT-1', quantity: '100' };
const closed = refuse('PhaseClosed', { phase: 'closed', allowed: ['open'] });
const sameAccount = refuse('SameAccount', { field: 'to' });
const never = new Promise<never>(() => undefined);

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

function asked(name: string): number {
  return gateway.proposals.filter(({ arguments: [method] }) => method === name).length;
}

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `O-${(from + index).toString()}`);

function ordersOf(submission: number): unknown[] {
  return (ledger.endorsed[submission]?.instructions ?? []).map(({ request }) => (request as JsonObject)['orderId']);
}

describe('a call of a sealed method', () => {
  test('is sealed by the own peer alone, and ends when a cycle has executed it', async () => {
    const { securities } = await connected();
    const result = await securities.transfer(transfer);
    expect(ledger.endorsed).toEqual([
      {
        transactionId: gateway.submitted[0],
        organisations: ['AlphaMSP'],
        salt: expect.stringMatching(/^[0-9a-f]{64}$/),
        instructions: [{ method: 'Securities:Transfer', request: wire }],
      },
    ]);
    expect(result).toEqual({
      outcome: 'created',
      transactionId: gateway.submitted[0],
      blockNumber: BigInt(ledger.height - 1),
      cycle: 1,
    });
  });

  test('that awaits approvals says whose', async () => {
    ledger.decide = () => ({ outcome: 'created', awaiting: ['operator'] });
    const { registry } = await connected();
    await expect(registry.admitMember({ mspId: 'BetaMSP', role: 'institution', name: 'Beta' })).resolves.toMatchObject({
      awaiting: ['operator'],
    });
  });

  test('that the cycle refuses is a rejection with its payload', async () => {
    const insufficient = refuse('HoldingInsufficient', {
      field: 'quantity',
      account: 'HOUSE' as never,
      unit: 'JP3371200001' as never,
      needed: 100n,
      available: 7n,
    });
    ledger.decide = () => insufficient;
    const { securities } = await connected();
    const error: unknown = await securities.transfer(transfer).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ code: 'HoldingInsufficient', rejection: insufficient, sent: true });
  });

  test('that the cycle refuses for a reason of a newer chaincode says that the versions differ', async () => {
    ledger.decide = () => ({ outcome: 'refused', error: { code: 'MoonTooFull', message: 'wait' } });
    const { securities } = await connected();
    await expect(securities.transfer(transfer)).rejects.toMatchObject({ code: 'ResponseMalformed', field: 'error' });
  });

  test('refused for what may pass is sealed anew, where that is asked for', async () => {
    ledger.decide = () => (ledger.endorsed.length < 3 ? closed : { outcome: 'created' });
    const { securities } = await connected();
    await expect(securities.transfer(transfer)).rejects.toMatchObject({ code: 'PhaseClosed' });
    await expect(securities.transfer(transfer, { transientAttempts: 2 })).resolves.toMatchObject({ cycle: 3 });
    expect(new Set(ledger.endorsed.map(({ salt }) => salt)).size).toBe(3);
  });

  test('may be good until an instant', async () => {
    const { securities } = await connected();
    await securities.transfer(transfer, { goodUntil: new Date(Date.UTC(2026, 0, 6)) });
    expect(ledger.endorsed[0]?.instructions[0]?.goodUntil).toBe('2026-01-06T00:00:00.000Z');
    await expect(securities.transfer(transfer, { goodUntil: 'tomorrow' })).rejects.toMatchObject({
      code: 'FieldMalformed',
      sent: false,
      rejection: { field: 'goodUntil' },
    });
    await expect(securities.transfer(transfer, { goodUntil: new Date(Number.NaN) })).rejects.toMatchObject({
      code: 'FieldMalformed',
    });
  });

  test('may end when it is sealed', async () => {
    ledger.automatic = false;
    const { securities } = await connected();
    const [, second] = await Promise.all([
      securities.transfer(transfer, { until: 'sealed' }),
      securities.transfer({ ...transfer, id: 'T-2' }, { until: 'sealed' }),
    ]);
    expect(second).toEqual({ outcome: 'sealed', transactionId: gateway.submitted[0], index: 1, blockNumber: 7n });
    const third = await market.call('Securities:Transfer', wire, { until: 'sealed' });
    expect(third).toEqual({
      outcome: 'sealed',
      transactionId: gateway.submitted[1],
      index: 0,
      blockNumber: '8',
    });
  });

  test('of a hosted member is sealed, checked and followed at its host', async () => {
    market = await connect(gateway.profile({ hostedBy: 'CsdMSP' }));
    await market.securities.transfer(transfer);
    const own = gateway.proposals.filter(({ arguments: [name] }) => name?.startsWith('Market:'));
    expect(own.map(({ organisations }) => organisations)).toEqual(own.map(() => ['CsdMSP']));
    expect(asked('Market:Check')).toBe(1);
  });
});

describe('calls that are made together', () => {
  test('are sealed together, in their order', async () => {
    const { orders } = await connected();
    const results = await Promise.all(numbered(0, 20).map(async (orderId) => orders.cancel({ orderId })));
    expect(ledger.endorsed).toHaveLength(1);
    expect(ordersOf(0)).toEqual(numbered(0, 20));
    expect(new Set(results.map(({ transactionId }) => transactionId)).size).toBe(1);
  });

  test('end each with its own outcome', async () => {
    ledger.decide = ({ method }) => (method === 'Orders:Cancel' ? sameAccount : { outcome: 'exists' });
    const { orders, securities } = await connected();
    const [cancelled, transferred] = await Promise.allSettled([
      orders.cancel({ orderId: 'O-1' }),
      securities.transfer(transfer),
    ]);
    expect(cancelled).toMatchObject({ status: 'rejected', reason: { code: 'SameAccount' } });
    expect(transferred).toMatchObject({ status: 'fulfilled', value: { outcome: 'exists' } });
  });

  test('while a submission is being endorsed are sealed by the next', async () => {
    let endorse: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (endorse = resolve));
    const seal = gateway.script.endorse.bind(gateway.script);
    gateway.script.endorse = async (proposal) => {
      const answer = seal(proposal);
      if (ledger.endorsed.length === 1) await first;
      return answer;
    };
    const { orders } = await connected();
    const calls = [orders.cancel({ orderId: 'O-0' })];
    while (ledger.endorsed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const orderId of numbered(1, 3)) {
      calls.push(orders.cancel({ orderId }));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(ledger.endorsed).toHaveLength(1);
    endorse();
    await Promise.all(calls);
    expect(ledger.endorsed).toHaveLength(2);
    expect(ordersOf(1)).toEqual(numbered(1, 3));
  });

  test('while a submission waits to be committed are gathered, unless they are many', async () => {
    let commit: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (commit = resolve));
    const status = gateway.script.commitStatus.bind(gateway.script);
    gateway.script.commitStatus = async (transactionId) => {
      await first;
      return status(transactionId);
    };
    const { orders } = await connected();
    const few = (from: number) => numbered(from, 3).map((orderId) => orders.cancel({ orderId }, { check: false }));
    const calls = few(0);
    while (ledger.endorsed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    calls.push(...few(3));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ledger.endorsed).toHaveLength(1);
    calls.push(...numbered(6, 300).map((orderId) => orders.cancel({ orderId }, { check: false })));
    while (ledger.endorsed.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ordersOf(1)).toEqual(numbered(3, 303));
    commit();
    await Promise.all(calls);
  });

  test('are no more to a submission than it may hold', async () => {
    const { orders } = await connected();
    const count = usualSubmissionInstructions + 1;
    await Promise.all(numbered(0, count).map(async (orderId) => orders.cancel({ orderId })));
    expect(ledger.endorsed.map(({ instructions }) => instructions.length)).toEqual([count - 1, 1]);
  });
});

describe('the check before a call is sealed', () => {
  test('ends the call at once where it refuses; nothing is sealed', async () => {
    ledger.check = () => {
      throw refusal(sameAccount);
    };
    const { securities } = await connected();
    await expect(securities.transfer(transfer)).rejects.toMatchObject({ code: 'SameAccount', sent: true });
    expect(ledger.endorsed).toEqual([]);
    const [check] = gateway.proposals.filter(({ arguments: [name] }) => name === 'Market:Check');
    expect(check).toMatchObject({ organisations: ['AlphaMSP'] });
    expect(JSON.parse(check?.request ?? '')).toEqual({ method: 'Securities:Transfer', request: wire });
  });

  test('is made only where nothing else is under way, which could make it wrong', async () => {
    const { orders } = await connected();
    await Promise.all(numbered(0, 3).map(async (orderId) => orders.cancel({ orderId })));
    expect(asked('Market:Check')).toBe(1);
    await orders.cancel({ orderId: 'O-3' });
    expect(asked('Market:Check')).toBe(2);
  });

  test('is not made while what was only waited for until it was sealed is not executed', async () => {
    ledger.automatic = false;
    const { orders } = await connected();
    await orders.cancel({ orderId: 'O-1' }, { until: 'sealed' });
    const second = orders.cancel({ orderId: 'O-2' });
    while (gateway.submitted.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked('Market:Check')).toBe(1);
    ledger.automatic = true;
    ledger.cycle();
    await second;
    await orders.cancel({ orderId: 'O-3' });
    expect(asked('Market:Check')).toBe(2);
  });

  test('changes nothing about the order of calls', async () => {
    ledger.check = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return '{"verdict":"inconclusive"}';
    };
    const { orders } = await connected();
    await Promise.all(numbered(0, 3).map(async (orderId) => orders.cancel({ orderId })));
    expect(ordersOf(0)).toEqual(numbered(0, 3));
  });

  test.each([
    ['the peer fails', () => new StatusError(status.UNKNOWN, 'error', [{ mspId: 'AlphaMSP', message: 'TypeError' }])],
    ['the chaincode does not know it', () => refusal(refuse('MethodUnknown', { method: 'Market:Check' }))],
    ['the peer lacks what it reads', () => refusal(refuse('CollectionNotHeld', { collection: 'board' }))],
  ])('stops nothing where %s', async (_, failure) => {
    ledger.check = () => {
      throw failure();
    };
    const { securities } = await connected();
    await expect(securities.transfer(transfer)).resolves.toMatchObject({ outcome: 'created' });
  });

  test('counts as an attempt where what it refuses for may pass', async () => {
    let checks = 0;
    ledger.check = () => {
      checks += 1;
      if (checks < 3) throw refusal(closed);
      return '{"verdict":"accepted"}';
    };
    const { securities } = await connected();
    await expect(securities.transfer(transfer, { transientAttempts: 2 })).rejects.toMatchObject({
      code: 'PhaseClosed',
    });
    await expect(securities.transfer(transfer, { transientAttempts: 2 })).resolves.toMatchObject({ cycle: 1 });
  });

  test.each([
    ['of the connection', { check: false }, {}],
    ['of the call', {}, { check: false }],
  ])('is left out by an option %s', async (_, ofConnection, ofCall) => {
    const { securities } = await connected(ofConnection);
    await securities.transfer(transfer, ofCall);
    expect(asked('Market:Check')).toBe(0);
  });
});

describe('a call that ends before its cycle', () => {
  test('by its signal before it is endorsed was not applied; the others are sealed without it', async () => {
    const abort = new AbortController();
    const seal = gateway.script.endorse.bind(gateway.script);
    gateway.script.endorse = (proposal) => {
      const answer = seal(proposal);
      if (ledger.endorsed.length > 1) return answer;
      abort.abort();
      return never;
    };
    const { orders } = await connected();
    const [kept, cancelled] = await Promise.allSettled([
      orders.cancel({ orderId: 'O-1' }),
      orders.cancel({ orderId: 'O-2' }, { signal: abort.signal }),
    ]);
    expect(cancelled).toMatchObject({ status: 'rejected', reason: { code: 'Cancelled' } });
    expect(kept).toMatchObject({ status: 'fulfilled' });
    expect(ordersOf(1)).toEqual(['O-1']);
    expect(gateway.submitted).toHaveLength(1);
  });

  test('by its signal after it was sent has an unknown outcome', async () => {
    const abort = new AbortController();
    ledger.automatic = false;
    const { orders } = await connected();
    const call = orders.cancel({ orderId: 'O-1' }, { signal: abort.signal });
    while (gateway.submitted.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'UnknownOutcome', transactionIds: gateway.submitted });
  });

  test('by its signal before it began asks nobody', async () => {
    const { orders } = await connected();
    const call = orders.cancel({ orderId: 'O-1' }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'Cancelled' });
    expect(gateway.proposals).toEqual([]);
  });

  test('with the connection has an unknown outcome where it was sealed', async () => {
    ledger.automatic = false;
    const { orders } = await connected();
    const call = orders.cancel({ orderId: 'O-1' });
    const ended = expect(call).rejects.toMatchObject({ code: 'UnknownOutcome', cause: { code: 'Closed' } });
    while (gateway.submitted.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await market.close();
    await ended;
  });

  test('with the connection was not applied where it was not sealed', async () => {
    ledger.check = () => never;
    const { orders } = await connected();
    const call = orders.cancel({ orderId: 'O-1' });
    const ended = expect(call).rejects.toMatchObject({ code: 'Cancelled', cause: { code: 'Closed' } });
    await market.close();
    await ended;
    expect(gateway.submitted).toEqual([]);
    await expect(orders.cancel({ orderId: 'O-2' })).rejects.toMatchObject({ code: 'Closed' });
  });

  test('by the deadline of its advice has an unknown outcome and asks after the schedulers', async () => {
    ledger.automatic = false;
    const { orders } = await connected({ deadlines: { adviceMs: 100 } });
    await expect(orders.cancel({ orderId: 'O-1' })).rejects.toMatchObject({
      code: 'UnknownOutcome',
      transactionIds: gateway.submitted,
      message: expect.stringMatching(/no cycle has executed it within 100 ms.*schedulers/),
    });
  });

  test('by that deadline says why its advices cannot be read, where that is so', async () => {
    ledger.automatic = false;
    const answer = gateway.script.evaluate.bind(gateway.script);
    gateway.script.evaluate = (proposal) => {
      if (proposal.arguments[0] === 'Market:Advices')
        throw refusal(refuse('CollectionNotHeld', { collection: 'AlphaMSP' }));
      return answer(proposal);
    };
    const { orders } = await connected({ deadlines: { adviceMs: 200 } });
    await expect(orders.cancel({ orderId: 'O-1' })).rejects.toMatchObject({
      code: 'UnknownOutcome',
      cause: { code: 'CollectionNotHeld' },
    });
  });

  test('because the market cannot be reached is not sealed', async () => {
    gateway.script.evaluate = () => {
      throw refusal(refuse('MarketNotFounded', {}));
    };
    const { orders } = await connected({ check: false });
    await expect(orders.cancel({ orderId: 'O-1' })).rejects.toMatchObject({ code: 'MarketNotFounded' });
    expect(gateway.submitted).toEqual([]);
  });

  test('because its transaction is recorded as invalid says why', async () => {
    ledger.automatic = false;
    gateway.script.commitStatus = () => ({ code: StatusCode.ENDORSEMENT_POLICY_FAILURE, blockNumber: 7 });
    const { securities } = await connected();
    await expect(securities.transfer(transfer)).rejects.toMatchObject({
      code: 'TransactionInvalid',
      validationCode: 'ENDORSEMENT_POLICY_FAILURE',
    });
    expect(gateway.submitted).toHaveLength(1);
  });
});

describe('a call of which it is unknown whether it was sealed', () => {
  const quick = { commitStatusMs: 150, resolveMs: 150, submitMs: 300, adviceMs: 1_000 };

  test('ends with its advice all the same', async () => {
    gateway.script.commitStatus = () => never;
    const { orders } = await connected();
    const executed = await orders.cancel({ orderId: 'O-1' });
    expect(executed).toMatchObject({ outcome: 'created', transactionId: gateway.submitted[0] });
    const sealed = await orders.cancel({ orderId: 'O-2' }, { until: 'sealed' });
    expect(sealed).toMatchObject({ outcome: 'sealed', transactionId: gateway.submitted[1] });
  });

  test('is not sealed again where it has no id', async () => {
    ledger.automatic = false;
    gateway.script.commitStatus = () => never;
    const { orders } = await connected({ deadlines: quick });
    await expect(orders.cancel({ orderId: 'O-1' })).rejects.toMatchObject({
      code: 'UnknownOutcome',
      transactionIds: gateway.submitted,
    });
    expect(ledger.endorsed).toHaveLength(1);
  });

  test('is sealed again where its id makes that safe', async () => {
    gateway.script.submit = (id) => {
      if (ledger.endorsed.length > 1) ledger.order(id);
    };
    gateway.script.commitStatus = (id) =>
      id === ledger.endorsed[0]?.transactionId ? never : { code: StatusCode.VALID, blockNumber: 7 };
    ledger.decide = () => ({ outcome: 'exists' });
    const { securities } = await connected({ deadlines: quick });
    const executed = await securities.transfer(transfer);
    expect(executed).toMatchObject({ outcome: 'exists', transactionId: ledger.endorsed[1]?.transactionId });
    expect(new Set(ledger.endorsed.map(({ salt }) => salt)).size).toBe(2);
  });

  test('and refused ends so only when no other of its transactions may be executed', async () => {
    gateway.script.submit = () => undefined;
    gateway.script.commitStatus = () => never;
    const { securities } = await connected({ deadlines: quick, resends: 1 });
    const call = securities.transfer(transfer);
    while (new Set(gateway.submitted).size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const [first, second] = ledger.endorsed;
    ledger.cycle(outcomeOf(first?.transactionId, 'refused'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    ledger.cycle(outcomeOf(second?.transactionId, 'created'));
    await expect(call).resolves.toMatchObject({ outcome: 'created', transactionId: second?.transactionId });
  });

  test('names all its transactions where no advice comes', async () => {
    ledger.automatic = false;
    gateway.script.commitStatus = () => never;
    const { securities } = await connected({ deadlines: quick, resends: 1 });
    const error: unknown = await securities.transfer(transfer).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UnknownOutcome' });
    expect((error as { transactionIds: string[] }).transactionIds).toEqual(
      ledger.endorsed.map(({ transactionId }) => transactionId),
    );
    expect(ledger.endorsed).toHaveLength(2);
  });
});

function outcomeOf(transactionId = '', outcome: 'created' | 'refused') {
  const error = outcome === 'refused' ? { error: encodeRejection(marketRejections, sameAccount) } : {};
  return { kind: 'outcome', transactionId, index: 0, method: 'Securities:Transfer', outcome, ...error } as const;
}
