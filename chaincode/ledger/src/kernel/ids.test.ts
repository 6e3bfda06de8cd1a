import { beforeEach, describe, expect, test } from '@jest/globals';
import { isRejection } from '@kessai/interface';
import fc from 'fast-check';
import type { Instruction, MemoryMarket } from '../tools';
import { contentsOf, deposit, holdingOf, inboxText, note, sealed, transfer } from '../tools/depot-day';
import { moveClock, openDepot } from '../tools/sample-contract';
import { limitOfSequencesMs, sequences } from '../tools/sequences';
import { hashOf } from './entry-text';
import { HeldPages } from './held-pages';

const tries = sequences(process.env, 100, 2_500);
const limitMs = limitOfSequencesMs(process.env, 60_000);

let market: MemoryMarket;
beforeEach(async () => {
  market = await openDepot();
  await deposit(market, 'AlphaMSP', 'A-1', 1_000_000);
});

const send = ({ method, request } = transfer('t-1', 5, 'BetaMSP'), caller = 'AlphaMSP') =>
  market.submit(caller, method, request);

const conflict = (field: string) => ({ code: 'Conflict', field });

describe('an id that was used before', () => {
  test('exists with the same content and conflicts with another, in the same cycle', async () => {
    sealed(market, 'AlphaMSP', [
      transfer('t-1', 5, 'BetaMSP'),
      transfer('t-1', 5, 'BetaMSP'),
      transfer('t-1', 6, 'BetaMSP'),
    ]);
    sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP'), transfer('t-1', 5, 'TrustBankMSP')]);
    expect(await market.cycle()).toMatchObject([
      ...[{ outcome: 'created' }, { outcome: 'exists' }, conflict('quantity'), { outcome: 'exists' }],
      conflict('to.institution'),
    ]);
    expect(await holdingOf(market, 'BetaMSP')).toEqual([5n, 0n]);
  });

  test('does so in later cycles, and after its phase has ended', async () => {
    await send();
    await moveClock(market, '2023-03-01', 'closed');
    expect(await send()).toEqual({ outcome: 'exists' });
    expect(await send(transfer('t-1', 6, 'BetaMSP'))).toEqual(conflict('quantity'));
    expect(await send(transfer('t-2', 6, 'BetaMSP'))).toMatchObject({ code: 'PhaseClosed' });
  });

  test('is the same however its request was written', async () => {
    const submission = sealed(market, 'AlphaMSP', []);
    const { request } = transfer('t-1', 5, 'BetaMSP');
    const turned = Object.fromEntries(Object.entries(request).reverse());
    market.ledger.commit({ versions: new Map() }, [
      {
        ...{ collection: 'AlphaMSP_inbox', key: `sealed/${submission.transactionId}` },
        value: inboxText([{ method: 'Depot:Transfer', request: turned }]).replaceAll(',', ' ,\n'),
      },
    ]);
    expect(await market.cycle()).toMatchObject([{ outcome: 'created' }]);
    expect(await send()).toEqual({ outcome: 'exists' });
  });

  test('under another method, or by another member, is another', async () => {
    await send();
    expect(await send(note('t-1', 'spring'))).toEqual({ outcome: 'created' });
    expect(await send(transfer('t-1', 3, 'AlphaMSP'), 'BetaMSP')).toEqual({ outcome: 'created' });
  });

  test('is free where the first use was refused or failed', async () => {
    expect(await send(transfer('t-1', 2_000_000, 'BetaMSP'))).toMatchObject({ code: 'HoldingInsufficient' });
    expect(await send()).toEqual({ outcome: 'created' });
  });

  test('is remembered on the next business day, and forgotten on the one after', async () => {
    await send();
    await moveClock(market, '2023-03-02', 'open');
    expect(await send()).toEqual({ outcome: 'exists' });
    await send(transfer('t-2', 1, 'BetaMSP'));
    await moveClock(market, '2023-03-03', 'open');
    expect(await send(transfer('t-2', 1, 'BetaMSP'))).toEqual({ outcome: 'exists' });
    expect(await send(transfer('t-1', 7, 'BetaMSP'))).toEqual({ outcome: 'created' });
    await moveClock(market, '2023-03-06', 'open');
    expect(await send()).toEqual(conflict('quantity'));
  });

  test('is remembered until its member has used another day, however many the market had between', async () => {
    await send();
    for (const day of ['2023-03-02', '2023-03-03', '2023-03-06']) await moveClock(market, day, 'open');
    expect(await send()).toEqual({ outcome: 'exists' });
    await send(transfer('t-2', 1, 'BetaMSP'));
    expect(await send()).toEqual({ outcome: 'exists' });
    await moveClock(market, '2023-03-07', 'open');
    expect(await send()).toEqual({ outcome: 'created' });
  });

  test('is remembered by the day of its use, where days pass within one cycle', async () => {
    sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP')]);
    for (const day of ['2023-03-02', '2023-03-03']) {
      sealed(market, 'ExchangeMSP', [{ method: 'Depot:MoveClock', request: { businessDate: day, phase: 'open' } }]);
      sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP'), transfer(`on-${day}`, 1, 'BetaMSP')]);
    }
    const answers = await market.cycle();
    expect([0, 2, 5].map((index) => answers[index])).toMatchObject([
      ...[{ outcome: 'created' }, { outcome: 'exists' }, { outcome: 'created' }],
    ]);
    expect(await send(transfer('on-2023-03-02', 1, 'BetaMSP'))).toEqual({ outcome: 'exists' });
  });

  test('whose first submission its member has written over since harms nobody else', async () => {
    const first = sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP')]);
    await market.cycle();
    const key = { collection: 'AlphaMSP_inbox', key: `sealed/${first.transactionId}` };
    for (const value of ['no JSON', inboxText([]), undefined]) {
      market.ledger.commit({ versions: new Map() }, [{ ...key, value }]);
      const again = sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP')]);
      const request = { number: 3, submissions: [again] };
      expect(await market.decideCycle(request)).toMatchObject({ outcome: 'created' });
    }
  });
});

