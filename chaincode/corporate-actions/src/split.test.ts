import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, obayashi, sampleHolding } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { corporateActions } from './index';

const contracts = {
  Registry: registry,
  Securities: securities,
  MoneyTokens: moneyTokens,
  Orders: orders,
  CorporateActions: corporateActions,
};
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const event = { issuer: 'OtherIssuerMSP', eventId: 'e1' };
const split = {
  ...{ kind: 'stock-split', isin: obayashi, recordDate: '2023-03-01', supplyCap: '3000000', residue: 'TREASURY-2' },
  ratio: { numerator: '5', denominator: '2' },
};

function announce(terms: object, eventId = 'e1') {
  return day.submit('OtherIssuerMSP', 'CorporateActions:Announce', { eventId, terms } as never);
}

interface Page {
  readonly institution: string;
  readonly page: number;
  readonly paid: string;
}

/** The record date is over, and its register is kept. */
async function atRecordDate(): Promise<void> {
  await day.advance('closed');
  await day.record('CsdMSP', 'Registry:Snapshot', { isin: obayashi });
}

async function pages(): Promise<readonly Page[]> {
  return (await day.ask<{ pages: Page[] }>('CsdMSP', 'CorporateActions:Pages', event)).pages;
}

function pay(some: readonly Page[], caller = 'CsdMSP') {
  const named = some.map(({ institution, page }) => ({ institution, page }));
  return day.submit(caller, 'CorporateActions:Pay', { ...event, pages: named });
}

function complete() {
  return day.submit('CsdMSP', 'CorporateActions:Complete', event);
}

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
    await announce(split);
    await atRecordDate();

    expect(await pay(await pages())).toEqual({ outcome: 'created' });

    // 99,999 and 100,001 each lose a half: together one security.
    expect(await day.holding('BetaMSP', 'B-1', obayashi)).toEqual([249_997n, 0n]);
    expect(await day.holding('BetaMSP', 'B-2', obayashi)).toEqual([250_002n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-2', obayashi)).toEqual([250_005n, 0n]);
    expect(await day.holding('OtherIssuerMSP', 'TREASURY-2', obayashi)).toEqual([1_250_000n, 0n]);
    await complete();
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
    await announce(split);
    await atRecordDate();
    await pay(await pages());
    expect(await day.holding('AlphaMSP', 'A-1', obayashi)).toEqual([(sampleHolding * 5n) / 2n - 60_000n, 60_000n]);
  });

  test('is not begun where what was issued since its announcement takes it beyond the authorised quantity', async () => {
    await announce({ ...split, supplyCap: '2500000' });
    await day.record('CsdMSP', 'Securities:Issue', { id: 'i', isin: obayashi, account: 'TREASURY-2', quantity: '1' });
    await atRecordDate();
    // Of 1,000,001 two and a half each, rounded down.
    const refused = { code: 'CapTooLow', field: 'eventId', needed: 2_500_002n };
    expect(await pay((await pages()).slice(0, 1))).toEqual(refused);
    expect(await cap()).toBe('2000000');
    await day.openDay('2023-03-02');
  });

  test('securities issued since the record date are not split, and need no authorisation for it', async () => {
    await announce({ ...split, supplyCap: '2500010' });
    await atRecordDate();
    await day.openDay('2023-03-02');
    await day.record('CsdMSP', 'Securities:Issue', { id: 'i', isin: obayashi, account: 'TREASURY-2', quantity: '10' });
    await day.advance('closed');
    expect(await pay(await pages())).toEqual({ outcome: 'created' });
    expect(await day.holding('OtherIssuerMSP', 'TREASURY-2', obayashi)).toEqual([1_250_010n, 0n]);
  });

  test('of what nobody holds is completed at once, and the authorised quantity is what was announced', async () => {
    const unissued = 'JP3633400001';
    const terms = { ...split, isin: unissued, residue: 'TREASURY' };
    await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'e2', terms });
    await day.advance('closed');
    await day.record('CsdMSP', 'Registry:Snapshot', { isin: unissued });
    await day.record('CsdMSP', 'CorporateActions:Complete', { issuer: 'IssuerMSP', eventId: 'e2' });
    const { instruments } = await day.ask<{ instruments: object[] }>('CsdMSP', 'Securities:Instruments');
    expect(instruments).toContainEqual(expect.objectContaining({ isin: unissued, supplyCap: '3000000' }));
  });
});
