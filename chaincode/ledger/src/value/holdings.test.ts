import { describe, expect, test } from '@jest/globals';
import type { AccountId, MspId, Unit } from '@kessai/interface';
import { holdingPagesOf, holdingsOn, lockedOf, locksOf, nothingLocked, pageNumber, pageOf, totalOf } from './holdings';

const account = (n: number): AccountId => `A-${n.toString()}` as AccountId;

describe('the pages of a register', () => {
  test('are found by the account alone, the same everywhere', () => {
    // FNV-1a, 32 bits: the published value for "A" is c40bf6cc.
    expect(pageNumber('A', 2 ** 32)).toBe(0xc40bf6cc);
    expect(pageNumber(account(1), 1)).toBe(0);
  });

  test('are filled evenly', () => {
    const pages = Array.from({ length: 16 }, () => 0);
    for (let n = 0; n < 16_000; n += 1) {
      const page = pageNumber(account(n), 16);
      pages[page] = (pages[page] ?? 0) + 1;
    }
    expect(pages).toHaveLength(16);
    expect(Math.min(...pages)).toBeGreaterThan(800);
    expect(Math.max(...pages)).toBeLessThan(1_200);
  });

  test('stand in the institution’s own collection', () => {
    const terms = { unit: 'JP3371200001' as Unit, issuer: 'IssuerMSP' as MspId, registerPages: 2 };
    expect(holdingPagesOf('AlphaMSP' as MspId, terms).map(({ collection, key }) => [collection, key])).toEqual([
      ['AlphaMSP', 'holding/JP3371200001/0000000000'],
      ['AlphaMSP', 'holding/JP3371200001/0000000001'],
    ]);
  });
});

describe('a holding', () => {
  const holding = { account: account(1), available: 5n, locked: { pledge: 4n, order: 3n } };

  test('is what is available and what is locked', () => {
    expect([lockedOf(holding), totalOf(holding)]).toEqual([7n, 12n]);
    expect([lockedOf({ locked: nothingLocked }), lockedOf({ locked: {} })]).toEqual([0n, 0n]);
  });

  test('shows its locks by reason, always in the same order', () => {
    expect(locksOf(holding)).toEqual([
      { reason: 'order', quantity: 3n },
      { reason: 'pledge', quantity: 4n },
    ]);
  });

  test('stands on its page in the order of accounts, and not where it is nothing', () => {
    const others = [
      { account: account(3), available: 1n, locked: nothingLocked },
      { account: account(2), available: 0n, locked: nothingLocked },
    ];
    const page = pageOf(7, [...others, holding]);
    expect(page).toEqual({
      cycle: 7,
      rows: [
        ['A-1', 5n, { pledge: 4n, order: 3n }],
        ['A-3', 1n, {}],
      ],
    });
    expect(holdingsOn(page)).toEqual([holding, others[0]]);
    expect(holdingsOn(undefined)).toEqual([]);
  });
});
