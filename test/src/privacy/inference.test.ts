import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ConnectOptions, type Market, connect, publicBlocks } from '@kessai/gateway-client';
import { type Organisation, readTopology } from '@kessai/network';
import { seeded } from '../faults/seeded';
import { type TestEngine, describeOnEngines, engines } from '../support/engines';
import { type MarketNetwork, approved, foundMarket, fund, shinEtsu } from '../support/market-network';
import { type CoverCost, costOf, figuresOf } from './cover-cost';
import { type HitRate, Observer, type TrueTrade, bestWay, boundOfChance } from './observer';
import { type SeenTransaction, seenIn } from './seen';

/**
 * Measures what an observer of blocks finds out of bilateral trades, and what they cost, without cover and with it. KESSAI_NIGHTLY=1 makes
 * 200 trades, and KESSAI_TRADES as many as it says; KESSAI_SEED others. KESSAI_ENGINE=native runs on that engine alone.
 */
const nightly = process.env['KESSAI_NIGHTLY'] === '1';
const count = Number(process.env['KESSAI_TRADES'] ?? (nightly ? 200 : 8));
const seed = Number(process.env['KESSAI_SEED'] ?? 20_230_330);
/** Those beyond the market's own are hosted by an operator: more members, and no more peers than the machine can bear. */
const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP', 'DeltaMSP', 'EpsilonMSP', 'ZetaMSP'];
const host = 'CsdMSP';
const keyence = 'JP3236200006';
const isins = [shinEtsu, keyence];
/** Trades at once. With cover each takes longer, so that more of them make the same pace. */
const lanes = { without: 3, with: 8 };
/** KESSAI_MINUTES ends trading after so long, for a machine that cannot make as many in time: the figures are of those made. */
const longestMs = Number(process.env['KESSAI_MINUTES'] ?? 60) * 60_000;
const everyMs = Number(process.env['KESSAI_BEAT_MS'] ?? 2_000);
/** Somewhat more than a member's books use here. */
const coverKeys = 10;
const holding = 1_000_000n;

/** What was measured on an engine. */
interface Measured {
  readonly rates: readonly HitRate[];
  readonly cost: CoverCost;
}

const engineAlone = process.env['KESSAI_ENGINE'];

interface Setting {
  readonly cover: boolean;
  readonly title: string;
}

describeOnEngines(
  'what blocks tell of a bilateral trade',
  (engine) => {
    const settings: readonly Setting[] = [
      { cover: false, title: 'without cover' },
      { cover: true, title: 'with cover' },
    ];
    const all = new Map<string, Measured>();
    afterAll(() => {
      process.stderr.write(tableOf(engine.name, all));
    });
    describe.each(settings)('$title', ({ cover, title }) => {
      let rates: readonly HitRate[];

      beforeAll(async () => {
        const result = await measured(engine, cover);
        all.set(title, result);
        ({ rates } = result);
      }, 1_200_000 * engine.patience);
      const bestOf = (wanted: string): HitRate => {
        const [best] = rates
          .filter(({ what }) => what === wanted)
          .sort((one, other) => other.hits / other.of - one.hits / one.of);
        if (!best) throw new Error(`Nobody guessed the ${wanted}`);
        return best;
      };

      if (cover) {
        test.each(['counterparty', 'instrument', 'side'])('is of the %s no more than chance', (what) => {
          const ways = rates.filter((rate) => rate.what === what);
          // The best of several ways has more luck than one; what the first half recommends is one.
          for (const { how, hits, of, chance } of ways) {
            const bound = boundOfChance(of, chance, how === bestWay ? 0.99 : 1 - 0.01 / ways.length);
            expect([how, hits, hits <= bound]).toEqual([how, hits, true]);
          }
        });
      } else {
        // The control: the same observer finds out where there is something to find.
        test('is the counterparty, more often than not', () => {
          const { hits, of } = bestOf('counterparty');
          expect(hits / of).toBeGreaterThan(0.6);
        });

        test('is the instrument, more often than not', () => {
          const { hits, of } = bestOf('instrument');
          expect(hits / of).toBeGreaterThan(0.7);
        });
      }
    });
  },
  // The same blocks on every engine, and none brings as many so soon.
  engines.filter(({ name }) => (engineAlone === undefined ? name === 'embedded' || nightly : name === engineAlone)),
);

