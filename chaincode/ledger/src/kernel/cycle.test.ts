import { beforeEach, describe, expect, test } from '@jest/globals';
import { type CycleRequest, isRejection } from '@kessai/interface';
import type { MemoryMarket, Submission } from '../tools';
import { adviceOf, contentsOf, deposit, holdingOf, inboxText, sealed, transfer } from '../tools/depot-day';
import { alpha, moveClock, openDepot } from '../tools/sample-contract';
import type { CycleDecision, ExecutionWatch } from './cycle';

let market: MemoryMarket;
let cycles: number;
beforeEach(async () => {
  market = await openDepot();
  await deposit(market, 'AlphaMSP', 'A-1', 100);
  cycles = 1;
});

/** What a cycle comes to, but for the id of its own transaction, which is the proposal's: all its endorsers see the same. */
function withoutOwnId(decided: unknown): string {
  const record = (decided as CycleDecision).writes.find(({ key }) => key.startsWith('cycle/'));
  const { transactionId } = JSON.parse(record?.value ?? '') as { readonly transactionId: string };
  return JSON.stringify(decided).replaceAll(transactionId, 'own');
}

/** A cycle as a scheduler proposes it, the next one by default; nothing is committed. */
function propose(submissions: readonly Submission[], more: Partial<CycleRequest> = {}): Promise<unknown> {
  return market.decideCycle({ number: cycles + 1, submissions, ...more });
}

