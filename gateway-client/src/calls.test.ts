import { status } from '@grpc/grpc-js';
import { type Rejection, encodeRejection, marketRejections, refuse } from '@kessai/interface';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { RejectedError } from './market-error';
import type { ConnectOptions } from './settings';
import { selfSigned } from './tools/certificate';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';
import { FakeMarket } from './tools/fake-market';
import type { TraceFact } from './trace';

const cycle = { number: 1, submissions: [] };
const transfer = { id: 'T-1', isin: 'JP3371200001', from: 'HOUSE', to: 'CLIENT-1', quantity: 100n };
const supply = '{"units":[{"unit":"JP3371200001","issued":"9007199254740993","held":"9007199254740993","holders":2}]}';
const clock = '{"businessDate":"2023-03-30","phase":"open","sequence":1,"time":"2023-03-30T00:00:00.000Z","cycle":3}';

let gateway: FakeGateway;
let market: Market;

async function connected(options: ConnectOptions = {}): Promise<Market> {
  market = await connect(gateway.profile(), options);
  return market;
}

beforeEach(async () => {
  gateway = await FakeGateway.start();
});
afterEach(async () => {
  await market.close();
  await gateway[Symbol.asyncDispose]();
});

function says(rejection: Rejection): string {
  return `chaincode response 500, Error: ${JSON.stringify(encodeRejection(marketRejections, rejection))}`;
}

function notEndorsed(messages: Readonly<Record<string, string>>): StatusError {
  const nodes = Object.entries(messages).map(([mspId, message]) => ({ mspId, message }));
  return new StatusError(status.ABORTED, 'failed to collect enough transaction endorsements', nodes);
}

const closed = refuse('PhaseClosed', { phase: 'closed', allowed: ['open'] });
const insufficient = refuse('HoldingInsufficient', {
  field: 'quantity',
  account: 'HOUSE' as never,
  unit: 'JP3371200001' as never,
  needed: 100n,
  available: 7n,
});

/** Each of the organisations asked refuses it. */
function refusing(rejection: Rejection) {
  return ({ organisations }: { readonly organisations: readonly string[] }): never => {
    throw notEndorsed(Object.fromEntries(organisations.map((mspId) => [mspId, says(rejection)])));
  };
}

