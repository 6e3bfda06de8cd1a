import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Isin, type MspId, type Phase, decodeText } from '@kessai/interface';
import { type SnapshotHeader, isComplete, snapshotAt } from '@kessai/ledger';
import { MemoryMarket, foundSampleMarket, placeInstrument, position, postTo, sampleTerms } from '@kessai/ledger/tools';
import { registry } from './index';

const isin = 'JP3371200001';
const done = { outcome: 'created' };

let market: MemoryMarket;
let sequence: number;
let transactions: number;

beforeEach(async () => {
  market = new MemoryMarket({ contracts: { Registry: registry } });
  sequence = 0;
  transactions = 0;
  await foundSampleMarket(market);
  placeInstrument(market.ledger);
  await advance('2023-03-01', 'open');
  await issue('TREASURY', 1_000n);
  await move('IssuerMSP/TREASURY', 'AlphaMSP/A-1', 300n);
  await move('IssuerMSP/TREASURY', 'AlphaMSP/A-2', 100n);
});

async function advance(businessDate: string, phase: Phase): Promise<void> {
  const request = { from: sequence, businessDate, phase };
  expect(await market.submit('CsdMSP', 'Registry:AdvanceClock', request)).toEqual(done);
  sequence += 1;
}

async function post(lines: Parameters<typeof postTo>[1]['lines']): Promise<void> {
  transactions += 1;
  expect(
    await postTo(market.ledger, { lines, txId: `tx${transactions.toString()}`, time: market.now }),
  ).toBeUndefined();
}

function line(place: string, change: bigint) {
  const [institution = '', account = ''] = place.split('/');
  return { position: position(institution, account), part: 'available' as const, change, field: 'quantity' };
}

const issue = (account: string, quantity: bigint): Promise<void> =>
  post([{ supply: sampleTerms, change: -quantity }, line(`IssuerMSP/${account}`, quantity)]);
const move = (from: string, to: string, quantity: bigint): Promise<void> =>
  post([line(from, -quantity), line(to, quantity)]);

function take(...institutions: string[]): Promise<unknown> {
  return market.submit('CsdMSP', 'Registry:Snapshot', { isin, ...(institutions.length > 0 ? { institutions } : {}) });
}

async function header(businessDate = '2023-03-01'): Promise<SnapshotHeader | undefined> {
  const ref = snapshotAt('IssuerMSP' as MspId, isin as Isin, businessDate as SnapshotHeader['businessDate']);
  const [value] = await market.ledger.simulate().reader.read([ref]);
  return value === undefined ? undefined : decodeText(ref.codec, value);
}

