import {
  type BusinessId,
  type Isin,
  type JsonObject,
  type MspId,
  Registry,
  decodeRejection,
  encodeRejection,
  isRejection,
  marketRejections,
} from '@kessai/interface';
import { describe, expect, test } from '@jest/globals';
import {
  MemoryMarket,
  SamplePostings,
  foundSampleMarket,
  placeInstrument,
  position,
  sampleFounding,
  sampleTerms,
} from '@kessai/ledger/tools';
import { type Posting, halfPaidSplitsRef, put, stored } from '@kessai/ledger';
import { registry } from './index';

const isin = 'JP3371200001';

type Call = readonly [caller: string, method: string, request: JsonObject];

/** For each code: what the market has been through before, if not just its founding, and the request that is refused with it. */
interface Provocation {
  readonly given?: (market: MemoryMarket) => Promise<unknown>;
  readonly unfounded?: true;
  readonly when: Call;
  /** What is told beside the code; `now` is the instant of the call. */
  readonly then: JsonObject | ((now: string) => JsonObject);
}

const opened: Call = ['CsdMSP', 'Registry:AdvanceClock', { from: 0, businessDate: '2023-03-01', phase: 'open' }];
const closed: Call = ['CsdMSP', 'Registry:AdvanceClock', { from: 1, businessDate: '2023-03-01', phase: 'closed' }];

async function endOfDay(market: MemoryMarket): Promise<void> {
  for (const call of [opened, closed]) await market.submit(...call);
}

/** Seals it for the next cycle, which posts it before what comes after. */
function sealIssue(market: MemoryMarket): void {
  const lines: Posting[] = [
    { supply: sampleTerms, change: -100n },
    { position: position('IssuerMSP', 'TREASURY'), part: 'available', change: 100n, field: 'quantity' },
  ];
  market.seal('IssuerMSP', [postings.instruction(lines)]);
}

const postings = new SamplePostings();
const halfPaid = { isin: isin as Isin, issuer: 'IssuerMSP' as MspId, eventId: 'split' as BusinessId };
const calendar = { id: 'calendar', year: 2023, holidays: [] };

