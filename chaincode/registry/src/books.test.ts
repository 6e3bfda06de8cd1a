import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, Phase } from '@kessai/interface';
import { type Posting, type UnitTerms, moneyAt, put, stored } from '@kessai/ledger';
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
  market.ledger.commit({ versions: new Map() }, [stored(put(moneyAt(yen.unit), money as never))]);
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

function line(
  institution: string,
  account: string,
  change: bigint,
  terms = sampleTerms,
  part: Extract<Posting, { readonly part: unknown }>['part'] = 'available',
): Posting {
  return { position: position(institution, account, terms), part, change, field: 'quantity' };
}

async function post(reference: string, ...lines: Posting[]): Promise<void> {
  const refused = await postTo(market.ledger, { lines, time: market.now, reference });
  expect(refused).toBeUndefined();
  market.wait(1_000);
}

async function someBusiness(): Promise<void> {
  await post('first', { supply: yen, change: -500n }, line('AlphaMSP', 'A-1', 500n, yen));
  await post(
    'second',
    { supply: sampleTerms, change: -30n },
    line('AlphaMSP', 'A-1', 10n),
    line('AlphaMSP', 'A-2', 20n),
  );
  await advance('2023-03-01', 'closed');
  await advance('2023-03-02', 'open');
  await post('third', line('AlphaMSP', 'A-1', -4n), line('AlphaMSP', 'A-1', 4n, sampleTerms, 'order'));
  await post('fourth', line('AlphaMSP', 'A-1', -100n, yen), line('TrustBankMSP', 'VAULT', 100n, yen));
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

  test('stay what they are after the id has been forgotten', async () => {
    const first = { account: 'A-1', name: 'Client A-1', kind: 'client' };
    for (const day of ['2023-03-01', '2023-03-02', '2023-03-03', '2023-03-06']) {
      if (day > '2023-03-01') await advance(day, 'open');
      // Ids are remembered by what is used on a day.
      await market.submit('AlphaMSP', 'Registry:OpenAccount', { account: day, name: day, kind: 'client' });
      await advance(day, 'closed');
    }
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', first)).toEqual({ outcome: 'exists' });
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', { ...first, kind: 'house' })).toEqual({
      code: 'Conflict',
      field: 'kind',
    });
  });

  test('do not include the suspense account, which every organisation has and nobody opens', async () => {
    const suspense = { account: 'SUSPENSE', name: 'Mine', kind: 'house' };
    expect(await market.submit('AlphaMSP', 'Registry:OpenAccount', suspense)).toMatchObject({
      code: 'FieldMalformed',
      field: 'account',
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
          locks: [{ reason: 'order', quantity: '4' }],
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

describe('the suspense account', () => {
  test('is shown like any other account, with a name of its own', async () => {
    await post('lost', { supply: sampleTerms, change: -5n }, line('AlphaMSP', 'SUSPENSE', 5n));
    const row = { account: 'SUSPENSE', name: 'Suspense' };

    const { holdings } = (await market.evaluate('AlphaMSP', 'Registry:Holdings')) as { holdings: unknown[] };
    expect(holdings).toEqual([{ ...row, unit: isin, available: '5', locks: [] }]);
    expect(await market.evaluate('AlphaMSP', 'Registry:Holdings', { account: 'SUSPENSE' })).toMatchObject({ holdings });
    expect(await market.evaluate('BetaMSP', 'Registry:Holdings', { account: 'SUSPENSE' })).toMatchObject({
      holdings: [],
    });
    expect(await market.evaluate('AlphaMSP', 'Registry:Statement', { account: 'SUSPENSE' })).toMatchObject({
      entries: [{ account: 'SUSPENSE', unit: isin, change: '5' }],
    });
    expect(await market.evaluate('IssuerMSP', 'Registry:Register', { isin })).toMatchObject({
      total: '5',
      issued: '5',
      rows: [{ institution: 'AlphaMSP', ...row, quantity: '5', locked: '0' }],
    });
    expect(await market.evaluate('CsdMSP', 'Registry:Supply')).toMatchObject({
      units: [{ unit: isin, issued: '5', held: '5', holders: 1 }, { held: '0' }],
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
      [reference, account, unit.slice(0, 3), change, lockedChange].join(' '),
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

  test('of the days of one cycle that passed through two of them', async () => {
    market.seal('CsdMSP', [
      { method: 'Registry:AdvanceClock', request: { from: sequence, businessDate: '2023-03-02', phase: 'closed' } },
      { method: 'Registry:AdvanceClock', request: { from: sequence + 1, businessDate: '2023-03-03', phase: 'open' } },
    ]);
    await market.cycle();
    await post('fifth', line('AlphaMSP', 'A-2', -20n), line('AlphaMSP', 'A-1', 20n));
    const fifth = ['fifth A-1 JP3 20 0', 'fifth A-2 JP3 -20 0'];
    expect(await lines({ from: '2023-03-02', to: '2023-03-02' })).toEqual(all.slice(3));
    expect(await lines({ from: '2023-03-03' })).toEqual(fifth);
  });

  test('goes on from a cycle', async () => {
    const { entries } = (await market.evaluate('AlphaMSP', 'Registry:Statement')) as { entries: { cycle: number }[] };
    const cycles = entries.map(({ cycle }) => cycle);
    expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
    expect(await lines({ fromCycle: cycles[3] ?? 0 })).toEqual(all.slice(3));
    expect(await lines({ fromCycle: 0, from: '2023-03-02' })).toEqual(all.slice(3));
    expect(await lines({ fromCycle: (cycles[4] ?? 0) + 1 })).toEqual([]);
  });

  test('of more changes than an answer holds is given in several, whole cycles each', async () => {
    const accounts = Array.from({ length: 9_000 }, (_, index) => `C-${index.toString()}`);
    const many = accounts.map((account) => line('BetaMSP', account, 1n));
    for (let i = 0; i < 4; i += 1) {
      await post(`many ${i.toString()}`, { supply: sampleTerms, change: -9_000n }, ...many);
    }
    interface Part {
      readonly entries: readonly { readonly cycle: number; readonly reference: string }[];
      readonly next?: number;
    }
    const ask = async (request: JsonObject): Promise<Part> =>
      (await market.evaluate('BetaMSP', 'Registry:Statement', request)) as unknown as Part;
    const first = await ask({});
    expect(new Set(first.entries.map(({ reference }) => reference))).toEqual(new Set(['many 0', 'many 1', 'many 2']));
    expect(first.entries).toHaveLength(27_000);
    const second = await ask({ fromCycle: first.next ?? 0 });
    expect(second.entries).toHaveLength(9_000);
    expect(second.entries.every(({ reference }) => reference === 'many 3')).toBe(true);
    expect(second).not.toHaveProperty('next');
    // An account's own few changes are found on the same way.
    expect(await ask({ account: 'SUSPENSE' })).toMatchObject({ entries: [], next: first.next });
  });

  test('says what each balance came to, also where an answer begins in the middle', async () => {
    const balances = async (request: JsonObject): Promise<readonly string[]> => {
      const { entries } = (await market.evaluate('AlphaMSP', 'Registry:Statement', request)) as {
        entries: { reference: string; balance: string; lockedBalance: string }[];
      };
      return entries.map(({ reference, balance, lockedBalance }) => `${reference} ${balance} ${lockedBalance}`);
    };
    expect(await balances({ account: 'A-1' })).toEqual(['first 500 0', 'second 10 0', 'third 10 4', 'fourth 400 0']);
    expect(await balances({ account: 'A-1', from: '2023-03-02' })).toEqual(['third 10 4', 'fourth 400 0']);
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
