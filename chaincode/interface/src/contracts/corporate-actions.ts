import { type Infer, count, list, object, oneOf, optional, variants } from '../codec';
import { anyPhase, defineContract, evaluate, submit } from '../api';
import { accountId, businessDate, businessId, displayName, isin, mspId, unit } from '../identifiers';
import { balance, quantity, ratio, signed } from '../quantity';
import { fieldPath, rejection } from '../rejection';

/** Cash dividend, ISO 20022 DVCA: money for each holding at the record date. */
export const cashDividend = object({
  kind: oneOf('cash-dividend'),
  isin,
  recordDate: businessDate,
  /** `numerator` of the money's smallest units for each `denominator` of the instrument's smallest units. */
  rate: ratio,
  unit,
  /** Account of the issuer that pays. */
  payer: accountId,
  /**
   * Taxes kept back from each holder's gross amount, each of them rounded down by itself, and the issuer's account that keeps each for its tax
   * office. In Japan there are two: 15.315 % national income tax and 5 % local inhabitant tax.
   */
  withholding: optional(list(object({ rate: ratio, account: accountId }), { min: 1, max: 10 })),
});

/** Forward stock split, ISO 20022 SPLF: `numerator` new for each `denominator` old. */
export const stockSplit = object({
  kind: oneOf('stock-split'),
  isin,
  recordDate: businessDate,
  ratio,
  /** The authorised quantity after the split: enough for it when it is announced, and again when its first page is paid. */
  supplyCap: quantity,
  /** Account of the issuer that receives what the holders' fractions add up to. */
  residue: accountId,
});

export const eventTerms = variants('kind', { 'cash-dividend': cashDividend, 'stock-split': stockSplit });
export type EventTerms = Infer<typeof eventTerms>;

export const eventKind = oneOf('cash-dividend', 'stock-split');

export const eventStatus = oneOf('announced', 'paying', 'completed', 'withdrawn');

/** So many pages one instruction pays at most, and one answer names. */
export const eventPagesAtOnce = 1_000;

const holderPage = object({
  institution: mspId,
  page: count(0, 4_095),
  /** As `Pages` says it. Whoever pays need not say it: what has been paid is passed over. */
  paid: optional(oneOf('yes', 'no')),
});

const entitlement = object({
  institution: mspId,
  account: accountId,
  name: displayName,
  held: quantity,
  /** Money or securities credited for the holding, before tax. */
  gross: balance,
  /** Each tax of the terms, in their order. */
  taxes: list(balance, { max: 10 }),
  /** All of them together. */
  tax: balance,
  net: balance,
});

