import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type AnyRejection, decodeRejection, encodeRejection, isRejection, marketRejections } from '@kessai/interface';
import { MemoryMarket, SampleDay, openSampleDay } from '@kessai/ledger/tools';
import { allContracts as contracts } from '../support/all-contracts';
import { provocations, provokedElsewhere, sell } from './provocations';

const root = join(__dirname, '..', '..', '..');

/** What a cycle writes of itself, whatever becomes of its instructions: that it was made, of what, and how it ended for whom. */
const ofCycles = /^(progress|cycle|advice|sealed)(\/|$)/;

/** All else that stands on the ledger. */
function books({ market: { ledger }, collections }: SampleDay): string {
  return JSON.stringify(
    collections.map((collection) => [collection, ledger.contents(collection).filter(({ key }) => !ofCycles.test(key))]),
  );
}

describe('Every reason to refuse', () => {
  let opened: SampleDay;

  beforeAll(async () => {
    opened = await openSampleDay(new MemoryMarket({ contracts }));
  });

  test('is provoked here, or by a test that is named here', () => {
    const codes = [...Object.keys(provocations), ...Object.keys(provokedElsewhere)];
    expect(codes.sort()).toEqual(Object.keys(marketRejections).sort());
  });

  test.each(Object.entries(provokedElsewhere))('%s is provoked in %s', (code, file) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(`'${code}'`);
  });

  test.each(Object.entries(provocations))('%s', async (code, { given, ask, before, beside }) => {
    const market = new MemoryMarket({ contracts });
    const day = before === 'founding' ? new SampleDay(market) : opened.copyInto(market);
    await given?.(day);
    const held = books(day);

    const refused = await ask(day);

    expect(isRejection(refused)).toBe(true);
    expect(refused).toMatchObject({ code });
    if (beside === undefined) expect(books(day)).toBe(held);
    const wire = encodeRejection(marketRejections, refused as AnyRejection);
    expect(decodeRejection(marketRejections, wire)).toMatchObject({ ...(refused as AnyRejection) });
    expect(wire['message']).not.toBe('');
  });

  test('leaves the way to the right request open', async () => {
    const day = opened.copyInto(new MemoryMarket({ contracts }));
    await day.submit('AlphaMSP', 'Orders:Place', { ...sell, quantity: '150' });
    expect(await day.submit('AlphaMSP', 'Orders:Place', sell)).toEqual({ outcome: 'created' });
  });
});
