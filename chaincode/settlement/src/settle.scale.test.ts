import { beforeAll, describe, expect, test } from '@jest/globals';
import { corporateActions } from '@kessai/corporate-actions';
import type { JsonObject } from '@kessai/interface';
import {
  MemoryMarket,
  type SampleDay,
  audit,
  faultsOfParties,
  faultsOfValue,
  obayashi,
  openSampleDay,
} from '@kessai/ledger/tools';
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
/** Twice the 20 ms that a thousand take on a machine that does nothing else; before trades were written once they took 84 at least. */
const limitMs = 2 * 20;

/** What a cycle took: CPU milliseconds of this process alone, and characters written. */
interface Cost {
  readonly milliseconds: number;
  readonly written: number;
  readonly rounds: number;
}

async function openAccounts(day: SampleDay): Promise<void> {
  for (const institution of institutions) {
    const from = `${institution.slice(0, 1)}-1`;
    const instructions = Array.from({ length: accountsEach }, (_, number) => {
      const to = `CLIENT-${number}`;
      return [
        { method: 'Registry:OpenAccount', request: { account: to, name: to, kind: 'client' } },
        { method: 'Securities:Transfer', request: { id: to, isin: obayashi, from, to, quantity: '4000' } },
        {
          method: 'MoneyTokens:Transfer',
          request: {
            ...{ id: to, unit: 'JPY@TrustBankMSP', from, to: { institution, account: to }, amount: '1000000' },
          },
        },
      ];
    });
    day.market.seal(institution, instructions.flat());
  }
  await day.market.cycle();
}

async function costOfCycle({ market }: SampleDay, method: string, request: JsonObject): Promise<Cost> {
  market.seal('CsdMSP', [{ method, request }]);
  const start = process.cpuUsage();
  const { writes, rounds } = await market.runCycle();
  const { user, system } = process.cpuUsage(start);
  return {
    milliseconds: (user + system) / 1_000,
    written: writes.reduce((sum, { value = '' }) => sum + value.length, 0),
    rounds,
  };
}

/** Trades of single securities between all accounts, in turn. */
async function capture(day: SampleDay, count: number): Promise<readonly string[]> {
  const partyOf = (number: number): JsonObject => ({
    institution: institutions[number % 3] ?? 'AlphaMSP',
    account: `CLIENT-${Math.floor(number / 3) % accountsEach}`,
  });
  const pages: string[] = [];
  for (let from = 0; from < count; from += 5_000) {
    const trades = Array.from({ length: Math.min(5_000, count - from) }, (_, index) => ({
      ...{ tradeId: `E-${from + index}`, time: '2023-03-01T01:00:00.000Z', isin: obayashi, quantity: '1', price: '15' },
      seller: partyOf(from + index),
      buyer: partyOf((from + index) * 7 + 1),
    }));
    await costOfCycle(day, 'Orders:CaptureTrades', { id: `c-${from}`, trades });
    pages.push((await day.ask<{ number: number }>('CsdMSP', 'Market:Progress')).number.toString());
  }
  return pages;
}

describe('A sign-off of thousands of trades over sixty accounts', () => {
  let opened: SampleDay;

  beforeAll(async () => {
    opened = await openSampleDay(new MemoryMarket({ contracts }));
    await openAccounts(opened);
  });

  /** The least of some runs, of more where it is above a limit: what else the machine does only adds. */
  const settling = async (count: number, limitMs = Infinity): Promise<Cost> => {
    const costs: Cost[] = [];
    const above = (): boolean => costs.every(({ milliseconds }) => milliseconds >= limitMs);
    for (let run = 0; run < 3 || (run < 20 && above()); run += 1) {
      const day = opened.copyInto(new MemoryMarket({ contracts }));
      const pages = await capture(day, count);
      costs.push(await costOfCycle(day, 'Settlement:Settle', { id: 's', pages }));
      const now = audit(day.market.ledger, day.collections);
      expect(new Set(now.trades.map(({ status }) => status))).toEqual(new Set(['settled']));
      expect(now.trades).toHaveLength(count);
      expect([...faultsOfValue(now), ...faultsOfParties(now)]).toEqual([]);
    }
    return costs.reduce((least, cost) => (cost.milliseconds < least.milliseconds ? cost : least));
  };

  test('settles them in one cycle: a thousand write some pages, and ten times as many take ten times as long', async () => {
    await settling(500);
    const [thousand, tenThousand] = [await settling(1_000, limitMs), await settling(10_000)];
    expect(thousand.written).toBeLessThanOrEqual(40_000);
    expect(thousand.milliseconds).toBeLessThan(limitMs);
    expect(tenThousand.milliseconds / thousand.milliseconds).toBeLessThan(14);
    expect(tenThousand.rounds).toBeLessThanOrEqual(thousand.rounds);
  }, 300_000);
});
