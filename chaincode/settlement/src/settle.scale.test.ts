import { beforeAll, describe, expect, test } from '@jest/globals';
import { corporateActions } from '@kessai/corporate-actions';
import { MemoryMarket, type SampleDay, audit, faultsOfValue, obayashi, openSampleDay } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from './index';

const contracts = {
  ...{ Registry: registry, Securities: securities, MoneyTokens: moneyTokens },
  ...{ Orders: orders, Settlement: settlement, CorporateActions: corporateActions },
};
const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP'] as const;
const accountsEach = 20;

/** The time that each part of a market takes, in milliseconds. */
interface Taken {
  readonly match: number;
  readonly settle: number;
}

/** Of this process alone: what else the machine does is no part of it. */
async function cpuMilliseconds(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

async function openAccounts(day: SampleDay): Promise<void> {
  for (const institution of institutions) {
    const from = `${institution.slice(0, 1)}-1`;
    for (let number = 0; number < accountsEach; number += 1) {
      const to = `CLIENT-${number}`;
      await day.record(institution, 'Registry:OpenAccount', { account: to, name: to, kind: 'client' });
      await day.record(institution, 'Securities:Transfer', { id: to, isin: obayashi, from, to, quantity: '1000' });
      await day.record(institution, 'MoneyTokens:Transfer', {
        ...{ id: to, unit: 'JPY@TrustBankMSP', from, to: { institution, account: to }, amount: '100000' },
      });
    }
  }
  await day.advance('open');
}

/** All accounts sell one by one, in turn, and each buys what comes to as many: every sale is a trade of its own. */
async function tradeAndSettle(day: SampleDay, trades: number): Promise<Taken> {
  const refs: { institution: string; orderId: string }[] = [];
  const place = async (side: string, number: number, quantity: number): Promise<void> => {
    const institution = institutions[number % 3] ?? 'AlphaMSP';
    const account = `CLIENT-${Math.floor(number / 3) % accountsEach}`;
    const orderId = `${side}-${number}`;
    await day.record(institution, 'Orders:Place', {
      ...{ orderId, isin: obayashi, side, account, quantity: quantity.toString(), price: '15', timeInForce: 'day' },
    });
    refs.push({ institution, orderId });
  };
  for (let number = 0; number < trades; number += 1) await place('sell', number, 1);
  const buyers = institutions.length * accountsEach;
  for (let number = 0; number < buyers; number += 1) await place('buy', number, Math.ceil(trades / buyers));
  const match = await cpuMilliseconds(() =>
    day.record('CsdMSP', 'Orders:Match', { id: 'x', isin: obayashi, cancels: [], orders: refs }),
  );
  const settle = await cpuMilliseconds(() =>
    day.record('CsdMSP', 'Settlement:Settle', { id: 's', pages: ['board.x'] }),
  );
  return { match, settle };
}

describe('A settlement cycle of a page of thousands of trades over sixty accounts', () => {
  let opened: SampleDay;

  beforeAll(async () => {
    opened = await openSampleDay(new MemoryMarket({ contracts }));
    await openAccounts(opened);
  });

  test('settles them all in one transaction, in a time that grows with their number and not with its square', async () => {
    const run = async (trades: number): Promise<Taken> => {
      const day = opened.copyInto(new MemoryMarket({ contracts }));
      const taken = await tradeAndSettle(day, trades);
      const now = audit(day.market.ledger, day.collections);
      expect(now.trades.map(({ status }) => status)).toEqual(new Array(trades).fill('settled'));
      expect(faultsOfValue(now)).toEqual([]);
      return taken;
    };
    await run(200);
    const [small, large] = [await run(2_000), await run(4_000)];
    expect(large.settle / small.settle).toBeLessThan(3);
    expect(large.match / small.match).toBeLessThan(3);
  }, 300_000);
});
