import { type Infer, count, flag, list, object, oneOf, optional, text, variants } from '../codec';
import { anyPhase, awaited, defineContract, direct, evaluate, everyone } from '../api';
import { FieldError } from '../field-error';
import { accountId, businessId, instant, isin, mspId, unit } from '../identifiers';
import { json } from '../json-codec';
import { balance, quantity, signed } from '../quantity';
import { fieldPath, rejection } from '../rejection';
import { transactionId } from '../transaction-id';
import { clock } from './registry';
import { cancelReason, orderStatus, pageName, pendingReason, side, tradeStatus } from './orders';

/** What one submission, one cycle and one member in a cycle may hold. What is beyond is refused before it costs anybody anything. */
export const marketLimits = {
  /**
   * Bytes of one request, more than any that the market takes: Fabric would take up to 100 MB, of which each endorser and its chaincode make
   * many copies.
   */
  requestBytes: 5 * 1024 * 1024,
  /** Instructions sealed in one submission. */
  submissionInstructions: 1_000,
  /** UTF-16 code units of the JSON text of one submission. */
  submissionCharacters: 3 * 1024 * 1024,
  /** Submissions that one cycle may be offered. */
  cycleSubmissions: 2_000,
  /** Instructions of one member that one cycle takes, or its oldest submission where that holds more. */
  memberInstructions: 1_000,
  /** The same where others have something too, unless they have more than half as much together. */
  memberBesideOthers: 250,
  /** Instructions that one cycle takes of all members, or the oldest submission. */
  cycleInstructions: 4_000,
  /** UTF-16 code units of sealed text that count as one instruction more, whatever it holds. */
  instructionCharacters: 1_024,
} as const;

/** Why a request of so many bytes is refused; undefined where it is not. */
export function faultOfSize(bytes: number): FieldError | undefined {
  const { requestBytes } = marketLimits;
  if (bytes <= requestBytes) return undefined;
  return new FieldError(
    'TextTooLong',
    '',
    `is ${bytes.toString()} bytes long, and may have ${requestBytes.toString()}`,
  );
}

const blockNumber = count(0, 9_999_999_999);
export const cycleNumber = count(0, 9_999_999_999);

/** A place in the ledger's order: a block, and a transaction in it. */
export const place = object({ block: blockNumber, transaction: count(0, 1_000_000) });
export type Place = Infer<typeof place>;

/** One instruction as it is sealed. */
export const sealedInstruction = object({
  /** `Contract:Method`. */
  method: text({ maxLength: 200 }),
  /** The request in wire form. */
  request: json,
  /** A cycle dated later refuses it. */
  goodUntil: optional(instant),
  /** A cycle dated earlier refuses it; it does not wait. */
  notBefore: optional(instant),
});
export type SealedInstruction = Infer<typeof sealedInstruction>;

export const instructRequest = object({
  /** 256 random bits in hexadecimal: the hash of what is sealed is public, and must not be guessed. */
  salt: text({ minLength: 64, maxLength: 64, pattern: /^[0-9a-f]{64}$/, description: '64 hexadecimal digits' }),
  /** None: cover, which tells an observer nothing and does nothing. */
  instructions: list(sealedInstruction, { max: marketLimits.submissionInstructions }),
});
export type InstructRequest = Infer<typeof instructRequest>;

/** A submission that a cycle is offered or takes: whose it is, the transaction that sealed it, and where that stands. */
export const takenSubmission = object({
  member: mspId,
  transactionId,
  place,
  /** It ended a chaincode process, or cannot be read: its instructions are refused without being tried. */
  quarantined: optional(flag),
});
export type TakenSubmission = Infer<typeof takenSubmission>;

export const cycleRequest = object({
  number: count(1, 9_999_999_999),
  /** What it is offered, in the ledger's order; of each member it takes the first ones, as many as fit. */
  submissions: list(takenSubmission, { max: marketLimits.cycleSubmissions }),
});
export type CycleRequest = Infer<typeof cycleRequest>;

