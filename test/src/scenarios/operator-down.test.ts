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

  /** A member's connection, and the endorsers of what it submits. */
  async function watched(options: { readonly operators?: readonly string[] } = {}) {
    const endorsers: string[] = [];
    const trace = (fact: TraceFact) => {
      if (fact.kind === 'endorsed') endorsers.push(fact.organisations.join('+'));
    };
    return { member: await network.current.connect(profile, { ...options, trace }), endorsers };
  }

  test('with all there, the first two named endorse', async () => {
    const { member, endorsers } = await watched();
    await member.securities.transfer(transfer('T-1'));
    expect(endorsers).toEqual(['ExchangeMSP+CsdMSP']);
    await member.close();
  });

  test("the exchange's peer is gone: members' requests are endorsed by the other two, from the first on", async () => {
    await network.current.silence('ExchangeMSP');
    const { member, endorsers } = await watched();
    await member.securities.transfer(transfer('T-2'));
    await member.securities.transfer(transfer('T-3'));
    expect(endorsers).toEqual(['CsdMSP+CcpMSP', 'CsdMSP+CcpMSP']);
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

  test('the exchange itself still acts through the others, but reads nothing from its own peer', async () => {
    // Who operates the market it would ask its own peer, so its profile says it.
    const operators = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];
    const exchange = await network.current.connect(network.current.profile('ExchangeMSP'), { operators });
    const { sequence: from, ...clock } = await (await network.current.as('CsdMSP')).registry.clock();
    const tick = { from, businessDate: clock.businessDate, phase: clock.phase };
    expect((await exchange.registry.advanceClock(tick)).outcome).toBe('created');
    // The gateway knows of no chaincode at its peer, or knows of one that does not answer.
    const unanswered = expect.stringMatching(/^(GatewayRefused|EndorsementFailed)$/);
    await expect(exchange.registry.clock()).rejects.toMatchObject({ code: unanswered });
    await exchange.close();
  });

  test('back again, it takes part again', async () => {
    await network.current.mend();
    const { member, endorsers } = await watched();
    await member.securities.transfer(transfer('T-4'));
    expect(endorsers).toEqual(['ExchangeMSP+CsdMSP']);
    await member.close();
    const exchange = await network.current.as('ExchangeMSP');
    expect((await exchange.registry.clock()).phase).toBe('settlement');
  });

  test('an organisation without a peer among the operators of a profile is passed over', async () => {
    const { member, endorsers } = await watched({ operators: ['NowhereMSP', 'CsdMSP', 'CcpMSP'] });
    await member.securities.transfer(transfer('T-5'));
    expect(endorsers).toEqual(['CsdMSP+CcpMSP']);
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