describe('two ids with one hash', () => {
  // Found by search among a million.
  const [first, second] = ['id-33191', 'id-257162'] as const;

  test('are two ids', async () => {
    expect(hashOf(`Depot:Transfer ${first}`)).toBe(hashOf(`Depot:Transfer ${second}`));
    expect(await send(transfer(first, 1, 'BetaMSP'))).toEqual({ outcome: 'created' });
    expect(await send(transfer(second, 2, 'BetaMSP'))).toEqual({ outcome: 'created' });
    for (const [id, quantity] of [
      [first, 1],
      [second, 2],
    ] as const) {
      expect(await send(transfer(id, quantity, 'BetaMSP'))).toEqual({ outcome: 'exists' });
      expect(await send(transfer(id, 3, 'BetaMSP'))).toEqual(conflict('quantity'));
    }
  });

  test('are two within one cycle', async () => {
    const one = transfer(first, 1, 'BetaMSP');
    const other = transfer(second, 2, 'BetaMSP');
    sealed(market, 'AlphaMSP', [one, other, one, other]);
    expect(await market.cycle()).toMatchObject(
      ['created', 'created', 'exists', 'exists'].map((outcome) => ({ outcome })),
    );
  });
});

describe('thousands of ids', () => {
  test('are remembered on several pages, each of them found, and none that was not used', async () => {
    const ids = Array.from({ length: 5_000 }, (_, n) => `many-${n.toString()}`);
    const all = ids.map((id) => transfer(id, 1, 'BetaMSP'));
    for (let from = 0; from < all.length; from += 1_000) sealed(market, 'AlphaMSP', all.slice(from, from + 1_000));
    await market.runCycle();
    expect(await holdingOf(market, 'BetaMSP')).toEqual([5_000n, 0n]);
    const pages = contentsOf(market, ['ids']) as readonly (readonly [string, string, string])[];
    expect(pages.map(([collection, key]) => `${collection} ${key}`)).toEqual([
      'AlphaMSP ids/AlphaMSP/0000000000',
      'AlphaMSP ids/AlphaMSP/0000000001',
    ]);
    for (let from = 0; from < all.length; from += 1_000) sealed(market, 'AlphaMSP', all.slice(from, from + 1_000));
    sealed(market, 'AlphaMSP', [transfer('many-5000', 1, 'BetaMSP'), transfer('many-17', 2, 'BetaMSP')]);
    const { rounds } = await market.runCycle();
    expect(await holdingOf(market, 'BetaMSP')).toEqual([5_001n, 0n]);
    // All that was said under these ids is read again side by side.
    expect(rounds).toBeLessThanOrEqual(8);
  }, 120_000);

  test('are found by the next cycles, which do not read their pages again', async () => {
    const keysOf = async (id: string): Promise<number> => {
      const before = market.ledger.keysRead;
      sealed(market, 'AlphaMSP', [transfer(id, 1, 'BetaMSP')]);
      await market.runCycle();
      return market.ledger.keysRead - before;
    };
    await send();
    const withFew = await keysOf('few');
    await use(6_000);
    expect(contentsOf(market, ['ids'])).toHaveLength(2);
    expect(await keysOf('another')).toBe(withFew);
    expect(await send(transfer('many-17', 1, 'BetaMSP'))).toEqual({ outcome: 'exists' });
    expect(await send(transfer('many-5999', 2, 'BetaMSP'))).toEqual(conflict('quantity'));
  }, 120_000);

  test('are asked for by an endorser that was started anew, and read by all of them when the cycle says so', async () => {
    await use(5_000);
    const again = sealed(market, 'AlphaMSP', [transfer('many-17', 2, 'BetaMSP')]);
    const { number } = (await market.evaluate('CsdMSP', 'Market:Progress')) as { readonly number: number };
    const request = { number: number + 1, submissions: [again] };
    const readBy = async (recall?: true): Promise<readonly string[]> => {
      const { reader, readSet } = market.ledger.simulate();
      await market.decideCycle({ ...request, ...(recall && { recall }) }, reader);
      return [...readSet.versions.keys()].map(({ key }) => key).sort();
    };
    const withoutPages = await readBy();
    const holding = await readBy(true);
    market.ledger.held = new HeldPages();
    await expect(readBy()).rejects.toMatchObject({ rejection: { code: 'RecallNeeded' } });
    // Whoever holds them reads what those read who do not: endorsers must agree on it.
    expect(await readBy(true)).toEqual(holding);
    expect(holding).toEqual([...withoutPages, 'ids/AlphaMSP/0000000000', 'ids/AlphaMSP/0000000001'].sort());
    expect(await readBy()).toEqual(withoutPages);
    expect(await market.cycle()).toEqual([conflict('quantity')]);
  }, 120_000);

  test('of a cycle that was never committed are not taken for what was used', async () => {
    const lost = many(0, 3_000).map((instructions) => sealed(market, 'AlphaMSP', instructions));
    expect(await market.decideCycle({ number: 2, submissions: lost })).toMatchObject({ outcome: 'created' });
    const kept = many(10_000, 13_000).map((instructions) => sealed(market, 'AlphaMSP', instructions));
    await market.runCycle(kept);
    expect(contentsOf(market, ['ids'])).toHaveLength(1);
    expect(await send(transfer('many-17', 2, 'BetaMSP'))).toEqual({ outcome: 'created' });
    expect(await send(transfer('many-10017', 2, 'BetaMSP'))).toEqual(conflict('quantity'));
  }, 120_000);

  /** Payments under the ids of these numbers, by submission. */
  function many(from: number, to: number): Instruction[][] {
    const parts: Instruction[][] = [];
    for (let first = from; first < to; first += 1_000) {
      parts.push(
        Array.from({ length: Math.min(1_000, to - first) }, (_, n) =>
          transfer(`many-${(first + n).toString()}`, 1, 'BetaMSP'),
        ),
      );
    }
    return parts;
  }

  async function use(count: number): Promise<void> {
    for (const instructions of many(0, count)) sealed(market, 'AlphaMSP', instructions);
    await market.runCycle();
  }

  test('take few bytes each', async () => {
    const before = sizeOf('ids');
    const all = Array.from({ length: 2_048 }, (_, n) => transfer(`few-${n.toString()}`, 1, 'BetaMSP'));
    for (let from = 0; from < all.length; from += 1_000) sealed(market, 'AlphaMSP', all.slice(from, from + 1_000));
    await market.runCycle();
    expect(sizeOf('ids') - before).toBeLessThan(2_048 * 16);
  }, 120_000);

  function sizeOf(kind: string): number {
    return (contentsOf(market, [kind]) as readonly (readonly string[])[]).reduce(
      (sum, [, , value = '']) => sum + value.length,
      0,
    );
  }
});

