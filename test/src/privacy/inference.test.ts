import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ConnectOptions, type Market, connect, publicBlocks } from '@kessai/gateway-client';
import { type Organisation, readTopology } from '@kessai/network';
import { seeded } from '../faults/seeded';
import { type TestEngine, describeOnEngines, engines } from '../support/engines';
import { type MarketNetwork, approved, foundMarket, fund, shinEtsu } from '../support/market-network';
import { type HitRate, Observer, type TrueTrade, boundOfChance } from './observer';
import { type SeenTransaction, seenIn } from './seen';

/**
 * Measures what an observer of blocks finds out of bilateral trades, without cover and with it. KESSAI_NIGHTLY=1 makes 200 trades, and
 * KESSAI_TRADES as many as it says; KESSAI_SEED others.
 */
const nightly = process.env['KESSAI_NIGHTLY'] === '1';
const count = Number(process.env['KESSAI_TRADES'] ?? (nightly ? 200 : 8));
const seed = Number(process.env['KESSAI_SEED'] ?? 20_230_330);
const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP', 'DeltaMSP', 'EpsilonMSP', 'ZetaMSP'];
const keyence = 'JP3236200006';
const isins = [shinEtsu, keyence];
const lanes = 2;
const everyMs = 2_000;
const coverKeys = 16;
const holding = 1_000_000n;

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
    describe.each(settings)('$title', ({ cover, title }) => {
      let rates: readonly HitRate[];

      beforeAll(async () => {
        rates = await measured(engine, cover);
        for (const { what, how, hits, of, chance } of rates) {
          const bound = boundOfChance(of, chance);
          const share = `${((100 * hits) / of).toFixed(0)} %`;
          const words = `${what} by ${how}: ${hits.toString()} of ${of.toString()} (${share})`;
          process.stderr.write(`inference, ${title}: ${words}; chance has at most ${bound.toString()}\n`);
        }
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
          // The best of several ways has more luck than one.
          const confidence = 1 - 0.01 / ways.length;
          for (const { how, hits, of, chance } of ways) {
            const bound = boundOfChance(of, chance, confidence);
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
  engines.filter(({ name }) => name === 'embedded' || nightly),
);

async function measured(engine: TestEngine, cover: boolean): Promise<readonly HitRate[]> {
  await using network = await engine.start(manyInstitutions());
  await prepare(network, cover);
  const options: ConnectOptions = {
    check: false,
    deadlines: { adviceMs: 240_000 },
    ...(cover ? { cover: { everyMs } } : {}),
  };
  const members = new Map<string, Market>();
  for (const mspId of institutions) members.set(mspId, await connect(network.profile(mspId), options));
  let trades: readonly TrueTrade[];
  try {
    trades = await trade(members);
  } finally {
    await Promise.all([...members.values()].map(async (member) => member.close()));
  }
  const seen: SeenTransaction[] = [];
  for await (const block of publicBlocks(network.profile('KeyenceMSP'))) seen.push(...seenIn(block));
  return new Observer(seen, institutions, seeded(seed + 2)).guess(trades);
}

/** Trades that one records and the other affirms, a few at a time, with pauses between them as of people. */
async function trade(members: ReadonlyMap<string, Market>): Promise<readonly TrueTrade[]> {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const plans = Array.from({ length: count }, (_, n) => {
    const recorder = below(institutions.length);
    const counterparty = (recorder + 1 + below(institutions.length - 1)) % institutions.length;
    return {
      tradeId: `trade-${n.toString()}`,
      recorder: institutions[recorder] ?? '',
      counterparty: institutions[counterparty] ?? '',
      side: random() < 0.5 ? ('buy' as const) : ('sell' as const),
      isin: isins[below(isins.length)] ?? shinEtsu,
      quantity: BigInt(1 + below(100)),
      pauseMs: below(1_500),
    };
  });
  const done: (TrueTrade & { readonly tradeId: string })[] = [];
  const lane = async (own: typeof plans): Promise<void> => {
    for (const { tradeId, recorder, counterparty, side, isin, quantity, pauseMs } of own) {
      const [us, them] = [members.get(recorder), members.get(counterparty)];
      if (!us || !them) throw new Error('Every institution is connected');
      await wait(pauseMs);
      const terms = { tradeId, isin, quantity, amount: quantity * 4_250n };
      const { transactionId } = await us.orders.recordTrade({
        ...terms,
        counterparty,
        side,
        account: accountOf(recorder),
      });
      await wait(pauseMs / 2);
      const answer = { ...terms, recordedBy: recorder, account: accountOf(counterparty) };
      await them.orders.affirmTrade({ ...answer, side: side === 'buy' ? 'sell' : 'buy' });
      done.push({ tradeId, transactionId, recorder, counterparty, side, isin });
    }
  };
  await Promise.all(
    Array.from({ length: lanes }, async (_, number) => lane(plans.filter((_plan, n) => n % lanes === number))),
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
      return { ...like, mspId, name: mspId, domain, peer: { hostname: `peer0.${domain}`, port: undefined } };
    });
  return [...organisations, ...more];
}
