import { beforeAll, expect, test } from '@jest/globals';
import { describeOnEngines, networkOf } from '../support/engines';
import {
  type Members,
  advance,
  balanceOf,
  expectConserved,
  membersOf,
  outcomesOf,
  rejectionOf,
} from '../support/market-day';
import { foundMarket, fund, shinEtsu, tradeDate } from '../support/market-network';

/** The market's own time: what decides is when the ledger has something, by a clock that only operators move. */
describeOnEngines('members and time', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
      { institution: 'AlphaMSP', account: 'ABE', name: 'Abe' },
    ]);
  });
  let market: Members;

  beforeAll(async () => {
    market = await membersOf(network.current);
  });

  test('every member reads the same members and the same clock', async () => {
    const members = Object.values(market) as Members[keyof Members][];
    const told = await Promise.all(members.map(async ({ registry }) => registry.members()));
    for (const answer of told) expect(answer).toEqual(told[0]);
    expect(told[0]?.members.map(({ role }) => role).sort()).toEqual(
      network.current.organisations.map(({ role }) => role).sort(),
    );
    for (const { registry } of members) {
      expect(await registry.clock()).toMatchObject({ businessDate: tradeDate, phase: 'open', sequence: 1 });
    }
  });

  test('a member is admitted once, and nobody is taken for another', async () => {
    const { exchange } = market;
    const alpha = { mspId: 'AlphaMSP', role: 'issuer', name: 'Somebody else' } as const;
    expect(await rejectionOf(exchange.registry.admitMember(alpha))).toMatchObject({ code: 'Conflict' });
    expect(await rejectionOf(market.csd.registry.admitMember({ ...alpha, mspId: 'CsdMSP' }))).toMatchObject({
      code: 'DuplicateMember',
      field: 'mspId',
    });
  });

  test('of two operators that advance the clock at once one moves it, and to the other it has been moved', async () => {
    const { exchange, csd, alpha } = market;
    const { sequence } = await exchange.registry.clock();
    const step = { from: sequence, businessDate: tradeDate, phase: 'matching' } as const;
    const results = await Promise.all([exchange, csd].map(({ registry }) => registry.advanceClock(step)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['created', 'exists']);
    expect(await alpha.registry.clock()).toMatchObject({ phase: 'matching', sequence: sequence + 1 });
  });

  test('an operator that wants another step than the one taken is told where the clock stands', async () => {
    const { csd } = market;
    const { sequence } = await csd.registry.clock();
    const other = { from: sequence - 1, businessDate: tradeDate, phase: 'settlement' } as const;
    expect(await rejectionOf(csd.registry.advanceClock(other))).toEqual({
      code: 'ClockMoved',
      sequence,
      businessDate: tradeDate,
      phase: 'matching',
    });
  });

  test('the day does not go backwards, nor does a new one begin before the old one has closed', async () => {
    const { exchange } = market;
    const backwards = { code: 'ClockBackwards', businessDate: tradeDate, phase: 'matching' };
    expect(await rejectionOf(advance(exchange, 'open'))).toEqual({ ...backwards, field: 'phase' });
    expect(await rejectionOf(advance(exchange, 'open', '2023-03-31'))).toEqual({ ...backwards, field: 'businessDate' });
    expect(await rejectionOf(advance(exchange, 'matching', '2023-03-29'))).toEqual({
      ...backwards,
      field: 'businessDate',
    });
  });

  test('what is sealed before a cut-off is executed before it, and what is sealed after it is refused', async () => {
    const { alpha, exchange } = market;
    const transfer = { isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 10n };
    const { sequence: from } = await exchange.registry.clock();
    const cutOff = { from, businessDate: tradeDate, phase: 'closed' } as const;
    // All three wait when the next cycle is made: not what it finds, but where they stand on the ledger decides.
    await network.current.rest();
    const sealed = { until: 'sealed', check: false } as const;
    const early = await alpha.securities.transfer({ ...transfer, id: 'EARLY' }, sealed);
    await exchange.registry.advanceClock(cutOff, sealed);
    const late = await alpha.securities.transfer({ ...transfer, id: 'LATE' }, sealed);
    await network.current.operate();

    expect(await outcomesOf(alpha, early.transactionId)).toMatchObject([{ outcome: 'created' }]);
    expect(await outcomesOf(alpha, late.transactionId)).toMatchObject([
      { outcome: 'refused', error: { code: 'PhaseClosed', phase: 'closed' } },
    ]);
    expect(await balanceOf(alpha, 'AOKI', shinEtsu)).toEqual({ available: 990n, locked: 0n });
    const { entries } = await alpha.registry.statement({ account: 'AOKI' });
    expect(entries.map(({ reference }) => reference)).not.toContain('Securities:Transfer LATE');
    await expectConserved(market.auditor);
  });

  test('in a closed market nothing is transferred; an id that was refused was never used, and is taken the next morning', async () => {
    const { alpha, exchange } = market;
    const transfer = { id: 'LATE', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 10n };
    expect(await rejectionOf(alpha.securities.transfer(transfer))).toEqual({
      code: 'PhaseClosed',
      phase: 'closed',
      allowed: ['open', 'matching', 'settlement'],
    });
    await advance(exchange, 'open', '2023-03-31');
    expect((await alpha.securities.transfer(transfer)).outcome).toBe('created');
    expect(await balanceOf(alpha, 'ABE', shinEtsu)).toEqual({ available: 20n, locked: 0n });
  });

  test('what must not be executed later than an instant is refused by a cycle that comes later', async () => {
    const { alpha } = market;
    const transfer = { id: 'UNTIL', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 1n };
    const passed = new Date(Date.now() - 1_000);
    expect(await rejectionOf(alpha.securities.transfer(transfer, { goodUntil: passed }))).toMatchObject({
      code: 'InstructionExpired',
      goodUntil: passed.toISOString(),
    });
    const inTime = new Date(Date.now() + 600_000);
    expect((await alpha.securities.transfer(transfer, { goodUntil: inTime })).outcome).toBe('created');
  });

  test('no member but an operator moves the clock', async () => {
    const { sequence: from } = await market.alpha.registry.clock();
    for (const member of [market.alpha, market.bank, market.issuer, market.auditor]) {
      const step = { from, businessDate: '2023-03-31', phase: 'closed' } as const;
      expect(await rejectionOf(member.registry.advanceClock(step))).toMatchObject({ code: 'RoleNotAllowed' });
    }
  });
});
