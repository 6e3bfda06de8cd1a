import { beforeEach, describe, expect, test } from '@jest/globals';
import { type JsonSchema, allMethods, isRejection } from '@kessai/interface';
import { ReadRefused } from '@kessai/ledger';
import { MemoryMarket, foundSampleMarket, sampleFounding } from '@kessai/ledger/tools';
import { admitMember } from './admit-member';
import { registry } from './index';

const founders = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];
const gamma = { mspId: 'GammaMSP', role: 'institution', name: 'Gamma' };

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
      cycle: 0,
    });
  });

  test('gives the shared collections their secrets, which are no part of what is written', async () => {
    const decided = registry.Found;
    if (!('founding' in decided)) throw new Error('Found is the founding transaction');
    const caller = { mspId: 'CsdMSP', nodeRole: 'client', restriction: undefined } as never;
    const facts = { txId: 'f', time: '2023-03-01T00:00:00.000Z', caller, founders } as never;
    const decision = decided.decide(sampleFounding as never, 'CsdMSP' as never, facts);

    if (isRejection(decision)) throw new Error(decision.code);
    expect(decision.secrets).toEqual([
      { collection: 'operators', secret: sampleFounding.secrets.operators },
      { collection: 'board', secret: sampleFounding.secrets.board },
    ]);
    for (const secret of Object.values(sampleFounding.secrets)) {
      expect(JSON.stringify(decision.writes)).not.toContain(secret);
    }
  });

  test('is the only request that has room for a secret: what is sealed stays on the ledger', () => {
    const withSecret = allMethods()
      .filter(({ method }) => JSON.stringify(method.request.schema satisfies JsonSchema).includes('secret'))
      .map(({ fullName }) => fullName);
    expect(withSecret).toEqual(['Registry:Found']);
  });

  test('happens once: the same id answers exists, to any operator; another id finds a market founded', async () => {
    await market.submit('ExchangeMSP', 'Registry:Found', sampleFounding);

    expect(await market.submit('CsdMSP', 'Registry:Found', sampleFounding)).toEqual({ outcome: 'exists' });
    expect(await market.submit('CsdMSP', 'Registry:Found', { ...sampleFounding, id: 'another' })).toEqual({
      code: 'AlreadyFounded',
    });
  });

  test('comes before everything else', async () => {
    market.seal('CsdMSP', [{ method: 'Registry:AdmitMember', request: gamma }]);
    await expect(market.cycle()).rejects.toThrow('MarketNotFounded');
    expect(await market.evaluate('CsdMSP', 'Registry:Clock')).toEqual({ code: 'MarketNotFounded' });
  });
});

