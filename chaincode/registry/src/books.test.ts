import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, Phase } from '@kessai/interface';
import { type Posting, type UnitTerms, moneyAt, put } from '@kessai/ledger';
import { MemoryMarket, foundSampleMarket, placeInstrument, position, postTo, sampleTerms } from '@kessai/ledger/tools';
import { registry } from './index';

const isin = 'JP3371200001';
const yenUnit = 'JPY@TrustBankMSP';
const yen = { unit: yenUnit, issuer: 'TrustBankMSP', registerPages: 1 } as unknown as UnitTerms;

let market: MemoryMarket;
let sequence: number;

beforeEach(async () => {
  market = new MemoryMarket({ contracts: { Registry: registry } });
  sequence = 0;
  await foundSampleMarket(market);
  placeInstrument(market.ledger);
  const money = { unit: yen.unit, currency: 'JPY', issuer: yen.issuer, decimals: 0, registerPages: 1 };
  market.ledger.commit({ versions: new Map() }, [put(moneyAt(yen.unit), money as never)]);
  for (const account of ['A-2', 'A-1']) {
    await market.submit('AlphaMSP', 'Registry:OpenAccount', { account, name: `Client ${account}`, kind: 'client' });
  }
  await market.submit('TrustBankMSP', 'Registry:OpenAccount', { account: 'VAULT', name: 'Vault', kind: 'treasury' });
  await advance('2023-03-01', 'open');
});

async function advance(businessDate: string, phase: Phase): Promise<void> {
  await market.submit('CsdMSP', 'Registry:AdvanceClock', { from: sequence, businessDate, phase });
  sequence += 1;
}

function line(institution: string, account: string, change: bigint, terms = sampleTerms, lock?: string): Posting {
  const part = lock === undefined ? ('available' as const) : { lock, reason: 'order' as const };
  return { position: position(institution, account, terms), part, change, field: 'quantity' };
}

async function post(txId: string, reference: string, ...lines: Posting[]): Promise<void> {
  const refused = await postTo(market.ledger, { lines, txId, time: market.now, reference });
  expect(refused).toBeUndefined();
  market.wait(1_000);
}

async function someBusiness(): Promise<void> {
  // Transaction ids are random: their order says nothing of what came first.
  await post('f', 'first', { supply: yen, change: -500n }, line('AlphaMSP', 'A-1', 500n, yen));
  await post(
    'a',
    'second',
    { supply: sampleTerms, change: -30n },
    line('AlphaMSP', 'A-1', 10n),
    line('AlphaMSP', 'A-2', 20n),
  );
  await advance('2023-03-01', 'closed');
  await advance('2023-03-02', 'open');
  await post('b', 'third', line('AlphaMSP', 'A-1', -4n), line('AlphaMSP', 'A-1', 4n, sampleTerms, 'order.1'));
  await post('0', 'fourth', line('AlphaMSP', 'A-1', -100n, yen), line('TrustBankMSP', 'VAULT', 100n, yen));
}

const questions = ['Registry:Accounts', 'Registry:Holdings', 'Registry:Statement'] as const;

describe.each(questions)('%s', (method) => {
  test('answers for the caller’s own books, named or not', async () => {
    await someBusiness();
    const own = await market.evaluate('AlphaMSP', method);
    expect(JSON.stringify(own)).toContain('A-1');
    expect(await market.evaluate('AlphaMSP', method, { institution: 'AlphaMSP' })).toEqual(own);
    expect(await market.evaluate('CsdMSP', method, { institution: 'AlphaMSP' })).toEqual(own);
    expect(await market.evaluate('AuditorMSP', method, { institution: 'AlphaMSP' })).toEqual(own);
  });

  test.each(['BetaMSP', 'IssuerMSP', 'TrustBankMSP'])('does not show them to %s', async (caller) => {
    expect(await market.evaluate(caller, method, { institution: 'AlphaMSP' })).toEqual({
      code: 'NotYours',
      field: 'institution',
    });
  });

  test.each([
    [{}, { code: 'InstitutionMissing', field: 'institution' }],
    [{ institution: 'NobodyMSP' }, { code: 'MemberUnknown', field: 'institution', member: 'NobodyMSP' }],
    [
      { institution: 'CcpMSP' },
      {
        code: 'MemberRole',
        field: 'institution',
        member: 'CcpMSP',
        role: 'operator',
        needed: ['institution', 'issuer', 'settlement-bank'],
      },
    ],
  ] as const)('an operator who asks for %j is told what to name', async (request, refused) => {
    expect(await market.evaluate('CsdMSP', method, request as JsonObject)).toEqual(refused);
  });
});

describe('accounts', () => {
  test('are shown by number', async () => {
    expect(await market.evaluate('AlphaMSP', 'Registry:Accounts')).toEqual({
      accounts: [
        { account: 'A-1', name: 'Client A-1', kind: 'client' },
        { account: 'A-2', name: 'Client A-2', kind: 'client' },
      ],
    });
  });

  test('are opened once: the same again answers exists, another holder is a conflict', async () => {
    const first = { account: 'A-1', name: 'Client A-1', kind: 'client' };
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', first)).toEqual({ outcome: 'exists' });
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', { ...first, name: 'Another' })).toEqual({
      code: 'Conflict',
      field: 'name',
    });
  });

  test('of one number at two organisations are two accounts', async () => {
    const same = { account: 'A-1', name: 'Somebody else', kind: 'client' };
    expect(await market.submit('BetaMSP', 'Registry:OpenAccount', same)).toEqual({ outcome: 'created' });
    expect(await market.evaluate('BetaMSP', 'Registry:Accounts')).toEqual({ accounts: [same] });
  });
});