describe('a cycle', () => {
  test('executes submissions in their order, and the instructions of each in theirs', async () => {
    sealed(market, 'AlphaMSP', [transfer('t-1', 100, 'BetaMSP')]);
    sealed(market, 'BetaMSP', [transfer('t-2', 60, 'GammaMSP'), transfer('t-3', 40, 'AlphaMSP')]);
    sealed(market, 'AlphaMSP', [transfer('t-4', 41, 'BetaMSP'), transfer('t-5', 40, 'BetaMSP')]);
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created' },
      { outcome: 'created' },
      { outcome: 'created' },
      { code: 'HoldingInsufficient', needed: 41n, available: 40n },
      { outcome: 'created' },
    ]);
    expect(await holdingOf(market, 'BetaMSP', 'A-1')).toEqual([40n, 0n]);
  });

  test('is told in the public progress: its number, its time, what it took, and how far each member has come', async () => {
    const first = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP')]);
    const second = sealed(market, 'BetaMSP', []);
    const time = market.now;
    await market.cycle();
    const progress = await market.evaluate('GammaMSP', 'Market:Progress');
    expect(isRejection(progress)).toBe(true);
    expect(await market.evaluate('AuditorMSP', 'Market:Progress')).toEqual({
      number: 2,
      time,
      heads: [
        { member: 'AlphaMSP', place: first.place },
        { member: 'BetaMSP', place: second.place },
        { member: 'ExchangeMSP', place: { block: 2, transaction: 0 } },
      ],
      taken: [first, second],
    });
  });

  test('may take nothing at all', async () => {
    const before = await holdingOf(market, 'AlphaMSP', 'A-1');
    expect(await market.cycle([])).toEqual([]);
    expect(await market.evaluate('AlphaMSP', 'Market:Progress')).toMatchObject({ number: 2, taken: [] });
    expect(await holdingOf(market, 'AlphaMSP', 'A-1')).toEqual(before);
  });

  test('is made once: whoever sends its number again is told so, whatever it would take', async () => {
    const one = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP')]);
    await market.cycle();
    for (const number of [1, 2]) {
      expect(await market.decideCycle({ number, submissions: [one] }, undefined, 'CsdMSP')).toEqual({
        ...{ outcome: 'exists', number, writes: [], founded: [] },
      });
    }
  });

  test('sent by two schedulers at once commits once', async () => {
    const one = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP')]);
    const endorsed = await Promise.all(
      ['ExchangeMSP', 'CsdMSP'].map(async (by) => {
        const { reader, readSet } = market.ledger.simulate();
        const decision = await market.decideCycle({ number: 2, submissions: [one] }, reader, by);
        return { readSet, writes: (decision as CycleDecision).writes };
      }),
    );
    expect(endorsed.map(({ readSet, writes }) => market.ledger.commit(readSet, writes))).toEqual([true, false]);
  });

  test('is the same at every endorser: the same state and request give the same writes', async () => {
    const one = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP'), transfer('t-2', 1_000, 'BetaMSP')]);
    const { now } = market;
    const first = await propose([one]);
    market.wait(-1_000);
    expect(market.now).toBe(now);
    expect(withoutOwnId(await propose([one]))).toBe(withoutOwnId(first));
  });

  test('with a number ahead of the next is refused', async () => {
    expect(await propose([], { number: 3 })).toEqual({ code: 'CycleAhead', number: 1 });
  });

  test('takes submissions in the order of their places, each after the last one of its member', async () => {
    const [one, two] = [sealed(market, 'AlphaMSP', []), sealed(market, 'BetaMSP', [])];
    const outOfOrder = (index: number, field = 'place') => ({
      ...{ code: 'SubmissionOutOfOrder', field: `submissions[${index.toString()}].${field}` },
    });
    expect(await propose([two, one])).toEqual(outOfOrder(1));
    expect(await propose([one, { ...two, place: one.place }])).toEqual(outOfOrder(1));
    expect(await propose([one, { ...one, place: two.place }])).toEqual(outOfOrder(1, 'transactionId'));
    const sameBlock = [
      { ...one, place: { block: 50, transaction: 1 } },
      { ...two, place: { block: 50, transaction: 2 } },
    ];
    expect(await propose(sameBlock)).toMatchObject({ outcome: 'created' });
    expect(await propose([...sameBlock].reverse())).toEqual(outOfOrder(1));

    await market.cycle();
    cycles += 1;
    const later = sealed(market, 'AlphaMSP', []);
    expect(await propose([{ ...later, place: one.place }])).toEqual(outOfOrder(0));
    expect(await propose([one, later])).toEqual(outOfOrder(0));
    // Another member's submissions may come before: one scheduler saw them later.
    const between = { block: one.place.block, transaction: 5 };
    expect(await propose([{ ...sealed(market, 'TrustBankMSP', []), place: between }])).toMatchObject({
      outcome: 'created',
    });
  });

  test('of a submission that was never sealed is refused, and names it', async () => {
    const one = sealed(market, 'AlphaMSP', []);
    const unknown = { ...sealed(market, 'BetaMSP', []), transactionId: 'f'.repeat(64) };
    expect(await propose([one, unknown])).toEqual({
      ...{ code: 'SubmissionUnknown', field: 'submissions[1]', member: 'BetaMSP' },
    });
    const foreign = { ...one, member: 'BetaMSP' as typeof alpha };
    expect(await propose([foreign])).toMatchObject({ code: 'SubmissionUnknown', member: 'BetaMSP' });
  });

  describe('of a submission that ended a process', () => {
    let executed: (string | undefined)[];
    function watch(ended: string, ends: number): ExecutionWatch {
      executed = [];
      return {
        executing: (submission) => void executed.push(submission?.transactionId),
        endedBy: ({ transactionId }) => (transactionId === ended ? ends : 0),
      };
    }

    test('is refused beside others, and names it; executed alone, once more; then refused until it is set aside', async () => {
      const one = sealed(market, 'BetaMSP', []);
      const two = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP')]);
      const suspected = { code: 'SubmissionSuspected', member: 'AlphaMSP', transactionId: two.transactionId };
      market.watch = watch(two.transactionId, 1);
      expect(await propose([one, two])).toEqual({ ...suspected, field: 'submissions[1]' });
      expect(await propose([two])).toMatchObject({ outcome: 'created' });
      market.watch = watch(two.transactionId, 2);
      expect(await propose([two])).toEqual({ ...suspected, field: 'submissions[0]' });
      const setAside = { ...two, quarantined: true };
      expect(await propose([one, setAside])).toMatchObject({ outcome: 'created' });
    });

    test('tells before each instruction of whose submission it is, and what is of the whole cycle', async () => {
      const one = sealed(market, 'BetaMSP', [transfer('t-1', 1, 'AlphaMSP')]);
      const two = sealed(market, 'AlphaMSP', [transfer('t-2', 1, 'BetaMSP'), transfer('t-3', 1, 'BetaMSP')]);
      market.watch = watch('', 0);
      await propose([one, two]);
      const ids = [one, two, two].map(({ transactionId }) => transactionId);
      expect(executed).toEqual([undefined, ...ids, undefined]);
    });
  });

  test('is sent by operators, as clients, and by nobody else', async () => {
    const by = (mspId: string, nodeRole: 'client' | 'peer' = 'client', restriction?: string) =>
      market.decideCycle({ number: 2, submissions: [] }, undefined, {
        ...{ mspId: mspId as typeof alpha, nodeRole, restriction },
      });
    expect(await by('CcpMSP')).toMatchObject({ outcome: 'created' });
    expect(await by('CcpMSP', 'peer')).toEqual({ code: 'CallerNotClient' });
    expect(await by('CcpMSP', 'client', 'viewer')).toMatchObject({ code: 'CertificateRestricted' });
    expect(await by('AlphaMSP')).toMatchObject({ code: 'RoleNotAllowed', role: 'institution' });
    expect(await by('NobodyMSP')).toEqual({ code: 'CallerUnknown', caller: 'NobodyMSP' });
  });

  test('of a market that was not founded is refused', async () => {
    const nowhere = { read: (keys: readonly unknown[]) => Promise.resolve(keys.map(() => undefined)) };
    expect(await market.decideCycle({ number: 1, submissions: [] }, nowhere as never)).toEqual({
      code: 'MarketNotFounded',
    });
  });
});