/** Side by side: how often each guess was right, beside the most that chance has in 95 of 100 cases, and what it cost. */
function tableOf(engine: string, all: ReadonlyMap<string, Measured>): string {
  const titles = [...all.keys()];
  const [first] = all.values();
  if (!first) return '';
  const rows = first.rates.map(({ what, how, chance }, index): readonly string[] => [
    `${what}: ${how}`,
    ...titles.map((title) => all.get(title)?.rates[index]?.hits.toString() ?? ''),
    ...titles.map((title) => {
      const of = all.get(title)?.rates[index]?.of ?? 0;
      return `${boundOfChance(of, chance).toString()} of ${of.toString()}`;
    }),
  ]);
  const figures = titles.map((title) => {
    const measurement = all.get(title);
    return measurement ? figuresOf(measurement.cost) : [];
  });
  const costs = (figures[0] ?? []).map(([name], index): readonly string[] => [
    name,
    ...figures.map((of) => of[index]?.[1] ?? ''),
  ]);
  const lines = [['', ...titles, ...titles.map(() => 'chance, 95 %')], ...rows, ...costs];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  const text = lines.map(([name = '', ...cells]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(14))].join(' ').trimEnd(),
  );
  const beat = `a beat of ${everyMs.toString()} ms, ${coverKeys.toString()} keys, ${institutions.length.toString()} institutions`;
  return `\nwhat blocks tell of bilateral trades, engine ${engine}, ${beat}\n${text.join('\n')}\n`;
}

async function measured(engine: TestEngine, cover: boolean): Promise<Measured> {
  await using network = await engine.start(manyInstitutions());
  await prepare(network, cover);
  const options: ConnectOptions = {
    check: false,
    deadlines: { adviceMs: 240_000 },
    ...(cover ? { cover: { everyMs } } : {}),
  };
  const members = new Map<string, Market>();
  for (const mspId of institutions) members.set(mspId, await connect(network.profile(mspId), options));
  let trades: readonly TrueTrade[] = [];
  try {
    // What is used for the first time shows once: that is told, and not what is measured here.
    await trade(members, warmUp(), institutions.length);
    const cost = await costOf(
      network,
      async () => seenOn(network),
      async (timed) => {
        trades = await trade(members, plans(), cover ? lanes.with : lanes.without, timed);
      },
    );
    const rates = new Observer(await seenOn(network), institutions, seeded(seed + 2)).guess(trades);
    return { rates, cost };
  } finally {
    await Promise.all([...members.values()].map(async (member) => member.close()));
  }
}

async function seenOn(network: MarketNetwork): Promise<readonly SeenTransaction[]> {
  const seen: SeenTransaction[] = [];
  for await (const block of publicBlocks(network.profile('KeyenceMSP'))) seen.push(...seenIn(block));
  return seen;
}

interface Plan extends Omit<TrueTrade, 'transactionId'> {
  readonly tradeId: string;
  readonly quantity: bigint;
  readonly pauseMs: number;
}

/** Everybody buys and sells each instrument, and answers as well as it records. */
function warmUp(): readonly Plan[] {
  return institutions.flatMap((recorder, index) =>
    isins.map((isin, n): Plan => {
      const counterparty = institutions[(index + 1) % institutions.length] ?? '';
      const tradeId = `warm-up-${index.toString()}-${n.toString()}`;
      return { tradeId, recorder, counterparty, side: 'sell', isin, quantity: 1n, pauseMs: 0 };
    }),
  );
}

function plans(): readonly Plan[] {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, n): Plan => {
    const recorder = below(institutions.length);
    const counterparty = (recorder + 1 + below(institutions.length - 1)) % institutions.length;
    return {
      tradeId: `trade-${n.toString()}`,
      recorder: institutions[recorder] ?? '',
      counterparty: institutions[counterparty] ?? '',
      side: random() < 0.5 ? 'buy' : 'sell',
      isin: isins[below(isins.length)] ?? shinEtsu,
      quantity: BigInt(1 + below(100)),
      pauseMs: below(1_500),
    };
  });
}

