import { beforeEach, describe, expect, test } from '@jest/globals';
import { isRejection } from '@kessai/interface';
import { MemoryMarket, foundSampleMarket, sampleFounding, sampleSecret } from '@kessai/ledger/tools';
import { admitMember } from './admit-member';
import { registry } from './index';

const founders = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];
const gamma = { mspId: 'GammaMSP', role: 'institution', name: 'Gamma', secret: sampleSecret(77) };

let market: MemoryMarket;
beforeEach(() => {
  market = new MemoryMarket({ contracts: { Registry: registry } });
});

describe('founding the market', () => {
  test('admits the founding operators and starts the clock closed, on the founding day, at the time of founding', async () => {
    const founded = market.now;

    expect(await market.submit('ExchangeMSP', 'Registry:Found', sampleFounding)).toEqual({ outcome: 'created' });

    expect(await market.evaluate('CcpMSP', 'Registry:Members')).toEqual({
      name: 'Sample market',
      members: sampleFounding.operators.map((operator) => ({ ...operator, role: 'operator' })),
    });
    expect(await market.evaluate('CcpMSP', 'Registry:Clock')).toEqual({
      businessDate: '2023-03-01',
      phase: 'closed',
      sequence: 0,
      time: founded,
    });
  });

  test('gives the shared collections their secrets, which are no part of what is written', async () => {
    const decided = registry.Found;
    if (!('founding' in decided)) throw new Error('Found is the founding transaction');
    const caller = { mspId: 'CsdMSP', nodeRole: 'client', restriction: undefined } as never;
    const facts = { txId: 'f', time: '2023-03-01T00:00:00.000Z', caller, founders } as never;
    const decision = decided.decide(sampleFounding as never, 'CsdMSP' as never, facts);

    if (isRejection(decision)) throw new Error(decision.code);
    expect(decision.founded).toEqual([
      { collection: 'operators', secret: sampleFounding.secrets.operators },
      { collection: 'board', secret: sampleFounding.secrets.board },
    ]);
    expect(JSON.stringify(decision.writes)).not.toContain(sampleFounding.secrets.operators);
  });

  test('happens once: the same again answers exists, to any operator; with other content it is a conflict', async () => {
    await market.submit('ExchangeMSP', 'Registry:Found', sampleFounding);

    expect(await market.submit('CsdMSP', 'Registry:Found', sampleFounding)).toEqual({ outcome: 'exists' });
    expect(await market.submit('CsdMSP', 'Registry:Found', { ...sampleFounding, businessDate: '2023-03-02' })).toEqual({
      code: 'Conflict',
      field: 'businessDate',
    });
  });

  test('comes before everything else', async () => {
    expect(await market.submit('CsdMSP', 'Registry:AdmitMember', gamma)).toEqual({ code: 'MarketNotFounded' });
    expect(await market.evaluate('CsdMSP', 'Registry:Clock')).toEqual({ code: 'MarketNotFounded' });
  });
});

describe('admitting a member', () => {
  beforeEach(() => foundSampleMarket(market));

  test('lets the organisation call what its role may', async () => {
    expect(await market.evaluate('GammaMSP', 'Registry:Clock')).toEqual({ code: 'CallerUnknown', caller: 'GammaMSP' });

    expect(await market.submit('CcpMSP', 'Registry:AdmitMember', gamma)).toEqual({ outcome: 'created' });

    expect(await market.evaluate('GammaMSP', 'Registry:Clock')).toMatchObject({ sequence: 0 });
  });

  test('keeps its identifiers for all to see, and never its secret', async () => {
    const identified = { ...gamma, lei: '5493006MHB84DD0ZWV18', bic: 'GAMAJPJT' };
    await market.submit('CcpMSP', 'Registry:AdmitMember', identified);

    const { members } = (await market.evaluate('AlphaMSP', 'Registry:Members')) as { members: unknown[] };
    const { secret: _secret, ...shown } = identified;
    expect(members).toContainEqual(shown);
    expect(JSON.stringify(market.ledger.contents(''))).not.toContain(gamma.secret);
  });

  test('again answers exists, with other content Conflict, whichever operator asks', async () => {
    await market.submit('CcpMSP', 'Registry:AdmitMember', gamma);

    expect(await market.submit('CsdMSP', 'Registry:AdmitMember', gamma)).toEqual({ outcome: 'exists' });
    expect(await market.submit('CsdMSP', 'Registry:AdmitMember', { ...gamma, role: 'issuer' })).toEqual({
      code: 'Conflict',
      field: 'role',
    });
  });

  test('refuses a founding operator a second role', async () => {
    expect(await market.submit('CcpMSP', 'Registry:AdmitMember', { ...gamma, mspId: 'CsdMSP' })).toEqual({
      code: 'DuplicateMember',
      field: 'mspId',
      member: 'CsdMSP',
    });
  });

  test.each(['operators', 'board'])('refuses the name %s, whose collection all operators share', async (mspId) => {
    expect(await market.submit('CcpMSP', 'Registry:AdmitMember', { ...gamma, mspId })).toMatchObject({
      code: 'FieldMalformed',
      field: 'mspId',
    });
  });

  test.each([
    ['institution', true],
    ['issuer', true],
    ['settlement-bank', true],
    ['operator', false],
    ['auditor', false],
  ] as const)('as %s founds a collection of its own: %s', (role, owns) => {
    const { secret, ...rest } = gamma;
    const request = { ...rest, role, ...(owns ? { secret } : {}) };
    const decision = admitMember.decide(undefined, request as never, { market: { members: [] } } as never);
    if (isRejection(decision)) throw new Error(decision.code);
    expect(decision.founded).toEqual(owns ? [{ collection: 'GammaMSP', secret }] : undefined);
  });

  test('is an operator’s affair', async () => {
    expect(await market.submit('AlphaMSP', 'Registry:AdmitMember', gamma)).toEqual({
      code: 'RoleNotAllowed',
      role: 'institution',
      allowed: ['operator'],
    });
  });
});
