import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type MethodEntry,
  type MspId,
  type Rejection,
  businessId,
  evaluate,
  object,
  quantity,
  refuse,
} from '@kessai/interface';
import { MemoryLedger, type MemoryMarket } from '../tools';
import { openDepot } from '../tools/sample-contract';
import type { Caller, Context, TransactionFacts } from './context';
import type { EvaluateHandler, LooseHandler } from './decision';
import { executeEvaluate } from './execute';

const request = object({ id: businessId, quantity });
const method = evaluate({ summary: 'Asks.', roles: ['institution'], answeredBy: 'own', request, response: request });
const entry: MethodEntry = { contract: 'Test', name: 'Ask', fullName: 'Test:Ask', method };
const good = { id: 'event-1', quantity: '5' };

let market: MemoryMarket;
let seen: Context | undefined;
beforeEach(async () => {
  market = await openDepot();
  seen = undefined;
});

interface Sender {
  readonly mspId?: string;
  readonly nodeRole?: Caller['nodeRole'];
  readonly restriction?: string;
  readonly time?: string;
}

function ask(sender: Sender, body: unknown = good, answer?: Rejection, ledger = market.ledger): Promise<unknown> {
  const { mspId = 'AlphaMSP', nodeRole = 'client', restriction, time = '2023-03-01T09:00:00.000Z' } = sender;
  const handler: EvaluateHandler<ReturnType<typeof request.decode>, unknown> = (_reader, event, context) => {
    seen = context;
    return Promise.resolve(answer ?? event);
  };
  const facts = { txId: 'x', time, caller: { mspId, nodeRole, restriction }, founders: [] } as unknown;
  const { reader } = ledger.simulate();
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return executeEvaluate(entry, handler as LooseHandler, text, reader, facts as TransactionFacts);
}

describe('an evaluate', () => {
  test('answers in wire form, whatever the time that its sender says', async () => {
    expect(await ask({})).toEqual({ response: good });
    expect(await ask({ time: '1999-01-01T00:00:00.000Z' })).toEqual({ response: good });
    expect(await ask({ restriction: 'viewer' })).toEqual({ response: good });
  });

  test('knows the last cycle, and the time before which nothing changes any more', async () => {
    market.wait(60_000);
    await market.runCycle([]);
    await ask({});
    expect(seen).toMatchObject({ cycle: 1, caller: { mspId: 'AlphaMSP' }, method: 'Test:Ask' });
    expect(seen?.finalBefore.slice(0, 17)).toBe('2023-03-01T00:01:');
  });

  test('is refused for the first of its reasons', async () => {
    const nowhere = new MemoryLedger();
    expect(await ask({ nodeRole: 'peer' }, 'no JSON', undefined, nowhere)).toEqual({ code: 'CallerNotClient' });
    expect(await ask({}, 'no JSON', undefined, nowhere)).toEqual({ code: 'MarketNotFounded' });
    expect(await ask({ mspId: 'NobodyMSP' }, 'no JSON')).toEqual({ code: 'CallerUnknown', caller: 'NobodyMSP' });
    expect(await ask({ mspId: 'CsdMSP', restriction: 'x' }, 'no JSON')).toEqual({
      ...{ code: 'RoleNotAllowed', role: 'operator', allowed: ['institution'] },
    });
    expect(await ask({ restriction: 'x' }, 'no JSON')).toEqual({ code: 'CertificateRestricted', attribute: 'x' });
    expect(await ask({}, 'no JSON')).toMatchObject({ code: 'TextMalformed' });
    expect(await ask({}, { ...good, quantity: 5 })).toMatchObject({ code: 'FieldType', field: 'quantity' });
    expect(await ask({}, good, refuse('SameAccount', { field: 'id' }))).toEqual({ code: 'SameAccount', field: 'id' });
  });

  test.each([
    ['a client', {}, 'answered'],
    ['an administrator', { nodeRole: 'admin' }, 'CallerNotClient'],
    ['a peer', { nodeRole: 'peer' }, 'CallerNotClient'],
    ['an orderer', { nodeRole: 'orderer' }, 'CallerNotClient'],
    ['a certificate restricted to this role', { restriction: 'institution' }, 'answered'],
    ['a certificate restricted to another role', { restriction: 'operator' }, 'CertificateRestricted'],
    ['a certificate restricted to nothing known', { restriction: 'x'.repeat(100) }, 'CertificateRestricted'],
    // A certificate can take away, not give.
    ['another role’s that says this', { mspId: 'AuditorMSP', restriction: 'institution' }, 'RoleNotAllowed'],
  ] as const)('is for %s: %s', async (_what, sender, expected) => {
    const answer = (await ask(sender)) as { readonly code?: string };
    expect(answer.code ?? 'answered').toBe(expected);
  });

  test('of a certificate that does not say what node it is for is refused', async () => {
    const facts = { caller: { mspId: 'AlphaMSP' as MspId, nodeRole: undefined, restriction: undefined } };
    const { reader } = market.ledger.simulate();
    const handler = (() => Promise.resolve(good)) as unknown as LooseHandler;
    expect(await executeEvaluate(entry, handler, '{}', reader, facts as TransactionFacts)).toEqual({
      code: 'CallerNotClient',
    });
  });

  test('is no instruction', async () => {
    const submit = { ...entry, method: { ...method, kind: 'submit' } as never };
    const handler = (() => Promise.resolve(good)) as unknown as LooseHandler;
    const run = executeEvaluate(submit, handler, '{}', market.ledger.simulate().reader, {} as TransactionFacts);
    await expect(run).rejects.toThrow('Test:Ask is not an evaluate');
  });
});
