import { type Infer, count, flag, list, object, oneOf, optional, text } from '../codec';
import { anyPhase, defineContract, direct, evaluate, everyone, phase, role, submit } from '../api';
import { accountId, bic, businessDate, businessId, displayName, instant, isin, lei, mspId, unit } from '../identifiers';
import { balance, lockReason, quantity, signed } from '../quantity';
import { fieldPath, rejection } from '../rejection';
import { transactionId } from '../transaction-id';

/** 256 random bits in hexadecimal, made by the sender: what makes a collection's key and value hashes unguessable. */
export const collectionSecret = text({
  minLength: 64,
  maxLength: 64,
  pattern: /^[0-9a-f]{64}$/,
  description: '64 hex digits',
  secret: true,
});

/** Who an account is for. The register's rows are accounts; knowing the person behind one stays with the institution. */
export const accountKind = oneOf('client', 'house', 'treasury');

/** The market's own time: public, advanced by operators only. */
export const clock = object({
  businessDate,
  phase,
  /** Counts every advance, and so every interval of the journal. */
  sequence: count(0, 9_999_999_999),
  /** Ledger time of the last advance; nothing may be dated before it. */
  time: instant,
  /** The cycle that advanced it. */
  cycle: count(0, 9_999_999_999),
});

/**
 * How far the market goes by itself. `by-operator`: orders wait for an operator's matching, trades for an operator's sign-off.
 * `continuous`: an order trades when a cycle executes it, and a trade settles when it is made, as far as both legs are there.
 */
export const marketPolicy = object({
  matching: oneOf('by-operator', 'continuous'),
  settlement: oneOf('by-operator', 'continuous'),
  /**
   * Keys of every private collection that each cycle reads and writes, changed or not, so that blocks do not show to whom something
   * happened; 16 or more where it is wanted. Each costs every peer in every cycle. Absent or 0: only what changes.
   */
  cover: optional(count(0, 1_000)),
});
export type MarketPolicy = Infer<typeof marketPolicy>;

export const member = object({
  mspId,
  role,
  name: displayName,
  lei: optional(lei),
  bic: optional(bic),
  /** The cycle that admitted it; none of those who founded the market. */
  admittedIn: optional(count(1, 9_999_999_999)),
});

export const registerRow = object({
  institution: mspId,
  account: accountId,
  name: displayName,
  quantity,
  locked: balance,
});

export const holdingRow = object({
  account: accountId,
  name: displayName,
  unit,
  available: balance,
  /** What is bound, by the reason; what binds it is in the records of the orders, instructions and pledges. */
  locks: list(object({ reason: lockReason, quantity }), { max: 10 }),
});

const rows = 10_000_000;

