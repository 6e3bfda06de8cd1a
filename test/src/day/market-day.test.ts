import {
  type DayRecord,
  type DayReport,
  type MarketDay,
  makeReport,
  readMarketDay,
  reportDocument,
  reportPage,
  reportSummary,
  reportText,
  runMarketDay,
  sampleDay,
} from '@kessai/cli';
import type { Json, JsonObject } from '@kessai/interface';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ExpectedDay, add, balanceOf } from './expected-day';
import { MemoryPort } from './memory-port';

let day: MarketDay;
let expected: ExpectedDay;
let record: DayRecord;
let report: DayReport;

function secrets(): () => string {
  let count = 0;
  return () => (count += 1).toString(16).padStart(64, '0');
}

beforeAll(async () => {
  day = readMarketDay(sampleDay);
  expected = new ExpectedDay(day);
  record = await runMarketDay(day, new MemoryPort(), { newSecret: secrets() });
  report = makeReport(record);
});

describe('the day that ships comes to what its input says', () => {
  test('before trading the register is what was issued, allotted and handed on', () => {
    for (const { isin } of day.instruments) {
      const rows = record.opening.registers.get(isin)?.rows ?? [];
      const told = new Map(rows.map(({ institution, account, quantity }) => [`${institution}/${account}`, quantity]));
      const held = [...expected.opening].filter(([holder]) => balanceOf(expected.opening, holder, isin) > 0n);
      expect(told.size).toBe(held.length);
      for (const [holder] of held)
        expect([holder, told.get(holder)]).toEqual([holder, balanceOf(expected.opening, holder, isin)]);
    }
  });

  test('trades are those of price-time priority, and those agreed', () => {
    const side = (institution: string, page: string | undefined, number: number | undefined): string => {
      const own = [...record.trades].find(([mspId]) => mspId === institution)?.[1] ?? [];
      const found = own.find((trade) => trade.page === page && trade.number === number);
      return `${institution}/${found?.account ?? ''}`;
    };
    const told = record.instructions
      .filter(({ status }) => status === 'settled')
      .map(({ page, isin, seller, sellerNumber, buyer, buyerNumber, quantity, amount }) => ({
        isin,
        seller: side(seller, page, sellerNumber),
        buyer: side(buyer, page, buyerNumber),
        quantity,
        amount,
      }));
    const text = (trade: object): string => Object.values(trade).join(' ');
    expect(told.map(text).sort()).toEqual(expected.trades.map(text).sort());
    expect(told.length).toBeGreaterThan(40);
  });

  test('one order is above its holding and is refused; the day goes on', () => {
    expect(record.refusedOrders.map(({ institution, order }) => `${institution}/${order.orderId}`)).toEqual(
      expected.refused,
    );
    expect(record.refusedOrders.map(({ code }) => code)).toEqual(['HoldingInsufficient']);
  });

  test('one trade is short of money, is cured by a deposit and settles; another was rejected', () => {
    expect(report.trades.filter(({ settled }) => settled === 'short of money, second try')).toHaveLength(1);
    expect(report.trades.every(({ status }) => status === 'settled')).toBe(true);
    expect(report.settlement.cycles.map(({ how }) => how)).toEqual([
      ...Array<string>(day.market.settledOneByOne).fill('one by one'),
      'batch',
      'second try',
    ]);
    expect(report.rejectedTrades).toHaveLength(1);
  });

  test('at the close every account holds what it had, bought and sold', () => {
    for (const { isin } of day.instruments) {
      for (const { institution, account, quantity, locked } of record.beforeActions.registers.get(isin)?.rows ?? []) {
        const holder = `${institution}/${account}`;
        expect([holder, quantity]).toEqual([holder, balanceOf(expected.close, holder, isin)]);
        expect(locked).toBe(0n);
      }
    }
  });

  test('the dividend is 275 yen a share to every holder but the issuer, of it 15.315 % and 5 % kept as taxes, each rounded down', () => {
    const [dividend] = record.events;
    const isin = 'JP3371200001';
    const holders = [...expected.close].filter(
      ([holder]) => !holder.startsWith('ShinEtsuMSP/') && balanceOf(expected.close, holder, isin) > 0n,
    );
    expect(dividend?.entitlements).toHaveLength(holders.length);
    for (const { institution, account, held, gross, tax, net } of dividend?.entitlements ?? []) {
      expect(held).toBe(balanceOf(expected.close, `${institution}/${account}`, isin));
      expect(gross).toBe(held * 275n);
      expect(tax).toBe(taxesOn(gross));
      expect(net).toBe(gross - tax);
    }
    expect(dividend?.event.status).toBe('completed');
  });

  test('the split makes five of each, the issuer’s own included', () => {
    const before = record.beforeActions.registers.get(day.instruments[0]?.isin ?? ('' as never));
    const after = record.now.registers.get(day.instruments[0]?.isin ?? ('' as never));
    expect(after?.rows.map(({ institution, account, quantity }) => [institution, account, quantity])).toEqual(
      before?.rows.map(({ institution, account, quantity }) => [institution, account, quantity * 5n]),
    );
    expect(after?.issued).toBe((before?.issued ?? 0n) * 5n);
  });

  test('money at the end is deposits, trades and dividends, to the yen', () => {
    const cash = new Map([...expected.close].map(([holder, units]) => [holder, new Map(units)]));
    const unit = 'JPY@TrustBankMSP';
    for (const [holder, units] of expected.close) {
      const held = units.get('JP3371200001') ?? 0n;
      if (holder.startsWith('ShinEtsuMSP/') || held === 0n) continue;
      const tax = taxesOn(held * 275n);
      add(cash, holder, unit, held * 275n - tax);
      add(cash, 'ShinEtsuMSP/TREASURY', unit, -(held * 275n));
      add(cash, 'ShinEtsuMSP/WITHHOLDING', unit, tax);
    }
    const told = new Map(
      record.cash.map(({ institution, account, available }) => [`${institution}/${account}`, available]),
    );
    const wanted = [...cash]
      .map(([holder]) => [holder, balanceOf(cash, holder, unit)] as const)
      .filter(([, amount]) => amount !== 0n);
    for (const [holder, amount] of wanted) expect([holder, told.get(holder) ?? 0n]).toEqual([holder, amount]);
    const minted = day.deposits.reduce((total, { mint }) => total + mint.amount, 0n);
    expect([...told.values()].reduce((a, b) => a + b, 0n)).toBe(minted);
  });

  test('every unit that is issued is held', () => {
    expect(record.supply).toHaveLength(day.instruments.length + day.monies.length);
    for (const { issued, held } of record.supply) expect(held).toBe(issued);
  });

  test('asked on the next business day, the opening register is what it was', () => {
    expect(record.clock).toMatchObject({ businessDate: '2023-04-03', phase: 'open' });
    for (const [isin, then] of record.opening.registers) {
      const later = record.openingAskedLater.get(isin);
      expect(later?.rows).toEqual(then.rows.map((row) => ({ ...row, locked: 0n })));
      expect(later?.final).toBe(true);
    }
    expect(report.registers.every(({ sameAnswer }) => sameAnswer)).toBe(true);
  });

  test('Gamma sees no trade between Alpha and Beta, and on the board neither is told the other', () => {
    expect(report.views?.others).toEqual([{ institution: 'Gamma', sees: 0 }]);
    for (const trades of record.trades.values()) {
      for (const { origin, counterparty } of trades) expect(counterparty === undefined).toBe(origin === 'board');
    }
  });
});

