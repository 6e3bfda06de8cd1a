import { status } from '@grpc/grpc-js';
import { StatusCode } from '@hyperledger/fabric-gateway';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import type { ConnectOptions } from './settings';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';

const cycle = { number: 1, submissions: [] };
const valid = { code: StatusCode.VALID, blockNumber: 7 };
const conflicting = { code: StatusCode.MVCC_READ_CONFLICT, blockNumber: 7 };
const quick = { commitStatusMs: 300, resolveMs: 300, submitMs: 300 };

let gateway: FakeGateway;
let market: Market;

async function connected(options: ConnectOptions = {}): Promise<Market> {
  market = await connect(gateway.profile(), options);
  return market;
}

/** As Fabric's gateway says it with BFT orderers of which two have committed the transaction already. */
function noQuorum(): StatusError {
  return new StatusError(status.UNAVAILABLE, 'insufficient number of orderers could successfully process transaction');
}

/** As the gateway does of a transaction that it has not seen in a block: no answer until the deadline. */
const never = new Promise<never>(() => undefined);

beforeEach(async () => {
  gateway = await FakeGateway.start();
});
afterEach(async () => {
  await market.close();
  await gateway[Symbol.asyncDispose]();
});

describe('a transaction of its own', () => {
  test('answers when its transaction is in a block, with where', async () => {
    const { market: operated } = await connected();
    const result = await operated.cycle(cycle);
    expect(result).toEqual({ outcome: 'created', transactionId: gateway.submitted[0], blockNumber: 7n });
  });

  test('hands its request over as transient data only, and to two operators only', async () => {
    const { market: operated } = await connected();
    await operated.cycle(cycle);
    expect(gateway.proposals).toEqual([
      {
        step: 'endorse',
        chaincode: 'market',
        arguments: ['Market:Cycle'],
        request: '{"number":1,"submissions":[]}',
        organisations: ['ExchangeMSP', 'CsdMSP'],
        transactionId: gateway.submitted[0],
      },
    ]);
  });

  test('is made anew with the same content when another transaction came first', async () => {
    let commits = 0;
    gateway.script.commitStatus = () => (++commits < 3 ? conflicting : valid);
    const { market: operated } = await connected();
    await operated.cycle(cycle);
    expect(new Set(gateway.submitted).size).toBe(3);
    const endorsed = gateway.proposals.filter(({ step }) => step === 'endorse');
    expect(new Set(endorsed.map(({ request }) => request)).size).toBe(1);
  });

  test('that conflicts each time is given up', async () => {
    gateway.script.commitStatus = () => conflicting;
    const { market: operated } = await connected({ conflictAttempts: 2 });
    await expect(operated.cycle(cycle)).rejects.toMatchObject({
      code: 'MvccConflict',
      attempts: 2,
      transactionId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(gateway.submitted).toHaveLength(2);
  });

  test('whose transaction is recorded as invalid says why and is not sent again', async () => {
    gateway.script.commitStatus = () => ({ code: StatusCode.ENDORSEMENT_POLICY_FAILURE, blockNumber: 7 });
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle)).rejects.toMatchObject({
      code: 'TransactionInvalid',
      validationCode: 'ENDORSEMENT_POLICY_FAILURE',
    });
    expect(gateway.submitted).toHaveLength(1);
  });

  test('of which the chaincode answers something else than its definition is not sent to be ordered', async () => {
    gateway.script.endorse = () => '{"outcome":"perhaps"}';
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle)).rejects.toMatchObject({ code: 'ResponseMalformed', field: 'outcome' });
    expect(gateway.submitted).toEqual([]);
  });

  test('runs with no more than so many at once', async () => {
    let running = 0;
    let most = 0;
    gateway.script.commitStatus = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return valid;
    };
    const { market: operated } = await connected({ submitsInFlight: 3 });
    await Promise.all(Array.from({ length: 12 }, (_, i) => operated.cycle({ ...cycle, number: i + 1 })));
    expect(gateway.submitted).toHaveLength(12);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  });
});

