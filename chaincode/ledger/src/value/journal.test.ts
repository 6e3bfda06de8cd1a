import { describe, expect, test } from '@jest/globals';
import { decodeText, encodeText } from '@kessai/interface';
import type { MspId } from '@kessai/interface';
import fc from 'fast-check';
import { type JournalPage, balancesAfter, journalAt } from './journal';

const { codec } = journalAt('AlphaMSP' as MspId, 7);

const change = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const unit = fc.constantFrom('JP3371200001', 'JP3190000004', 'JPY@TrustBankMSP');
const line = fc.tuple(fc.constantFrom('A-1', 'A-2', 'TREASURY'), change, change);
const instruction = fc
  .record({
    reference: fc.constantFrom('Orders:Place', 'Orders:Place o-1', 'Orders:Place o-2', 'Securities:Issue i 1'),
    units: fc.uniqueArray(fc.record({ unit, rows: fc.array(line, { minLength: 1, maxLength: 3 }) }), {
      selector: (one) => one.unit,
    }),
    supply: fc.array(fc.record({ unit, change }), { maxLength: 2 }),
  })
  .map(({ supply, ...rest }) => (supply.length === 0 ? rest : { ...rest, supply }));

function pageOf(instructions: readonly unknown[]): JournalPage {
  const head = { businessDate: '2023-03-01', sequence: 3, cycle: 7, time: '2023-03-01T09:00:00.000Z' };
  return { ...head, instructions } as unknown as JournalPage;
}

describe("A member's journal of a cycle", () => {
  test('reads back as it was written, whatever its instructions changed', () => {
    fc.assert(
      fc.property(fc.array(instruction, { maxLength: 8 }).map(pageOf), (page) => {
        const text = encodeText(codec, page);
        expect(decodeText(codec, text)).toEqual(page);
        expect(encodeText(codec, decodeText(codec, text))).toBe(text);
      }),
    );
  });

  test('says how each balance ends, and so what it came to with each entry', () => {
    const unit = 'JP3371200001';
    const page = {
      ...pageOf([
        { reference: 'Orders:Place o-1', units: [{ unit, rows: [['A-1', 0n, 5n]] }] },
        {
          reference: 'Securities:Transfer t-1',
          units: [
            {
              unit,
              rows: [
                ['A-1', -3n, 0n],
                ['A-2', 3n, 0n],
              ],
            },
          ],
        },
      ]),
      closing: [
        { unit, account: 'A-1', total: 7n, locked: 5n },
        { unit, account: 'A-2', total: 3n, locked: 0n },
      ],
    } as unknown as JournalPage;
    expect(decodeText(codec, encodeText(codec, page))).toEqual(page);
    expect(balancesAfter(page)).toEqual([
      { balance: 10n, lockedBalance: 5n },
      { balance: 7n, lockedBalance: 5n },
      { balance: 3n, lockedBalance: 0n },
    ]);
    expect(balancesAfter(pageOf([]))).toBeUndefined();
  });

  test('says methods and balances once', () => {
    const rows = [['CLIENT-1', 0n, 1_500n]] as const;
    const many = Array.from({ length: 1_000 }, (_, n) => ({
      ...{ reference: `Orders:Place o-${n.toString().padStart(6, '0')}`, units: [{ unit: 'JPY@TrustBankMSP', rows }] },
    }));
    expect(encodeText(codec, pageOf(many)).length / 1_000).toBeLessThan(45);
  });
});
