import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay, obayashi, sampleHolding } from '@kessai/ledger/tools';
import { announce, complete, openEventsDay, pages, pay, split, throughRecordDate } from './events-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openEventsDay();
});

async function cap(): Promise<string | undefined> {
  const { instruments } = await day.ask<{ instruments: { isin: string; supplyCap: string }[] }>(
    'CsdMSP',
    'Securities:Instruments',
  );
  return instruments.find(({ isin }) => isin === obayashi)?.supplyCap;
}

describe('A split of two into five', () => {
  test("multiplies every holding, the issuer's own too; halves together are whole ones of the residue account", async () => {
    for (const id of ['t1', 't2']) {
      await day.record('AlphaMSP', 'Securities:Transfer', {
        id,
        isin: obayashi,
        from: 'A-1',
        to: 'A-2',
        quantity: '1',
      });
    }
    await day.record('BetaMSP', 'Securities:Transfer', {
      id: 't',
      isin: obayashi,
      from: 'B-1',
      to: 'B-2',
      quantity: '1',
    });
    await announce(day, split);
    await throughRecordDate(day);

    expect(await pay(day, await pages(day))).toEqual({ outcome: 'created' });

    // 99,999 and 100,001 each lose a half: together one security.
    expect(await day.holding('BetaMSP', 'B-1', obayashi)).toEqual([249_997n, 0n]);
    expect(await day.holding('BetaMSP', 'B-2', obayashi)).toEqual([250_002n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-2', obayashi)).toEqual([250_005n, 0n]);
    expect(await day.holding('OtherIssuerMSP', 'TREASURY-2', obayashi)).toEqual([1_250_000n, 0n]);
    await complete(day);
    expect(await day.holding('OtherIssuerMSP', 'TREASURY-2', obayashi)).toEqual([1_250_001n, 0n]);
    const { units } = await day.ask<{ units: { unit: string; issued: string; held: string }[] }>(
      'CsdMSP',
      'Registry:Supply',
    );
    expect(units.find(({ unit }) => unit === obayashi)).toMatchObject({ issued: '2500000', held: '2500000' });
    expect(await cap()).toBe('3000000');
  });

  test('what an order has locked stays locked; the new securities are free', async () => {
    await day.record('AlphaMSP', 'Orders:Place', {
      ...{
        orderId: 's',
        isin: obayashi,
        side: 'sell',
        account: 'A-1',
        quantity: '60000',
        price: '5000',
        timeInForce: 'day',
      },
    });
    await announce(day, split);
    await throughRecordDate(day);
    await pay(day, await pages(day));
    expect(await day.holding('AlphaMSP', 'A-1', obayashi)).toEqual([(sampleHolding * 5n) / 2n - 60_000n, 60_000n]);
  });

  test('is not begun where what was issued since its announcement takes it beyond the authorised quantity', async () => {
    await announce(day, { ...split, supplyCap: '2500000' });
    await day.record('CsdMSP', 'Securities:Issue', { id: 'i', isin: obayashi, account: 'TREASURY-2', quantity: '1' });
    await throughRecordDate(day);
    // Of 1,000,001 two and a half each, rounded down.
    const refused = { code: 'CapTooLow', field: 'eventId', needed: 2_500_002n };
    expect(await pay(day, (await pages(day)).slice(0, 1))).toEqual(refused);
    expect(await cap()).toBe('2000000');
    await day.openDay('2023-03-03');
  });

  test('securities issued since the record date are not split, and need no authorisation for it', async () => {
    await announce(day, { ...split, supplyCap: '2500010' });
    await throughRecordDate(day);
    await day.openDay('2023-03-03');
    await day.record('CsdMSP', 'Securities:Issue', { id: 'i', isin: obayashi, account: 'TREASURY-2', quantity: '10' });
    await day.advance('closed');
    expect(await pay(day, await pages(day))).toEqual({ outcome: 'created' });
    expect(await day.holding('OtherIssuerMSP', 'TREASURY-2', obayashi)).toEqual([1_250_010n, 0n]);
  });

  test('of what nobody holds is completed at once, and the authorised quantity is what was announced', async () => {
    const unissued = 'JP3633400001';
    const terms = { ...split, isin: unissued, residue: 'TREASURY' };
    await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'e2', terms });
    await throughRecordDate(day, unissued);
    await day.record('CsdMSP', 'CorporateActions:Complete', { issuer: 'IssuerMSP', eventId: 'e2' });
    const { instruments } = await day.ask<{ instruments: object[] }>('CsdMSP', 'Securities:Instruments');
    expect(instruments).toContainEqual(expect.objectContaining({ isin: unissued, supplyCap: '3000000' }));
  });
});