describe('a submission', () => {
  test('that is empty is cover: it is taken, and nothing comes of it', async () => {
    const cover = sealed(market, 'AlphaMSP', []);
    const before = contentsOf(market, ['holding', 'journal', 'ids-tail']);
    expect(await market.cycle()).toEqual([]);
    expect(contentsOf(market, ['holding', 'journal', 'ids-tail'])).toEqual(before);
    expect(await adviceOf(market, 'AlphaMSP', 2)).toMatchObject({
      outcomes: [{ transactionId: cover.transactionId, runs: [] }],
      advices: [],
    });
  });

  test('that is quarantined is refused as a whole without being read, and others go on', async () => {
    const bad = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP'), transfer('t-2', 1, 'BetaMSP')]);
    const good = sealed(market, 'AlphaMSP', [transfer('t-3', 5, 'BetaMSP')]);
    const read: string[] = [];
    const { reader } = market.ledger.simulate();
    const watching = {
      read: (keys: readonly { readonly key: string }[]) => {
        read.push(...keys.map(({ key }) => key));
        return reader.read(keys as never);
      },
    };
    const quarantined = { ...bad, quarantined: true };
    await market.decideCycle({ number: 2, submissions: [quarantined, good] }, watching);
    expect(read).toContain(`sealed/${good.transactionId}`);
    expect(read).not.toContain(`sealed/${bad.transactionId}`);

    expect(await market.cycle([quarantined, good])).toMatchObject([
      { code: 'SubmissionQuarantined' },
      { outcome: 'created' },
    ]);
    expect(await holdingOf(market, 'BetaMSP', 'A-1')).toEqual([5n, 0n]);
    expect(await market.evaluate('AlphaMSP', 'Market:Progress')).toMatchObject({
      taken: [{ member: 'AlphaMSP', quarantined: true }, { member: 'AlphaMSP' }],
    });
  });

  test.each([
    ['no JSON', '{"salt":'],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '5'],
    ['a list', '[]'],
    ['another object', '{"more":1}'],
    ['an instruction that is text', inboxText(['Depot:Transfer'])],
    ['an instruction without a method', inboxText([{ request: {} }])],
    ['a method that is no text', inboxText([{ method: 5, request: {} }])],
    ['an instruction without a request', inboxText([{ method: 'Depot:Transfer' }])],
    ['a time that is none', inboxText([{ method: 'Depot:Transfer', request: {}, goodUntil: 'soon' }])],
    ['a field named twice', '{"instructions":[],"salt":"a","salt":"b"}'],
    ['half a surrogate pair', inboxText([{ method: 'Depot:\ud800', request: {} }])],
    ['more instructions than a submission may have', inboxText(Array(1_001).fill({ method: 'x', request: 1 }))],
    [
      'what is nested too deep',
      inboxText([{ method: 'x', request: '@' }]).replace('"@"', '['.repeat(20) + ']'.repeat(20)),
    ],
    ['what is too long', inboxText([{ method: 'x', request: 'r'.repeat(4 * 1024 * 1024) }])],
  ])('that is malformed, %s, is refused and concerns its member alone', async (_what, text) => {
    const malformed = sealed(market, 'AlphaMSP', []);
    market.ledger.commit({ versions: new Map() }, [
      { collection: 'AlphaMSP_inbox', key: `sealed/${malformed.transactionId}`, value: text },
    ]);
    sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP')]);
    expect(await market.cycle()).toMatchObject([{ code: 'SubmissionMalformed' }, { outcome: 'created' }]);
    expect(market.failures).toEqual([]);
  });

  test.each([null, true, 'text', 5, [], [{}], {}, { id: null }, { id: 't-1', constructor: 1 }].map((one) => [one]))(
    'may hold any JSON for a request: %j is refused alone',
    async (request) => {
      const odd = { method: 'Depot:Transfer', request } as never;
      sealed(market, 'AlphaMSP', [odd, transfer('t-1', 5, 'BetaMSP')]);
      const [first, second] = await market.cycle();
      expect(isRejection(first) && first.code).toMatch(/^Field/);
      expect(second).toMatchObject({ outcome: 'created' });
      expect(market.failures).toEqual([]);
    },
  );

  test('of an organisation that is no member is refused, and nobody is advised of it', async () => {
    const stranger = sealed(market, 'NobodyMSP', [transfer('t-1', 5, 'BetaMSP')]);
    sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP')]);
    const { writes } = await market.runCycle();
    expect(writes.map(({ collection }) => collection)).not.toContain('NobodyMSP');
    expect(JSON.stringify(writes.filter(({ key }) => key.startsWith('advice')))).not.toContain(stranger.transactionId);
    expect(await holdingOf(market, 'BetaMSP', 'A-1')).toEqual([5n, 0n]);
    expect(await market.evaluate('AlphaMSP', 'Market:Progress')).toMatchObject({
      heads: [{ member: 'AlphaMSP' }, { member: 'ExchangeMSP' }, { member: 'NobodyMSP', place: stranger.place }],
    });
  });

  test('says what its certificate may do: one that may only look has each instruction refused', async () => {
    const viewer = { mspId: alpha, nodeRole: 'client', restriction: 'viewer' } as const;
    expect(await market.submit(viewer, 'Depot:Transfer', transfer('t-1', 5, 'BetaMSP').request)).toEqual({
      ...{ code: 'CertificateRestricted', attribute: 'viewer' },
    });
    const institution = { ...viewer, restriction: 'institution' };
    expect(await market.submit(institution, 'Depot:Transfer', transfer('t-1', 5, 'BetaMSP').request)).toEqual({
      outcome: 'created',
    });
  });

  test('is sealed by clients alone, and only in a form that can be read again', () => {
    const request = transfer('t-1', 5, 'BetaMSP');
    expect(market.seal({ mspId: alpha, nodeRole: 'peer', restriction: undefined }, [request])).toEqual({
      code: 'CallerNotClient',
    });
    expect(market.seal('AlphaMSP', Array<typeof request>(1_001).fill(request))).toMatchObject({
      ...{ code: 'FieldTooLong', field: 'instructions' },
    });
    expect(market.seal('AlphaMSP', [{ ...request, goodUntil: 'soon' }])).toMatchObject({
      field: 'instructions[0].goodUntil',
    });
  });

  test('is sealed without reading anything, under one key of the sender’s inbox', () => {
    const before = market.ledger.rounds;
    const { transactionId } = sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP')]);
    expect(market.ledger.rounds).toBe(before);
    expect(market.ledger.contents('AlphaMSP_inbox').map(({ key }) => key)).toEqual([`sealed/${transactionId}`]);
  });
});

