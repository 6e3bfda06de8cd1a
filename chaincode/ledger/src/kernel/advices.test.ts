import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Json, Market, type ResponseOf, isRejection } from '@kessai/interface';
import fc from 'fast-check';
import type { MemoryMarket } from '../tools';
import { deposit, misbehave, note, sealed, settle, trade, transfer } from '../tools/depot-day';
import { alpha, moveClock, openDepot } from '../tools/sample-contract';
import { sampleMembers } from '../tools/sample-market';
import { limitOfSequencesMs, sequences } from '../tools/sequences';

const tries = sequences(process.env, 50, 1_250);
const limitMs = limitOfSequencesMs(process.env, 60_000);

type Answer = ResponseOf<typeof Market.methods.Advices>;

let market: MemoryMarket;
beforeEach(async () => {
  market = await openDepot();
  await deposit(market, 'AlphaMSP', 'A-1', 1_000);
});

const withCollections: readonly string[] = sampleMembers
  .filter(({ role }) => role !== 'auditor')
  .map(({ mspId }) => mspId);

async function ask(caller: Parameters<MemoryMarket['evaluate']>[0], request = {}): Promise<Answer> {
  const answer = await market.evaluate(caller, 'Market:Advices', { from: 1, ...request });
  if (isRejection(answer)) throw new Error(answer.code);
  // In the form in which it crosses the wire.
  return Market.methods.Advices.response.decode(JSON.parse(JSON.stringify(answer)), '');
}

/** The pages that a cycle writes: `member/cycle`. */
async function pagesOfCycle(): Promise<readonly string[]> {
  const { writes } = await market.runCycle();
  return writes
    .filter(({ key }) => key.startsWith('advice/'))
    .map(({ collection, key }) => `${collection}/${Number(key.split('/')[1]).toString()}`)
    .sort();
}

