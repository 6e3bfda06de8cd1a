import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, sampleMoney, yen } from '@kessai/ledger/tools';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { moneyTokens } from './index';

const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens };
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const payment = {
  ...{ id: 'p1', unit: yen, from: 'A-1', amount: '1000' },
  to: { institution: 'BetaMSP', account: 'B-1' },
};

describe('Paying free of delivery', () => {
  test('from a client of one institution to one of another', async () => {
    await day.record('AlphaMSP', 'MoneyTokens:Transfer', payment);

    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney - 1_000n, 0n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney + 1_000n, 0n]);
  });

  test('both find it in their own statements, and nothing of the other account', async () => {
    await day.record('AlphaMSP', 'MoneyTokens:Transfer', payment);
    const { entries } = await day.ask<{ entries: { account: string; change: string }[] }>(
      'BetaMSP',
      'Registry:Statement',
    );
    expect(entries.at(-1)).toMatchObject({ account: 'B-1', unit: yen, change: '1000' });
    expect(JSON.stringify(entries)).not.toContain('A-1');
  });

  test('to an account that is not there it arrives in the suspense account, and the payer sees no difference', async () => {
    const there = await advised(payment);
    const nowhere = await advised({ ...payment, id: 'p2', to: { institution: 'BetaMSP', account: 'A-1' } });
    expect(nowhere).toEqual(there);

    expect(await day.holding('BetaMSP', 'SUSPENSE', yen)).toEqual([1_000n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney - 2_000n, 0n]);
    const onward = { ...{ id: 'p3', unit: yen, from: 'SUSPENSE', amount: '1000' }, to: payment.to };
    await day.record('BetaMSP', 'MoneyTokens:Transfer', onward);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney + 2_000n, 0n]);
  });

  /** What the payer is told of a payment, apart from its names. */
  async function advised(request: typeof payment): Promise<unknown> {
    await day.record('AlphaMSP', 'MoneyTokens:Transfer', request);
    const { number: from } = await day.ask<{ number: number }>('AlphaMSP', 'Market:Progress');
    const { pages } = await day.ask<{ pages: { advices: object[]; postings: object[] }[] }>(
      'AlphaMSP',
      'Market:Advices',
      { from },
    );
    return pages.map(({ advices, postings }) => ({
      advices: advices.map((advice) => ({ ...advice, transactionId: '' })),
      postings: postings.map((posting) => ({ ...posting, reference: '' })),
    }));
  }

  test('nobody pays more than is there', async () => {
    expect(await day.submit('AlphaMSP', 'MoneyTokens:Transfer', { ...payment, amount: '1000000001' })).toMatchObject({
      ...{ code: 'HoldingInsufficient', field: 'amount', available: sampleMoney },
    });
  });

  test.each([
    [{ to: { institution: 'AlphaMSP', account: 'A-1' } }, { code: 'SameAccount', field: 'to' }],
    [{ to: { institution: 'CsdMSP', account: 'C-1' } }, { code: 'MemberRole', field: 'to.institution' }],
    [{ to: { institution: 'DeltaMSP', account: 'D-1' } }, { code: 'MemberUnknown', field: 'to.institution' }],
    [{ to: { institution: 'AlphaMSP', account: 'B-1' } }, { code: 'AccountUnknown', field: 'to.account' }],
    [{ from: 'B-1' }, { code: 'AccountUnknown', field: 'from', institution: 'AlphaMSP' }],
    [{ unit: 'USD@TrustBankMSP' }, { code: 'MoneyUnknown', field: 'unit' }],
  ])('with %j it is refused', async (change, refused) => {
    const answer = await day.submit('AlphaMSP', 'MoneyTokens:Transfer', { ...payment, ...change });
    expect(answer).toMatchObject(refused);
  });
});