const provocations: Readonly<Record<keyof typeof Registry.rejections, Provocation>> = {
  FounderUnknown: {
    unfounded: true,
    when: ['AlphaMSP', 'Registry:Found', sampleFounding],
    then: { caller: 'AlphaMSP' },
  },
  AlreadyFounded: { when: ['CsdMSP', 'Registry:Found', { ...sampleFounding, id: 'another' }], then: {} },
  FounderMissing: {
    unfounded: true,
    when: ['CcpMSP', 'Registry:Found', { ...sampleFounding, operators: [{ mspId: 'CsdMSP', name: 'CSD' }] }],
    then: { field: 'operators', member: 'CcpMSP' },
  },
  DuplicateMember: {
    unfounded: true,
    when: [
      'CsdMSP',
      'Registry:Found',
      {
        ...sampleFounding,
        operators: [
          { mspId: 'CsdMSP', name: 'CSD' },
          { mspId: 'CsdMSP', name: 'CSD' },
        ],
      },
    ],
    then: { field: 'operators[1].mspId', member: 'CsdMSP' },
  },
  InstitutionMissing: { when: ['AuditorMSP', 'Registry:Accounts', {}], then: { field: 'institution' } },
  ClockMoved: {
    given: endOfDay,
    when: opened,
    then: { sequence: 2, businessDate: '2023-03-01', phase: 'closed' },
  },
  ClockTooEarly: {
    when: ['CsdMSP', 'Registry:AdvanceClock', { ...opened[2], notBefore: '2023-03-01T09:00:00.000Z' }],
    // The cycle is dated a second after what it executes.
    then: (now) => ({
      ...{ field: 'notBefore', notBefore: '2023-03-01T09:00:00.000Z' },
      time: new Date(Date.parse(now) + 1_000).toISOString(),
    }),
  },
  ClockBackwards: {
    given: endOfDay,
    when: ['CsdMSP', 'Registry:AdvanceClock', { from: 2, businessDate: '2023-03-01', phase: 'settlement' }],
    then: { field: 'phase', businessDate: '2023-03-01', phase: 'closed' },
  },
  NotABusinessDay: {
    given: endOfDay,
    when: ['CsdMSP', 'Registry:AdvanceClock', { from: 2, businessDate: '2023-03-04', phase: 'open' }],
    then: { field: 'businessDate', businessDate: '2023-03-04' },
  },
  CalendarMissing: {
    given: async (market) => {
      await market.act('Registry:SetCalendar', calendar);
      await endOfDay(market);
    },
    when: ['CsdMSP', 'Registry:AdvanceClock', { from: 2, businessDate: '2024-01-04', phase: 'open' }],
    then: { field: 'businessDate', year: 2024 },
  },
  BusinessDateTooFar: {
    given: endOfDay,
    when: ['CsdMSP', 'Registry:AdvanceClock', { from: 2, businessDate: '2204-04-02', phase: 'open' }],
    then: { field: 'businessDate', businessDate: '2204-04-02', latest: '2023-04-01' },
  },
  SplitUnfinished: {
    given: async (market) => {
      await endOfDay(market);
      market.ledger.commit({ versions: new Map() }, [stored(put(halfPaidSplitsRef, { splits: [halfPaid] }))]);
    },
    when: ['CsdMSP', 'Registry:AdvanceClock', { from: 2, businessDate: '2023-03-02', phase: 'open' }],
    then: { field: 'businessDate', ...halfPaid },
  },
  AsOfTooEarly: {
    given: async (market) => placeInstrument(market.ledger),
    when: ['CsdMSP', 'Registry:Register', { isin, asOf: '2023-02-28T23:59:59.999Z' }],
    then: { field: 'asOf', founded: '2023-03-01T00:00:00.000Z' },
  },
  AsOfInFuture: {
    given: async (market) => placeInstrument(market.ledger),
    when: ['CsdMSP', 'Registry:Register', { isin, asOf: '2023-03-02T00:00:00.000Z' }],
    then: (now) => ({ field: 'asOf', time: now }),
  },
  NotYourInstrument: {
    given: async (market) => placeInstrument(market.ledger),
    when: ['OtherIssuerMSP', 'Registry:Register', { isin }],
    then: { field: 'isin', isin },
  },
  SnapshotInstitution: {
    given: async (market) => {
      placeInstrument(market.ledger);
      await endOfDay(market);
    },
    when: ['CsdMSP', 'Registry:Snapshot', { isin, institutions: ['AlphaMSP', 'TrustBankMSP'] }],
    then: { field: 'institutions[1]', member: 'TrustBankMSP' },
  },
  ClockTickNeeded: {
    given: async (market) => {
      placeInstrument(market.ledger);
      await endOfDay(market);
      sealIssue(market);
    },
    when: ['CsdMSP', 'Registry:Snapshot', { isin }],
    then: { field: 'isin', isin },
  },
  DayNotOver: {
    given: async (market) => {
      placeInstrument(market.ledger);
      await endOfDay(market);
    },
    when: ['CsdMSP', 'Registry:Snapshot', { isin, businessDate: '2023-03-02' }],
    then: { field: 'businessDate', businessDate: '2023-03-02' },
  },
  SnapshotTooLate: {
    given: async (market) => {
      placeInstrument(market.ledger);
      const { number } = (await market.evaluate('CsdMSP', 'Market:Progress')) as { number: number };
      await market.skipCycles(100_000 - number);
      await endOfDay(market);
      const opening = { from: 2, businessDate: '2023-03-02', phase: 'open' };
      await market.submit('CsdMSP', 'Registry:AdvanceClock', opening);
      await market.submit('CsdMSP', 'Registry:AdvanceClock', { ...opening, from: 3, phase: 'closed' });
    },
    when: ['CsdMSP', 'Registry:Snapshot', { isin, businessDate: '2023-03-01' }],
    then: { field: 'institutions', isin, cycles: 100_002, limit: 20_000 },
  },
};

/** Instructions that wait go before it, in one cycle. */
async function answerTo(market: MemoryMarket, [caller, method, request]: Call): Promise<unknown> {
  if (method === 'Registry:Found') return market.submit(caller, method, request);
  if (['Registry:Accounts', 'Registry:Register'].includes(method)) return market.evaluate(caller, method, request);
  market.seal(caller, [{ method, request }]);
  return (await market.cycle()).at(-1);
}

describe('every rejection of the registry', () => {
  test('is provoked below', () => {
    expect(Object.keys(provocations).sort()).toEqual(Object.keys(Registry.rejections).sort());
  });

  test.each(Object.entries(provocations))('%s', async (code, { given, unfounded, when, then }) => {
    const market = new MemoryMarket({
      definitions: postings.definitions,
      contracts: { Registry: registry, ...postings.contracts },
    });
    if (!unfounded) await foundSampleMarket(market);
    await given?.(market);
    const { now } = market;
    const answer = await answerTo(market, when);

    expect(answer).toEqual({ code, ...(typeof then === 'function' ? then(now) : then) });
    if (!isRejection(answer)) return;
    const wire = encodeRejection(marketRejections, answer);
    expect(decodeRejection(marketRejections, wire)).toEqual({ ...answer, message: wire['message'] });
  });
});
