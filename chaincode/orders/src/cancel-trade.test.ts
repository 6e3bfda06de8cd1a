import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import {
  MemoryMarket,
  type SampleDay,
  audit,
  faultsOfLocks,
  faultsOfParties,
  faultsOfValue,
  openSampleDay,
  sampleHolding,
  sampleMoney,
  sampleNeedOf,
  shinEtsu,
  yen,
} from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from '@kessai/settlement';
import { orders } from './index';
import { affirmation, trade } from './orders-day.test-kit';

const contracts = {
  ...{ Registry: registry, Securities: securities, MoneyTokens: moneyTokens },
  ...{ Orders: orders, Settlement: settlement },
};
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

interface Shown {
  readonly page: string;
  readonly number: number;
  readonly status: string;
}

async function tradesOf(member: string): Promise<readonly Shown[]> {
  return (await day.ask<{ trades: Shown[] }>(member, 'Orders:Trades')).trades;
}

async function cancel(member: string, index = 0) {
  const { page = '0', number = 0 } = (await tradesOf(member))[index] ?? {};
  return day.submit(member, 'Orders:CancelTrade', { page, number });
}

async function settle(id: string) {
  const [{ page } = { page: '' }] = await tradesOf('BetaMSP');
  return day.submit('CcpMSP', 'Settlement:Settle', { id, pages: [page] });
}

function faults(): readonly string[] {
  const state = audit(day.market.ledger, day.collections);
  return [...faultsOfValue(state), ...faultsOfParties(state), ...faultsOfLocks(state, sampleNeedOf)];
}

async function matchOnBoard(buyer: JsonObject = {}): Promise<void> {
  const order = { isin: shinEtsu, quantity: '700', price: '42500', timeInForce: 'day' };
  const [by, account] = [buyer['by'] ?? 'BetaMSP', buyer['account'] ?? 'B-1'] as [string, string];
  await day.record('AlphaMSP', 'Orders:Place', { ...order, orderId: 's1', side: 'sell', account: 'A-1' });
  await day.record(by, 'Orders:Place', { ...order, orderId: 'b1', side: 'buy', account, price: '42600' });
  await day.record('CsdMSP', 'Orders:Match', {
    ...{ id: 'x', isin: shinEtsu },
    orders: [
      { institution: 'AlphaMSP', orderId: 's1' },
      { institution: by, orderId: 'b1' },
    ],
  });
}

/** How trades come about that bind both. */
const binding: Readonly<Record<string, () => Promise<void>>> = {
  'agreed and affirmed': async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);
  },
  'made on the board': () => matchOnBoard(),
  'captured from an outside engine': () =>
    day.record('CsdMSP', 'Orders:CaptureTrades', {
      id: 'c',
      trades: [
        {
          ...{ tradeId: 'c1', time: '2023-03-01T00:00:00.000Z', isin: shinEtsu, quantity: '700', price: '42500' },
          seller: { institution: 'AlphaMSP', account: 'A-1' },
          buyer: { institution: 'BetaMSP', account: 'B-1' },
        },
      ],
    }),
};

