import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BusinessDate, Instant, Isin } from '@kessai/interface';
import { describe, expect, test } from '@jest/globals';
import { type DefaultTreeAdapterTypes as Tree, parse } from 'parse5';
import type { DayReport } from './day-report';
import { textWidth } from '../terminal/text-width';
import { reportPage, reportSummary, reportText } from './index';

const golden = join(__dirname, '../../src/report/golden/small-day.html');

const scale = { decimals: 0, priceDecimals: 0, currency: 'JPY', moneyDecimals: 0 };
const date = '2023-03-31' as BusinessDate;
const isin = 'JP3371200001' as Isin;

/** Of everything one or two. */
const small: DayReport = {
  market: 'Small market',
  businessDate: date,
  clock: { businessDate: '2023-04-03' as BusinessDate, phase: 'open' },
  issuance: [
    {
      instrument: 'Shin-Etsu Chemical',
      ...{ code: '4063', isin, issuer: 'Shin-Etsu', scale },
      ...{ authorised: 2_000n, issued: 1_000n },
      allotted: [{ institution: 'Alpha Securities', quantity: 900n }],
      ...{ keptByIssuer: 100n, distributed: 400n },
    },
  ],
  boardsAtNoon: [
    {
      instrument: 'Shin-Etsu Chemical',
      scale,
      bids: [{ price: 21_150n, quantity: 300n, orders: 2 }],
      asks: [
        { price: 21_160n, quantity: 100n, orders: 1 },
        { price: 21_165n, quantity: 1_200n, orders: 3 },
      ],
    },
  ],
  orders: {
    ...{ placed: 9, matchings: 2, cancelled: 1 },
    refused: [
      {
        ...{ who: 'Alpha, Sato Haruka', instrument: 'Shin-Etsu Chemical', scale },
        side: 'sell',
        ...{ quantity: 90_000n, price: 21_150n, reason: 'quantity: 90000 are needed' },
      },
    ],
  },
  trades: [
    {
      origin: 'board',
      ...{ number: 1, instrument: 'Shin-Etsu Chemical', isin, scale },
      ...{ seller: 'Alpha, Sato Haruka', buyer: 'Beta, Ito Sakura' },
      ...{ quantity: 300n, price: 21_160n, amount: 6_348_000n, status: 'settled', settled: 'one by one' },
    },
    {
      origin: 'board',
      ...{ number: 2, instrument: 'Shin-Etsu Chemical', isin, scale },
      ...{ seller: 'Alpha, Own account', buyer: 'Beta, Ito Sakura' },
      ...{ quantity: 100n, price: 21_150n, amount: 2_115_000n, status: 'settled', settled: 'batch' },
    },
    {
      origin: 'otc',
      ...{ number: 3, instrument: 'Shin-Etsu Chemical', isin, scale },
      ...{ seller: 'Beta, Ito Sakura', buyer: 'Alpha, Sato Haruka' },
      ...{ quantity: 50n, amount: 1_057_500n, status: 'pending', settled: 'short of money' },
    },
  ],
  turnover: [
    {
      ...{ instrument: 'Shin-Etsu Chemical', isin, scale, boardTrades: 2, otcTrades: 1 },
      ...{ open: 21_160n, high: 21_160n, low: 21_150n, last: 21_150n, quantity: 450n, amount: 9_520_500n },
    },
  ],
  rejectedTrades: [
    {
      ...{ instrument: 'Shin-Etsu Chemical', scale, recordedBy: 'Beta Securities', rejectedBy: 'Alpha Securities' },
      ...{ quantity: 10n, amount: 212_000n, reason: 'not agreed' },
    },
  ],
  settlement: {
    cycles: [
      { how: 'one by one', trades: 1, settled: 1, pending: 0 },
      { how: 'batch', trades: 2, settled: 1, pending: 1 },
    ],
    net: [
      {
        member: 'Alpha Securities',
        securities: [{ instrument: 'Shin-Etsu Chemical', scale, quantity: -400n }],
        money: [{ currency: 'JPY', decimals: 0, amount: 8_463_000n }],
      },
      {
        member: 'Beta Securities',
        securities: [{ instrument: 'Shin-Etsu Chemical', scale, quantity: 400n }],
        money: [{ currency: 'JPY', decimals: 0, amount: -8_463_000n }],
      },
    ],
  },
  dividends: [
    {
      ...{ instrument: 'Shin-Etsu Chemical', scale, recordDate: date, rate: 'JPY 275', tax: '15.315 % and 5.000 %' },
      holders: [
        {
          ...{ institution: 'Alpha Securities', account: 'A-1', name: 'Sato Haruka' },
          ...{ held: 100n, gross: 27_500n, tax: 5_586n, net: 21_914n },
        },
      ],
      total: { held: 100n, gross: 27_500n, tax: 5_586n, net: 21_914n },
      rounding: '0',
    },
  ],
  splits: [
    {
      ...{ instrument: 'Shin-Etsu Chemical', scale, recordDate: date, ratio: '5 for 1' },
      holders: [
        {
          ...{ institution: 'Alpha Securities', account: 'A-1', name: 'Sato Haruka' },
          ...{ before: 200n, after: 1_000n },
        },
      ],
      total: { before: 200n, after: 1_000n },
      rounding: '0',
    },
  ],
  registers: [
    {
      ...{ instrument: 'Shin-Etsu Chemical', isin, scale, openingAt: '2023-03-31T00:00:10.000Z' as Instant },
      rows: [
        {
          ...{ institution: 'Alpha Securities', account: 'A-1', name: 'Sato Haruka' },
          ...{ opening: 120n, openingAskedLater: 120n, close: 150n, now: 750n },
        },
        {
          ...{ institution: 'Beta Securities', account: 'B-1', name: 'Ito Sakura' },
          ...{ opening: 80n, openingAskedLater: 80n, close: 50n, now: 250n },
        },
      ],
      total: { opening: 200n, openingAskedLater: 200n, close: 200n, now: 1_000n },
      ...{ issuedNow: 1_000n, sameAnswer: true },
    },
  ],
  views: {
    ...{ first: 'Alpha', second: 'Beta' },
    rows: [
      {
        ...{ number: 1, instrument: 'Shin-Etsu Chemical', scale, quantity: 300n, amount: 6_348_000n },
        firstSees: 'sold on the board for Sato Haruka',
        secondSees: 'bought on the board for Ito Sakura',
      },
    ],
    others: [{ institution: 'Gamma', sees: 0 }],
  },
  sights: {
    collections: ['Alpha', 'Beta', 'Board', 'Operators'],
    organisations: [
      { organisation: 'Exchange', role: 'operator', answered: [true, true, true, true] },
      { organisation: 'Alpha Securities', role: 'institution', answered: [true, false, true, false] },
    ],
  },
  conservation: [
    { unit: 'Shin-Etsu Chemical', decimals: 0, issued: 1_000n, held: 1_000n, holders: 2 },
    { unit: 'JPY of Trust Bank', decimals: 0, issued: 5_000_000n, held: 5_000_000n, holders: 3 },
  ],
  cash: [{ member: 'Alpha Securities', currency: 'JPY', decimals: 0, available: 4_000_000n, locked: 1_000_000n }],
  stages: [
    { name: 'Found the market', submits: 1, elapsedMs: 0 },
    { name: 'Trade on the board', submits: 9, elapsedMs: 1_500 },
  ],
  phases: [
    {
      businessDate: date,
      phase: 'founding',
      began: '2023-03-31T00:00:00.000Z' as Instant,
      ...{ fromMs: 0, untilMs: 500, cycles: [{ atMs: 0, submissions: 1 }] },
    },
    {
      businessDate: date,
      phase: 'open',
      began: '2023-03-31T00:00:00.500Z' as Instant,
      fromMs: 500,
      untilMs: 1_500,
      cycles: [
        { atMs: 500, submissions: 3 },
        { atMs: 1_500, submissions: 5 },
      ],
    },
  ],
};