test('each organisation is answered about what is its own and refused what is another’s; operators and auditors read all', () => {
  const { collections, organisations } = report.sights;
  expect(collections).toEqual(['Alpha', 'Beta', 'Gamma', 'Trust-Bank', 'Shin-Etsu', 'Keyence', 'Board', 'Operators']);
  const readable = Object.fromEntries(
    organisations.map(({ organisation, answered }) => [
      organisation,
      collections.filter((_, index) => answered[index]),
    ]),
  );
  expect(readable).toEqual({
    Exchange: collections,
    'Central Securities Depository': collections,
    'Central Counterparty': collections,
    Auditor: collections,
    'Alpha Securities': ['Alpha', 'Board'],
    'Beta Securities': ['Beta', 'Board'],
    'Gamma Securities': ['Gamma', 'Board'],
    'Trust Bank': ['Trust-Bank'],
    'Shin-Etsu Chemical': ['Shin-Etsu'],
    Keyence: ['Keyence'],
  });
});

test('the phases of the day follow one another, and all cycles are in one of them', () => {
  expect(report.phases.map(({ businessDate, phase }) => `${businessDate} ${phase}`)).toEqual([
    '2023-03-31 founding',
    ...['open', 'matching', 'settlement', 'closed'].map((phase) => `2023-03-31 ${phase}`),
    '2023-04-03 open',
  ]);
  report.phases.forEach(({ fromMs, untilMs, cycles }, index) => {
    const next = report.phases[index + 1];
    expect(untilMs).toBe(next ? next.fromMs : cycles.at(-1)?.atMs);
    for (const { atMs } of cycles) expect(atMs >= fromMs && atMs <= untilMs).toBe(true);
  });
  const cycles = report.phases.flatMap((phase) => phase.cycles);
  expect(cycles).toHaveLength(record.ledgerCycles.length);
  expect(cycles.length).toBeGreaterThan(50);
});