describe('a page of advices', () => {
  test('is written for every member in every cycle, exactly one, whatever happened to it', async () => {
    const all = (cycle: number) => withCollections.map((member) => `${member}/${cycle.toString()}`).sort();
    expect(await pagesOfCycle()).toEqual(all(2));
    sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP'), misbehave('m-1', 'throw')]);
    sealed(market, 'AlphaMSP', [trade('deal', 'BetaMSP')]);
    sealed(market, 'BetaMSP', []);
    expect(await pagesOfCycle()).toEqual(all(3));
  });

  test('is written for a member from the cycle on that admits it', async () => {
    const gamma = { mspId: 'GammaMSP', role: 'institution', name: 'Gamma' };
    for (const operator of ['ExchangeMSP', 'CsdMSP'])
      sealed(market, operator, [{ method: 'Depot:Admit', request: gamma }]);
    expect(await pagesOfCycle()).toEqual([...withCollections, 'GammaMSP'].map((member) => `${member}/2`).sort());
    expect(await ask('GammaMSP')).toMatchObject({ pages: [{ cycle: 2, advices: [] }], next: 3, last: 2 });
  });

  test('tells outcomes in the order of execution, each instruction by its submission and index', async () => {
    const first = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP'), transfer('t-2', 2, 'BetaMSP')]);
    sealed(market, 'BetaMSP', [transfer('t-1', 1, 'AlphaMSP')]);
    const second = sealed(market, 'AlphaMSP', [
      transfer('t-1', 1, 'BetaMSP'),
      transfer('t-3', 5_000, 'BetaMSP'),
      transfer('t-4', 1, 'BetaMSP'),
    ]);
    await market.runCycle();
    const { pages } = await ask('AlphaMSP', { from: 2 });
    const outcome = (submission: { readonly transactionId: string }, index: number, what: string) => ({
      ...{ kind: 'outcome', transactionId: submission.transactionId, index, method: 'Depot:Transfer', outcome: what },
    });
    expect(pages.map(({ advices }) => advices)).toMatchObject([
      [
        outcome(first, 0, 'created'),
        outcome(first, 1, 'created'),
        outcome(second, 0, 'exists'),
        { ...outcome(second, 1, 'refused'), error: { code: 'HoldingInsufficient', needed: '5000' } },
        outcome(second, 2, 'created'),
      ],
    ]);
  });

  test('keeps what went alike as one line, and shows each instruction again', async () => {
    const all = Array.from({ length: 300 }, (_, n) => transfer(`t-${n.toString()}`, 1, 'BetaMSP'));
    const { transactionId } = sealed(market, 'AlphaMSP', [...all, misbehave('m-1', 'refuse'), ...all]);
    const { writes } = await market.runCycle();
    const page = writes.find(({ collection, key }) => collection === 'AlphaMSP' && key.startsWith('advice/'));
    expect(page?.value?.length).toBeLessThan(1_000);
    const { pages } = await ask('AlphaMSP', { from: 2 });
    const told = pages.flatMap(({ advices }) => advices);
    expect(told).toHaveLength(601);
    expect(told.map((one) => (one.kind === 'outcome' ? [one.transactionId, one.index, one.outcome] : []))).toEqual(
      Array.from({ length: 601 }, (_, n) => [transactionId, n, n < 300 ? 'created' : n === 300 ? 'refused' : 'exists']),
    );
  });

  test('tells what others did to a member, and its trades, after its own outcomes', async () => {
    sealed(market, 'AlphaMSP', [note('n-1', 'spring'), trade('deal', 'BetaMSP'), trade('other', 'BetaMSP')]);
    sealed(market, 'CsdMSP', [settle('s-1', 'deal')]);
    sealed(market, 'BetaMSP', [note('n-1', 'spring', 'AlphaMSP')]);
    await market.cycle();
    const [page] = (await ask('BetaMSP', { from: 2 })).pages;
    expect(page?.advices).toEqual([
      expect.objectContaining({ kind: 'outcome', method: 'Depot:Note' }),
      { kind: 'order', orderId: 'n-1', status: 'standing', remaining: 1n },
      { kind: 'trades', page: '2', lines: [{ from: 0, to: 1 }] },
      { kind: 'settlement', page: '2', lines: [{ from: 0, to: 0 }], status: 'settled' },
    ]);
  });

  test('tells the postings of the same cycle', async () => {
    await market.submit('AlphaMSP', 'Depot:Transfer', transfer('t-1', 7, 'BetaMSP').request);
    const [page] = (await ask('BetaMSP', { from: 2 })).pages;
    expect(page?.postings).toEqual([
      { reference: 'Depot:Transfer t-1', account: 'A-1', unit: 'JP3371200001', change: 7n, lockedChange: 0n },
    ]);
  });

  test('of operators and auditors is in the record of the cycle, and asked for in the same way', async () => {
    sealed(market, 'CsdMSP', [settle('s-1', 'unheard')]);
    sealed(market, 'ExchangeMSP', [settle('s-1', 'unheard')]);
    await market.cycle();
    const { pages, next, last } = await ask('CsdMSP');
    expect([next, last]).toEqual([3, 2]);
    expect(pages).toMatchObject([
      { cycle: 1, advices: [] },
      { cycle: 2, advices: [{ outcome: 'refused', error: { code: 'PageUnknown' } }], postings: [] },
    ]);
    expect((await ask('AuditorMSP')).pages.map(({ advices }) => advices)).toEqual([[], []]);
  });
});

