import { isRejection } from '@kessai/interface';
import { sampleFounding, shinEtsu } from '@kessai/ledger/tools';
import { atRecordDate, payOf, split, splitToPay } from './event';
import { closed, evaluate, executed, type Provocation, submit } from './provocation';

export const ofRegistry = {
  FounderUnknown: {
    before: 'founding',
    when: 'an organisation founds the market that was not deployed as a founder',
    ask: submit('AlphaMSP', 'Registry:Found', sampleFounding),
  },
  AlreadyFounded: {
    when: 'the market is founded again',
    ask: submit('CsdMSP', 'Registry:Found', { ...sampleFounding, id: 'again' }),
  },
  FounderMissing: {
    before: 'founding',
    when: 'the founder leaves itself out',
    ask: submit('CsdMSP', 'Registry:Found', { ...sampleFounding, operators: [{ mspId: 'CcpMSP', name: 'CCP' }] }),
  },
  DuplicateMember: {
    before: 'founding',
    when: 'an operator is named twice',
    ask: submit('CsdMSP', 'Registry:Found', {
      ...sampleFounding,
      operators: [
        { mspId: 'CsdMSP', name: 'CSD' },
        { mspId: 'CsdMSP', name: 'CSD' },
      ],
    }),
  },
  InstitutionMissing: {
    when: 'an operator does not say whose holdings it asks for',
    ask: evaluate('CsdMSP', 'Registry:Holdings', {}),
  },
  ClockMoved: {
    when: 'the clock is advanced from where it no longer stands',
    ask: submit('CsdMSP', 'Registry:AdvanceClock', { from: 0, businessDate: '2023-03-01', phase: 'matching' }),
  },
  ClockTooEarly: {
    when: 'an operator whose clock is ahead ends a phase before it is due',
    ask: async (day) => {
      const { sequence: from, businessDate } = await day.clock();
      const due = { from, businessDate, phase: 'matching', notBefore: '2999-01-01T00:00:00.000Z' };
      return day.submit('CsdMSP', 'Registry:AdvanceClock', due);
    },
  },
  ClockBackwards: {
    given: (day) => day.advance('matching'),
    when: 'the day is to begin again',
    ask: async (day) => {
      const { sequence: from, businessDate } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate, phase: 'open' });
    },
  },
  NotABusinessDay: {
    given: (day) => day.advance('closed'),
    when: 'a Saturday is to be opened',
    ask: async (day) => {
      const { sequence: from } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate: '2023-03-04', phase: 'open' });
    },
  },
  CalendarMissing: {
    when: 'business days are asked for of a year whose holidays nobody named',
    ask: evaluate('AlphaMSP', 'Registry:Calendar', {}),
  },
  BusinessDateTooFar: {
    given: (day) => day.advance('closed'),
    when: 'a mistyped year is to be opened',
    ask: async (day) => {
      const { sequence: from } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate: '2204-04-02', phase: 'open' });
    },
  },
  SplitUnfinished: {
    given: async (day) => {
      await atRecordDate(split)(day);
      await day.record('CsdMSP', 'CorporateActions:Pay', await payOf(day, 'AlphaMSP'));
    },
    when: 'the market is to open while a split has reached some of its holders',
    ask: async (day) => {
      const { sequence: from } = await day.clock();
      return day.submit('CsdMSP', 'Registry:AdvanceClock', { from, businessDate: '2023-03-03', phase: 'open' });
    },
  },
  AsOfTooEarly: {
    when: 'the register is asked for as of before there was one',
    ask: evaluate('IssuerMSP', 'Registry:Register', { isin: shinEtsu, asOf: '2000-01-01T00:00:00.000Z' }),
  },
  AsOfInFuture: {
    when: 'the register is asked for as of tomorrow',
    ask: evaluate('IssuerMSP', 'Registry:Register', { isin: shinEtsu, asOf: '2030-01-01T00:00:00.000Z' }),
  },
  NotYourInstrument: {
    when: "an issuer asks for another's register",
    ask: evaluate('OtherIssuerMSP', 'Registry:Register', { isin: shinEtsu }),
  },
  SnapshotInstitution: {
    given: closed,
    when: 'a snapshot is asked of a bank',
    ask: submit('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu, institutions: ['TrustBankMSP'] }),
  },
  ClockTickNeeded: {
    given: splitToPay,
    when: 'balances have changed in the same cycle',
    beside: 'the payment of a split',
    ask: async (day) => {
      const pay = { method: 'CorporateActions:Pay', request: await payOf(day, 'AlphaMSP') };
      const both = day.market.seal('CsdMSP', [pay, { method: 'Registry:Snapshot', request: { isin: shinEtsu } }]);
      return isRejection(both) ? both : executed(day, [both]);
    },
  },
  DayNotOver: {
    given: closed,
    when: 'the register of the next day is to be kept',
    ask: submit('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu, businessDate: '2023-03-02' }),
  },
  SnapshotTooLate: {
    given: async (day) => {
      await day.market.skipCycles(30_000);
      await day.advance('closed');
      await day.openDay('2023-03-02');
      await day.advance('closed');
    },
    when: 'the register of an earlier day is to be made from thirty thousand cycles',
    ask: submit('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu, businessDate: '2023-03-01' }),
  },
} satisfies Readonly<Record<string, Provocation>>;