describe('the report', () => {
  test('has totals that add up', () => {
    for (const { rows, total, issuedNow } of report.registers) {
      for (const moment of ['opening', 'close', 'now', 'openingAskedLater'] as const) {
        expect(rows.reduce((sum, row) => sum + row[moment], 0n)).toBe(total[moment]);
      }
      expect(total.now).toBe(issuedNow);
    }
    for (const { issued, allotted, keptByIssuer } of report.issuance) {
      expect(allotted.reduce((sum, { quantity }) => sum + quantity, keptByIssuer)).toBe(issued);
    }
    const money = report.settlement.net.map((line) => line.money[0]?.amount ?? 0n);
    expect(money.reduce((a, b) => a + b, 0n)).toBe(0n);
    expect(report.stages.reduce((sum, { submits }) => sum + submits, 0)).toBeGreaterThan(200);
  });

  test('at a glance it fits a screen, and begins with who sees what and that nothing is made or lost', () => {
    const text = reportSummary(report);
    for (const stream of [{}, { isTTY: true, columns: 80 }]) {
      expect(reportSummary(report, stream).trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    }
    const places = ['sees beside what', 'Conservation', 'Trades', 'settled delivery versus payment'].map((words) =>
      text.indexOf(words),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  test('has every section, names instead of MSP ids, and nothing undefined', () => {
    const text = reportText(report);
    for (const title of [
      'Issuance',
      'The board at noon',
      'Trades',
      'Settlement',
      'Dividend of',
      'Split of',
      'Register of',
      'What Alpha sees',
      'Who may read which collection',
      'The day’s phases and cycles',
      'Conservation',
      'The day in numbers',
    ]) {
      expect(text).toContain(title);
    }
    expect(text).not.toMatch(/MSP\b|undefined|NaN|\[object/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(150);
  });

  test('as a page draws the phases, prices, sign-offs, dividend, registers and stages, and names everybody', () => {
    const page = reportPage(report);
    const charts = [...page.matchAll(/<svg class="chart"[^>]*>\n<title[^>]*>([^<]+)</g)].map(([, title]) => title);
    expect(charts).toEqual([
      'Time line of the phases; a stroke is a cycle',
      'Shin-Etsu Chemical: price and quantity of each trade',
      'Keyence: price and quantity of each trade',
      'Trades signed off: settled, and pending',
      'Shin-Etsu Chemical: gross, of it paid and withheld, in JPY',
      'Shin-Etsu Chemical: what each holder has now',
      'Keyence: what each holder has now',
      'What was done when',
    ]);
    const clients = day.accounts.filter(({ kind }) => kind === 'client');
    for (const { name } of [...day.members, ...clients]) expect(page).toContain(name);
    expect(page).not.toMatch(/MSP\b|undefined|NaN|\[object/);
  });

  test('is one JSON document with amounts as decimal strings', () => {
    const document = reportDocument(report);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document).toMatchObject({
      conservation: expect.arrayContaining([expect.objectContaining({ issued: '2500000' })]),
    });
  });
});

/** Japan's two, each rounded down by itself. */
function taxesOn(gross: bigint): bigint {
  return (gross * 15_315n) / 100_000n + (gross * 5n) / 100n;
}

describe('a day', () => {
  test('does not take a question that failed for one that was refused', async () => {
    class Failing extends MemoryPort {
      override async evaluate(as: string, method: string, request: JsonObject): Promise<Json> {
        if (method === 'Market:Advices') throw Object.assign(new Error('gone'), { code: 'Unavailable' });
        return super.evaluate(as, method, request);
      }
    }
    await expect(runMarketDay(day, new Failing(), { newSecret: secrets() })).rejects.toMatchObject({
      code: 'Unavailable',
    });
  });

  test('ends the same whether cycles take members side by side or each alone', async () => {
    const {
      stages: _,
      phases: _cycles,
      ...together
    } = makeReport(await runMarketDay(day, new MemoryPort({ together: true }), { newSecret: secrets() }));
    const { stages: __, phases: __cycles, ...alone } = report;
    const withoutTimes = (value: object): string =>
      JSON.stringify(reportDocument(value as DayReport)).replaceAll(/"openingAt":"[^"]*"/g, '');
    expect(withoutTimes(together)).toBe(withoutTimes(alone));
  });

  test('cannot go on where the market refuses what it stands on', async () => {
    const [first, ...rest] = day.issuances;
    if (!first) throw new Error('The day issues something');
    const beyond = { ...day, issuances: [{ ...first, quantity: 2_000_000n }, ...rest] };
    await expect(runMarketDay(beyond, new MemoryPort(), { newSecret: secrets() })).rejects.toMatchObject({
      code: 'SupplyCapExceeded',
    });
  });
});