/** A day on which nothing happened. */
const empty: DayReport = {
  ...small,
  ...{ issuance: [], boardsAtNoon: [], trades: [], turnover: [], rejectedTrades: [], dividends: [], splits: [] },
  ...{ registers: [], views: undefined, conservation: [], cash: [], stages: [], phases: [] },
  orders: { placed: 0, matchings: 0, cancelled: 0, refused: [] },
  settlement: { cycles: [], net: [] },
  sights: { collections: [], organisations: [] },
};

/** The same report with something added to everything that is a name or said by somebody. */
function withTexts<T>(value: T, change: (text: string) => string): T {
  const fixed = new Set(['phase', 'origin', 'role', 'side', 'began', 'businessDate', 'recordDate', 'openingAt']);
  const changed = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return fixed.has(key) ? one : change(one);
    if (Array.isArray(one)) return one.map((item: unknown) => changed(item, key));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, member]) => [name, changed(member, name)]));
  };
  return changed(value, '') as T;
}

interface Parsed {
  readonly elements: readonly Tree.Element[];
  readonly faults: readonly string[];
}

function parsed(html: string): Parsed {
  const faults: string[] = [];
  const document = parse(html, {
    onParseError: ({ code, startLine }) => void faults.push(`${code} in line ${startLine.toString()}`),
  });
  return { elements: elementsIn(document), faults };
}

