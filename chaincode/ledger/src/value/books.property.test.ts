import { describe, expect, test } from '@jest/globals';
import { type AccountId, type LockReason, type MspId, type Unit, isRejection } from '@kessai/interface';
import fc from 'fast-check';
import { load, put, stored } from '../kernel/state';
import { MemoryLedger, limitOfSequencesMs, sequences } from '../tools';
import { type Books, type JournalLines, type Posting, openBooks } from './books';
import { lockedOf, totalOf } from './holdings';
import { type JournalPage, entriesOf, journalAt, supplyChangesOf } from './journal';

const tries = sequences(process.env, 200, 5_000);
const limitMs = limitOfSequencesMs(process.env, 60_000);

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

type Part = 'available' | LockReason;
const part = fc.constantFrom<Part>('available', 'available', 'available', 'available', 'order', 'settlement');

/** What moves from one part of a balance to another; place 3 is the supply account. */
interface Leg {
  readonly unit: number;
  readonly from: number;
  readonly to: number;
  readonly fromPart: Part;
  readonly toPart: Part;
  readonly quantity: bigint;
}

const leg: fc.Arbitrary<Leg> = fc.record({
  unit: fc.nat({ max: 1 }),
  // Much comes from outside, or little could be moved.
  from: fc.constantFrom(0, 1, 2, 3, 3, 3),
  to: fc.nat({ max: 3 }),
  fromPart: part,
  toPart: part,
  quantity: fc.oneof(fc.bigInt(1n, 50n), fc.constant(2n ** 63n - 1n)),
});
/** Cycles, each of several postings, each of several legs. */
const business = fc.array(fc.array(fc.array(leg, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 8,
});

function linesOf({ unit, from, to, fromPart, toPart, quantity }: Leg): readonly Posting[] {
  const terms = units[unit] ?? units[0];
  const line = (place: number, of: Part, change: bigint): Posting =>
    place === 3 ? { supply: terms, change } : { position: position(place, unit), part: of, change, field: 'f' };
  return [line(from, fromPart, -quantity), line(to, toPart, quantity)];
}

/** All balances as one text: compared thousands of times. */
function textOf(books: Books): string {
  const held = positions.flatMap((one) => {
    const { available, locked } = books.holding(one);
    return [available, locked.order ?? 0n, locked.settlement ?? 0n];
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
    if (holding.available < 0n || Object.values(holding.locked).some((quantity) => quantity <= 0n))
      throw new Error('Below zero');
    const name = `${one.institution}/${one.account}/${one.terms.unit}`;
    return [name, { total: totalOf(holding), locked: lockedOf(holding) }] as const;
  });
  return { held: Object.fromEntries(held), issued: units.map((terms) => books.issued(terms)) };
}

/** Runs the cycles one after another; a refused posting changes nothing, the others of its cycle count. */
async function run(
  cycles: readonly (readonly (readonly Leg[])[])[],
  after?: (ledger: MemoryLedger) => Promise<void>,
): Promise<{ readonly ledger: MemoryLedger; readonly refused: number; readonly done: number }> {
  const ledger = new MemoryLedger();
  let refused = 0;
  let done = 0;
  for (const [cycle, postings] of cycles.entries()) {
    const { reader, readSet } = ledger.simulate();
    const books = await openBooks(reader, positions, units);
    const journals = new Map<MspId, JournalLines[]>();
    for (const legs of postings) {
      const before = textOf(books);
      const mark = books.mark();
      if (post(books, legs) === 'done') {
        done += 1;
        for (const [member, lines] of books.linesSince(mark, 'x')) {
          journals.set(member, [...(journals.get(member) ?? []), lines]);
        }
        continue;
      }
      refused += 1;
      books.rollBack(mark);
      if (textOf(books) !== before) throw new Error('A refused posting has changed a balance');
    }
    const pages = [...journals].map(([member, instructions]) =>
      put(journalAt(member, cycle), pageOf(cycle, instructions)),
    );
    ledger.commit(readSet, [...books.close(cycle), ...pages].map(stored));
    await after?.(ledger);
  }
  return { ledger, refused, done };
}

function pageOf(cycle: number, instructions: readonly JournalLines[]): JournalPage {
  const head = { businessDate: '2023-03-01', sequence: 0, time: '2023-03-01T00:00:00.000Z' };
  return { ...head, cycle, instructions } as unknown as JournalPage;
}

/** More than is locked is a defect of whoever releases it, and throws; here it is as good as refused. */
function post(books: Books, legs: readonly Leg[]): 'done' | 'refused' {
  try {
    return isRejection(books.post(legs.flatMap(linesOf))) ? 'refused' : 'done';
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('More is released')) return 'refused';
    throw error;
  }
}

