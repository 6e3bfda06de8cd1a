import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  MemoryMarket,
  type SampleDay,
  openSampleDay,
  sampleHolding,
  sampleMoney,
  shinEtsu,
  yen,
} from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from './index';

const contracts = {
  Registry: registry,
  Securities: securities,
  MoneyTokens: moneyTokens,
  Orders: orders,
  Settlement: settlement,
};
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const order = { isin: shinEtsu, timeInForce: 'day' };
const sell = { ...order, orderId: 's1', side: 'sell', account: 'A-1', quantity: '300', price: '42500' };
const buy = { ...order, orderId: 'b1', side: 'buy', account: 'B-1', quantity: '300', price: '42600' };

async function boardTrade(): Promise<string> {
  await day.record('AlphaMSP', 'Orders:Place', sell);
  await day.record('BetaMSP', 'Orders:Place', buy);
  const orders = [
    { institution: 'AlphaMSP', orderId: 's1' },
    { institution: 'BetaMSP', orderId: 'b1' },
  ];
  await day.record('CsdMSP', 'Orders:Match', { id: 'x1', isin: shinEtsu, orders });
  return lastPage();
}

/** The page of trades that the last cycle made. */
async function lastPage(): Promise<string> {
  const { number } = await day.ask<{ readonly number: number }>('CsdMSP', 'Market:Progress');
  return number.toString();
}

/** Alpha sells to Beta, agreed between them. */
async function bilateralTrade(tradeId: string, quantity: string, amount: string): Promise<string> {
  const agreed = { tradeId, isin: shinEtsu, quantity, amount };
  await day.record('AlphaMSP', 'Orders:RecordTrade', {
    ...agreed,
    counterparty: 'BetaMSP',
    side: 'sell',
    account: 'A-1',
  });
  await day.record('BetaMSP', 'Orders:AffirmTrade', { ...agreed, recordedBy: 'AlphaMSP', side: 'buy', account: 'B-1' });
  return lastPage();
}

function settle(id: string, what: object) {
  return day.submit('CcpMSP', 'Settlement:Settle', { id, ...what });
}

interface Instructions {
  readonly instructions: readonly { readonly page: string; readonly status: string; readonly reason?: string }[];
}

async function statusOf(page: string): Promise<string> {
  const { instructions } = await day.ask<Instructions>('CsdMSP', 'Settlement:Instructions', { page });
  return instructions.map(({ status, reason = '' }) => `${status} ${reason}`.trim()).join(', ');
}

