import { beforeEach, describe, expect, test } from '@jest/globals';
import { isRejection } from '@kessai/interface';
import fc from 'fast-check';
import type { MemoryMarket, Submission } from '../tools';
import { deposit, note, sealed } from '../tools/depot-day';
import { openDepot } from '../tools/sample-contract';

const limits = { memberInstructions: 10, memberBesideOthers: 4, cycleInstructions: 20, instructionCharacters: 1_000 };
const members = ['AlphaMSP', 'BetaMSP', 'GammaMSP', 'TrustBankMSP'] as const;

let market: MemoryMarket;
let notes: number;
beforeEach(async () => {
  market = await openDepot({}, { limits });
  notes = 0;
});

/** Seals so many instructions as one submission. */
function seal(member: string, instructions: number, words = 'words'): Submission {
  notes += 1;
  const first = notes.toString();
  return sealed(
    market,
    member,
    Array.from({ length: instructions }, (_, n) => note(`n-${first}-${n.toString()}`, words, 'AlphaMSP')),
  );
}

/** What a cycle that is offered these takes of them. */
async function takenOf(submissions: readonly Submission[]): Promise<Submission[]> {
  const number = (await progress()).number + 1;
  const decision = await market.decideCycle({ number, submissions });
  if (isRejection(decision)) throw new Error(decision.code);
  const written = decision.writes.find(({ key }) => key === 'progress');
  return (JSON.parse(written?.value ?? '') as { taken: Submission[] }).taken;
}

async function progress(): Promise<{ readonly number: number; readonly heads: readonly unknown[] }> {
  return (await market.evaluate('AuditorMSP', 'Market:Progress')) as never;
}

describe('of a member a cycle takes', () => {
  test('its first submissions, as many as hold no more instructions than the limit', async () => {
    const all = [4, 4, 2, 1].map((size) => seal('AlphaMSP', size));
    expect(await takenOf(all)).toEqual(all.slice(0, 3));
  });

  test('none that comes behind one that does not fit', async () => {
    const all = [4, 7, 1].map((size) => seal('AlphaMSP', size));
    expect(await takenOf(all)).toEqual(all.slice(0, 1));
  });

  test('its oldest submission, however much that holds', async () => {
    const all = [25, 1].map((size) => seal('AlphaMSP', size));
    expect(await takenOf(all)).toEqual(all.slice(0, 1));
  });

  test('less where others have something too', async () => {
    const flood = Array.from({ length: 12 }, () => seal('AlphaMSP', 1));
    expect(await takenOf([...flood, seal('BetaMSP', 1)])).toHaveLength(4 + 1);
  });

  test('up to twice what all others have together', async () => {
    const flood = Array.from({ length: 12 }, () => seal('AlphaMSP', 1));
    const others = [seal('BetaMSP', 2), seal('GammaMSP', 1)];
    expect(await takenOf([...flood, ...others])).toEqual([...flood.slice(0, 6), ...others]);
  });

  test('fewer of those that are long', async () => {
    const all = [1, 1, 1].map((size) => seal('AlphaMSP', size, 'x'.repeat(4_500)));
    expect(await takenOf(all)).toEqual(all.slice(0, 2));
  });

  test('what is empty or set aside as if it held one instruction', async () => {
    const all = Array.from({ length: 12 }, (_, n) => ({
      ...seal('AlphaMSP', 0),
      ...(n === 5 && { quarantined: true }),
    }));
    expect(await takenOf(all)).toEqual(all.slice(0, 10));
  });
});

describe('of all members a cycle takes', () => {
  test('from whoever has little all of it, and of the others what is left', async () => {
    const [a1, b1, c1, a2, b2, t1] = [
      seal('AlphaMSP', 9),
      seal('BetaMSP', 8),
      seal('GammaMSP', 7),
      seal('AlphaMSP', 1),
      seal('BetaMSP', 1),
      seal('TrustBankMSP', 2),
    ];
    // Alpha's is the oldest; TrustBank has least, then Gamma; Beta's would be too much.
    expect(await takenOf([a1, b1, c1, a2, b2, t1])).toEqual([a1, c1, t1]);
  });

  test('the oldest in any case', async () => {
    const large = seal('AlphaMSP', 30);
    expect(await takenOf([large, seal('BetaMSP', 1)])).toEqual([large]);
  });

  test('what it leaves behind the next one takes, and heads tell how far it came', async () => {
    const all = [6, 6].map((size) => seal('AlphaMSP', size));
    await market.runCycle();
    const [, second] = all;
    expect((await progress()).heads).toContainEqual({ member: 'AlphaMSP', place: all[0]?.place });
    await market.runCycle();
    expect((await progress()).heads).toContainEqual({ member: 'AlphaMSP', place: second?.place });
  });
});

test('whatever is sealed: no cycle is too large, everything is taken once and in order, and the oldest first', async () => {
  await deposit(market, 'AlphaMSP', 'A-1', 1);
  const sizes = fc.array(fc.tuple(fc.constantFrom(...members), fc.integer({ min: 0, max: 14 })), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(sizes, async (all) => {
      let waiting = all.map(([member, size]) => ({ ...seal(member, size), size }));
      const order: Submission[] = [];
      while (waiting.length > 0) {
        const offered = waiting.map(({ size: _, ...one }) => one);
        const number = (await progress()).number + 1;
        const taken = await takenOf(offered);
        expect(taken[0]).toEqual(offered[0]);
        const ids = new Set(taken.map(({ transactionId }) => transactionId));
        const of = waiting.filter(({ transactionId }) => ids.has(transactionId));
        const weightOf = (some: typeof of): number => some.reduce((sum, { size }) => sum + Math.max(1, size), 0);
        expect(taken.length === 1 || weightOf(of) <= limits.cycleInstructions).toBe(true);
        for (const member of members) {
          const own = of.filter((one) => (one.member as string) === member);
          expect(own.length <= 1 || weightOf(own) <= limits.memberInstructions).toBe(true);
        }
        order.push(...taken);
        waiting = waiting.filter(({ transactionId }) => !ids.has(transactionId));
        await market.runCycle(taken);
        expect((await progress()).number).toBe(number);
      }
      for (const member of members) {
        const own = order.filter((one) => (one.member as string) === member).map(({ place }) => place.block);
        expect(own).toEqual([...own].sort((a, b) => a - b));
      }
      expect(order).toHaveLength(all.length);
    }),
    { numRuns: 40 },
  );
});