function elementsIn(node: Tree.ParentNode): readonly Tree.Element[] {
  return node.childNodes.flatMap((child) => ('tagName' in child ? [child, ...elementsIn(child)] : []));
}

function named(elements: readonly Tree.Element[], ...names: readonly string[]): readonly Tree.Element[] {
  return elements.filter(({ tagName }) => names.includes(tagName));
}

function attribute(element: Tree.Element | undefined, name: string): string | undefined {
  return element?.attrs.find((one) => one.name === name)?.value;
}

function textIn(node: Tree.ParentNode): string {
  return node.childNodes
    .map((child) => ('value' in child ? child.value : 'childNodes' in child ? textIn(child) : ''))
    .join('');
}

describe('the page', () => {
  test('of the same report is the same, to the letter', () => {
    const page = reportPage(small);
    expect(reportPage(structuredClone(small))).toBe(page);
    // `KESSAI_GOLDEN=write` after a change that is meant.
    if (process.env['KESSAI_GOLDEN'] === 'write') writeFileSync(golden, page);
    expect(page).toBe(readFileSync(golden, 'utf8'));
  });

  test('holds every name and every figure of the text', () => {
    const shown = textIn(parse(reportPage(small)));
    const words = (text: string): readonly string[] =>
      text.split(/[\s═─]+/).filter((word) => word !== '' && word !== '-');
    const missing = words(reportText(small)).filter((word) => !shown.includes(word));
    expect(missing).toEqual([]);
  });

  describe.each([
    ['small', small],
    ['empty', empty],
    ['one whose names hold all that HTML knows', withTexts(small, (text) => `${text} </td><script>&amp;"'<!-- ]]>`)],
    ['one whose names are written from right to left', withTexts(small, () => 'שרה לוי & بنك القاهرة')],
  ])('of a day, %s,', (_, report) => {
    const page = reportPage(report);
    const { elements, faults } = parsed(page);

    test('is HTML without a fault', () => {
      expect(faults).toEqual([]);
      expect(new Set(elements.map(({ tagName }) => tagName)).has('script')).toBe(false);
    });

    test('asks for nothing, runs nothing and sends nothing, by its own policy too', () => {
      const asking = elements.flatMap(({ tagName, attrs }) =>
        attrs
          .filter(({ name, value }) =>
            name === 'href' ? !value.startsWith('#') : /^(src|srcset|action|style|xlink:href|on.*)$/.test(name),
          )
          .map(({ name, value }) => `${tagName} ${name}=${value}`),
      );
      expect(asking).toEqual([]);
      const [style] = named(elements, 'style').map(textIn);
      expect(style).not.toMatch(/url\(|@import/);
      const [policy] = named(elements, 'meta')
        .filter((meta) => attribute(meta, 'http-equiv') === 'Content-Security-Policy')
        .map((meta) => attribute(meta, 'content'));
      const hash = createHash('sha256')
        .update(style ?? '')
        .digest('base64');
      expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    });

    test('has a language, a title, one main heading, and no level of headings left out', () => {
      expect(attribute(named(elements, 'html')[0], 'lang')).toBe('en');
      expect(named(elements, 'title').map(textIn)[0]).not.toBe('');
      const levels = named(elements, 'h1', 'h2', 'h3', 'h4').map(({ tagName }) => Number(tagName.slice(1)));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1));
    });

    test('has ids that occur once, and what refers to one finds it', () => {
      const ids = elements.flatMap((element) => attribute(element, 'id') ?? []);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
      const wanted = elements.flatMap((element) => [
        ...(attribute(element, 'aria-labelledby')?.split(' ') ?? []),
        ...(attribute(element, 'href')?.slice(1) ?? '').split(' ').filter((id) => id !== ''),
      ]);
      expect(wanted.length).toBeGreaterThan(0);
      expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
    });

    test('lists every section in its contents', () => {
      const [contents] = named(elements, 'nav').map((nav) => elementsIn(nav));
      const linked = named(contents ?? [], 'a').map((link) => attribute(link, 'href')?.slice(1));
      expect(linked).toEqual(named(elements, 'section').map((section) => attribute(section, 'aria-labelledby')));
    });

    test('tells whoever does not see it what each chart shows, and has its figures as a table', () => {
      const charts = named(elements, 'svg').filter((svg) => attribute(svg, 'class') === 'chart');
      expect(charts).toHaveLength(named(elements, 'figure').length);
      for (const chart of charts) {
        expect(attribute(chart, 'role')).toBe('img');
        const [title, description] = elementsIn(chart);
        expect([title?.tagName, description?.tagName]).toEqual(['title', 'desc']);
        for (const one of [title, description]) expect(one && textIn(one).trim()).not.toBe('');
        const figure = chart.parentNode;
        const pair = figure && 'parentNode' in figure ? figure.parentNode : null;
        expect(pair ? named(elementsIn(pair), 'table') : []).toHaveLength(1);
      }
    });

    test('has tables with a name and titles, that can be scrolled with the keyboard', () => {
      for (const table of named(elements, 'table')) {
        const inside = elementsIn(table);
        expect(attribute(table, 'aria-labelledby')).toMatch(/^./);
        for (const title of named(inside, 'th')) expect(attribute(title, 'scope')).toMatch(/^(col|row)$/);
        const frame = table.parentNode;
        const attributes = frame && 'attrs' in frame ? frame.attrs : [];
        expect(attributes).toEqual(
          expect.arrayContaining([
            { name: 'tabindex', value: '0' },
            { name: 'role', value: 'group' },
          ]),
        );
      }
    });
  });

  test.each(['<b>', 'A & B', '"quoted"', "O'Brien", '&lt;', '<!--', '</style>', 'שרה', 'بنك', '信越化学', 'e\u0301'])(
    'shows a name %s as it is written',
    (name) => {
      const shown = textIn(parse(reportPage(withTexts(small, (text) => `${text}${name}`))));
      expect(shown).toContain(`Sato Haruka${name}`);
      expect(shown).toContain(`Small market${name}`);
    },
  );

  test('sets apart what may be written from right to left, and shows what would turn the text around as its number', () => {
    const page = reportPage(withTexts(small, (text) => (text === 'Sato Haruka' ? 'שרה\u202e לוי' : text)));
    expect(page).toContain('<bdi>שרה\\u202e לוי</bdi>');
    expect(page).not.toContain('\u202e');
  });

  test('draws the twenty largest of many holders, and says so; the table has them all', () => {
    const [register] = small.registers;
    const [row] = register?.rows ?? [];
    if (!register || !row) throw new Error('The small day has a register');
    const rows = Array.from({ length: 57 }, (_, index) => ({
      ...row,
      name: `Holder ${index}`,
      now: BigInt(index + 1),
    }));
    const page = reportPage({ ...small, registers: [{ ...register, rows }] });
    expect(page).toContain('The chart shows the 20 largest of 57.');
    const drawn = (name: string): number => page.split(`<title>${name},`).length - 1;
    expect([drawn('Holder 36'), drawn('Holder 37'), drawn('Holder 56')]).toEqual([0, 1, 1]);
    expect(page).toContain('<th scope="row">Holder 0</th>');
  });

  test('draws bars as long as the amounts, beyond what a floating-point number holds', () => {
    const [register] = small.registers;
    const [one, two] = register?.rows ?? [];
    if (!register || !one || !two) throw new Error('The small day has two holders');
    const most = 9_223_372_036_854_775_807n;
    const rows = [
      { ...one, now: most },
      { ...two, now: most / 4n },
    ];
    const page = reportPage({ ...small, registers: [{ ...register, rows }] });
    const widths = [...page.matchAll(/width="([0-9.]+%)" height="9"><title>[^<]*: held now/g)].map(
      ([, width]) => width,
    );
    expect(widths).toEqual(['100%', '24.99%']);
    expect(page).toContain('9,223,372,036,854,775,807');
  });
});