describe('asking for advices', () => {
  test('goes from cycle to cycle by the number that the answer before gave', async () => {
    for (let cycle = 2; cycle <= 7; cycle += 1) await market.runCycle();
    const seen: number[] = [];
    let from = 0;
    for (let turn = 0; turn < 3; turn += 1) {
      const { pages, next } = await ask('AlphaMSP', { from, limit: 3 });
      seen.push(...pages.map(({ cycle }) => cycle));
      from = next;
    }
    expect(from).toBe(8);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await ask('AlphaMSP', { from: 8 })).toEqual({ member: 'AlphaMSP', pages: [], next: 8, last: 7 });
    expect(await ask('AlphaMSP', { from: 50 })).toEqual({ member: 'AlphaMSP', pages: [], next: 50, last: 7 });
  });

  test(
    'with any cursor and limit gives the cycles from there, none left out, none twice',
    async () => {
      for (let cycle = 2; cycle <= 9; cycle += 1) await market.runCycle();
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 12 }), async (from, limit) => {
          for (const caller of ['AlphaMSP', 'CsdMSP']) {
            const { pages, next } = await ask(caller, { from, limit });
            const first = Math.max(1, from);
            const expected = Array.from({ length: 9 }, (_, n) => n + 1).filter((n) => n >= first && n < first + limit);
            expect(pages.map(({ cycle }) => cycle)).toEqual(expected);
            expect(next).toBe(first + expected.length);
          }
        }),
        tries,
      );
    },
    limitMs,
  );

  test('ends before a page that has not arrived at this peer yet, and goes on from there', async () => {
    for (let cycle = 2; cycle <= 4; cycle += 1) await market.runCycle();
    const { ledger } = market;
    const late = ledger.contents('AlphaMSP').find(({ key }) => key === 'advice/0000000003');
    const arrives = (value: string | undefined) =>
      ledger.commit({ versions: new Map() }, [{ collection: 'AlphaMSP', key: 'advice/0000000003', value }]);
    arrives(undefined);
    expect(await ask('AlphaMSP')).toMatchObject({ pages: [{ cycle: 1 }, { cycle: 2 }], next: 3, last: 4 });
    expect(await ask('AlphaMSP', { from: 3 })).toMatchObject({ pages: [], next: 3, last: 4 });
    arrives(late?.value);
    expect(await ask('AlphaMSP', { from: 3 })).toMatchObject({ pages: [{ cycle: 3 }, { cycle: 4 }], next: 5 });
  });

  test('takes two rounds of reading, however many cycles are asked for', async () => {
    for (let cycle = 2; cycle <= 20; cycle += 1) await market.runCycle();
    const before = market.ledger.rounds;
    await ask('AlphaMSP');
    expect(market.ledger.rounds - before).toBe(2);
  });

  test('is for the member itself, and for those who oversee the market', async () => {
    const named = (caller: string, member: string): Promise<Json | object> =>
      market.evaluate(caller, 'Market:Advices', { from: 1, member });
    expect(await named('BetaMSP', 'AlphaMSP')).toEqual({ code: 'NotYours', field: 'member' });
    expect(await named('IssuerMSP', 'CsdMSP')).toEqual({ code: 'NotYours', field: 'member' });
    expect(await named('AlphaMSP', 'AlphaMSP')).toMatchObject({ member: 'AlphaMSP' });
    expect(await named('CsdMSP', 'AlphaMSP')).toMatchObject({ member: 'AlphaMSP', pages: [{ cycle: 1 }] });
    expect(await named('AuditorMSP', 'CsdMSP')).toMatchObject({ member: 'CsdMSP' });
    expect(await named('AuditorMSP', 'NobodyMSP')).toEqual({
      ...{ code: 'MemberUnknown', field: 'member', member: 'NobodyMSP' },
    });
    expect(await named('AlphaMSP', 'NobodyMSP')).toMatchObject({ code: 'MemberUnknown' });
    expect((await ask({ mspId: alpha, nodeRole: 'client', restriction: 'viewer' })).member).toBe('AlphaMSP');
  });
});

describe('the record of cycles', () => {
  test('says which submissions each took and where they stand, to operators and auditors', async () => {
    const one = sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP')]);
    const other = sealed(market, 'BetaMSP', []);
    await market.runCycle([one, { ...other, quarantined: true } as typeof other]);
    await moveClock(market, '2023-03-01', 'matching');
    for (const caller of ['CsdMSP', 'AuditorMSP']) {
      expect(await market.evaluate(caller, 'Market:Cycles', { from: 2, limit: 1 })).toMatchObject({
        cycles: [{ number: 2, clock: { phase: 'open' }, submissions: [one, { ...other, quarantined: true }] }],
      });
    }
    expect(await market.evaluate('CsdMSP', 'Market:Cycles', { from: 3 })).toMatchObject({
      cycles: [{ number: 3, clock: { phase: 'matching', cycle: 3 } }],
    });
    expect(await market.evaluate('CsdMSP', 'Market:Cycles', { from: 4 })).toEqual({ cycles: [] });
    expect(await market.evaluate('AlphaMSP', 'Market:Cycles', { from: 1 })).toMatchObject({ code: 'RoleNotAllowed' });
  });
});