/** No more is taken out of issue than was issued: what holds that is the contract that burns from a holding. */
function burnsNothingUnissued(transactions: readonly (readonly (readonly Leg[])[])[]): boolean {
  return transactions.flat(2).every(({ from, to }) => !(from === 3 && to === 3));
}

const sound = business.filter(burnsNothingUnissued);

describe('the books', () => {
  test(
    'conserve every unit: what all accounts hold is what was issued, and nothing is below zero',
    async () => {
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
        tries,
      );
      // Both must have happened often, or the law says little.
      expect(Math.min(counts.refused, counts.done)).toBeGreaterThan(tries.numRuns / 4);
    },
    limitMs,
  );

  test(
    'are what their journals add up to, balance by balance',
    async () => {
      await fc.assert(
        fc.asyncProperty(sound, async (transactions) => {
          const { ledger } = await run(transactions);
          const { held, issued } = await balances(ledger);
          const sums = new Map<string, { total: bigint; locked: bigint }>();
          const supply = new Map<string, bigint>();
          for (const institution of ['AlphaMSP', 'BetaMSP', 'IssuerMSP', 'TrustBankMSP']) {
            const refs = transactions.map((_cycle, cycle) => journalAt(institution as MspId, cycle));
            const { pages } = await load(ledger.simulate().reader, { pages: refs });
            for (const page of pages) {
              if (!page) continue;
              for (const { account, unit, change, lockedChange } of entriesOf(page)) {
                const name = `${institution}/${account}/${unit}`;
                const sum = sums.get(name) ?? { total: 0n, locked: 0n };
                sums.set(name, { total: sum.total + change, locked: sum.locked + lockedChange });
              }
              for (const { unit, change } of supplyChangesOf(page)) supply.set(unit, (supply.get(unit) ?? 0n) + change);
            }
          }
          for (const [name, balance] of Object.entries(held))
            expect(sums.get(name) ?? { total: 0n, locked: 0n }).toEqual(balance);
          expect(units.map(({ unit }) => supply.get(unit) ?? 0n)).toEqual(issued);
        }),
        tries,
      );
    },
    limitMs,
  );

  test(
    'come to the same whether postings are one cycle or many',
    async () => {
      await fc.assert(
        fc.asyncProperty(sound, async (transactions) => {
          const together = await run([transactions.flat()]);
          const apart = await run(transactions.flat().map((posting) => [posting]));
          expect(await balances(together.ledger)).toEqual(await balances(apart.ledger));
          expect(together.refused).toBe(apart.refused);
        }),
        tries,
      );
    },
    limitMs,
  );

  test(
    'accept a posting exactly when each balance that it touches suffices, all its lines taken together',
    async () => {
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
            parts.set(`${name}/available`, holding.available);
            for (const reason of ['order', 'settlement'] as const) {
              parts.set(`${name}/${reason}`, holding.locked[reason] ?? 0n);
            }
            totals.set(name, totalOf(holding));
          }
          for (const line of legs.flatMap(linesOf)) {
            if ('supply' in line) continue;
            const name = `${line.position.institution}/${line.position.account}/${line.position.terms.unit}`;
            parts.set(`${name}/${line.part}`, (parts.get(`${name}/${line.part}`) ?? 0n) + line.change);
            totals.set(name, (totals.get(name) ?? 0n) + line.change);
          }
          const suffices =
            [...parts.values()].every((value) => value >= 0n) &&
            [...totals.values()].every((value) => value < 2n ** 63n);
          expect(post(books, legs)).toBe(suffices ? 'done' : 'refused');
        }),
        tries,
      );
    },
    limitMs,
  );

  test(
    'are restored exactly by going back to a mark, whatever was posted since',
    async () => {
      await fc.assert(
        fc.asyncProperty(sound, fc.array(fc.nat({ max: 3 })), async (cycles, backs) => {
          const books = await openBooks(new MemoryLedger().simulate().reader, positions, units);
          const marks: { readonly mark: number; readonly text: string; readonly pages: string }[] = [];
          const note = (): void => void marks.push({ mark: books.mark(), text: textOf(books), pages: pagesOf(books) });
          note();
          for (const [index, legs] of cycles.flat().entries()) {
            post(books, legs);
            note();
            // To one of the last marks, from which it goes on.
            for (let back = backs[index] ?? 0; back > 0 && marks.length > 1; back -= 1) marks.pop();
            const last = marks.at(-1);
            if (!last) throw new Error('The first mark stays');
            books.rollBack(last.mark);
            expect([books.mark(), textOf(books), pagesOf(books)]).toEqual([last.mark, last.text, last.pages]);
          }
          books.rollBack(0);
          expect(books.close(1)).toEqual([]);
        }),
        tries,
      );
    },
    limitMs,
  );
});

/** What would be written now. */
function pagesOf(books: Books): string {
  return JSON.stringify(books.close(1).map(stored));
}
