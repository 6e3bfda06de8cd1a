import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, foundSampleMarket, sampleFounding } from '@kessai/ledger/tools';
import { registry } from './index';

const byOperator = { matching: 'by-operator', settlement: 'by-operator' };
const continuous = { matching: 'continuous', settlement: 'continuous' };

let market: MemoryMarket;
beforeEach(() => {
  market = new MemoryMarket({ contracts: { Registry: registry } });
});

const policy = (caller = 'AlphaMSP') => market.evaluate(caller, 'Registry:Policy');

describe('how far the market goes by itself', () => {
  test('is left to the operators unless the founder says otherwise', async () => {
    await foundSampleMarket(market);
    expect(await policy()).toEqual(byOperator);
  });

  test('may be said with the founding', async () => {
    const founding = { ...sampleFounding, policy: { ...byOperator, matching: 'continuous' } };
    expect(await market.submit('CsdMSP', 'Registry:Found', founding)).toEqual({ outcome: 'created' });
    expect(await policy('CsdMSP')).toEqual(founding.policy);
  });

  test('is set by two operators who mean the same', async () => {
    await foundSampleMarket(market);
    const set = { id: 'policy-1', policy: continuous };
    expect(await market.submit('CsdMSP', 'Registry:SetPolicy', set)).toEqual({
      outcome: 'created',
      awaiting: ['operator'],
    });
    expect(await policy()).toEqual(byOperator);
    const other = { ...set, policy: { ...continuous, settlement: 'by-operator' } };
    expect(await market.submit('CcpMSP', 'Registry:SetPolicy', other)).toEqual({
      code: 'Conflict',
      field: 'policy.settlement',
    });

    expect(await market.submit('CcpMSP', 'Registry:SetPolicy', set)).toEqual({ outcome: 'created' });

    expect(await policy()).toEqual(continuous);
    expect(await market.submit('ExchangeMSP', 'Registry:SetPolicy', set)).toEqual({ outcome: 'exists' });
    expect(await market.submit('ExchangeMSP', 'Registry:SetPolicy', other)).toMatchObject({ code: 'Conflict' });
  });

  test('is no member’s affair', async () => {
    await foundSampleMarket(market);
    expect(await market.submit('AlphaMSP', 'Registry:SetPolicy', { id: 'p', policy: continuous })).toMatchObject({
      code: 'RoleNotAllowed',
    });
  });
});