describe('the time of a cycle', () => {
  test('never decreases, though a scheduler’s clock is behind', async () => {
    market.wait(7_200_000);
    const times: string[] = [];
    for (const milliseconds of [0, -60_000, 5_000, 120_000, -3_600_000]) {
      market.wait(milliseconds);
      await market.cycle([]);
      const { time } = (await market.evaluate('AlphaMSP', 'Market:Progress')) as { readonly time: string };
      times.push(time);
    }
    expect(times).toEqual([...times].sort());
    expect(new Set(times).size).toBe(2);
    await moveClock(market, '2023-03-01', 'matching');
    const { time } = (await market.evaluate('AlphaMSP', 'Market:Progress')) as { readonly time: string };
    expect(time).toBe(times.at(-1));
  });

  test('lies no further ahead of the last one than any market stands still', async () => {
    const day = 86_400_000;
    market.wait(369 * day);
    expect(await propose([])).toMatchObject({ outcome: 'created' });
    market.wait(2 * day);
    expect(await propose([])).toMatchObject({ code: 'TimestampRefused' });
  });

  describe('from an operator whose clock is ahead', () => {
    const ahead = 14 * 60_000;

    /** The clocks of those who endorse stand now, and tolerate a minute. */
    function endorsersTolerateAMinute(): void {
      market.wait(60_000);
      market.notAfter = market.now;
      market.wait(-60_000);
    }

    test('by 14 minutes is not endorsed by the others, and locks nobody out', async () => {
      endorsersTolerateAMinute();
      market.wait(ahead);
      const dated = market.now;
      expect(await propose([])).toMatchObject({ code: 'TimestampRefused', time: dated, latest: market.notAfter });
      market.wait(-ahead);

      // An honest member’s instruction is good for five minutes, and an honest operator’s cycle executes it.
      const goodUntil = `${market.now.slice(0, 14)}06:00.000Z`;
      sealed(market, 'AlphaMSP', [{ ...transfer('t-1', 1, 'BetaMSP'), goodUntil }]);
      expect(await market.cycle()).toMatchObject([{ outcome: 'created' }]);
    });

    test.each([
      ['a second', 1_000, 'created'],
      ['less than is tolerated', 50_000, 'created'],
      ['more than is tolerated', 70_000, undefined],
      ['a day', 86_400_000, undefined],
    ])('by %s', async (_what, milliseconds, outcome) => {
      endorsersTolerateAMinute();
      market.wait(milliseconds);
      const answer = await propose([]);
      expect(answer).toMatchObject(outcome === undefined ? { code: 'TimestampRefused' } : { outcome });
    });

    test('by what was tolerated costs an instruction no more than that', async () => {
      endorsersTolerateAMinute();
      market.wait(50_000);
      await market.cycle([]);
      market.wait(-50_000);
      const { time } = (await market.evaluate('AlphaMSP', 'Market:Progress')) as { readonly time: string };
      sealed(market, 'AlphaMSP', [{ ...transfer('t-1', 1, 'BetaMSP'), goodUntil: time }]);
      expect(await market.cycle()).toMatchObject([{ outcome: 'created' }]);
    });
  });

  test('decides whether an instruction is still good', async () => {
    const good = { ...transfer('t-1', 1, 'BetaMSP'), goodUntil: '2023-03-01T00:00:59.000Z' };
    const late = { ...transfer('t-2', 1, 'BetaMSP'), goodUntil: '2023-03-01T00:00:58.999Z' };
    sealed(market, 'AlphaMSP', [good, late]);
    market.wait(millisecondsTo(market.now, 59));
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created' },
      { code: 'InstructionExpired', goodUntil: late.goodUntil, time: '2023-03-01T00:00:59.000Z' },
    ]);
  });

  test('decides whether an instruction is early: it is refused, does not wait, and may be sealed again in time', async () => {
    const due = { ...transfer('t-1', 1, 'BetaMSP'), notBefore: '2023-03-01T00:00:59.000Z' };
    const early = { ...transfer('t-2', 1, 'BetaMSP'), notBefore: '2023-03-01T00:00:59.001Z' };
    sealed(market, 'AlphaMSP', [due, early]);
    market.wait(millisecondsTo(market.now, 59));
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created' },
      { code: 'InstructionTooEarly', notBefore: early.notBefore, time: '2023-03-01T00:00:59.000Z' },
    ]);
    market.wait(1);
    expect(await market.cycle()).toEqual([]);
    sealed(market, 'AlphaMSP', [early]);
    expect(await market.cycle()).toMatchObject([{ outcome: 'created' }]);
  });
});

function millisecondsTo(now: string, second: number): number {
  return (second - Number(now.slice(17, 19))) * 1_000;
}