describe('a snapshot', () => {
  test('keeps who held what when the day was closed, in the issuer’s books', async () => {
    const closing = market.now;
    await advance('2023-03-01', 'closed');
    expect(await take()).toEqual(done);

    expect(await header()).toEqual({
      isin,
      businessDate: '2023-03-01',
      sequence: 2,
      time: closing,
      registerPages: 2,
      issued: 1_000n,
      institutions: ['AlphaMSP', 'BetaMSP', 'IssuerMSP'],
      taken: [
        { institution: 'AlphaMSP', holders: 2, total: 400n },
        { institution: 'BetaMSP', holders: 0, total: 0n },
        { institution: 'IssuerMSP', holders: 1, total: 600n },
      ],
    });
    const pages = market.ledger.contents('IssuerMSP').filter(({ key }) => key.startsWith('snapshot-page/'));
    const rows = pages.flatMap(({ value }) => (JSON.parse(value) as { rows: { account: string }[] }).rows);
    expect(rows.map(({ account }) => account).sort()).toEqual(['A-1', 'A-2', 'TREASURY']);
  });

  test('reads all that it needs in three rounds, however many pages there are', async () => {
    await advance('2023-03-01', 'closed');
    const before = market.ledger.rounds;
    await take();
    // One round is the kernel's own.
    expect(market.ledger.rounds - before).toBe(4);
  });

  test('is taken when the day is closed', async () => {
    expect(await take()).toEqual({ code: 'PhaseClosed', phase: 'open', allowed: ['closed'] });
  });

  test('is taken once a day', async () => {
    await advance('2023-03-01', 'closed');
    expect(await take()).toEqual(done);
    expect(await take()).toEqual({ outcome: 'exists' });
    expect(await take('BetaMSP')).toEqual({ outcome: 'exists' });
  });

  test('of the founding day waits for the end of that day', async () => {
    const fresh = new MemoryMarket({ contracts: { Registry: registry } });
    await foundSampleMarket(fresh);
    placeInstrument(fresh.ledger);
    expect(await fresh.submit('CsdMSP', 'Registry:Snapshot', { isin })).toEqual({
      code: 'ClockTickNeeded',
      field: 'isin',
      isin,
    });
  });

  test('waits for a tick of the clock where something was posted after the close', async () => {
    await advance('2023-03-01', 'closed');
    await move('AlphaMSP/A-1', 'AlphaMSP/A-2', 1n);
    expect(await take()).toEqual({ code: 'ClockTickNeeded', field: 'isin', isin });
    expect(await header()).toBeUndefined();

    await advance('2023-03-01', 'closed');
    expect(await take()).toEqual(done);
    expect(await header()).toMatchObject({ sequence: 3 });
  });

  test('waits for a tick where only the supply has changed', async () => {
    await advance('2023-03-01', 'closed');
    await issue('OTHER', 5n);
    expect(await take('AlphaMSP')).toMatchObject({ code: 'ClockTickNeeded' });
  });

  test('may be taken institution by institution; it is complete when all are taken', async () => {
    await advance('2023-03-01', 'closed');
    expect(await take('AlphaMSP')).toEqual(done);
    expect(await take('AlphaMSP')).toEqual({ outcome: 'exists' });
    await advance('2023-03-01', 'closed');
    expect(await take('AlphaMSP', 'IssuerMSP')).toEqual(done);
    const partial = await header();
    expect(partial && isComplete(partial)).toBe(false);

    expect(await take()).toEqual(done);
    const whole = await header();
    expect(whole && isComplete(whole)).toBe(true);
    expect(whole).toMatchObject({ sequence: 2 });
    expect(whole?.taken.map(({ institution }) => institution)).toEqual(['AlphaMSP', 'IssuerMSP', 'BetaMSP']);
  });

  test('cannot be completed once the missing part has changed; what was taken stays', async () => {
    await advance('2023-03-01', 'closed');
    await take('AlphaMSP');
    await advance('2023-03-01', 'closed');
    await move('AlphaMSP/A-1', 'BetaMSP/B-1', 1n);
    expect(await take()).toEqual({ code: 'SnapshotTooLate', field: 'institutions', isin, member: 'BetaMSP' });
    expect(await take('IssuerMSP')).toEqual(done);
    expect(await header()).toMatchObject({
      taken: [{ institution: 'AlphaMSP', total: 400n }, { institution: 'IssuerMSP' }],
    });
  });

  test.each([
    [{ isin: 'JP3190000004' }, { code: 'InstrumentUnknown', field: 'isin' }],
    [
      { isin, institutions: ['NobodyMSP'] },
      { code: 'MemberUnknown', field: 'institutions[0]' },
    ],
    [
      { isin, institutions: ['AlphaMSP', 'AlphaMSP'] },
      { code: 'DuplicateMember', field: 'institutions[1]' },
    ],
    [
      { isin, institutions: ['OtherIssuerMSP'] },
      { code: 'SnapshotInstitution', field: 'institutions[0]' },
    ],
  ])('%j is refused', async (request, refused) => {
    await advance('2023-03-01', 'closed');
    expect(await market.submit('CsdMSP', 'Registry:Snapshot', request)).toMatchObject(refused);
  });

  test('dies at commit when a balance changed while it was taken', async () => {
    await advance('2023-03-01', 'closed');
    const endorsed = await market.endorse('CsdMSP', 'Registry:Snapshot', { isin });
    await move('AlphaMSP/A-1', 'AlphaMSP/A-2', 1n);
    expect(market.commit(endorsed as Parameters<typeof market.commit>[0])).toBe(false);
  });
});
