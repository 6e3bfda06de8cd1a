import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Phase, isRejection } from '@kessai/interface';
import { type Endorsed, MemoryMarket, foundSampleMarket } from '@kessai/ledger/tools';
import { registry } from './index';

let market: MemoryMarket;
beforeEach(async () => {
  market = new MemoryMarket({ contracts: { Registry: registry } });
  await foundSampleMarket(market);
});

let sequence = 0;
beforeEach(() => {
  sequence = 0;
});

async function advance(businessDate: string, phase: Phase): Promise<unknown> {
  const answer = await market.submit('CsdMSP', 'Registry:AdvanceClock', { from: sequence, businessDate, phase });
  if (!isRejection(answer)) sequence += 1;
  return answer;
}

const done = { outcome: 'created' };

describe('the clock', () => {
  test('goes through the phases of a day in their order, then to the next day', async () => {
    for (const phase of ['open', 'matching', 'settlement', 'closed'] as const) {
      expect(await advance('2023-03-01', phase)).toEqual(done);
    }
    expect(await advance('2023-03-02', 'open')).toEqual(done);
    expect(await market.evaluate('AlphaMSP', 'Registry:Clock')).toMatchObject({
      businessDate: '2023-03-02',
      phase: 'open',
      sequence: 5,
    });
  });

  test('may leave out phases and days: a holiday, a day without trading', async () => {
    expect(await advance('2023-03-01', 'settlement')).toEqual(done);
    expect(await advance('2023-03-01', 'closed')).toEqual(done);
    expect(await advance('2023-03-06', 'open')).toEqual(done);
  });

  test('ticks within a phase', async () => {
    expect(await advance('2023-03-01', 'open')).toEqual(done);
    expect(await advance('2023-03-01', 'open')).toEqual(done);
    expect(await market.evaluate('AlphaMSP', 'Registry:Clock')).toMatchObject({ phase: 'open', sequence: 2 });
  });

  test('opens the founding day, which begins closed, and no closed day again', async () => {
    expect(await advance('2023-03-01', 'open')).toEqual(done);
    expect(await advance('2023-03-01', 'closed')).toEqual(done);
    expect(await advance('2023-03-01', 'open')).toMatchObject({ code: 'ClockBackwards', field: 'phase' });
  });

  test.each([
    ['an earlier day', '2023-02-28', 'closed', 'businessDate'],
    ['an earlier phase', '2023-03-01', 'open', 'phase'],
    ['another day before this one is closed', '2023-03-02', 'open', 'businessDate'],
  ] as const)('does not go to %s', async (_what, businessDate, phase, field) => {
    await advance('2023-03-01', 'matching');
    expect(await advance(businessDate, phase)).toEqual({
      code: 'ClockBackwards',
      field,
      businessDate: '2023-03-01',
      phase: 'matching',
    });
  });

  test('begins a day open', async () => {
    expect(await advance('2023-03-02', 'matching')).toMatchObject({ code: 'ClockBackwards', field: 'phase' });
  });

  test('is moved once by several schedulers: the first moves it, a repetition moves nothing, another intention is told', async () => {
    const open = { from: 0, businessDate: '2023-03-01', phase: 'open' };
    expect(await market.submit('CsdMSP', 'Registry:AdvanceClock', open)).toEqual(done);
    expect(await market.submit('CcpMSP', 'Registry:AdvanceClock', open)).toEqual({ outcome: 'exists' });
    expect(await market.submit('CcpMSP', 'Registry:AdvanceClock', { ...open, phase: 'closed' })).toEqual({
      code: 'ClockMoved',
      sequence: 1,
      businessDate: '2023-03-01',
      phase: 'open',
    });
    expect(await market.submit('CcpMSP', 'Registry:AdvanceClock', { ...open, from: 2 })).toMatchObject({
      code: 'ClockMoved',
    });
    expect(await market.evaluate('CsdMSP', 'Registry:Clock')).toMatchObject({ sequence: 1 });
  });

  test('ends what was endorsed before it moved and is committed after', async () => {
    const account = { account: 'A-1', name: 'Client', kind: 'client' };
    const heldBack = (await market.endorse('AlphaMSP', 'Registry:OpenAccount', account)) as Endorsed;
    await advance('2023-03-01', 'open');

    expect(market.commit(heldBack)).toBe(false);
    expect(await market.evaluate('AlphaMSP', 'Registry:Accounts')).toEqual({ accounts: [] });
  });

  test('is read by every transaction: nothing is dated before it', async () => {
    const opening = market.now;
    await advance('2023-03-01', 'open');
    const account = { account: 'A-1', name: 'Client', kind: 'client' };
    const early = new Date(Date.parse(opening) - 1).toISOString();
    expect(await market.endorse('AlphaMSP', 'Registry:OpenAccount', account, early)).toMatchObject({
      code: 'TimestampRefused',
      time: early,
      earliest: opening,
    });
  });

  test('goes on after any standstill, in which everything else is refused for its date', async () => {
    market.wait(30 * 86_400_000);
    const account = { account: 'A-1', name: 'Client', kind: 'client' };
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', account)).toMatchObject({
      code: 'TimestampRefused',
    });
    expect(await advance('2023-03-31', 'open')).toEqual(done);
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', account)).toEqual(done);
  });
});