/** Trades that one records and the other affirms, a few at a time, with pauses between them as of people. */
async function trade(
  members: ReadonlyMap<string, Market>,
  planned: readonly Plan[],
  atOnce: number,
  timed: <T>(call: () => Promise<T>) => Promise<T> = async (call) => call(),
): Promise<readonly TrueTrade[]> {
  const done: TrueTrade[] = [];
  const until = performance.now() + longestMs;
  const lane = async (own: readonly Plan[]): Promise<void> => {
    for (const { tradeId, recorder, counterparty, side, isin, quantity, pauseMs } of own) {
      if (performance.now() > until) return;
      const [us, them] = [members.get(recorder), members.get(counterparty)];
      if (!us || !them) throw new Error('Every institution is connected');
      await wait(pauseMs);
      const terms = { tradeId, isin, quantity, amount: quantity * 4_250n };
      const word = { ...terms, counterparty, side, account: accountOf(recorder) } as const;
      const { transactionId } = await timed(async () => us.orders.recordTrade(word));
      await wait(pauseMs / 2);
      const answer = { ...terms, recordedBy: recorder, account: accountOf(counterparty) };
      const otherSide = side === 'buy' ? 'sell' : 'buy';
      await timed(async () => them.orders.affirmTrade({ ...answer, side: otherSide }));
      done.push({ transactionId, recorder, counterparty, side, isin });
    }
  };
  await Promise.all(
    Array.from({ length: atOnce }, async (_, number) => lane(planned.filter((_plan, n) => n % atOnce === number))),
  );
  return done;
}

async function prepare(network: MarketNetwork, cover: boolean): Promise<void> {
  await foundMarket(network);
  const as = async (mspId: string): Promise<Market> => network.as(mspId);
  await approved(as, async ({ securities }) =>
    securities.registerInstrument({
      ...{ isin: keyence, name: 'Keyence', issuer: 'KeyenceMSP', decimals: 0, priceDecimals: 0, lot: 1n },
      ...{ supplyCap: 100_000_000n, settlementCurrency: 'JPY', settlementBank: 'TrustBankMSP', registerPages: 2 },
    }),
  );
  const accounts = institutions.map((institution) => ({
    institution,
    account: accountOf(institution),
    name: 'Client',
  }));
  await fund(
    network,
    'inference',
    accounts.map((one) => ({ ...one, securities: holding, money: holding * 4_250n })),
  );
  const other = await network.as('KeyenceMSP');
  await other.registry.openAccount({ account: 'TREASURY', name: 'Treasury', kind: 'treasury' });
  const issue = { id: 'keyence', isin: keyence, account: 'TREASURY', quantity: holding * BigInt(accounts.length) };
  await approved(as, async ({ securities }) => securities.issue(issue), ['KeyenceMSP']);
  await approved(
    as,
    async ({ securities }) =>
      Promise.all(
        accounts.map(async ({ institution, account }) => {
          const to = { institution, account };
          return securities.allot({ id: `keyence-${account}`, isin: keyence, from: 'TREASURY', to, quantity: holding });
        }),
      ),
    ['KeyenceMSP'],
  );
  const policy = { matching: 'by-operator', settlement: 'continuous', ...(cover ? { cover: coverKeys } : {}) } as const;
  await approved(as, async ({ registry }) => registry.setPolicy({ id: 'policy', policy }));
}

function accountOf(mspId: string): string {
  return `CLIENT-${mspId.toUpperCase()}`;
}

/** The market's own organisations, and institutions more than it has. */
function manyInstitutions(): readonly Organisation[] {
  const { organisations } = readTopology();
  const like = organisations.find(({ mspId }) => mspId === 'GammaMSP');
  if (!like) throw new Error('Gamma is in the topology');
  const more = institutions
    .filter((mspId) => organisations.every((one) => one.mspId !== mspId))
    .map((mspId): Organisation => {
      const domain = `${mspId.replace('MSP', '').toLowerCase()}.market.example`;
      return { ...like, mspId, name: mspId, domain, peer: undefined, hostedBy: host };
    });
  return [...organisations, ...more];
}
