import { describe, expect, test } from '@jest/globals';
import { type AccountId, type MspId, type Unit, isRejection } from '@kessai/interface';
import fc from 'fast-check';
import { type Books, type Posting, openBooks } from './books';
import type { Context } from './context';
import { lockedOf, totalOf } from './holdings';
import { MemoryLedger } from './tools';

const runs = 1_000;

const units = [
  { unit: 'JP3371200001' as Unit, issuer: 'IssuerMSP' as MspId, registerPages: 3 },
  { unit: 'JPY@TrustBankMSP' as Unit, issuer: 'TrustBankMSP' as MspId, registerPages: 1 },
] as const;
const places = [
  ['AlphaMSP', 'A-1'],
  ['AlphaMSP', 'A-2'],
  ['BetaMSP', 'B-1'],
] as const;

function position(place: number, unit: number) {
  const [institution, account] = (places[place] ?? places[0]) as unknown as [MspId, AccountId];
  return { institution, account, terms: units[unit] ?? units[0] };
}
const positions = places.flatMap((_place, place) => units.map((_unit, unit) => position(place, unit)));

/** What moves from one part of a balance to another; place 3 is the supply account. */
interface Leg {
  readonly unit: number;
  readonly from: number;
  readonly to: number;
  readonly fromLock: boolean;
  readonly toLock: boolean;
  readonly quantity: bigint;
}