describe('a transaction that the orderers seem to refuse', () => {
  test('has succeeded where the ledger holds its transaction, and is not sent again', async () => {
    gateway.script.submit = () => {
      throw noQuorum();
    };
    const { market: operated } = await connected();
    const result = await operated.cycle(cycle);
    expect(result).toMatchObject({ transactionId: gateway.submitted[0], blockNumber: 7n });
    expect(gateway.submitted).toHaveLength(1);
    expect(gateway.asked).toEqual(gateway.submitted);
  });

  test('and is in no block is handed over again as it is', async () => {
    gateway.script.submit = () => {
      if (gateway.submitted.length < 3) throw noQuorum();
    };
    gateway.script.commitStatus = () => (gateway.submitted.length < 3 ? never : valid);
    const { market: operated } = await connected({ deadlines: { resubmitMs: 50 } });
    const { transactionId } = await operated.cycle(cycle);
    expect(gateway.submitted.length).toBeGreaterThanOrEqual(3);
    expect(new Set(gateway.submitted)).toEqual(new Set([transactionId]));
    expect(gateway.proposals.filter(({ step }) => step === 'endorse')).toHaveLength(1);
  });

  test('and is in no block has an unknown outcome', async () => {
    gateway.script.submit = () => {
      throw noQuorum();
    };
    gateway.script.commitStatus = () => never;
    const { market: operated } = await connected({ deadlines: quick });
    await expect(operated.cycle(cycle)).rejects.toMatchObject({
      code: 'UnknownOutcome',
      transactionIds: gateway.submitted,
    });
    expect(gateway.submitted).toHaveLength(1);
  });
});

describe('a transaction whose commit status is lost', () => {
  test('asks for it again over an interruption', async () => {
    let asked = 0;
    gateway.script.commitStatus = () => {
      asked += 1;
      if (asked < 3) throw new StatusError(status.UNAVAILABLE, 'the peer is going down');
      return valid;
    };
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle)).resolves.toMatchObject({ blockNumber: 7n });
    expect(gateway.submitted).toHaveLength(1);
  });

  test('because the orderers that took it were killed is handed over again', async () => {
    gateway.script.commitStatus = () => (gateway.submitted.length < 2 ? never : valid);
    const { market: operated } = await connected({ deadlines: { resubmitMs: 20 } });
    const { transactionId } = await operated.cycle(cycle);
    expect(gateway.submitted.length).toBeGreaterThanOrEqual(2);
    expect(new Set(gateway.submitted)).toEqual(new Set([transactionId]));
  });

  test('because its caller may not ask for it is not handed over again', async () => {
    gateway.script.commitStatus = () => {
      throw new StatusError(status.PERMISSION_DENIED, 'the creator is not known');
    };
    const { market: operated } = await connected({ deadlines: { resubmitMs: 20_000 } });
    await expect(operated.cycle(cycle)).rejects.toMatchObject({ code: 'UnknownOutcome' });
    expect(gateway.submitted).toHaveLength(1);
  });

  test('and stays so has an unknown outcome at the deadline', async () => {
    gateway.script.commitStatus = () => never;
    const { market: operated } = await connected({ deadlines: quick });
    await expect(operated.cycle(cycle)).rejects.toMatchObject({
      code: 'UnknownOutcome',
      transactionIds: gateway.submitted,
    });
  });
});

describe('a transaction that its caller ends', () => {
  test('before it was endorsed changed nothing', async () => {
    const abort = new AbortController();
    gateway.script.endorse = () => {
      abort.abort();
      return never;
    };
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle, { signal: abort.signal })).rejects.toMatchObject({ code: 'Cancelled' });
    expect(gateway.submitted).toEqual([]);
  });

  test('after it was sent has an unknown outcome', async () => {
    const abort = new AbortController();
    gateway.script.commitStatus = () => {
      abort.abort();
      return never;
    };
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle, { signal: abort.signal })).rejects.toMatchObject({
      code: 'UnknownOutcome',
      transactionIds: gateway.submitted,
    });
  });

  test('before it began is not sent', async () => {
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'Cancelled',
    });
    expect(gateway.proposals).toEqual([]);
  });
});
