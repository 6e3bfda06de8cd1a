import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type MethodEntry,
  type MspId,
  type Outcome,
  type Phase,
  type Role,
  type Rejection,
  anyPhase,
  businessId,
  commonRejections,
  evaluate,
  isRejection,
  object,
  publicState,
  quantity,
  refuse,
  submit,
} from '@kessai/interface';
import fc from 'fast-check';
import type { Caller, TransactionFacts } from './context';
import { type Decision, type FoundingHandler, type LooseHandler, type SubmitHandler, created } from './decision';
import { executeEvaluate, executeSubmit } from './execute';
import { clockRef, marketRef } from './reference';
import { type Ref, put, table } from './state';
import { MemoryLedger } from './tools';

const request = object({ id: businessId, quantity });
type Request = ReturnType<typeof request.decode>;
const events = table('event', request);
const eventAt = (id: string): Ref<Request> => events.at(publicState, id);

function entryOf(name: string, method: MethodEntry['method']): MethodEntry {
  return { contract: 'Test', name, fullName: `Test:${name}`, method };
}

interface Rule {
  readonly roles?: readonly Role[];
  readonly phases?: readonly Phase[];
}

function submitEntry(
  { roles = ['institution', 'operator'], phases = anyPhase }: Rule = {},
  name = 'Record',
): MethodEntry {
  return entryOf(name, submit({ summary: 'Records.', roles, phases, idField: 'id', request }));
}

/** Records the event; counts how often it was asked to decide. */
class Recorder implements SubmitHandler<Request, undefined> {
  decided = 0;
  constructor(readonly refused: { readonly load?: Rejection; readonly decide?: Rejection } = {}) {}

  load(): Promise<undefined | Rejection> {
    return Promise.resolve(this.refused.load);
  }

  decide(_state: undefined, event: Request): Decision | Rejection {
    this.decided += 1;
    return this.refused.decide ?? created(put(eventAt(event.id), event));
  }
}

const clock = {
  businessDate: '2023-03-01',
  phase: 'open',
  sequence: 3,
  time: '2023-03-01T09:00:00.000Z',
} as const;

let ledger: MemoryLedger;
let transactions: number;
beforeEach(() => {
  ledger = new MemoryLedger();
  transactions = 0;
});

function found(phase: Phase = 'open'): void {
  const members = [
    { mspId: 'CsdMSP', role: 'operator', name: 'CSD' },
    { mspId: 'CcpMSP', role: 'operator', name: 'CCP' },
    { mspId: 'AlphaMSP', role: 'institution', name: 'Alpha' },
    { mspId: 'BetaMSP', role: 'institution', name: 'Beta' },
    { mspId: 'AuditorMSP', role: 'auditor', name: 'Auditor' },
  ] as unknown as Parameters<typeof put<MarketState>>[1]['members'];
  ledger.commit({ versions: new Map() }, [
    put(marketRef, { name: 'Market', founded: clock.time as MarketState['founded'], members }),
    put(clockRef, { ...clock, phase } as unknown as ClockState),
  ]);
}
type MarketState = typeof marketRef extends Ref<infer T> ? T : never;
type ClockState = typeof clockRef extends Ref<infer T> ? T : never;

interface Sender {
  readonly mspId?: string;
  readonly nodeRole?: Caller['nodeRole'];
  readonly restriction?: string;
  readonly time?: string;
}

function factsOf({
  mspId = 'AlphaMSP',
  nodeRole = 'client',
  restriction,
  time = clock.time,
}: Sender): TransactionFacts {
  transactions += 1;
  return {
    txId: `tx${transactions.toString()}`,
    time: time as TransactionFacts['time'],
    caller: { mspId: mspId as MspId, nodeRole, restriction },
    founders: ['CsdMSP' as MspId],
  };
}

/** Endorses and commits. */
async function send(
  body: unknown,
  sender: Sender = {},
  { entry = submitEntry(), handler = new Recorder() }: { entry?: MethodEntry; handler?: unknown } = {},
): Promise<Outcome | Rejection> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { reader, readSet } = ledger.simulate();
  const decision = await executeSubmit(entry, handler as LooseHandler, text, reader, factsOf(sender));
  if (isRejection(decision)) return decision;
  const { outcome, writes } = decision;
  expect(ledger.commit(readSet, writes)).toBe(true);
  return { outcome };
}

const good = { id: 'event-1', quantity: '5' };