describe('endorsement', () => {
  test('refused by both endorsers is a rejection with its payload, and is not tried again', async () => {
    gateway.script.endorse = refusing(insufficient);
    const { market: operated } = await connected();
    const error: unknown = await operated.cycle(cycle).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ code: 'HoldingInsufficient', rejection: insufficient, sent: true });
    expect(gateway.proposals).toHaveLength(1);
    expect(gateway.submitted).toEqual([]);
  });

  test('refused for what may pass is not tried again, unless asked for', async () => {
    gateway.script.endorse = refusing(closed);
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle)).rejects.toMatchObject({ code: 'PhaseClosed' });
    expect(gateway.proposals).toHaveLength(1);
    await expect(operated.cycle(cycle, { transientAttempts: 3 })).rejects.toMatchObject({
      code: 'PhaseClosed',
    });
    expect(gateway.proposals).toHaveLength(4);
  });

  test('refused by one endorser only is tried again: it was a block behind', async () => {
    gateway.script.endorse = () => {
      if (gateway.proposals.length < 3) throw notEndorsed({ CsdMSP: says(insufficient) });
      return '{"outcome":"created"}';
    };
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle)).resolves.toMatchObject({ outcome: 'created' });
    expect(gateway.proposals).toHaveLength(3);
  });

  test('on which the endorsers differ is tried again, and given up with what each said', async () => {
    gateway.script.endorse = () => {
      throw notEndorsed({ CsdMSP: 'ProposalResponsePayloads do not match' });
    };
    const { market: operated } = await connected({ attempts: 3 });
    await expect(operated.cycle(cycle)).rejects.toMatchObject({
      code: 'EndorsementFailed',
      nodes: [{ mspId: 'CsdMSP', message: 'ProposalResponsePayloads do not match' }],
    });
    expect(gateway.proposals).toHaveLength(3);
  });

  test.each(['ExchangeMSP', 'CsdMSP', 'CcpMSP'])('goes on while %s is down, and later avoids it', async (down) => {
    gateway.script.endorse = ({ organisations }) => {
      if (organisations.includes(down)) throw notEndorsed({ [down]: 'connection refused' });
      return '{"outcome":"created"}';
    };
    const { market: operated } = await connected();
    await operated.cycle(cycle);
    const asked = gateway.proposals.length;
    expect(asked).toBeLessThanOrEqual(2);
    await operated.cycle({ ...cycle, number: 2 });
    expect(gateway.proposals).toHaveLength(asked + 1);
  });

  test('goes on to another pair when the gateway knows no peer of the first', async () => {
    gateway.script.endorse = ({ organisations }) => {
      if (organisations.includes('ExchangeMSP')) throw new StatusError(status.UNAVAILABLE, 'no peers of ExchangeMSP');
      return '{"outcome":"created"}';
    };
    const { market: operated } = await connected();
    await expect(operated.cycle(cycle)).resolves.toMatchObject({ outcome: 'created' });
    expect(gateway.proposals.at(-1)?.organisations).toEqual(['CsdMSP', 'CcpMSP']);
  });

  test('without an answer ends at its deadline, with nothing applied', async () => {
    gateway.script.endorse = () => new Promise<never>(() => undefined);
    const { market: operated } = await connected({ attempts: 1, deadlines: { endorseMs: 100 } });
    await expect(operated.cycle(cycle)).rejects.toMatchObject({
      code: 'Timeout',
      step: 'endorse',
      deadlineMs: 100,
    });
  });

  test('of a certificate of a foreign authority says so', async () => {
    gateway.script.endorse = () => {
      throw notEndorsed({ ExchangeMSP: 'access denied', CsdMSP: 'access denied' });
    };
    gateway.script.commitStatus = () => {
      throw new StatusError(status.PERMISSION_DENIED, 'Failed evaluating policy');
    };
    const { market: operated } = await connected({ attempts: 1 });
    await expect(operated.cycle(cycle)).rejects.toMatchObject({
      code: 'IdentityRefused',
      mspId: 'AlphaMSP',
      message: expect.stringContaining('kessai profile export AlphaMSP'),
    });
  });
});

describe('a request with a wrong field', () => {
  test.each([
    ['IsinInvalid', 'isin', { isin: 'JP3371200002' }],
    ['FieldOutOfRange', 'quantity', { quantity: 0n }],
    ['FieldOutOfRange', 'quantity', { quantity: 2n ** 63n }],
    ['FieldMalformed', 'quantity', { quantity: 1.5 }],
    ['FieldMissing', 'from', { from: undefined }],
    ['FieldUnknown', 'note', { note: 'x' }],
  ])('is refused here as %s at %s; nothing is sent', async (code, field, change) => {
    const { securities } = await connected();
    const request = { ...transfer, ...change } as typeof transfer;
    await expect(securities.transfer(request)).rejects.toMatchObject({ code, sent: false, rejection: { code, field } });
    expect(gateway.proposals).toEqual([]);
  });
});

describe('a request of more bytes than any that the market takes is refused before a peer has to copy it', () => {
  // Fewer characters than a text may have, in three bytes each.
  const request = '\u6f22'.repeat(2_000_000);
  const instructions = [{ method: 'Orders:Cancel', request }];
  const salt = 'a'.repeat(64);
  test.each<[string, () => Promise<unknown>]>([
    ['a transaction of its own', () => market.call('Market:Instruct', { salt, instructions })],
    ['the same by its function', () => market.market.instruct({ salt, instructions })],
    ['an evaluate', () => market.call('Market:Check', instructions[0] ?? null)],
    ['the same as text', () => market.call('Market:Check', JSON.stringify(instructions[0]))],
  ])('%s', async (_, call) => {
    await connected();
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'TextTooLong',
      sent: false,
      rejection: { field: '', reason: expect.stringMatching(/^is 6000[0-9]{3} bytes long, and may have 5242880$/) },
    });
    expect(gateway.proposals).toEqual([]);
  });
});