describe('Delivery versus payment', () => {
  test('securities and money change hands in one step, and a better price leaves the rest with the buyer', async () => {
    const page = await boardTrade();

    expect(await settle('s1', { pages: [page] })).toEqual({ outcome: 'created' });

    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 0n]);
    expect(await day.holding('BetaMSP', 'B-1', shinEtsu)).toEqual([sampleHolding + 300n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney + 1_275_000n, 0n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 1_275_000n, 0n]);
    expect(await statusOf(page)).toBe('settled');
  });

  test('without the securities neither leg moves: pending for lack of securities, until they are there', async () => {
    const page = await bilateralTrade('t1', '100001', '1000');
    await settle('s1', { pages: [page] });
    expect(await statusOf(page)).toBe('pending LACK');
    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney, 0n]);

    await day.record('AlphaMSP', 'Securities:Transfer', {
      id: 'in',
      isin: shinEtsu,
      from: 'A-2',
      to: 'A-1',
      quantity: '1',
    });
    await settle('s2', { pages: [page] });
    expect(await statusOf(page)).toBe('settled');
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([0n, 0n]);
  });

  test('without the money neither leg moves: pending for lack of money', async () => {
    const page = await bilateralTrade('t1', '100', (sampleMoney + 1n).toString());
    await settle('s1', { pages: [page] });
    expect(await statusOf(page)).toBe('pending MONY');
    expect(await day.holding('BetaMSP', 'B-1', shinEtsu)).toEqual([sampleHolding, 0n]);
  });

  test('of what is scarce, who is named first gets it, whichever page it stands on', async () => {
    const first = await bilateralTrade('t1', '60000', '1');
    const second = await bilateralTrade('t2', '60000', '1');
    await settle('s1', {
      trades: [
        { page: second, number: 0 },
        { page: first, number: 0 },
      ],
    });
    expect([await statusOf(first), await statusOf(second)]).toEqual(['pending LACK', 'settled']);
  });

  test('what one trade brings in, a later one of the same sign-off may deliver', async () => {
    const page = await bilateralTrade('t1', '100000', '1');
    const agreed = { tradeId: 't2', isin: shinEtsu, quantity: '150000', amount: '1' };
    await day.record('BetaMSP', 'Orders:RecordTrade', {
      ...agreed,
      counterparty: 'GammaMSP',
      side: 'sell',
      account: 'B-1',
    });
    await day.record('GammaMSP', 'Orders:AffirmTrade', {
      ...agreed,
      recordedBy: 'BetaMSP',
      side: 'buy',
      account: 'G-1',
    });
    const onward = await lastPage();
    await settle('s1', { pages: [page, onward] });
    expect([await statusOf(page), await statusOf(onward)]).toEqual(['settled', 'settled']);
  });

  test('named twice, and signed off again, it settles once', async () => {
    const page = await boardTrade();
    await settle('s1', { pages: [page, page], trades: [{ page, number: 0 }] });
    expect(await settle('s2', { pages: [page] })).toEqual({ outcome: 'created' });
    expect(await day.holding('BetaMSP', 'B-1', shinEtsu)).toEqual([sampleHolding + 300n, 0n]);
    expect(await settle('s1', { pages: [page, page], trades: [{ page, number: 0 }] })).toEqual({ outcome: 'exists' });
    expect(await settle('s1', { pages: [page] })).toMatchObject({ code: 'Conflict' });
  });

  test('a trade that is not there is refused and none of the others settles', async () => {
    const page = await boardTrade();
    expect(await settle('s1', {})).toEqual({ code: 'NothingToSettle', field: 'pages' });
    expect(await settle('s1', { pages: [page, '999'] })).toEqual({
      ...{ code: 'PageUnknown', field: 'pages[1]', page: '999' },
    });
    expect(await settle('s1', { pages: [page], trades: [{ page, number: 7 }] })).toEqual({
      ...{ code: 'TradeNumberUnknown', field: 'trades[0]', number: 7 },
    });
    expect(await settle('s1', { pages: ['board.x1'] })).toMatchObject({ code: 'FieldMalformed', field: 'pages[0]' });
    expect(await statusOf(page)).toBe('matched');
  });

  test('a rejected trade binds nobody: named it is refused, with its page it is passed over', async () => {
    const agreed = { tradeId: 't9', isin: shinEtsu, quantity: '100', amount: '1' };
    await day.record('AlphaMSP', 'Orders:RecordTrade', {
      ...agreed,
      counterparty: 'BetaMSP',
      side: 'sell',
      account: 'A-1',
    });
    await day.record('BetaMSP', 'Orders:RejectTrade', {
      recordedBy: 'AlphaMSP',
      tradeId: 't9',
      reason: 'Unknown to us',
    });
    const page = await lastPage();
    expect(await settle('s1', { trades: [{ page, number: 0 }] })).toEqual({
      ...{ code: 'TradeNotMatched', field: 'trades[0]', status: 'rejected' },
    });
    expect(await settle('s2', { pages: [page] })).toEqual({ outcome: 'created' });
    expect(await statusOf(page)).toBe('rejected');
  });

  test('what a cycle makes may settle in the same cycle', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    const page = (Number(await lastPage()) + 1).toString();
    const orders = [
      { institution: 'AlphaMSP', orderId: 's1' },
      { institution: 'BetaMSP', orderId: 'b1' },
    ];
    day.market.seal('CsdMSP', [
      { method: 'Orders:Match', request: { id: 'x1', isin: shinEtsu, orders } },
      { method: 'Settlement:Settle', request: { id: 's1', pages: [page] } },
    ]);
    expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }]);
    expect(await statusOf(page)).toBe('settled');
  });

  test('both parties are told where their trades stand', async () => {
    const page = await bilateralTrade('t1', '100', (sampleMoney + 1n).toString());
    await settle('s1', { pages: [page] });
    const told = { kind: 'settlement', page, lines: [{ from: 0, to: 0 }], status: 'pending', reason: 'MONY' };
    expect([await day.advices('AlphaMSP'), await day.advices('BetaMSP')]).toEqual([[told], [told]]);
    await settle('s2', { pages: [page] });
    expect(await day.advices('AlphaMSP')).toEqual([]);
  });

  test('two clients of one institution settle with each other', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('AlphaMSP', 'Orders:Place', { ...buy, account: 'A-2' });
    const orders = [
      { institution: 'AlphaMSP', orderId: 's1' },
      { institution: 'AlphaMSP', orderId: 'b1' },
    ];
    await day.record('CsdMSP', 'Orders:Match', { id: 'x1', isin: shinEtsu, orders });
    await settle('s1', { pages: [await lastPage()] });
    const traded = BigInt(sell.quantity);
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - traded, 0n]);
    expect(await day.holding('AlphaMSP', 'A-2', shinEtsu)).toEqual([sampleHolding + traded, 0n]);
    const [paid] = await day.holding('AlphaMSP', 'A-2', yen);
    const [received] = await day.holding('AlphaMSP', 'A-1', yen);
    expect([paid + received, received > sampleMoney]).toEqual([2n * sampleMoney, true]);
  });

  test('an order of single securities at 1.5 yen settles from its lock alone, in however many fills', async () => {
    const odd = { isin: 'JP3190000004', timeInForce: 'day', price: '15' };
    await day.record('BetaMSP', 'MoneyTokens:Transfer', {
      ...{ id: 'all', unit: yen, from: 'B-1', to: { institution: 'BetaMSP', account: 'B-2' } },
      amount: (sampleMoney - 6n).toString(),
    });
    await day.record('BetaMSP', 'Orders:Place', { ...odd, orderId: 'b', side: 'buy', account: 'B-1', quantity: '3' });
    const orders = [{ institution: 'BetaMSP', orderId: 'b' }];
    for (const orderId of ['s1', 's2', 's3']) {
      await day.record('AlphaMSP', 'Orders:Place', { ...odd, orderId, side: 'sell', account: 'A-1', quantity: '1' });
      orders.push({ institution: 'AlphaMSP', orderId });
    }
    await day.record('CsdMSP', 'Orders:Match', { id: 'x', isin: 'JP3190000004', orders });
    const page = await lastPage();
    await settle('s', { pages: [page] });
    expect(await statusOf(page)).toBe('settled, settled, settled');
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([0n, 0n]);
  });

  test('operators and auditors filter instructions; nobody else sees them', async () => {
    const page = await boardTrade();
    await bilateralTrade('t1', '100', '1');
    await settle('s1', { pages: [page] });
    const ask = (request: object) => day.ask<Instructions>('AuditorMSP', 'Settlement:Instructions', request as never);
    expect((await ask({})).instructions).toHaveLength(2);
    expect((await ask({ status: 'settled' })).instructions).toMatchObject([{ page, settledOn: '2023-03-01' }]);
    expect((await ask({ isin: 'JP3190000004' })).instructions).toEqual([]);
    expect((await ask({ page: '999' })).instructions).toEqual([]);
    expect((await ask({ from: Number(page) + 1 })).instructions).toMatchObject([
      { recordedBy: 'AlphaMSP', tradeId: 't1' },
    ]);
    expect(await day.market.evaluate('AlphaMSP', 'Settlement:Instructions', {})).toMatchObject({
      code: 'RoleNotAllowed',
    });
  });

  test('a bilateral trade that waits for its counterparty is shown as recorded, on no page', async () => {
    const agreed = { tradeId: 't1', isin: shinEtsu, quantity: '100', amount: '1' };
    await day.record('BetaMSP', 'Orders:RecordTrade', {
      ...{ ...agreed, counterparty: 'AlphaMSP', side: 'buy', account: 'B-1' },
    });
    expect(await day.ask('AuditorMSP', 'Settlement:Instructions', { status: 'recorded' })).toEqual({
      instructions: [
        {
          ...{ ...agreed, origin: 'otc', unit: yen, seller: 'AlphaMSP', buyer: 'BetaMSP', recordedBy: 'BetaMSP' },
          ...{ tradeDate: '2023-03-01', status: 'recorded' },
        },
      ],
    });
  });
});
