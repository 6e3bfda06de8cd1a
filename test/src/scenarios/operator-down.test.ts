import { beforeAll, expect, test } from '@jest/globals';
import type { Profile, TraceFact } from '@kessai/gateway-client';
import { describeOnEngines, networkOf } from '../support/engines';
import { balanceOf, expectConserved } from '../support/market-day';
import { foundMarket, fund, shinEtsu } from '../support/market-network';

/** Two of the three operators endorse: the market goes on without any one of them, and no member does anything for it. */
describeOnEngines('an operator out of reach', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
      { institution: 'AlphaMSP', account: 'ABE', name: 'Abe' },
    ]);
  });
  let profile: Profile;

  beforeAll(() => {
    profile = network.current.profile('AlphaMSP');
  });

  const transfer = (id: string) => ({ id, isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 1n });

  /** A member's connection, and who endorsed what it sealed and answered what it asked the operators. */
  async function watched(options: { readonly operators?: readonly string[] } = {}) {
    const endorsers: string[] = [];
    const answerers: string[] = [];
    const trace = (fact: TraceFact) => {
      if (fact.kind === 'endorsed') endorsers.push(fact.organisations.join('+'));
      if (fact.kind === 'evaluated' && fact.method === 'Registry:Register') answerers.push(...fact.organisations);
    };
    return { member: await network.current.connect(profile, { ...options, trace }), endorsers, answerers };
  }

  /** Who endorses the cycles of operators from now on. */
  async function cyclesOf(operators: readonly string[]): Promise<readonly string[]> {
    const endorsers: string[] = [];
    const trace = (fact: TraceFact) => {
      if (fact.kind === 'endorsed') endorsers.push([...fact.organisations].sort().join('+'));
    };
    await network.current.rest();
    for (const operator of operators) await network.current.operateAs(operator, {}, { trace });
    return endorsers;
  }

  test("with all there, a member's own peer endorses what it seals, and the first two operators the cycle", async () => {
    const cycles = await cyclesOf(['ExchangeMSP']);
    const { member, endorsers } = await watched();
    await member.securities.transfer(transfer('T-1'));
    expect(endorsers).toEqual(['AlphaMSP']);
    expect(new Set(cycles)).toEqual(new Set(['CsdMSP+ExchangeMSP']));
    await member.close();
  });

  test("the exchange's peer is gone: the other two make the cycles, and members do nothing for it", async () => {
    await network.current.silence('ExchangeMSP');
    const cycles = await cyclesOf(['ExchangeMSP', 'CsdMSP', 'CcpMSP']);
    const { member } = await watched();
    await member.securities.transfer(transfer('T-2'));
    await member.securities.transfer(transfer('T-3'));
    expect(new Set(cycles)).toEqual(new Set(['CcpMSP+CsdMSP']));
    const { rows } = await member.registry.register({ isin: shinEtsu });
    expect(rows.map(({ account, quantity }) => [account, quantity])).toEqual([
      ['ABE', 3n],
      ['AOKI', 997n],
    ]);
    await member.close();
  });

  test('the other operators go on with the day, and all value is there', async () => {
    const csd = await network.current.as('CsdMSP');
    const { sequence: from, businessDate } = await csd.registry.clock();
    await csd.registry.advanceClock({ from, businessDate, phase: 'settlement' });
    await expectConserved(await network.current.as('AuditorMSP'));
  });

  test('the exchange itself can seal nothing and read nothing: both need its own peer', async () => {
    const exchange = await network.current.connect(network.current.profile('ExchangeMSP'), { attempts: 2 });
    const { sequence: from, ...clock } = await (await network.current.as('CsdMSP')).registry.clock();
    const tick = { from, businessDate: clock.businessDate, phase: clock.phase };
    // The gateway knows of no chaincode at its peer, or knows of one that does not answer.
    const unanswered = expect.stringMatching(/^(GatewayRefused|EndorsementFailed|Unavailable)$/);
    await expect(exchange.registry.advanceClock(tick)).rejects.toMatchObject({ code: unanswered });
    await expect(exchange.registry.clock()).rejects.toMatchObject({ code: unanswered });
    expect((await (await network.current.as('CsdMSP')).registry.clock()).sequence).toBe(from);
    await exchange.close();
  });

  test('back again, it takes part again', async () => {
    await network.current.mend();
    const cycles = await cyclesOf(['ExchangeMSP']);
    const { member } = await watched();
    await member.securities.transfer(transfer('T-4'));
    expect(new Set(cycles)).toEqual(new Set(['CsdMSP+ExchangeMSP']));
    await member.close();
    const exchange = await network.current.as('ExchangeMSP');
    expect((await exchange.registry.clock()).phase).toBe('settlement');
  });

  test('an organisation without a peer among the operators of a profile is passed over', async () => {
    const { member, answerers } = await watched({ operators: ['NowhereMSP', 'CsdMSP', 'CcpMSP'] });
    await member.securities.transfer(transfer('T-5'));
    expect((await member.registry.register({ isin: shinEtsu })).rows).toHaveLength(2);
    expect(answerers).toEqual(['CsdMSP']);
    expect(await balanceOf(member, 'ABE', shinEtsu)).toEqual({ available: 5n, locked: 0n });
    await member.close();
  });

  test("with the member's own gateway out of reach the call says so, and nothing was applied", async () => {
    const member = await network.current.connect({ ...profile, endpoint: '127.0.0.1:1' }, { attempts: 2 });
    await expect(member.securities.transfer(transfer('T-6'))).rejects.toMatchObject({
      code: 'Unavailable',
      endpoint: '127.0.0.1:1',
    });
    await member.close();
    const alpha = await network.current.as('AlphaMSP');
    expect((await alpha.securities.transfer(transfer('T-6'))).outcome).toBe('created');
  });
});
