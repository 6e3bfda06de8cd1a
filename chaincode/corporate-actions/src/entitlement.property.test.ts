import { beforeAll, describe, expect, test } from '@jest/globals';
import { type JsonObject, isRejection } from '@kessai/interface';
import {
  type Audit,
  MemoryMarket,
  type SampleDay,
  audit,
  faultsOfValue,
  limitOfSequencesMs,
  obayashi,
  sequences,
  yen,
} from '@kessai/ledger/tools';
import fc from 'fast-check';
import { contracts, dividend, issuer, openEventsDay, split, throughRecordDate } from './events-day.test-kit';

const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP'] as const;
const tries = sequences(process.env, 150, 1_000);
const limitMs = limitOfSequencesMs(process.env, 300_000);
const eventId = 'event';

/** Two schedulers pay some pages in one cycle. */
interface Attempt {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

const somePages = fc.array(fc.nat(11), { minLength: 1, maxLength: 4 });
const plan: fc.Arbitrary<readonly Attempt[]> = fc.array(fc.record({ first: somePages, second: somePages }), {
  maxLength: 3,
});

/** Clients of odd quantities, opened for the event. Some have part of it locked by an order. */
interface Client {
  readonly institution: number;
  readonly quantity: number;
  readonly ordered: boolean;
}

const clients: fc.Arbitrary<readonly Client[]> = fc.array(
  fc.record({ institution: fc.nat(2), quantity: fc.integer({ min: 1, max: 9_999 }), ordered: fc.boolean() }),
  { maxLength: 5 },
);

const days = fc.record({ clients, plan, soldBeforePayment: fc.boolean() });
type Days = typeof days extends fc.Arbitrary<infer T> ? T : never;

type Balances = ReadonlyMap<string, bigint>;

interface Outcome {
  /** By `institution/account`: securities at the record date, then before the first and after the last payment. */
  readonly held: Balances;
  readonly before: { readonly securities: Balances; readonly money: Balances };
  readonly after: { readonly securities: Balances; readonly money: Balances };
  readonly issued: { readonly then: bigint; readonly now: bigint };
  readonly event: Reported;
  readonly entitlements: readonly Entitled[];
  /** Pages that both schedulers named. */
  readonly contested: number;
}

interface Reported {
  readonly status: string;
  readonly holders: number;
  readonly held: string;
  readonly gross: string;
  readonly tax: string;
  readonly residue: { readonly numerator: string; readonly denominator: string };
}

interface Entitled {
  readonly institution: string;
  readonly account: string;
  readonly held: string;
  readonly gross: string;
  readonly tax: string;
  readonly net: string;
}

async function runEvent(
  day: SampleDay,
  { clients: some, plan: attempts, soldBeforePayment }: Days,
  terms: JsonObject,
): Promise<Outcome> {
  await openClients(day, some);
  await day.record(issuer, 'CorporateActions:Announce', { eventId, terms });
  await throughRecordDate(day);
  const read = (): Audit => audit(day.market.ledger, day.collections);
  const recorded = read();
  if (soldBeforePayment) await sellTheNextDay(day);
  const start = soldBeforePayment ? read() : recorded;
  const contested = await pay(day, attempts);
  const end = read();
  expect(faultsOfValue(end)).toEqual([]);
  const [then, now] = [start.issued.get(obayashi) ?? 0n, end.issued.get(obayashi) ?? 0n];
  const { events } = await day.ask<{ events: [Reported] }>(issuer, 'CorporateActions:Events');
  const { entitlements } = await day.ask<{ entitlements: Entitled[] }>(issuer, 'CorporateActions:Entitlements', {
    ...{ issuer, eventId },
  });
  return {
    held: totals(recorded, obayashi),
    before: { securities: totals(start, obayashi), money: totals(start, yen) },
    after: { securities: totals(end, obayashi), money: totals(end, yen) },
    issued: { then, now },
    event: events[0],
    entitlements,
    contested,
  };
}

async function openClients(day: SampleDay, some: readonly Client[]): Promise<void> {
  for (const [index, { institution: number, quantity, ordered }] of some.entries()) {
    const institution = institutions[number] ?? 'AlphaMSP';
    const account = `CLIENT-${index}`;
    const from = `${institution.slice(0, 1)}-1`;
    const order = { orderId: account, isin: obayashi, side: 'sell', account, quantity: '1', price: '15' };
    day.market.seal(institution, [
      { method: 'Registry:OpenAccount', request: { account, name: account, kind: 'client' } },
      {
        method: 'Securities:Transfer',
        request: { id: account, isin: obayashi, from, to: account, quantity: quantity.toString() },
      },
      ...(ordered ? [{ method: 'Orders:Place', request: { ...order, timeInForce: 'day' } }] : []),
    ]);
  }
  await expectAllAccepted(day);
}

/** Executes what waits in one cycle. */
async function expectAllAccepted(day: SampleDay): Promise<void> {
  for (const result of await day.market.cycle()) if (isRejection(result)) throw new Error(result.code);
}

/** Whoever buys after the record date buys without the entitlement. */
async function sellTheNextDay(day: SampleDay): Promise<void> {
  await day.openDay('2023-03-03');
  const sold = { id: 'sold', isin: obayashi, from: 'A-1', to: 'A-2', quantity: '777' };
  await day.record('AlphaMSP', 'Securities:Transfer', sold);
  await day.advance('closed');
}

async function pay(day: SampleDay, attempts: readonly Attempt[]): Promise<number> {
  const { pages } = await day.ask<{ pages: { institution: string; page: number; paid: string }[] }>(
    'CsdMSP',
    'CorporateActions:Pages',
    { issuer, eventId },
  );
  const named = pages.map(({ institution, page }) => ({ institution, page }));
  const seal = (caller: string, wanted: readonly JsonObject[]): void => {
    const request = { issuer, eventId, pages: wanted };
    day.market.seal(caller, [{ method: 'CorporateActions:Pay', request }]);
  };
  const pick = (numbers: readonly number[]): JsonObject[] =>
    numbers.flatMap((number) => named[number % named.length] ?? []);
  let contested = 0;
  for (const { first, second } of attempts) {
    const [one, other] = [pick(first), pick(second)];
    contested += other.filter((page) => one.includes(page)).length;
    seal('CsdMSP', one);
    seal('CcpMSP', other);
    await expectAllAccepted(day);
  }
  for (const page of named) seal('ExchangeMSP', [page]);
  await expectAllAccepted(day);
  const complete = (): Promise<unknown> => day.submit('CsdMSP', 'CorporateActions:Complete', { issuer, eventId });
  expect(await complete()).toEqual({ outcome: 'created' });
  const contents = affairs(day);
  expect(await complete()).toEqual({ outcome: 'exists' });
  expect(await day.submit('CcpMSP', 'CorporateActions:Pay', { issuer, eventId, pages: named })).toEqual({
    outcome: 'exists',
  });
  expect(affairs(day)).toEqual(contents);
  return contested;
}

/** All that there is but what cycles write of themselves. */
function affairs(day: SampleDay): readonly unknown[] {
  return day.collections.flatMap((collection) =>
    day.market.ledger
      .contents(collection)
      .filter(({ key }) => !/^(sealed|advice|cycle|progress|ids)/.test(key))
      .map((entry) => ({ collection, ...entry })),
  );
}

function totals({ holdings }: Audit, unit: string): Balances {
  return new Map(
    [...holdings]
      .filter(([name]) => name.endsWith(`/${unit}`))
      .map(([name, { available, locked }]) => [name.slice(0, -unit.length - 1), available + locked]),
  );
}

function sum(values: Iterable<bigint>): bigint {
  return [...values].reduce((total, value) => total + value, 0n);
}

/** What each holder was credited, and nobody else. */
function expectCredits(before: Balances, after: Balances, credits: ReadonlyMap<string, bigint>): void {
  const expected = new Map([...before, ...[...credits].map(([name]) => [name, before.get(name) ?? 0n] as const)]);
  for (const [name, credit] of credits) expected.set(name, (expected.get(name) ?? 0n) + credit);
  const present = [...expected].filter(([, total]) => total > 0n);
  expect(new Map([...after].sort())).toEqual(new Map(present.sort()));
}

function taxTerms(tax: bigint): JsonObject {
  return { rate: { numerator: tax.toString(), denominator: '100000' }, account: 'TAX-2' };
}

describe('An event computed from the register at its record date', () => {
  let opened: SampleDay;
  const fork = (): SampleDay => opened.copyInto(new MemoryMarket({ contracts }));

  beforeAll(async () => {
    opened = await openEventsDay();
  });

  test(
    'a split multiplies every holding once; what rounding keeps from the holders goes to the residue account',
    async () => {
      let contested = 0;
      const ratio = fc
        .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 200 }))
        .map(([old, more]) => ({ old: BigInt(old), new: BigInt(old + more) }));
      await fc.assert(
        fc.asyncProperty(days, ratio, async (some, { old, new: fresh }) => {
          const day = fork();
          const outcome = await runEvent(day, some, {
            ...{ ...split, supplyCap: '900000000' },
            ratio: { numerator: fresh.toString(), denominator: old.toString() },
          });
          const extra = new Map([...outcome.held].map(([name, held]) => [name, (held * fresh) / old - held]));
          const fractions = sum([...outcome.held.values()].map((held) => (held * fresh) % old));
          const treasury = `${issuer}/TREASURY-2`;
          extra.set(treasury, (extra.get(treasury) ?? 0n) + fractions / old);

          expectCredits(outcome.before.securities, outcome.after.securities, extra);
          expect(outcome.after.money).toEqual(outcome.before.money);
          const all = sum(outcome.held.values());
          expect(outcome.issued.now - outcome.issued.then).toBe((all * fresh) / old - all);
          expect(outcome.event).toMatchObject({
            ...{ status: 'completed', holders: outcome.held.size, held: all.toString(), tax: '0' },
            residue: { numerator: fractions.toString(), denominator: old.toString() },
          });
          contested += outcome.contested;
        }),
        tries,
      );
      // Two schedulers must have been in each other's way.
      expect(contested).toBeGreaterThan(tries.numRuns / 4);
    },
    limitMs,
  );

  test(
    'a dividend pays every holder once, less tax; payer and tax account change by what was paid and kept',
    async () => {
      const rates = fc.record({
        numerator: fc.bigInt(1n, 9_999n),
        denominator: fc.bigInt(10n, 97n),
        // Three of them are at most the whole.
        taxes: fc.array(fc.bigInt(1n, 33_333n), { maxLength: 3 }),
      });
      await fc.assert(
        fc.asyncProperty(days, rates, async (some, { numerator, denominator, taxes }) => {
          const withholding = taxes.length === 0 ? {} : { withholding: taxes.map(taxTerms) };
          const day = fork();
          await day.record(issuer, 'Registry:OpenAccount', { account: 'TAX-2', name: 'Tax', kind: 'treasury' });
          const outcome = await runEvent(day, some, {
            ...dividend,
            ...{ rate: { numerator: numerator.toString(), denominator: denominator.toString() }, ...withholding },
          });
          const holders = [...outcome.held].filter(([name]) => !name.startsWith(issuer));
          const paid = holders.map(([name, held]) => {
            const gross = (held * numerator) / denominator;
            return { name, held, gross, kept: sum(taxes.map((tax) => (gross * tax) / 100_000n)) };
          });
          const [gross, kept] = [sum(paid.map((one) => one.gross)), sum(paid.map((one) => one.kept))];
          const credits = new Map(paid.map((one) => [one.name, one.gross - one.kept]));
          credits.set(`${issuer}/TREASURY-2`, -gross);
          credits.set(`${issuer}/TAX-2`, kept);

          expectCredits(outcome.before.money, outcome.after.money, credits);
          expect(outcome.after.securities).toEqual(outcome.before.securities);
          const fractions = sum(paid.map(({ held }) => (held * numerator) % denominator));
          expect(outcome.event).toMatchObject({
            ...{ status: 'completed', holders: paid.length, gross: gross.toString(), tax: kept.toString() },
            residue: { numerator: fractions.toString(), denominator: denominator.toString() },
          });
          // To the unit: what holders got, what was kept for them, and what rounding left with the payer, is the whole.
          expect(gross * denominator + fractions).toBe(sum(paid.map(({ held }) => held)) * numerator);
          const rows = outcome.entitlements.map((row) => [
            `${row.institution}/${row.account}`,
            row.held,
            row.gross,
            row.net,
          ]);
          expect(rows.sort()).toEqual(
            paid.map(({ name, held, ...one }) => [name, `${held}`, `${one.gross}`, `${one.gross - one.kept}`]).sort(),
          );
        }),
        tries,
      );
    },
    limitMs,
  );
});