describe('admitting a member', () => {
  beforeEach(() => foundSampleMarket(market));

  const sequenceOf = (caller: string) => market.evaluate(caller, 'Registry:Clock');

  test('is an act of two operators: one alone admits nobody', async () => {
    expect(await market.submit('CcpMSP', 'Registry:AdmitMember', gamma)).toEqual({
      outcome: 'created',
      awaiting: ['operator'],
    });
    expect(await market.submit('CcpMSP', 'Registry:AdmitMember', gamma)).toEqual({
      outcome: 'exists',
      awaiting: ['operator'],
    });
    expect(await sequenceOf('GammaMSP')).toEqual({ code: 'CallerUnknown', caller: 'GammaMSP' });

    expect(await market.submit('CsdMSP', 'Registry:AdmitMember', gamma)).toEqual({ outcome: 'created' });

    expect(await sequenceOf('GammaMSP')).toMatchObject({ sequence: 0 });
  });

  test('needs two who mean the same: other content is a conflict that names the field', async () => {
    await market.submit('CcpMSP', 'Registry:AdmitMember', gamma);

    expect(await market.submit('CsdMSP', 'Registry:AdmitMember', { ...gamma, role: 'issuer' })).toEqual({
      code: 'Conflict',
      field: 'role',
    });
    expect(await sequenceOf('GammaMSP')).toMatchObject({ code: 'CallerUnknown' });
  });

  test('keeps its identifiers, and the cycle that admitted it, for all to see', async () => {
    const identified = { ...gamma, lei: '5493006MHB84DD0ZWV18', bic: 'GAMAJPJT' };
    await market.act('Registry:AdmitMember', identified);

    const { members } = (await market.evaluate('AlphaMSP', 'Registry:Members')) as { members: unknown[] };
    const { number: admittedIn } = (await market.evaluate('AlphaMSP', 'Market:Progress')) as { number: number };
    expect(members).toContainEqual({ ...identified, admittedIn });
  });

  test('again answers exists, whichever operator asks and however late', async () => {
    await market.act('Registry:AdmitMember', gamma);
    expect(await market.submit('CcpMSP', 'Registry:AdmitMember', gamma)).toEqual({ outcome: 'exists' });

    for (const day of ['01', '02', '03', '06']) await throughTheDay(`2023-03-${day}`);

    expect(await market.submit('CsdMSP', 'Registry:AdmitMember', gamma)).toEqual({ outcome: 'exists' });
    expect(await market.submit('CsdMSP', 'Registry:AdmitMember', { ...gamma, role: 'issuer' })).toEqual({
      code: 'DuplicateMember',
      field: 'mspId',
      member: 'GammaMSP',
    });
  });

  async function throughTheDay(businessDate: string): Promise<void> {
    for (const phase of ['open', 'closed']) {
      const { sequence: from } = (await sequenceOf('CsdMSP')) as { sequence: number };
      await expectDone(market.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate, phase }));
      // Ids are remembered by what is used on a day.
      const policy = { matching: 'by-operator', settlement: 'by-operator' };
      await expectDone(market.act('Registry:SetPolicy', { id: `${businessDate}-${phase}`, policy }));
    }
  }

  async function expectDone(answer: Promise<unknown>): Promise<void> {
    expect(await answer).toEqual({ outcome: 'created' });
  }

  test('refuses a founding operator a second role', async () => {
    expect(await market.submit('CcpMSP', 'Registry:AdmitMember', { ...gamma, mspId: 'CsdMSP' })).toEqual({
      code: 'DuplicateMember',
      field: 'mspId',
      member: 'CsdMSP',
    });
  });

  test.each(['operators', 'board', 'AlphaMSP_inbox'])(
    'refuses the name %s, whose collection is the market’s own',
    async (mspId) => {
      expect(await market.submit('CcpMSP', 'Registry:AdmitMember', { ...gamma, mspId })).toMatchObject({
        code: 'FieldMalformed',
        field: 'mspId',
      });
    },
  );

  test.each([
    ['institution', true],
    ['issuer', true],
    ['settlement-bank', true],
    ['operator', false],
    ['auditor', false],
  ] as const)('as %s founds a collection of its own: %s', (role, owns) => {
    const request = { ...gamma, role };
    const decision = admitMember.decide(undefined, request as never, { market: { members: [] } } as never);
    if (isRejection(decision)) throw new Error(decision.code);
    expect(decision.founded).toEqual(owns ? ['GammaMSP'] : undefined);
  });

  test.each([
    ['institution', true],
    ['auditor', false],
  ] as const)('as %s needs its collection in the chaincode’s definition: %s', async (role, needed) => {
    const undefinedCollection = new ReadRefused({ code: 'CollectionUndefined', collection: 'GammaMSP' });
    const reader = { read: () => Promise.reject(undefinedCollection) };
    const context = { market: { members: [] } } as never;
    const loading = admitMember.load(reader, { ...gamma, role } as never, context);
    if (needed) await expect(loading).rejects.toBe(undefinedCollection);
    else await expect(loading).resolves.toBeUndefined();
  });

  test('is an operator’s affair', async () => {
    expect(await market.submit('AlphaMSP', 'Registry:AdmitMember', gamma)).toEqual({
      code: 'RoleNotAllowed',
      role: 'institution',
      allowed: ['operator'],
    });
  });

  test('makes a member for what follows in the same cycle', async () => {
    await market.submit('CcpMSP', 'Registry:AdmitMember', gamma);
    market.seal('CsdMSP', [{ method: 'Registry:AdmitMember', request: gamma }]);
    const account = { account: 'G-1', name: 'Client', kind: 'client' };
    market.seal('GammaMSP', [{ method: 'Registry:OpenAccount', request: account }]);

    expect(await market.cycle()).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }]);
    expect(await market.evaluate('GammaMSP', 'Registry:Accounts')).toEqual({ accounts: [account] });
  });
});
