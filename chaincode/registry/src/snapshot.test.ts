import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Isin, type JsonObject, type MspId, type Phase, decodeText } from '@kessai/interface';
import { type Posting, type SnapshotHeader, isComplete, snapshotAt } from '@kessai/ledger';
import {
  type Instruction,
  MemoryMarket,
  SamplePostings,
  foundSampleMarket,
  placeInstrument,
  position,
  sampleInstrument,
  sampleTerms,
} from '@kessai/ledger/tools';
import { registry } from './index';

const isin = 'JP3371200001';
const done = { outcome: 'created' };

let market: MemoryMarket;
let postings: SamplePostings;
let sequence: number;

beforeEach(anotherMarket);

async function anotherMarket(): Promise<void> {
  postings = new SamplePostings();
  market = new MemoryMarket({
    definitions: postings.definitions,
    contracts: { Registry: registry, ...postings.contracts },
  });
  sequence = 0;
  await foundSampleMarket(market);
  placeInstrument(market.ledger);
  await advance('2023-03-01', 'open');
  await post(issue('TREASURY', 1_000n));
  await post(move('IssuerMSP/TREASURY', 'AlphaMSP/A-1', 300n));
  await post(move('IssuerMSP/TREASURY', 'AlphaMSP/A-2', 100n));
}

function clock(businessDate: string, phase: Phase): Instruction {
  const request = { from: sequence, businessDate, phase };
  sequence += 1;
  return { method: 'Registry:AdvanceClock', request };
}

async function advance(businessDate: string, phase: Phase): Promise<void> {
  const { method, request } = clock(businessDate, phase);
  expect(await market.submit('CsdMSP', method, request)).toEqual(done);
}

async function post(lines: readonly Posting[]): Promise<void> {
  const { method, request } = postings.instruction(lines);
  expect(await market.submit('IssuerMSP', method, request)).toEqual(done);
}

/** Seals it for the next cycle. */
function later(lines: readonly Posting[]): void {
  market.seal('IssuerMSP', [postings.instruction(lines)]);
}

function line(place: string, change: bigint): Posting {
  const [institution = '', account = ''] = place.split('/');
  return { position: position(institution, account), part: 'available', change, field: 'quantity' };
}

const issue = (account: string, quantity: bigint): readonly Posting[] => [
  { supply: sampleTerms, change: -quantity },
  line(`IssuerMSP/${account}`, quantity),
];
const move = (from: string, to: string, quantity: bigint): readonly Posting[] => [
  line(from, -quantity),
  line(to, quantity),
];

function taking(...institutions: string[]): Instruction {
  const request: JsonObject = { isin, ...(institutions.length > 0 ? { institutions } : {}) };
  return { method: 'Registry:Snapshot', request };
}

function take(...institutions: string[]): Promise<unknown> {
  const { method, request } = taking(...institutions);
  return market.submit('CsdMSP', method, request);
}

async function header(businessDate = '2023-03-01'): Promise<SnapshotHeader | undefined> {
  const ref = snapshotAt('IssuerMSP' as MspId, isin as Isin, businessDate as SnapshotHeader['businessDate']);
  const [value] = await market.ledger.simulate().reader.read([ref]);
  return value === undefined ? undefined : decodeText(ref.codec, value);
}

/** What the snapshot of a day holds. */
function rows(businessDate: string): Readonly<Record<string, string>> {
  const pages = market.ledger
    .contents('IssuerMSP')
    .filter(({ key }) => key.startsWith(`snapshot-page/${isin}/${businessDate}/`));
  const all = pages.flatMap(
    ({ value }) => (JSON.parse(value) as { rows: { account: string; quantity: string }[] }).rows,
  );
  return Object.fromEntries(all.map(({ account, quantity }) => [account, quantity]));
}

/** What the register says of now: by the books themselves, and by the snapshot with the journal on top. */
async function expectRegister(quantities: Readonly<Record<string, string>>): Promise<void> {
  for (const request of [{ isin }, { isin, asOf: market.now }]) {
    const { rows } = (await market.evaluate('AuditorMSP', 'Registry:Register', request)) as {
      rows: { account: string; quantity: string }[];
    };
    expect(Object.fromEntries(rows.map(({ account, quantity }) => [account, quantity]))).toEqual(quantities);
  }
}

