import type { JsonObject } from '@kessai/interface';
import { shinEtsu } from '@kessai/ledger/tools';
import { announced, atRecordDate, dividend, event, split, splitToPay } from './event';
import { closed, evaluate, type Provocation, recorded, submit } from './provocation';

function announcing(terms: JsonObject): Provocation['ask'] {
  return submit('IssuerMSP', 'CorporateActions:Announce', { eventId: 'e', terms });
}

export const ofCorporateActions = {
  NotIssuerOf: {
    when: "an issuer splits another's shares",
    ask: submit('OtherIssuerMSP', 'CorporateActions:Announce', { eventId: 'e', terms: split }),
  },
  RatioNotForward: {
    when: 'a split gives less than there was',
    ask: announcing({ ...split, ratio: { numerator: '1', denominator: '10' } }),
  },
  RateZero: {
    when: 'a dividend gives nothing',
    ask: announcing({ ...dividend, rate: { numerator: '0', denominator: '1' } }),
  },
  RatioTooLarge: {
    when: 'the tax is more than the dividend',
    ask: announcing({
      ...dividend,
      withholding: [{ rate: { numerator: '2', denominator: '1' }, account: 'TAX' }],
    }),
  },
  RecordDatePassed: {
    when: 'the record date is yesterday',
    ask: announcing({ ...dividend, recordDate: '2023-02-28' }),
  },
  RecordDateTooSoon: {
    when: 'the record date is today, and the market has traded',
    ask: announcing({ ...split, recordDate: '2023-03-01' }),
  },
  EventAnnounced: {
    given: recorded(['IssuerMSP', 'CorporateActions:Announce', { eventId: 'first', terms: dividend }]),
    when: 'the same dividend is announced under another id',
    ask: announcing(dividend),
  },
  SplitOpen: {
    given: recorded(['IssuerMSP', 'CorporateActions:Announce', { eventId: 'first', terms: split }]),
    when: 'a split is announced while another has not been completed',
    ask: announcing({ ...split, recordDate: '2023-03-03' }),
  },
  RegisterBeforeSplit: {
    given: async (day) => {
      const later = { ...dividend, recordDate: '2023-03-03' };
      await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'later', terms: later });
      await splitToPay(day);
      await day.record('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu });
      await day.payEvent('IssuerMSP', 'e');
    },
    when: 'a dividend is to be paid from a register without the securities of a split that comes before it',
    ask: evaluate('CsdMSP', 'CorporateActions:Pages', { issuer: 'IssuerMSP', eventId: 'later' }),
  },
  EventUnknown: {
    given: closed,
    when: 'an event is run that was never announced',
    ask: submit('CsdMSP', 'CorporateActions:Complete', event),
  },
  EventWithdrawn: {
    given: async (day) => {
      await atRecordDate(dividend)(day);
      await day.record('IssuerMSP', 'CorporateActions:Withdraw', { eventId: 'e' });
    },
    when: 'an event is run that was withdrawn',
    ask: submit('CsdMSP', 'CorporateActions:Complete', event),
  },
  EventStarted: {
    given: async (day) => {
      await atRecordDate(dividend)(day);
      await day.payEvent('IssuerMSP', 'e');
    },
    when: 'an event is withdrawn that has been paid',
    ask: submit('IssuerMSP', 'CorporateActions:Withdraw', { eventId: 'e' }),
  },
  SnapshotMissing: {
    given: announced(dividend),
    when: 'an event is run before the register at its record date is kept',
    ask: submit('CsdMSP', 'CorporateActions:Pay', { ...event, pages: [{ institution: 'AlphaMSP', page: 0 }] }),
  },
  EventPageUnknown: {
    given: atRecordDate(dividend),
    when: 'a page is paid that the register has not',
    ask: submit('CsdMSP', 'CorporateActions:Pay', { ...event, pages: [{ institution: 'AlphaMSP', page: 2 }] }),
  },
  PagesUnpaid: {
    given: atRecordDate(dividend),
    when: 'an event is completed that nobody was paid for',
    ask: submit('CsdMSP', 'CorporateActions:Complete', event),
  },
  CapTooLow: {
    when: 'the split needs more than it authorises',
    ask: announcing({ ...split, supplyCap: '1' }),
  },
} satisfies Readonly<Record<string, Provocation>>;