describe('the hash of an id', () => {
  test('has six characters, whatever the id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(hashOf(name)).toMatch(/^[A-Za-z0-9_-]{6}$/);
      }),
      { numRuns: 5_000 },
    );
  });

  test('is even: among 20,000 like ids hardly two have the same', () => {
    const hashes = Array.from({ length: 20_000 }, (_, n) => hashOf(`Orders:Place order-${n.toString()}`));
    expect(new Set(hashes).size).toBeGreaterThan(19_997);
    for (const at of [0, 1, 2, 3, 4, 5]) {
      const seen = new Map<string, number>();
      for (const hash of hashes) seen.set(hash.charAt(at), (seen.get(hash.charAt(at)) ?? 0) + 1);
      expect(seen.size).toBe(64);
      expect(Math.max(...seen.values())).toBeLessThan(20_000 / 32);
    }
  });
});

describe('any sequence of uses of ids', () => {
  const use = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    quantity: fc.constantFrom(1, 2),
    caller: fc.constantFrom('AlphaMSP', 'BetaMSP'),
    nextDay: fc.constantFrom(0, 0, 0, 1),
  });

  test(
    'is answered as by one who keeps a list of the last two days of each member',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(use, { maxLength: 14 }), async (uses) => {
          market = await openDepot();
          await deposit(market, 'AlphaMSP', 'A-1', 1_000);
          await deposit(market, 'BetaMSP', 'A-1', 1_000);
          let day = 1;
          const kept = new Map<string, { readonly day: number; readonly id: string; readonly quantity: number }[]>();
          for (const { id, quantity, caller, nextDay } of uses) {
            if (nextDay === 1) {
              day += 1;
              await moveClock(market, `2023-03-${day.toString().padStart(2, '0')}`, 'open');
            }
            const list = kept.get(caller) ?? [];
            kept.set(caller, list);
            const before = Math.max(0, ...list.map((one) => one.day).filter((one) => one < day));
            const found = list.findLast((one) => one.id === id && (one.day === day || one.day === before));
            const answer = await send(transfer(id, quantity, 'TrustBankMSP'), caller);
            if (found === undefined) list.push({ day, id, quantity });
            const expected = found === undefined ? 'created' : found.quantity === quantity ? 'exists' : 'Conflict';
            expect(isRejection(answer) ? answer.code : answer.outcome).toBe(expected);
          }
        }),
        tries,
      );
    },
    limitMs,
  );
});