describe('holdings', () => {
  test('are shown by account and unit, with what is locked and why', async () => {
    await someBusiness();
    expect(await market.evaluate('AlphaMSP', 'Registry:Holdings')).toEqual({
      institution: 'AlphaMSP',
      holdings: [
        {
          account: 'A-1',
          name: 'Client A-1',
          unit: isin,
          available: '6',
          locks: [{ id: 'order.1', reason: 'order', quantity: '4' }],
        },
        { account: 'A-1', name: 'Client A-1', unit: yenUnit, available: '400', locks: [] },
        { account: 'A-2', name: 'Client A-2', unit: isin, available: '20', locks: [] },
      ],
    });
  });

  test('of one account', async () => {
    await someBusiness();
    expect(await market.evaluate('AlphaMSP', 'Registry:Holdings', { account: 'A-2' })).toEqual({
      institution: 'AlphaMSP',
      holdings: [{ account: 'A-2', name: 'Client A-2', unit: isin, available: '20', locks: [] }],
    });
    expect(await market.evaluate('AlphaMSP', 'Registry:Holdings', { account: 'A-3' })).toEqual({
      code: 'AccountUnknown',
      field: 'account',
      institution: 'AlphaMSP',
      account: 'A-3',
    });
  });
});

describe('a statement', () => {
  interface Entry {
    readonly reference: string;
    readonly account: string;
    readonly unit: string;
    readonly change: string;
    readonly lockedChange: string;
  }
  async function lines(request: JsonObject = {}, caller = 'AlphaMSP'): Promise<readonly string[]> {
    const { entries } = (await market.evaluate(caller, 'Registry:Statement', request)) as unknown as {
      entries: Entry[];
    };
    return entries.map(({ reference, account, unit, change, lockedChange }) =>
      [reference.split(' ')[1], account, unit.slice(0, 3), change, lockedChange].join(' '),
    );
  }
  beforeEach(someBusiness);

  const all = [
    'first A-1 JPY 500 0',
    'second A-1 JP3 10 0',
    'second A-2 JP3 20 0',
    'third A-1 JP3 0 4',
    'fourth A-1 JPY -100 0',
  ];

  test('shows every change in the order in which it happened', async () => {
    expect(await lines()).toEqual(all);
  });

  test('shows the receiving side to the receiver, and no supply', async () => {
    expect(await lines({}, 'TrustBankMSP')).toEqual(['fourth VAULT JPY 100 0']);
  });

  test('dates each change', async () => {
    const { entries } = (await market.evaluate('AlphaMSP', 'Registry:Statement')) as { entries: JsonObject[] };
    expect(entries.map(({ businessDate, sequence: under }) => [businessDate, under])).toEqual([
      ['2023-03-01', 1],
      ['2023-03-01', 1],
      ['2023-03-01', 1],
      ['2023-03-02', 3],
      ['2023-03-02', 3],
    ]);
  });

  test('of one account', async () => {
    expect(await lines({ account: 'A-2' })).toEqual(['second A-2 JP3 20 0']);
    expect(await market.evaluate('AlphaMSP', 'Registry:Statement', { account: 'A-9' })).toMatchObject({
      code: 'AccountUnknown',
    });
  });

  test.each([
    [{ from: '2023-03-02' }, all.slice(3)],
    [{ to: '2023-03-01' }, all.slice(0, 3)],
    [{ from: '2023-03-01', to: '2023-03-02' }, all],
    [{ from: '2023-03-03' }, []],
    [{ to: '2023-02-28' }, []],
  ])('of the days %j', async (request, expected) => {
    expect(await lines(request)).toEqual(expected);
  });

  test('from a day on does not read what came before', async () => {
    const before = market.ledger.scanned;
    await lines({ from: '2023-03-02' });
    expect(market.ledger.scanned - before).toBe(2);
  });
});

describe('supply', () => {
  test('of every registered unit equals what all accounts hold', async () => {
    const nothing = { issued: '0', held: '0', holders: 0 };
    expect(await market.evaluate('AuditorMSP', 'Registry:Supply')).toEqual({
      units: [
        { unit: isin, ...nothing },
        { unit: yenUnit, ...nothing },
      ],
    });
    await someBusiness();
    expect(await market.evaluate('CsdMSP', 'Registry:Supply')).toEqual({
      units: [
        { unit: isin, issued: '30', held: '30', holders: 2 },
        { unit: yenUnit, issued: '500', held: '500', holders: 2 },
      ],
    });
  });

  test('is for those who oversee the market', async () => {
    expect(await market.evaluate('AlphaMSP', 'Registry:Supply')).toMatchObject({ code: 'RoleNotAllowed' });
  });
});