/** The market's constitution and its books: members, accounts, the clock, and the register of owners, live and as of the past. */
export const Registry = defineContract({
  name: 'Registry',
  summary: 'Founds the market, admits members, opens accounts, keeps the clock and the register of owners.',
  methods: {
    Found: direct({
      summary: 'Founds the market, once, by one of its founding operators.',
      roles: ['operator'],
      phases: anyPhase,
      request: object({
        id: businessId,
        name: displayName,
        businessDate,
        operators: list(object({ mspId, name: displayName }), { min: 1, max: 16 }),
        secrets: object({ operators: collectionSecret, board: collectionSecret }),
        /** By default all by the operators. */
        policy: optional(marketPolicy),
      }),
    }),
    AdmitMember: submit({
      summary:
        'Admits an organisation in a role; issuers, institutions and banks get their private collection with it.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'mspId',
      approval: 'two-operators',
      request: object({
        mspId,
        role,
        name: displayName,
        lei: optional(lei),
        bic: optional(bic),
      }),
    }),
    SetPolicy: submit({
      summary: 'Sets how far the market goes by itself: whether orders match and trades settle without an operator.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'id',
      approval: 'two-operators',
      request: object({ id: businessId, policy: marketPolicy }),
    }),
    SetCalendar: submit({
      summary:
        'Names the holidays of a year. Saturdays, Sundays and 31 December to 3 January are no business days in any year.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'id',
      approval: 'two-operators',
      request: object({ id: businessId, year: count(1900, 9_999), holidays: list(businessDate, { max: 366 }) }),
    }),
    Calendar: evaluate({
      summary: 'The business days from one date to another, as far as the calendar names the holidays of their years.',
      roles: everyone,
      answeredBy: 'own',
      request: object({
        /** By default the current business date. */
        from: optional(businessDate),
        /** By default 31 December of the last year that the calendar knows. */
        to: optional(businessDate),
      }),
      response: object({
        days: list(businessDate, { max: 100_000 }),
        years: list(count(1900, 9_999), { max: 10_000 }),
      }),
    }),
    Policy: evaluate({
      summary: 'How far the market goes by itself.',
      roles: everyone,
      answeredBy: 'own',
      request: object({}),
      response: marketPolicy,
    }),
    Members: evaluate({
      summary: 'All members of the market.',
      roles: everyone,
      answeredBy: 'own',
      request: object({}),
      response: object({ name: displayName, members: list(member, { max: 10_000 }) }),
    }),
    OpenAccount: submit({
      summary: 'Opens an account at the calling organisation, for a client or for itself.',
      roles: ['institution', 'issuer', 'settlement-bank'],
      phases: anyPhase,
      idField: 'account',
      request: object({ account: accountId, name: displayName, kind: accountKind }),
    }),
    Accounts: evaluate({
      summary: 'Accounts of the calling organisation; operators and auditors name the organisation.',
      roles: everyone,
      answeredBy: 'own',
      request: object({ institution: optional(mspId) }),
      response: object({
        accounts: list(object({ account: accountId, name: displayName, kind: accountKind }), { max: rows }),
      }),
    }),
    AdvanceClock: submit({
      summary:
        'Moves the market to the next phase or business day, or only ticks within a phase. Repeating it moves nothing.',
      roles: ['operator'],
      phases: anyPhase,
      request: object({
        /** The sequence that the sender saw: of several schedulers the first moves the clock. */
        from: count(0, 9_999_999_999),
        businessDate,
        phase,
        /** When it is due. A cycle that is dated earlier refuses it: a scheduler whose clock is ahead moves nothing. */
        notBefore: optional(instant),
      }),
    }),
    Clock: evaluate({
      summary: 'The business date, the phase and the time of the last advance.',
      roles: everyone,
      answeredBy: 'own',
      request: object({}),
      response: clock,
    }),
    Snapshot: submit({
      summary:
        'Keeps the register of an instrument as it stood at the end of a business day, for the issuer and for as-of queries; of an earlier day it is made from the journal.',
      roles: ['operator'],
      phases: ['closed'],
      request: object({
        isin,
        /** The day; by default the one that has just been closed. */
        businessDate: optional(businessDate),
        /** Some institutions only, where all do not fit one transaction; repeating one changes nothing. */
        institutions: optional(list(mspId, { min: 1, max: 1_000 })),
      }),
    }),
    Register: evaluate({
      summary:
        'The register of owners of an instrument, live or as of a past instant: all of it to operators, auditors and its issuer, its own clients to an institution.',
      roles: ['operator', 'auditor', 'issuer', 'institution'],
      answeredBy: 'operator',
      request: object({ isin, asOf: optional(instant) }),
      response: object({
        isin,
        /** The instant answered for: `asOf`, or that of the query for the live register. */
        asOf: instant,
        /** Whether the clock has passed that instant, so that the answer can never change. */
        final: flag,
        /** Sum of the rows shown. */
        total: balance,
        /** Issued supply; equals `total` where all rows are shown. Not told to institutions. */
        issued: optional(balance),
        rows: list(registerRow, { max: rows }),
      }),
    }),
    Holdings: evaluate({
      summary:
        'What the accounts of the calling organisation hold, securities and money; operators and auditors name the organisation.',
      roles: everyone,
      answeredBy: 'own',
      request: object({ institution: optional(mspId), account: optional(accountId) }),
      response: object({ institution: mspId, holdings: list(holdingRow, { max: rows }) }),
    }),
    Statement: evaluate({
      summary: 'The journal of the calling organisation: every change of its balances, in order.',
      roles: everyone,
      answeredBy: 'own',
      request: object({
        institution: optional(mspId),
        account: optional(accountId),
        from: optional(businessDate),
        to: optional(businessDate),
        /** The first cycle: the `next` of an earlier answer. */
        fromCycle: optional(count(0, 9_999_999_999)),
      }),
      response: object({
        institution: mspId,
        /** There is more: ask from this cycle. */
        next: optional(count(0, 9_999_999_999)),
        entries: list(
          object({
            businessDate,
            sequence: count(0, 9_999_999_999),
            cycle: count(0, 9_999_999_999),
            time: instant,
            reference: text({ maxLength: 240 }),
            account: accountId,
            unit,
            change: signed,
            lockedChange: signed,
            /** What the whole balance came to with this change, and what of it was locked then. */
            balance: optional(balance),
            lockedBalance: optional(balance),
            /** The transaction of the cycle. */
            transactionId: optional(transactionId),
          }),
          { max: rows },
        ),
      }),
    }),
    Supply: evaluate({
      summary: 'For every unit: what has been issued and what all accounts hold. The two are always equal.',
      roles: ['operator', 'auditor'],
      answeredBy: 'operator',
      request: object({}),
      response: object({
        units: list(object({ unit, issued: balance, held: balance, holders: count(0, rows) }), { max: 100_000 }),
      }),
    }),
  },
  rejections: {
    FounderUnknown: rejection(
      { caller: mspId },
      (r) => `${r.caller} is not one of the founding operators that this chaincode was deployed with.`,
    ),
    AlreadyFounded: rejection({}, () => 'The market has been founded before, with another id.'),
    FounderMissing: rejection(
      { field: fieldPath, member: mspId },
      (r) => `${r.field} must name the calling operator ${r.member} too.`,
    ),
    DuplicateMember: rejection({ field: fieldPath, member: mspId }, (r) => `${r.field} names ${r.member} twice.`),
    InstitutionMissing: rejection(
      { field: fieldPath },
      (r) => `${r.field} must name the organisation whose books are asked for.`,
    ),
    ClockMoved: rejection(
      { sequence: count(0, 9_999_999_999), businessDate, phase },
      (r) =>
        `The clock stands at ${r.businessDate} ${r.phase} with sequence ${r.sequence.toString()}. Read it again before advancing it.`,
    ),
    ClockTooEarly: rejection(
      { field: fieldPath, notBefore: instant, time: instant },
      (r) =>
        `${r.field}: it is due at ${r.notBefore}, and the cycle is dated ${r.time}. The clock of the sender is ahead.`,
      { transient: true },
    ),
    ClockBackwards: rejection(
      { field: fieldPath, businessDate, phase },
      (r) =>
        `${r.field}: from ${r.businessDate} ${r.phase} the clock goes to a later phase, or to the next day's phase open.`,
    ),
    NotABusinessDay: rejection(
      { field: fieldPath, businessDate },
      (r) => `${r.field}: ${r.businessDate} is no business day. "Registry:Calendar" lists them.`,
    ),
    CalendarMissing: rejection(
      { field: fieldPath, year: count(0, 9_999) },
      (r) =>
        `${r.field}: the holidays of ${r.year.toString()} have not been named. Two operators name them with Registry:SetCalendar.`,
    ),
    BusinessDateTooFar: rejection(
      { field: fieldPath, businessDate, latest: businessDate },
      (r) => `${r.field}: ${r.businessDate} is too far ahead; the latest that is accepted now is ${r.latest}.`,
    ),
    SplitUnfinished: rejection(
      { field: fieldPath, isin, issuer: mspId, eventId: businessId },
      (r) =>
        `${r.field}: the split ${r.eventId} of ${r.isin} has reached some of its holders and not others. Pay the pages that "CorporateActions:Pages" lists for ${r.issuer}, then CorporateActions:Complete; the market opens after that.`,
    ),
    AsOfTooEarly: rejection(
      { field: fieldPath, founded: instant },
      (r) => `${r.field} lies before the market was founded at ${r.founded}.`,
    ),
    AsOfInFuture: rejection(
      { field: fieldPath, time: instant },
      (r) => `${r.field} lies ahead of the ledger; it stands at ${r.time}.`,
    ),
    NotYourInstrument: rejection(
      { field: fieldPath, isin },
      (r) => `${r.field}: ${r.isin} is another issuer's instrument.`,
    ),
    SnapshotInstitution: rejection(
      { field: fieldPath, member: mspId },
      (r) => `${r.field}: ${r.member} keeps no accounts in securities.`,
    ),
    ClockTickNeeded: rejection(
      { field: fieldPath, isin },
      (r) => `${r.field}: balances of ${r.isin} have changed in this cycle. Take the snapshot in the next one.`,
      { transient: true },
    ),
    DayNotOver: rejection(
      { field: fieldPath, businessDate },
      (r) => `${r.field}: ${r.businessDate} is not over. Its register can be kept when the day has been closed.`,
      { transient: true },
    ),
    SnapshotTooLate: rejection(
      { field: fieldPath, isin, cycles: count(0, 9_999_999_999), limit: count(0, 9_999_999_999) },
      (r) =>
        `${r.field}: to make the register of ${r.isin} from the journal, ${r.cycles.toString()} pages of it would have to be read, at most ${r.limit.toString()} are. Name fewer institutions, or keep the register of an earlier day first.`,
    ),
  },
});