/** Dividends and splits, computed from the register at the record date. */
export const CorporateActions = defineContract({
  name: 'CorporateActions',
  summary:
    'An issuer announces an event; an operator runs it from the register at the record date, page by page, once each.',
  methods: {
    Announce: submit({
      summary:
        'Announces a cash dividend or a stock split of an own instrument: one of a kind for a record date, one split after another, on the business day before the record date at the latest. It is computed from the register at the end of the record date, or of the business day before it. `Market:Check` answers as the cycle will; the authorised quantity of a split is checked once more when its first page is paid.',
      roles: ['issuer'],
      phases: anyPhase,
      idField: 'eventId',
      request: object({ eventId: businessId, terms: eventTerms }),
    }),
    Withdraw: submit({
      summary: 'Withdraws an own event of which nothing has been computed yet. Repeating it changes nothing.',
      roles: ['issuer'],
      phases: anyPhase,
      request: object({ eventId: businessId }),
    }),
    Pay: submit({
      summary:
        'Computes and pays the entitlements of some pages of holders from the snapshot of the record date: the answer of Pages is its request. Repeating it pays nothing.',
      roles: ['operator'],
      phases: ['closed'],
      request: object({
        issuer: mspId,
        eventId: businessId,
        /** One page of one institution's holders each. */
        pages: list(holderPage, { max: eventPagesAtOnce }),
      }),
    }),
    Complete: submit({
      summary:
        'Ends an event when every page has been paid; of a split, credits what the fractions add up to and raises the cap.',
      roles: ['operator'],
      phases: ['closed'],
      request: object({ issuer: mspId, eventId: businessId }),
    }),
    Pages: evaluate({
      summary:
        'Pages of holders of an event and which of them have been paid, those that have not first; Pay takes the answer as it is.',
      roles: ['operator', 'auditor'],
      answeredBy: 'own',
      request: object({ issuer: mspId, eventId: businessId }),
      response: object({ issuer: mspId, eventId: businessId, pages: list(holderPage, { max: eventPagesAtOnce }) }),
    }),
    Events: evaluate({
      summary: 'Events of the calling issuer; operators and auditors name the issuer.',
      roles: ['issuer', 'operator', 'auditor'],
      answeredBy: 'own',
      request: object({ issuer: optional(mspId) }),
      response: object({
        events: list(
          object({
            eventId: businessId,
            terms: eventTerms,
            status: eventStatus,
            /** The business day from whose register it is computed, as soon as that has begun. */
            registerDate: optional(businessDate),
            holders: count(0, 10_000_000),
            held: balance,
            gross: balance,
            tax: balance,
            /** What rounding down kept from the holders, as numerator over the denominator of rate or ratio. */
            residue: object({ numerator: balance, denominator: quantity }),
          }),
          { max: 100_000 },
        ),
      }),
    }),
    Entitlements: evaluate({
      summary:
        'What each holder received by an event: an institution sees its clients, the issuer, operators and auditors all.',
      roles: ['institution', 'issuer', 'operator', 'auditor'],
      answeredBy: 'operator',
      request: object({ issuer: mspId, eventId: businessId }),
      response: object({ unit, entitlements: list(entitlement, { max: 10_000_000 }) }),
    }),
  },
  rejections: {
    NotIssuerOf: rejection(
      { field: fieldPath, isin },
      (r) => `${r.field}: ${r.isin} is not an instrument of the calling issuer.`,
    ),
    RatioNotForward: rejection(
      { field: fieldPath },
      (r) => `${r.field}: a split gives more new securities than there are old ones; reverse splits are not supported.`,
    ),
    RateZero: rejection({ field: fieldPath }, (r) => `${r.field} must be more than nothing: its numerator is 0.`),
    RatioTooLarge: rejection(
      { field: fieldPath },
      (r) => `${r.field}: the taxes up to this one are more than the income of which they are kept back.`,
    ),
    RecordDatePassed: rejection(
      { field: fieldPath, businessDate },
      (r) => `${r.field} lies before the current business date ${r.businessDate}.`,
    ),
    RecordDateTooSoon: rejection(
      { field: fieldPath, earliest: businessDate },
      (r) =>
        `${r.field} must be ${r.earliest} or a later date: whoever has traded on the current business date did not know of the event.`,
    ),
    EventAnnounced: rejection(
      { field: fieldPath, eventId: businessId },
      (r) =>
        `${r.field}: an event of this kind has been announced for that record date as ${r.eventId}. Withdraw it first, or announce the sum of both.`,
    ),
    SplitOpen: rejection(
      { field: fieldPath, eventId: businessId },
      (r) =>
        `${r.field}: the split ${r.eventId} of the instrument comes first and has not been completed. Complete it, or let the issuer withdraw it.`,
    ),
    RegisterBeforeSplit: rejection(
      { field: fieldPath, recordDate: businessDate },
      (r) =>
        `${r.field}: its register would be one of before the split with the record date ${r.recordDate}, which comes first. Announce it for a later record date.`,
    ),
    EventUnknown: rejection(
      { field: fieldPath, eventId: businessId },
      (r) => `${r.field}: the issuer announced no event ${r.eventId}. "CorporateActions:Events" lists them.`,
    ),
    EventWithdrawn: rejection(
      { field: fieldPath, eventId: businessId },
      (r) => `${r.field}: the issuer has withdrawn the event ${r.eventId}.`,
    ),
    EventStarted: rejection(
      { field: fieldPath, eventId: businessId, status: eventStatus },
      (r) => `${r.field}: the event ${r.eventId} is ${r.status}; it can be withdrawn until its first page is paid.`,
    ),
    SnapshotMissing: rejection(
      { field: fieldPath, isin, recordDate: businessDate },
      (r) =>
        `${r.field}: there is no complete snapshot of ${r.isin} at ${r.recordDate}. Take it with Registry:Snapshot when that day is closed.`,
      { transient: true },
    ),
    EventPageUnknown: rejection(
      { field: fieldPath },
      (r) => `${r.field}: the snapshot has no such page. "CorporateActions:Pages" lists them.`,
    ),
    PagesUnpaid: rejection(
      { field: fieldPath, unpaid: count(1, 10_000_000) },
      (r) => `${r.field}: ${r.unpaid.toString()} pages have not been paid yet.`,
    ),
    CapTooLow: rejection(
      { field: fieldPath, needed: signed },
      (r) =>
        `${r.field}: at least ${r.needed.toString()} must be authorised after the split: what will be issued then, and no less than before.`,
    ),
  },
});