const leg: fc.Arbitrary<Leg> = fc.record({
  unit: fc.nat({ max: 1 }),
  from: fc.nat({ max: 3 }),
  to: fc.nat({ max: 3 }),
  fromLock: fc.boolean(),
  toLock: fc.boolean(),
  quantity: fc.oneof(fc.bigInt(1n, 50n), fc.constant(2n ** 63n - 1n)),
});
/** Transactions, each of several postings, each of several legs. */
const business = fc.array(fc.array(fc.array(leg, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 8,
});

function linesOf({ unit, from, to, fromLock, toLock, quantity }: Leg): readonly Posting[] {
  const terms = units[unit] ?? units[0];
  const line = (place: number, locked: boolean, change: bigint): Posting =>
    place === 3
      ? { supply: terms, change }
      : {
          position: position(place, unit),
          part: locked ? { lock: 'lock', reason: 'settlement' } : 'available',
          change,
          field: 'f',
        };
  return [line(from, fromLock, -quantity), line(to, toLock, quantity)];
}

function context(sequence: number): Context {
  const clock = { businessDate: '2023-03-01', phase: 'open', sequence, time: '2023-03-01T00:00:00.000Z' };
  const txId = sequence.toString().padStart(8, '0');
  return { txId, time: '2023-03-01T00:00:00.000Z', clock, method: 'Test:Post' } as unknown as Context;
}

/** All balances as one text: compared thousands of times. */
function textOf(books: Books): string {
  const held = positions.flatMap((one) => {
    const { available, locks } = books.holding(one);
    return [available, ...locks.map(({ id, quantity }) => `${id}=${quantity.toString()}`)];
  });
  return [...held, ...units.map((terms) => books.issued(terms))].join(',');
}

type Balances = Readonly<Record<string, { readonly total: bigint; readonly locked: bigint }>>;

async function balances(
  ledger: MemoryLedger,
): Promise<{ readonly held: Balances; readonly issued: readonly bigint[] }> {
  const books = await openBooks(ledger.simulate().reader, positions, units);
  const held = positions.map((one) => {
    const holding = books.holding(one);
    if (holding.available < 0n || holding.locks.some(({ quantity }) => quantity <= 0n)) throw new Error('Below zero');
    const name = `${one.institution}/${one.account}/${one.terms.unit}`;
    return [name, { total: totalOf(holding), locked: lockedOf(holding) }] as const;
  });
  return { held: Object.fromEntries(held), issued: units.map((terms) => books.issued(terms)) };
}

/** Runs the transactions one by one; a refused posting changes nothing, the others of its transaction count. */
async function run(
  transactions: readonly (readonly (readonly Leg[])[])[],
  after?: (ledger: MemoryLedger) => Promise<void>,
): Promise<{ readonly ledger: MemoryLedger; readonly refused: number; readonly done: number }> {
  const ledger = new MemoryLedger();
  let refused = 0;
  let done = 0;
  for (const [sequence, postings] of transactions.entries()) {
    const { reader, readSet } = ledger.simulate();
    const books = await openBooks(reader, positions, units);
    for (const legs of postings) {
      const before = textOf(books);
      const answer = post(books, legs);
      if (answer === 'refused') {
        refused += 1;
        if (textOf(books) !== before) throw new Error('A refused posting has changed a balance');
      } else done += 1;
    }
    ledger.commit(readSet, books.close(context(sequence), 'x'));
    await after?.(ledger);
  }
  return { ledger, refused, done };
}

function post(books: Books, legs: readonly Leg[]): 'done' | 'refused' {
  return isRejection(books.post(legs.flatMap(linesOf))) ? 'refused' : 'done';
}

/** No more is taken out of issue than was issued: what holds that is the contract that burns from a holding. */
function burnsNothingUnissued(transactions: readonly (readonly (readonly Leg[])[])[]): boolean {
  return transactions.flat(2).every(({ from, to }) => !(from === 3 && to === 3));
}

const sound = business.filter(burnsNothingUnissued);

describe('the books', () => {
  test('conserve every unit: what all accounts hold is what was issued, and nothing is below zero', async () => {
    const counts = { refused: 0, done: 0 };
    await fc.assert(
      fc.asyncProperty(sound, async (transactions) => {
        const { refused, done } = await run(transactions, async (ledger) => {
          const { held, issued } = await balances(ledger);
          for (const [index, { unit }] of units.entries()) {
            const sum = Object.entries(held)
              .filter(([name]) => name.endsWith(unit))
              .reduce((total, [, one]) => total + one.total, 0n);
            expect(sum).toBe(issued[index]);
          }
        });
        counts.refused += refused;
        counts.done += done;
      }),
      { numRuns: runs },
    );
    // Both must have happened often, or the law says little.
    expect(Math.min(counts.refused, counts.done)).toBeGreaterThan(runs / 2);
  }, 60_000);

  test('are what their journals add up to, balance by balance', async () => {
    await fc.assert(
      fc.asyncProperty(sound, async (transactions) => {
        const { ledger } = await run(transactions);
        const { held, issued } = await balances(ledger);
        const sums = new Map<string, { total: bigint; locked: bigint }>();
        const supply = new Map<string, bigint>();
        for (const institution of ['AlphaMSP', 'BetaMSP', 'IssuerMSP', 'TrustBankMSP']) {
          for (const { key, value } of ledger.contents(institution)) {
            if (!key.startsWith('journal/')) continue;
            const page = JSON.parse(value) as JournalText;
            for (const { account, unit, change, lockedChange } of page.entries) {
              const name = `${institution}/${account}/${unit}`;
              const sum = sums.get(name) ?? { total: 0n, locked: 0n };
              sums.set(name, { total: sum.total + BigInt(change), locked: sum.locked + BigInt(lockedChange) });
            }
            for (const { unit, change } of page.supply ?? [])
              supply.set(unit, (supply.get(unit) ?? 0n) + BigInt(change));
          }
        }
        for (const [name, balance] of Object.entries(held))
          expect(sums.get(name) ?? { total: 0n, locked: 0n }).toEqual(balance);
        expect(units.map(({ unit }) => supply.get(unit) ?? 0n)).toEqual(issued);
      }),
      { numRuns: runs },
    );
  }, 60_000);

  test('come to the same whether postings are one transaction or many', async () => {
    await fc.assert(
      fc.asyncProperty(sound, async (transactions) => {
        const together = await run([transactions.flat()]);
        const apart = await run(transactions.flat().map((posting) => [posting]));
        expect(await balances(together.ledger)).toEqual(await balances(apart.ledger));
        expect(together.refused).toBe(apart.refused);
      }),
      { numRuns: runs },
    );
  }, 60_000);

  test('accept a posting exactly when each balance that it touches suffices, all its lines taken together', async () => {
    await fc.assert(
      fc.asyncProperty(sound, fc.array(leg, { minLength: 1, maxLength: 4 }), async (transactions, legs) => {
        fc.pre(burnsNothingUnissued([[legs]]));
        const { ledger } = await run(transactions);
        const books = await openBooks(ledger.simulate().reader, positions, units);
        const parts = new Map<string, bigint>();
        const totals = new Map<string, bigint>();
        for (const one of positions) {
          const holding = books.holding(one);
          const name = `${one.institution}/${one.account}/${one.terms.unit}`;
          parts.set(`${name}/available`, holding.available).set(`${name}/locked`, lockedOf(holding));
          totals.set(name, totalOf(holding));
        }
        for (const line of legs.flatMap(linesOf)) {
          if ('supply' in line) continue;
          const name = `${line.position.institution}/${line.position.account}/${line.position.terms.unit}`;
          const part = `${name}/${line.part === 'available' ? 'available' : 'locked'}`;
          parts.set(part, (parts.get(part) ?? 0n) + line.change);
          totals.set(name, (totals.get(name) ?? 0n) + line.change);
        }
        const suffices =
          [...parts.values()].every((value) => value >= 0n) && [...totals.values()].every((value) => value < 2n ** 63n);
        expect(post(books, legs)).toBe(suffices ? 'done' : 'refused');
      }),
      { numRuns: runs },
    );
  }, 60_000);
});

interface JournalText {
  readonly entries: readonly {
    readonly account: string;
    readonly unit: string;
    readonly change: string;
    readonly lockedChange: string;
  }[];
  readonly supply?: readonly { readonly unit: string; readonly change: string }[];
}