describe('the text at a glance', () => {
  function many<T>(items: readonly T[]): readonly T[] {
    return Array.from({ length: 30 }, () => items).flat();
  }

  test('fits a screen also of a day with many securities, institutions and corporate actions', () => {
    const long: DayReport = {
      ...small,
      ...{ turnover: many(small.turnover), conservation: many(small.conservation), splits: many(small.splits) },
      ...{ dividends: many(small.dividends), registers: many(small.registers), trades: many(small.trades) },
      views: small.views && {
        ...small.views,
        rows: many(small.views.rows),
        others: many(small.views.others),
      },
    };
    const text = reportSummary(long, {});
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(text).toContain('3 of 30 trades. On the board');
    expect(text).toContain(
      '30 other institutions see none of these 30 trades: Gamma, Gamma, Gamma, Gamma, Gamma and others.',
    );
    expect(text).toContain('(60 units, 3 of them shown)');
    expect(text).toContain('And 28 securities more.');
    expect(text).toContain('And 58 corporate actions more.');
  });

  test('says how many orders were refused, though it does not list them', () => {
    const text = reportSummary(small);
    expect(text).toContain('9 orders taken, 1 refused, 1 to be cancelled; 1 bilateral trade rejected.');
    expect(text).not.toContain('90000 are needed');
  });

  test('begins with a unit of which something was made or lost, and says so', () => {
    const [first] = small.conservation;
    if (!first) throw new Error('The small day has units');
    const broken = { ...first, unit: 'Broken', held: first.issued + 1n };
    const text = reportSummary({ ...small, conservation: [...many(small.conservation), broken] });
    expect(text).toContain('NOT conserved: in 1 unit the difference is not 0');
    const units = text.slice(text.indexOf('Conservation'));
    expect(units.indexOf('  Broken')).toBeLessThan(units.indexOf('  Shin-Etsu Chemical'));
    expect(text).not.toContain('Nothing was made or lost');
  });

  test('names an institution that sees a trade of others', () => {
    const views = small.views && { ...small.views, others: [{ institution: 'Gamma', sees: 1 }] };
    expect(reportSummary({ ...small, views })).toContain('Gamma sees 1 of these 1 trade.');
  });
});