describe('a submit', () => {
  test('is decided, recorded and answered', async () => {
    found();
    expect(await send(good)).toEqual({ outcome: 'created' });
    expect(ledger.contents('').map(({ key }) => key)).toContain('event/event-1');
    expect(ledger.contents('AlphaMSP').map(({ key }) => key)).toEqual(['request/Test:Record/event-1']);
  });

  test('takes one round for market and clock and one for its record, before the handler’s own', async () => {
    found();
    const before = ledger.rounds;
    await send(good);
    expect(ledger.rounds - before).toBe(2);
  });

  test('is refused for the first of all reasons, in the order of the table of rejections', async () => {
    // Everything is wrong; the reasons are taken away one after the other.
    const wrong = {
      nodeRole: 'peer',
      restriction: 'auditor',
      mspId: 'NobodyMSP',
      time: '2023-03-01T08:59:59.999Z',
    } as const;
    const closed = { entry: submitEntry({ roles: ['institution'], phases: ['closed'] }) };
    const refusing = new Recorder({
      load: refuse('MemberUnknown', { field: 'id', member: 'GammaMSP' as MspId }),
      decide: refuse('SameAccount', { field: 'id' }),
    });
    const inLoad = { ...closed, handler: refusing };
    const other = { ...good, quantity: '6' };
    const seen: string[] = [];
    const next = async (...[body, sender, how]: Parameters<typeof send>): Promise<void> => {
      const answer = await send(body, sender, how ?? inLoad);
      seen.push('code' in answer ? answer.code : answer.outcome);
    };

    const malformed = '{"id":"event-1",';
    await next(malformed, wrong);
    await next(malformed, { ...wrong, nodeRole: 'client' });
    found();
    await send(good);
    await next(malformed, { ...wrong, nodeRole: 'client' });
    await next(malformed, { ...wrong, nodeRole: 'client', mspId: 'AuditorMSP' });
    await next(malformed, { ...wrong, nodeRole: 'client', mspId: 'AlphaMSP' });
    const late = { time: wrong.time };
    await next(malformed, late);
    await next({ ...other, more: 1, quantity: 6 }, late);
    await next({ id: 'event-1' }, late);
    await next({ ...other, quantity: 6 }, late);
    await next({ ...other, quantity: '1'.repeat(41) }, late);
    await next({ ...other, quantity: '6.5' }, late);
    await next({ ...other, quantity: '0' }, late);
    await next(other, late);
    await next(other, {});
    await next({ ...other, id: 'event-2' }, {});
    const open = submitEntry({ roles: ['institution'] });
    await next({ ...other, id: 'event-2' }, {}, { entry: open, handler: refusing });
    await next(
      { ...other, id: 'event-2' },
      {},
      { entry: open, handler: new Recorder({ ...refusing.refused, load: undefined as never }) },
    );
    await next({ ...other, id: 'event-2' }, {}, { entry: open });

    expect(seen).toEqual([
      'CallerNotClient',
      'MarketNotFounded',
      'CallerUnknown',
      'RoleNotAllowed',
      'CertificateRestricted',
      'TextMalformed',
      'FieldUnknown',
      'FieldMissing',
      'FieldType',
      'FieldTooLong',
      'FieldMalformed',
      'FieldOutOfRange',
      'TimestampRefused',
      'Conflict',
      'PhaseClosed',
      'MemberUnknown',
      'SameAccount',
      'created',
    ]);
    const table = Object.keys(commonRejections);
    const places = seen.slice(0, -1).map((code) => table.indexOf(code));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('that is refused writes nothing, not even its record', async () => {
    found();
    const handler = new Recorder({ decide: refuse('SameAccount', { field: 'id' }) });
    expect(await send(good, {}, { handler })).toMatchObject({ code: 'SameAccount' });
    expect(ledger.contents('AlphaMSP')).toEqual([]);
    expect(await send(good)).toEqual({ outcome: 'created' });
  });

  test('names the field that is wrong', async () => {
    found();
    expect(await send({ ...good, quantity: '-5' })).toEqual({
      code: 'FieldOutOfRange',
      field: 'quantity',
      reason: 'must be 1 to 9223372036854775807',
    });
  });

  test('that throws is a defect and no rejection', async () => {
    found();
    const handler = { load: () => Promise.reject(new Error('a defect')), decide: () => created() };
    await expect(send(good, {}, { handler })).rejects.toThrow('a defect');
  });
});

describe('whom a certificate lets call', () => {
  beforeEach(() => found());
  const roles = { entry: submitEntry({ roles: ['institution'] }) };

  test.each([
    ['a client', {}, 'created'],
    ['an administrator', { nodeRole: 'admin' }, 'CallerNotClient'],
    ['a peer', { nodeRole: 'peer' }, 'CallerNotClient'],
    ['an orderer', { nodeRole: 'orderer' }, 'CallerNotClient'],
    ['a certificate restricted to this role', { restriction: 'institution' }, 'created'],
    ['a certificate restricted to looking', { restriction: 'viewer' }, 'CertificateRestricted'],
    ['a certificate restricted to another role', { restriction: 'operator' }, 'CertificateRestricted'],
    ['a certificate restricted to nothing known', { restriction: 'x'.repeat(100) }, 'CertificateRestricted'],
    // A certificate can take away, not give.
    [
      'an auditor’s certificate that says institution',
      { mspId: 'AuditorMSP', restriction: 'institution' },
      'RoleNotAllowed',
    ],
  ] as const)('%s', async (_what, sender, expected) => {
    const answer = await send(good, sender, roles);
    expect('code' in answer ? answer.code : answer.outcome).toBe(expected);
  });

  test('without a node role nobody', async () => {
    const facts = {
      ...factsOf({}),
      caller: { mspId: 'AlphaMSP' as MspId, nodeRole: undefined, restriction: undefined },
    };
    const { reader } = ledger.simulate();
    const answer = await executeSubmit(submitEntry(), new Recorder(), JSON.stringify(good), reader, facts);
    expect(answer).toEqual({ code: 'CallerNotClient' });
  });
});

describe('the time of a transaction', () => {
  beforeEach(() => found());

  test.each([
    ['2023-03-01T08:59:59.999Z', false],
    ['2023-03-01T09:00:00.000Z', true],
    ['2023-03-11T09:00:00.000Z', true],
    ['2023-03-11T09:00:00.001Z', false],
  ])('%s is accepted: %s', async (time, accepted) => {
    const answer = await send(good, { time });
    const refused = {
      code: 'TimestampRefused',
      time,
      earliest: '2023-03-01T09:00:00.000Z',
      latest: '2023-03-11T09:00:00.000Z',
    };
    expect(answer).toEqual(accepted ? { outcome: 'created' } : refused);
  });
});

describe('a repetition', () => {
  test('is answered after the market has closed, from the record of the first', async () => {
    found('open');
    const during = { entry: submitEntry({ phases: ['open'] }) };
    await send(good, {}, during);
    found('closed');
    expect(await send(good, {}, during)).toEqual({ outcome: 'exists' });
    expect(await send({ ...good, quantity: '6' }, {}, during)).toEqual({ code: 'Conflict', field: 'quantity' });
    expect(await send({ ...good, id: 'event-2' }, {}, during)).toMatchObject({ code: 'PhaseClosed' });
  });

  test('is known by its content, however that was written', async () => {
    found();
    await send(good);
    expect(await send('{ "quantity": "5",\n "id": "\\u0065vent-1" }')).toEqual({ outcome: 'exists' });
  });

  test('under another method or by another organisation is another event; operators are one', async () => {
    found();
    await send(good);
    expect(await send(good, {}, { entry: submitEntry({}, 'RecordOther') })).toEqual({ outcome: 'created' });
    expect(await send({ ...good, quantity: '6' }, { mspId: 'BetaMSP' })).toEqual({ outcome: 'created' });
    expect(await send({ ...good, quantity: '7' }, { mspId: 'CsdMSP' })).toEqual({ outcome: 'created' });
    expect(await send({ ...good, quantity: '7' }, { mspId: 'CcpMSP' })).toEqual({ outcome: 'exists' });
  });

  test('changes nothing: the first of an id decides, the same again exists, anything else is a conflict', async () => {
    const sends = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), quantity: fc.constantFrom('1', '2'), alpha: fc.boolean() }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(sends, async (all) => {
        ledger = new MemoryLedger();
        found();
        const handler = new Recorder();
        const first = new Map<string, string>();
        for (const { alpha, ...body } of all) {
          const mspId = alpha ? 'AlphaMSP' : 'BetaMSP';
          const known = first.get(mspId + body.id);
          if (known === undefined) first.set(mspId + body.id, body.quantity);
          const before = JSON.stringify(ledger.contents(mspId));
          const answer = await send(body, { mspId }, { handler });
          if (known === undefined) expect(answer).toEqual({ outcome: 'created' });
          else {
            expect(answer).toEqual(
              known === body.quantity ? { outcome: 'exists' } : { code: 'Conflict', field: 'quantity' },
            );
            expect(JSON.stringify(ledger.contents(mspId))).toBe(before);
          }
        }
        expect(handler.decided).toBe(first.size);
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);

  test('endorsed at the same time as the first commits once', async () => {
    found();
    const endorse = async () => {
      const { reader, readSet } = ledger.simulate();
      const decision = await executeSubmit(submitEntry(), new Recorder(), JSON.stringify(good), reader, factsOf({}));
      return { readSet, decision: decision as Decision };
    };
    const [one, two] = [await endorse(), await endorse()];
    expect(ledger.commit(one.readSet, one.decision.writes)).toBe(true);
    expect(ledger.commit(two.readSet, two.decision.writes)).toBe(false);
  });
});

describe('founding', () => {
  const handler: FoundingHandler<Request> = {
    founding: true,
    decide: (event, caller) => created(put(eventAt(`${caller}-${event.id}`), event)),
  };
  const entry = submitEntry({ roles: ['operator'] }, 'Found');
  const founder = { mspId: 'CsdMSP' };

  test('needs no market; with one it is answered from its record', async () => {
    expect(await send(good, founder, { entry, handler })).toEqual({ outcome: 'created' });
    found();
    expect(await send(good, founder, { entry, handler })).toEqual({ outcome: 'exists' });
    expect(await send({ ...good, quantity: '6' }, founder, { entry, handler })).toEqual({
      code: 'Conflict',
      field: 'quantity',
    });
    expect(await send({ ...good, id: 'again' }, founder, { entry, handler })).toEqual({ code: 'AlreadyFounded' });
  });

  test('minds the certificate', async () => {
    expect(await send(good, { ...founder, nodeRole: 'peer' }, { entry, handler })).toEqual({ code: 'CallerNotClient' });
  });
});

describe('an evaluate', () => {
  const entry = entryOf(
    'Ask',
    evaluate({
      summary: 'Asks.',
      roles: ['institution'],
      answeredBy: 'own',
      request,
      response: request,
    }),
  );
  async function ask(sender: Sender, body: unknown = good, answer?: Rejection): Promise<unknown> {
    const handler = (_reader: unknown, event: Request) => Promise.resolve(answer ?? event);
    const { reader } = ledger.simulate();
    return executeEvaluate(entry, handler as LooseHandler, JSON.stringify(body), reader, factsOf(sender));
  }

  test('answers in wire form, whatever the time that its sender says', async () => {
    found();
    expect(await ask({})).toEqual({ response: good });
    expect(await ask({ time: '1999-01-01T00:00:00.000Z' })).toEqual({ response: good });
    expect(await ask({ restriction: 'viewer' })).toEqual({ response: good });
  });

  test('is refused as a submit is', async () => {
    expect(await ask({})).toEqual({ code: 'MarketNotFounded' });
    found();
    expect(await ask({}, { ...good, quantity: 5 })).toMatchObject({ code: 'FieldType', field: 'quantity' });
    expect(await ask({ nodeRole: 'peer' })).toEqual({ code: 'CallerNotClient' });
    expect(await ask({ restriction: 'issuer' })).toEqual({ code: 'CertificateRestricted', attribute: 'issuer' });
    expect(await ask({ mspId: 'NobodyMSP' })).toEqual({ code: 'CallerUnknown', caller: 'NobodyMSP' });
    expect(await ask({ mspId: 'CsdMSP' })).toEqual({
      code: 'RoleNotAllowed',
      role: 'operator',
      allowed: ['institution'],
    });
    expect(await ask({}, good, refuse('SameAccount', { field: 'id' }))).toEqual({ code: 'SameAccount', field: 'id' });
  });

  test('is no submit, nor the other way round', async () => {
    const { reader } = ledger.simulate();
    await expect(executeSubmit(entry, new Recorder(), '{}', reader, factsOf({}))).rejects.toThrow('is not a submit');
    await expect(executeEvaluate(submitEntry(), new Recorder(), '{}', reader, factsOf({}))).rejects.toThrow(
      'is not an evaluate',
    );
  });
});