async function lastCycle(): Promise<{ readonly number: number; readonly time: string }> {
  return (await market.evaluate('CsdMSP', 'Market:Progress')) as { number: number; time: string };
}

describe('a snapshot', () => {
  test('keeps who held what when the day was closed, in the issuer’s books', async () => {
    await advance('2023-03-01', 'closed');
    const { number, time } = await lastCycle();
    expect(await take()).toEqual(done);

    expect(await header()).toEqual({
      isin,
      businessDate: '2023-03-01',
      cycle: number,
      time,
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

  test('reads all that it needs in few rounds, however many pages there are', async () => {
    const spread = 'JP3190000004' as Isin;
    placeInstrument(market.ledger, { ...sampleInstrument, isin: spread, registerPages: 64 });
    await advance('2023-03-01', 'closed');
    const roundsOf = async (code: string): Promise<number> => {
      market.seal('CsdMSP', [{ method: 'Registry:Snapshot', request: { isin: code } }]);
      return (await market.runCycle()).rounds;
    };
    expect(await roundsOf(spread)).toBe(await roundsOf(isin));
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

  test('of a day that ends in the cycle waits for the next one where that cycle has posted something', async () => {
    market.seal('IssuerMSP', [postings.instruction(move('AlphaMSP/A-1', 'AlphaMSP/A-2', 1n))]);
    market.seal('CsdMSP', [clock('2023-03-01', 'closed'), taking()]);
    expect(await market.cycle()).toMatchObject([done, done, { code: 'ClockTickNeeded', field: 'isin', isin }]);
    expect(await header()).toBeUndefined();

    const { number } = await lastCycle();
    expect(await take()).toEqual(done);
    expect(await header()).toMatchObject({ cycle: number });
    await expectRegister({ 'A-1': '299', 'A-2': '101', TREASURY: '600' });
  });

  test('waits where only the supply has changed, or only what is locked', async () => {
    await advance('2023-03-01', 'closed');
    later(issue('OTHER', 5n));
    market.seal('CsdMSP', [taking('AlphaMSP')]);
    expect((await market.cycle())[1]).toMatchObject({ code: 'ClockTickNeeded' });

    const lock = { ...line('AlphaMSP/A-1', 10n), part: 'pledge' } as Posting;
    later([line('AlphaMSP/A-1', -10n), lock]);
    market.seal('CsdMSP', [taking('BetaMSP')]);
    expect((await market.cycle())[1]).toMatchObject({ code: 'ClockTickNeeded' });
  });

  test('does not wait for a posting that was refused, or of another instrument', async () => {
    await advance('2023-03-01', 'closed');
    later(move('AlphaMSP/A-1', 'AlphaMSP/A-2', 301n));
    const other = { ...sampleTerms, unit: 'JP3190000004' } as typeof sampleTerms;
    later([
      { supply: other, change: -1n },
      { position: position('IssuerMSP', 'TREASURY', other), part: 'available', change: 1n, field: 'quantity' },
    ]);
    market.seal('CsdMSP', [taking()]);
    expect(await market.cycle()).toMatchObject([{ code: 'HoldingInsufficient' }, done, done]);
  });

  test('has nothing of what the same cycle posts after it, which is found in the journal', async () => {
    await advance('2023-03-01', 'closed');
    const { number } = await lastCycle();
    market.seal('CsdMSP', [taking('AlphaMSP')]);
    later(move('AlphaMSP/A-1', 'BetaMSP/B-1', 50n));
    market.seal('CsdMSP', [taking()]);
    expect(await market.cycle()).toMatchObject([done, done, done]);

    expect(await header()).toMatchObject({
      cycle: number,
      issued: 1_000n,
      taken: [
        { institution: 'AlphaMSP', total: 400n },
        { institution: 'BetaMSP', total: 0n },
        { institution: 'IssuerMSP', total: 600n },
      ],
    });
    await expectRegister({ 'A-1': '250', 'A-2': '100', 'B-1': '50', TREASURY: '600' });
  });

  test('may be taken institution by institution; it is complete when all are taken', async () => {
    await advance('2023-03-01', 'closed');
    const { number: begun } = await lastCycle();
    expect(await take('AlphaMSP')).toEqual(done);
    expect(await take('AlphaMSP')).toEqual({ outcome: 'exists' });
    await advance('2023-03-01', 'closed');
    expect(await take('AlphaMSP', 'IssuerMSP')).toEqual(done);
    const partial = await header();
    expect(partial && isComplete(partial)).toBe(false);

    expect(await take()).toEqual(done);
    const whole = await header();
    expect(whole && isComplete(whole)).toBe(true);
    expect(whole).toMatchObject({ cycle: begun });
    expect(whole?.taken.map(({ institution }) => institution)).toEqual(['AlphaMSP', 'IssuerMSP', 'BetaMSP']);
  });

  test('is completed from the journal where the missing part has changed since it was begun', async () => {
    await advance('2023-03-01', 'closed');
    await take('AlphaMSP');
    await post(move('AlphaMSP/A-1', 'BetaMSP/B-1', 1n));
    await post(issue('OTHER', 5n));
    expect(await take()).toEqual(done);
    expect(await header()).toMatchObject({
      issued: 1_000n,
      taken: [
        { institution: 'AlphaMSP', total: 400n },
        { institution: 'BetaMSP', total: 0n },
        { institution: 'IssuerMSP', total: 600n },
      ],
    });
    expect(rows('2023-03-01')).toEqual({ 'A-1': '300', 'A-2': '100', TREASURY: '600' });
    await expectRegister({ 'A-1': '299', 'A-2': '100', 'B-1': '1', OTHER: '5', TREASURY: '600' });
  });

  test('is completed in a later cycle where the cycle that began it has changed the missing part', async () => {
    await advance('2023-03-01', 'closed');
    market.seal('CsdMSP', [taking('AlphaMSP')]);
    later(move('AlphaMSP/A-1', 'BetaMSP/B-1', 1n));
    expect(await market.cycle()).toMatchObject([done, done]);
    expect(await take('BetaMSP')).toEqual(done);
    expect(rows('2023-03-01')).toEqual({ 'A-1': '300', 'A-2': '100' });
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
});

describe('a snapshot that was not taken in time', () => {
  /** A day goes by with business of every kind: securities move, are bound, released, issued, and come to accounts that were empty. */
  async function business(day: string): Promise<void> {
    await advance(day, 'open');
    await post(move('AlphaMSP/A-1', 'BetaMSP/B-1', 40n));
    await post([line('AlphaMSP/A-2', -30n), { ...line('AlphaMSP/A-2', 30n), part: 'pledge' }]);
    await post([...issue('TREASURY', 50n), ...move('IssuerMSP/TREASURY', 'BetaMSP/B-2', 7n)]);
    await post(move('BetaMSP/B-1', 'AlphaMSP/A-3', 40n));
    await post([{ ...line('AlphaMSP/A-2', -30n), part: 'pledge' }, line('AlphaMSP/A-2', 30n)]);
    await advance(day, 'closed');
  }

  async function close(): Promise<void> {
    await advance('2023-03-01', 'closed');
  }

  function takeOf(businessDate: string, ...institutions: string[]): Promise<unknown> {
    const request = { isin, businessDate, ...(institutions.length > 0 ? { institutions } : {}) };
    return market.submit('CsdMSP', 'Registry:Snapshot', request);
  }

  /** All that is kept of the days' registers. */
  function kept(): unknown {
    return market.ledger
      .contents('IssuerMSP')
      .filter(({ key }) => key.startsWith('snapshot'))
      .map(({ key, value }) => [key, JSON.parse(value) as unknown]);
  }

  test('is made later from the journal, and is what it would have been', async () => {
    await close();
    await take();
    await business('2023-03-02');
    await take();
    const inTime = kept();
    expect(rows('2023-03-02')).toEqual({ 'A-1': '260', 'A-2': '100', 'A-3': '40', 'B-2': '7', TREASURY: '643' });

    await anotherMarket();
    await close();
    await take();
    await business('2023-03-02');
    await business('2023-03-03');
    expect(await takeOf('2023-03-02')).toEqual(done);
    expect(kept()).toEqual(inTime);
    expect(await takeOf('2023-03-02')).toEqual({ outcome: 'exists' });
  });

  test('is made from the founding on where no day before has one', async () => {
    await close();
    await business('2023-03-02');
    await business('2023-03-03');
    expect(await takeOf('2023-03-02')).toEqual(done);
    expect(rows('2023-03-02')).toEqual({ 'A-1': '260', 'A-2': '100', 'A-3': '40', 'B-2': '7', TREASURY: '643' });
    expect(await header('2023-03-02')).toMatchObject({ issued: 1_050n });
    expect(await takeOf('2023-03-01')).toEqual(done);
    expect(rows('2023-03-01')).toEqual({ 'A-1': '300', 'A-2': '100', TREASURY: '600' });
  });

  test('is made institution by institution, and nothing of what happened since is in it', async () => {
    await close();
    await business('2023-03-02');
    expect(await takeOf('2023-03-01', 'BetaMSP')).toEqual(done);
    await advance('2023-03-03', 'open');
    await post(move('IssuerMSP/TREASURY', 'AlphaMSP/A-1', 9n));
    await advance('2023-03-03', 'closed');
    expect(await takeOf('2023-03-01', 'BetaMSP', 'AlphaMSP')).toEqual(done);
    expect(await takeOf('2023-03-01')).toEqual(done);
    const whole = await header('2023-03-01');
    expect(whole && isComplete(whole)).toBe(true);
    expect(whole).toMatchObject({ issued: 1_000n });
    expect(rows('2023-03-01')).toEqual({ 'A-1': '300', 'A-2': '100', TREASURY: '600' });
  });

  test('is found by as-of queries, which give the same answer with it as without it', async () => {
    await close();
    const { time } = await lastCycle();
    await business('2023-03-02');
    const ask = (asOf: string) => market.evaluate('AuditorMSP', 'Registry:Register', { isin, asOf });
    const instants = [time, (await lastCycle()).time, market.now];
    const before = await Promise.all(instants.map(ask));
    await takeOf('2023-03-01');
    const after = await Promise.all(instants.map(ask));
    const told = (answers: readonly unknown[]) => answers.map((one) => (one as { rows: unknown }).rows);
    expect(told(after)).toEqual(told(before));
  });

  test('of a business day on which the market did not open is the register at the end of the one before', async () => {
    await close();
    await business('2023-03-02');
    // On Friday the exchange is closed by a failure.
    await business('2023-03-06');
    expect(await takeOf('2023-03-03')).toEqual(done);
    expect(rows('2023-03-03')).toEqual({ 'A-1': '260', 'A-2': '100', 'A-3': '40', 'B-2': '7', TREASURY: '643' });
  });

  test.each([
    ['a Saturday', '2023-03-04', { code: 'NotABusinessDay', field: 'businessDate' }],
    ['a day that is not over', '2023-03-07', { code: 'DayNotOver', field: 'businessDate' }],
    ['a day before the market', '2023-02-28', { code: 'AsOfTooEarly', field: 'businessDate' }],
  ])('is none of %s: %s', async (_what, date, refused) => {
    await close();
    await business('2023-03-06');
    expect(await takeOf(date)).toMatchObject(refused);
  });

  test('reads no more than a day of cycles at once', async () => {
    await market.skipCycles(7_000);
    await close();
    await business('2023-03-02');
    // Three institutions have 21,000 pages of the journal, if they have one in each cycle.
    expect(await takeOf('2023-03-01')).toMatchObject({ code: 'SnapshotTooLate', field: 'institutions', limit: 20_000 });
    expect(await takeOf('2023-03-01', 'AlphaMSP', 'IssuerMSP')).toEqual(done);
    expect(await takeOf('2023-03-01', 'BetaMSP')).toEqual(done);
    expect(rows('2023-03-01')).toEqual({ 'A-1': '300', 'A-2': '100', TREASURY: '600' });
  });
});