describe('the whole text', () => {
  test('underlines a title as far as it reaches on the screen', () => {
    const [first, second] = reportText({ ...small, market: '信越市場' }).split('\n');
    expect(first).toBe('信越市場: the business day 2023-03-31');
    expect(second).toBe('═'.repeat(8 + ': the business day 2023-03-31'.length));
  });

  test('begins each line of a table at the same column', () => {
    for (const text of [reportText(small), reportSummary(small)]) {
      const lines = text.split('\n');
      lines.forEach((line, index) => {
        if (/^ +─/.test(line)) expect(lines[index - 1]).toMatch(/^ {2}/);
      });
      expect(text).toContain('\n  2 of 3 trades settled');
    }
  });

  test.each([40, 60, 80, 120])('has no line that is longer than a terminal of %d columns', (columns) => {
    const kanji = withTexts(small, (text) =>
      text.replace('Shin-Etsu Chemical', '信越化学工業株式会社').replace('Alpha', 'ガ社'),
    );
    for (const text of [reportText(kanji, { isTTY: true, columns }), reportSummary(kanji, { isTTY: true, columns })]) {
      const lines = text.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', '').split('\n');
      expect(lines.filter((line) => textWidth(line) > columns)).toEqual([]);
    }
  });

  test('adds up amounts with their decimals', () => {
    const net = small.settlement.net.map((line) => ({
      ...line,
      money: line.money.map((one) => ({ ...one, currency: 'EUR', decimals: 2 })),
    }));
    const text = reportText({ ...small, settlement: { ...small.settlement, net } });
    expect(text).toMatch(/Total +0 +0\.00/);
  });

  test('of a day on which nothing happened says so', () => {
    const text = reportText(empty);
    expect(text).toContain('There are no trades.');
    expect(text).not.toMatch(/undefined|NaN|Infinity/);
  });
});
