import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Phase, isRejection } from '@kessai/interface';
import { MemoryMarket, foundSampleMarket } from '@kessai/ledger/tools';
import { securities } from '@kessai/securities';
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

  const opening = { method: 'Registry:AdvanceClock', request: { from: 0, businessDate: '2023-03-01', phase: 'open' } };
  const account = { account: 'A-1', name: 'Client', kind: 'client' };

  test('moves between two instructions of one cycle: each is executed at its place in the ledger’s order', async () => {
    market = new MemoryMarket({ contracts: { Registry: registry, Securities: securities } });
    await foundSampleMarket(market);
    const transfer = { id: 't', isin: 'JP3371200001', from: 'A-1', to: 'A-2', quantity: '1' };
    market.seal('AlphaMSP', [{ method: 'Securities:Transfer', request: transfer }]);
    market.seal('CsdMSP', [opening]);
    market.seal('AlphaMSP', [{ method: 'Securities:Transfer', request: transfer }]);

    expect(await market.cycle()).toMatchObject([
      { code: 'PhaseClosed', phase: 'closed' },
      { outcome: 'created' },
      // The market is open to it, which knows no such instrument.
      { code: 'InstrumentUnknown' },
    ]);
  });

  test('is moved once by two schedulers in one cycle', async () => {
    market.seal('CsdMSP', [opening]);
    market.seal('CcpMSP', [opening]);
    expect(await market.cycle()).toMatchObject([{ outcome: 'created' }, { outcome: 'exists' }]);
    expect(await market.evaluate('CsdMSP', 'Registry:Clock')).toMatchObject({ sequence: 1 });
  });

  test('says which cycle moved it, and when', async () => {
    const { number } = (await market.evaluate('CsdMSP', 'Market:Progress')) as { number: number };
    market.seal('CsdMSP', [opening, { ...opening, request: { ...opening.request, from: 1 } }]);
    const dated = market.now;
    await market.cycle();
    expect(await market.evaluate('CsdMSP', 'Registry:Clock')).toMatchObject({
      sequence: 2,
      cycle: number + 1,
      time: dated,
    });
  });

  test('is never dated back: a scheduler whose clock is behind dates no earlier than the cycle before', async () => {
    const dated = market.now;
    await advance('2023-03-01', 'open');
    const { time } = (await market.evaluate('CsdMSP', 'Registry:Clock')) as { time: string };
    expect(time >= dated).toBe(true);
    market.wait(-60_000);
    await advance('2023-03-01', 'open');
    expect(await market.evaluate('CsdMSP', 'Registry:Clock')).toMatchObject({ sequence: 2, time });
  });

  test('does not move before it is due: a scheduler whose clock is 14 minutes ahead ends no phase early', async () => {
    const due = '2023-03-01T09:14:00.000Z';
    const open = { from: 0, businessDate: '2023-03-01', phase: 'open', notBefore: due };
    market.wait(9 * 3_600_000);
    const early = await market.submit('CsdMSP', 'Registry:AdvanceClock', open);
    expect(early).toMatchObject({ code: 'ClockTooEarly', field: 'notBefore', notBefore: due });
    expect(await market.evaluate('CsdMSP', 'Registry:Clock')).toMatchObject({ phase: 'closed', sequence: 0 });
    market.wait(14 * 60_000);
    expect(await market.submit('CsdMSP', 'Registry:AdvanceClock', open)).toEqual(done);
    expect(await market.submit('CcpMSP', 'Registry:AdvanceClock', open)).toEqual({ outcome: 'exists' });
  });

  test('goes on after any standstill, and so does everything else', async () => {
    market.wait(30 * 86_400_000);
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', account)).toEqual(done);
    expect(await advance('2023-03-31', 'open')).toEqual(done);
  });
});