describe.each(Object.entries(binding))('A trade %s that is not to be settled', (_, make) => {
  beforeEach(make);

  test('is cancelled when both of its parties have asked for it; one alone cancels nothing', async () => {
    expect(await cancel('AlphaMSP')).toEqual({ outcome: 'created' });
    expect(await cancel('AlphaMSP')).toEqual({ outcome: 'exists' });
    expect((await tradesOf('AlphaMSP')).map(({ status }) => status)).toEqual(['matched']);
    expect(await cancel('BetaMSP')).toEqual({ outcome: 'created' });
    for (const member of ['AlphaMSP', 'BetaMSP']) {
      expect(await tradesOf(member)).toMatchObject([{ status: 'cancelled' }]);
      expect(await day.advices(member)).toContainEqual(expect.objectContaining({ status: 'cancelled' }));
    }
    for (const member of ['AlphaMSP', 'BetaMSP']) expect(await cancel(member)).toEqual({ outcome: 'exists' });
  });

  test('gives back what orders had locked for it, and settles no more', async () => {
    await cancel('BetaMSP');
    await cancel('AlphaMSP');
    expect(await settle('s')).toEqual({ outcome: 'created' });
    expect(await tradesOf('BetaMSP')).toMatchObject([{ status: 'cancelled' }]);
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney, 0n]);
    expect(faults()).toEqual([]);
    const [{ page } = { page: '' }] = await tradesOf('BetaMSP');
    const alone = { id: 'alone', trades: [{ page, number: 0 }] };
    expect(await day.submit('CcpMSP', 'Settlement:Settle', alone)).toEqual({
      ...{ code: 'TradeNotMatched', field: 'trades[0]', status: 'cancelled' },
    });
  });

  test('tells the other party, by its own number of the trade, and not who asks', async () => {
    await cancel('AlphaMSP');
    const [{ page, number } = { page: '', number: -1 }] = await tradesOf('BetaMSP');
    const told = await day.advices('BetaMSP');
    expect(told).toEqual([{ kind: 'cancellation', page, number }]);
    expect(await day.advices('AlphaMSP')).toEqual([]);
    expect(await day.advices('GammaMSP')).toEqual([]);
  });

  test('settles as it was agreed while the other has not', async () => {
    await cancel('AlphaMSP');
    await settle('s');
    expect(await tradesOf('AlphaMSP')).toMatchObject([{ status: 'settled' }]);
    expect(await cancel('BetaMSP')).toEqual({ code: 'TradeNotCancellable', field: 'number', status: 'settled' });
    expect(faults()).toEqual([]);
  });

  test('is cancelled where both ask in one cycle', async () => {
    for (const member of ['AlphaMSP', 'BetaMSP']) {
      const [{ page, number } = { page: '', number: 0 }] = await tradesOf(member);
      day.market.seal(member, [{ method: 'Orders:CancelTrade', request: { page, number } }]);
    }
    expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }]);
    expect(await tradesOf('AlphaMSP')).toMatchObject([{ status: 'cancelled' }]);
    expect(faults()).toEqual([]);
  });

  test('is not there for others: they learn nothing of a page that is not theirs', async () => {
    const [{ page } = { page: '' }] = await tradesOf('AlphaMSP');
    const unknown = { code: 'TradeNumberUnknown', field: 'number', number: 0 };
    expect(await day.submit('GammaMSP', 'Orders:CancelTrade', { page, number: 0 })).toEqual(unknown);
    expect(await day.submit('GammaMSP', 'Orders:CancelTrade', { page: '999999', number: 0 })).toEqual(unknown);
    expect(await day.submit('AlphaMSP', 'Orders:CancelTrade', { page, number: 1 })).toMatchObject({
      ...{ code: 'TradeNumberUnknown', number: 1 },
    });
  });
});

test.each(['agreed and affirmed', 'captured from an outside engine'])(
  'A trade %s that is pending because the securities are not there is cancelled',
  async (how) => {
    await binding[how]?.();
    const gone = { id: 'g', isin: shinEtsu, from: 'A-1', to: 'A-2', quantity: sampleHolding.toString() };
    await day.record('AlphaMSP', 'Securities:Transfer', gone);
    await settle('s');
    expect(await tradesOf('BetaMSP')).toMatchObject([{ status: 'pending', reason: 'LACK' }]);
    await cancel('BetaMSP');
    await cancel('AlphaMSP');
    expect(await tradesOf('BetaMSP')).toMatchObject([{ status: 'cancelled' }]);
    expect(faults()).toEqual([]);
  },
);

test('A trade between two clients of one institution is cancelled with its word', async () => {
  await matchOnBoard({ by: 'AlphaMSP', account: 'A-2' });
  expect(await cancel('AlphaMSP', 1)).toEqual({ outcome: 'created' });
  expect((await tradesOf('AlphaMSP')).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  expect(faults()).toEqual([]);
});

test('A trade that was rejected, or taken back before it bound anybody, has nothing to cancel', async () => {
  await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
  await day.record('BetaMSP', 'Orders:RejectTrade', { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'No' });
  expect(await cancel('AlphaMSP')).toEqual({ code: 'TradeNotCancellable', field: 'number', status: 'rejected' });
  await day.record('AlphaMSP', 'Orders:RecordTrade', { ...trade, tradeId: 't2' });
  await day.record('AlphaMSP', 'Orders:WithdrawTrade', { tradeId: 't2' });
  expect(await cancel('BetaMSP', 1)).toEqual({ outcome: 'exists' });
});