/** How far the market has come: public, and rewritten by each cycle. */
export const marketState = object({
  /** Number of the last cycle. */
  number: cycleNumber,
  /** Ledger time of the last cycle; nothing later is dated before it. */
  time: instant,
  /** How far each member's submissions have been taken. */
  heads: list(object({ member: mspId, place }), { max: 10_000 }),
  /** What the last cycle took, in the order in which it executed it. */
  taken: list(takenSubmission, { max: marketLimits.cycleSubmissions }),
});
export type MarketProgress = Infer<typeof marketState>;

/** Trades of one page, by their lines: from and to, both included. */
export const lineRange = object({ from: count(0, 999_999), to: count(0, 999_999) });

/** What happened to a member, one thing. */
export const advice = variants('kind', {
  /** What became of an instruction of its own. */
  outcome: object({
    kind: oneOf('outcome'),
    transactionId,
    index: count(0, 999_999),
    method: text({ maxLength: 200 }),
    outcome: oneOf('created', 'exists', 'refused'),
    /** Approvals without which a created act has not taken effect. */
    awaiting: optional(list(awaited, { max: 3 })),
    /** As it crosses the wire: code, message, payload. */
    error: optional(json),
  }),
  /** Another member recorded a bilateral trade with it. */
  allegement: object({
    kind: oneOf('allegement'),
    recordedBy: mspId,
    tradeId: businessId,
    isin,
    /** The side of the member that is told. */
    side,
    quantity,
    amount: quantity,
    unit,
  }),
  /** The other party of an own trade asks for its cancellation; `Orders:CancelTrade` with the same page and number agrees to it. */
  cancellation: object({ kind: oneOf('cancellation'), page: pageName, number: count(0, 999_999) }),
  /** An order changed where it stands. */
  order: object({
    kind: oneOf('order'),
    orderId: businessId,
    status: orderStatus,
    remaining: balance,
    /** Why it was cancelled, where neither its owner nor its time in force did it. */
    reason: optional(cancelReason),
  }),
  /** Trades of its own that were made: a page of `Orders:Trades`, and lines on it. */
  trades: object({ kind: oneOf('trades'), page: pageName, lines: list(lineRange, { max: 100_000 }) }),
  /** Where trades of its own stand in settlement. */
  settlement: object({
    kind: oneOf('settlement'),
    page: pageName,
    lines: list(lineRange, { max: 100_000 }),
    status: tradeStatus,
    reason: optional(pendingReason),
  }),
  /** An entitlement of its accounts from a corporate action. */
  entitlement: object({
    kind: oneOf('entitlement'),
    issuer: mspId,
    eventId: businessId,
    unit,
    holders: count(0, 10_000_000),
    gross: balance,
    tax: balance,
  }),
});
export type Advice = Infer<typeof advice>;
export type OutcomeAdvice = Extract<Advice, { readonly kind: 'outcome' }>;

/** A change of a balance, as the journal keeps it. */
const posting = object({
  reference: text({ maxLength: 240 }),
  account: accountId,
  unit,
  change: signed,
  lockedChange: signed,
});

/** All that happened to one member in one cycle, in its order. */
export const advicePage = object({
  cycle: cycleNumber,
  time: instant,
  clock,
  /** The transaction of the cycle. */
  transactionId: optional(transactionId),
  advices: list(advice, { max: 1_000_000 }),
  postings: list(posting, { max: 1_000_000 }),
});