describe('evaluation', () => {
  test('is answered by the own organisation, decoded', async () => {
    gateway.script.evaluate = () => clock;
    const { registry } = await connected();
    await expect(registry.clock()).resolves.toMatchObject({ phase: 'open', sequence: 1 });
    expect(gateway.proposals).toMatchObject([
      { arguments: ['Registry:Clock'], organisations: ['AlphaMSP'], request: '{}' },
    ]);
  });

  test('is answered by an operator where the method says so; quantities are exact', async () => {
    gateway.script.evaluate = () => supply;
    const { registry } = await connected();
    const { units } = await registry.supply();
    expect(units[0]?.issued).toBe(9_007_199_254_740_993n);
    expect(gateway.proposals[0]?.organisations).toEqual(['ExchangeMSP']);
  });

  test.each([status.UNAVAILABLE, status.FAILED_PRECONDITION])(
    'goes on to the next operator on status %d',
    async (code) => {
      gateway.script.evaluate = ({ organisations }) => {
        if (organisations[0] !== 'CcpMSP') throw new StatusError(code, 'no peers available');
        return supply;
      };
      const { registry } = await connected();
      await registry.supply();
      expect(gateway.proposals.map(({ organisations }) => organisations[0])).toEqual([
        'ExchangeMSP',
        'CsdMSP',
        'CcpMSP',
      ]);
    },
  );

  test('that the chaincode refuses is a rejection', async () => {
    gateway.script.evaluate = () => {
      throw new StatusError(status.UNKNOWN, 'evaluate call to endorser returned error', [
        { mspId: 'AlphaMSP', message: says(refuse('MarketNotFounded', {})) },
      ]);
    };
    const { registry } = await connected();
    await expect(registry.clock()).rejects.toMatchObject({ code: 'MarketNotFounded' });
  });

  test('that fails in the chaincode otherwise is told as such', async () => {
    gateway.script.evaluate = () => {
      throw new StatusError(status.UNKNOWN, 'error', [{ mspId: 'AlphaMSP', message: 'TypeError: x is undefined' }]);
    };
    const { registry } = await connected();
    await expect(registry.clock()).rejects.toMatchObject({ code: 'ChaincodeFailed' });
  });

  test('with another answer than defined names the field', async () => {
    gateway.script.evaluate = () => clock.replace('"open"', '"lunch"');
    const { registry } = await connected();
    await expect(registry.clock()).rejects.toMatchObject({ code: 'ResponseMalformed', field: 'phase' });
  });

  test.each([status.UNAVAILABLE, status.FAILED_PRECONDITION])(
    'of a certificate of a foreign authority says so, whether the gateway calls that status %d or not',
    async (code) => {
      gateway.script.evaluate = () => {
        throw new StatusError(code, 'failed to evaluate', [{ mspId: 'AlphaMSP', message: 'access denied' }]);
      };
      gateway.script.commitStatus = () => {
        throw new StatusError(status.PERMISSION_DENIED, 'Failed evaluating policy');
      };
      const { registry } = await connected({ attempts: 1 });
      await expect(registry.clock()).rejects.toMatchObject({ code: 'IdentityRefused' });
    },
  );

  test('ends with its signal', async () => {
    const abort = new AbortController();
    gateway.script.evaluate = () => {
      abort.abort();
      return new Promise<never>(() => undefined);
    };
    const { registry } = await connected();
    await expect(registry.clock({}, { signal: abort.signal })).rejects.toMatchObject({ code: 'Cancelled' });
  });

  test('without a gateway says that the network cannot be reached', async () => {
    market = await connect(gateway.profile({ tlsRootCert: selfSigned('another network').cert }), { attempts: 1 });
    await expect(market.registry.clock()).rejects.toMatchObject({ code: 'Unavailable' });
  });
});

describe('a trace', () => {
  test('tells what happens and nothing of what is in it; what it throws changes nothing', async () => {
    const facts: TraceFact[] = [];
    new FakeMarket(gateway);
    const { securities } = await connected({
      trace: (fact) => {
        facts.push(fact);
        throw new Error('the log is full');
      },
    });
    await securities.transfer(transfer);
    expect(new Set(facts.map(({ kind }) => kind))).toEqual(
      new Set(['evaluated', 'endorsed', 'submitted', 'committed', 'executed']),
    );
    const told = JSON.stringify(facts, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    for (const secret of ['T-1', 'JP3371200001', 'HOUSE', 'CLIENT-1', '"100"']) expect(told).not.toContain(secret);
  });
});
