import {
  type JsonObject,
  Registry,
  decodeRejection,
  encodeRejection,
  isRejection,
  marketRejections,
} from '@kessai/interface';
import { describe, expect, test } from '@jest/globals';
import {
  MemoryMarket,
  foundSampleMarket,
  placeInstrument,
  position,
  postTo,
  sampleFounding,
  sampleSecret,
  sampleTerms,
} from '@kessai/ledger/tools';
import { registry } from './index';

const isin = 'JP3371200001';

type Call = readonly [caller: string, method: string, request: JsonObject];

/** For each code: what the market has been through before, if not just its founding, and the request that is refused with it. */
interface Provocation {
  readonly given?: (market: MemoryMarket) => Promise<unknown>;
  readonly unfounded?: true;
  readonly when: Call;
  readonly then: JsonObject;
}

const opened: Call = ['CsdMSP', 'Registry:AdvanceClock', { from: 0, businessDate: '2023-03-01', phase: 'open' }];
const closed: Call = ['CsdMSP', 'Registry:AdvanceClock', { from: 1, businessDate: '2023-03-01', phase: 'closed' }];
const ticked: Call = ['CsdMSP', 'Registry:AdvanceClock', { from: 2, businessDate: '2023-03-01', phase: 'closed' }];

async function endOfDay(market: MemoryMarket): Promise<void> {
  for (const call of [opened, closed]) await market.submit(...call);
}

async function issue(market: MemoryMarket): Promise<void> {
  await postTo(market.ledger, {
    lines: [
      { supply: sampleTerms, change: -100n },
      { position: position('IssuerMSP', 'TREASURY'), part: 'available', change: 100n, field: 'quantity' },
    ],
    txId: 'issue',
    time: market.now,
  });
}

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
  SecretMissing: {
    when: ['CsdMSP', 'Registry:AdmitMember', { mspId: 'GammaMSP', role: 'institution', name: 'Gamma' }],
    then: { field: 'secret', role: 'institution' },
  },
  SecretNotWanted: {
    when: [
      'CsdMSP',
      'Registry:AdmitMember',
      { mspId: 'GammaMSP', role: 'auditor', name: 'Gamma', secret: sampleSecret(9) },
    ],
    then: { field: 'secret', role: 'auditor' },
  },
  InstitutionMissing: { when: ['AuditorMSP', 'Registry:Accounts', {}], then: { field: 'institution' } },
  ClockMoved: {
    given: endOfDay,
    when: opened,
    then: { sequence: 2, businessDate: '2023-03-01', phase: 'closed' },
  },
  ClockBackwards: {
    given: endOfDay,
    when: ['CsdMSP', 'Registry:AdvanceClock', { from: 2, businessDate: '2023-03-01', phase: 'settlement' }],
    then: { field: 'phase', businessDate: '2023-03-01', phase: 'closed' },
  },
  AsOfTooEarly: {
    given: async (market) => placeInstrument(market.ledger),
    when: ['CsdMSP', 'Registry:Register', { isin, asOf: '2023-02-28T23:59:59.999Z' }],
    then: { field: 'asOf', founded: '2023-03-01T00:00:00.000Z' },
  },
  AsOfInFuture: {
    given: async (market) => placeInstrument(market.ledger),
    when: ['CsdMSP', 'Registry:Register', { isin, asOf: '2023-03-01T00:00:07.001Z' }],
    then: { field: 'asOf', time: '2023-03-01T00:00:07.000Z' },
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
      await issue(market);
    },
    when: ['CsdMSP', 'Registry:Snapshot', { isin }],
    then: { field: 'isin', isin },
  },
  SnapshotTooLate: {
    given: async (market) => {
      placeInstrument(market.ledger);
      await endOfDay(market);
      await market.submit('CsdMSP', 'Registry:Snapshot', { isin, institutions: ['AlphaMSP'] });
      await market.submit(...ticked);
      await issue(market);
    },
    when: ['CsdMSP', 'Registry:Snapshot', { isin }],
    then: { field: 'institutions', isin, member: 'IssuerMSP' },
  },
};

describe('every rejection of the registry', () => {
  test('is provoked below', () => {
    expect(Object.keys(provocations).sort()).toEqual(Object.keys(Registry.rejections).sort());
  });

  test.each(Object.entries(provocations))('%s', async (code, { given, unfounded, when, then }) => {
    const market = new MemoryMarket({ contracts: { Registry: registry } });
    if (!unfounded) await foundSampleMarket(market);
    await given?.(market);
    const [caller, method, request] = when;
    const evaluate = ['Registry:Accounts', 'Registry:Register'].includes(method);
    const answer = evaluate
      ? await market.evaluate(caller, method, request)
      : await market.submit(caller, method, request);

    expect(answer).toEqual({ code, ...then });
    if (!isRejection(answer)) return;
    const wire = encodeRejection(marketRejections, answer);
    expect(decodeRejection(marketRejections, wire)).toEqual({ ...answer, message: wire['message'] });
  });
});