/** Sealed instructions in, cycles, advices out. */
export const Market = defineContract({
  name: 'Market',
  summary:
    'Members seal instructions, operators execute them in cycles, and each member is advised of all that happened to it.',
  methods: {
    Instruct: direct({
      summary:
        "Seals instructions in the caller's own inbox, endorsed by its own peer alone. It reads nothing of the market; the next cycle executes them.",
      roles: everyone,
      phases: anyPhase,
      request: instructRequest,
    }),
    Cycle: direct({
      summary:
        'Executes submissions in the order of the ledger, of each member as many as fit, and advises every member. Of several schedulers that send the same number the first is heard.',
      roles: ['operator'],
      phases: anyPhase,
      request: cycleRequest,
    }),
    Progress: evaluate({
      summary: 'The number and time of the last cycle, and how far the submissions of each member have been taken.',
      roles: everyone,
      answeredBy: 'own',
      request: object({}),
      response: marketState,
    }),
    Advices: evaluate({
      summary: 'What happened to the calling member, cycle by cycle; operators and auditors may name another member.',
      roles: everyone,
      answeredBy: 'own',
      request: object({
        member: optional(mspId),
        /** The first cycle. */
        from: cycleNumber,
        /** At most so many cycles. */
        limit: optional(count(1, 1_000)),
      }),
      response: object({
        member: mspId,
        pages: list(advicePage, { max: 1_000 }),
        /** The cycle to ask from next. */
        next: cycleNumber,
        /** The last cycle that the ledger has. */
        last: cycleNumber,
      }),
    }),
    Check: evaluate({
      summary:
        "Whether an instruction would be accepted now, as far as the caller's own collections tell. What they do not tell is inconclusive.",
      roles: everyone,
      answeredBy: 'own',
      request: object({ method: text({ maxLength: 200 }), request: json }),
      response: object({ verdict: oneOf('accepted', 'inconclusive') }),
    }),
    Cycles: evaluate({
      summary: 'The submissions that cycles have taken, with the place of each.',
      roles: ['operator', 'auditor'],
      answeredBy: 'own',
      request: object({ from: cycleNumber, limit: optional(count(1, 1_000)) }),
      response: object({
        cycles: list(
          object({
            number: cycleNumber,
            time: instant,
            clock,
            submissions: list(takenSubmission, { max: marketLimits.cycleSubmissions }),
          }),
          { max: 1_000 },
        ),
      }),
    }),
  },
  rejections: {
    SealedOnly: rejection(
      { method: text({ maxLength: 200 }) },
      (r) => `${r.method} is an instruction: seal it with Market:Instruct; a cycle executes it.`,
    ),
    SentDirectly: rejection(
      { method: text({ maxLength: 200 }) },
      (r) => `${r.method} is a transaction of its own and cannot be sealed as an instruction.`,
    ),
    InstructionExpired: rejection(
      { goodUntil: instant, time: instant },
      (r) => `The instruction was good until ${r.goodUntil}; the cycle is dated ${r.time}. Seal it again.`,
    ),
    InstructionTooEarly: rejection(
      { notBefore: instant, time: instant },
      (r) => `The instruction is for ${r.notBefore} or later; the cycle is dated ${r.time}. Seal it again then.`,
      { transient: true },
    ),
    InstructionFailed: rejection(
      { method: text({ maxLength: 200 }) },
      (r) => `${r.method} failed and changed nothing. The operators find the cause in the chaincode's log.`,
    ),
    SubmissionQuarantined: rejection(
      {},
      () => 'The submission could not be executed or read, and was set aside by the operators. It changed nothing.',
    ),
    SubmissionMalformed: rejection(
      { field: fieldPath, reason: text({ maxLength: 1024 }) },
      (r) => `The submission is not well formed: ${r.field} ${r.reason}.`,
    ),
    CycleAhead: rejection(
      { number: cycleNumber },
      (r) => `The last cycle is ${r.number.toString()}; the next one has the number after it.`,
      { transient: true },
    ),
    SubmissionOutOfOrder: rejection(
      { field: fieldPath },
      (r) => `${r.field} does not come after the submissions before it, or has been taken already.`,
    ),
    SubmissionUnknown: rejection(
      { field: fieldPath, member: mspId },
      (r) => `${r.field}: nothing was sealed by ${r.member} in this transaction.`,
    ),
    SubmissionSuspected: rejection(
      { field: fieldPath, member: mspId, transactionId },
      (r) => `${r.field}: a chaincode process ended while it executed this submission of ${r.member}. Try it alone.`,
    ),
  },
});
