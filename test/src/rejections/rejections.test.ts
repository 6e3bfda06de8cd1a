import { beforeAll, describe, expect, test } from '@jest/globals';
import { type AnyRejection, decodeRejection, encodeRejection, isRejection, marketRejections } from '@kessai/interface';
import { MemoryMarket, SampleDay, openSampleDay } from '@kessai/ledger/tools';
import { contracts, provocations, refusedByHost, sell } from './provocations';

describe('Every reason to refuse', () => {
  let opened: SampleDay;

  beforeAll(async () => {
    opened = await openSampleDay(new MemoryMarket({ contracts }));
  });

  test('is provoked here, or is the affair of the host', () => {
    expect([...Object.keys(provocations), ...refusedByHost].sort()).toEqual(Object.keys(marketRejections).sort());
  });

  test.each(Object.entries(provocations))('%s', async (code, { given, ask, before }) => {
    const market = new MemoryMarket({ contracts });
    const day = before === 'founding' ? new SampleDay(market) : opened.copyInto(market);
    await given?.(day);
    const contents = day.contents();

    const refused = await ask(day);

    expect(isRejection(refused)).toBe(true);
    expect(refused).toMatchObject({ code });
    expect(day.contents()).toBe(contents);
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
