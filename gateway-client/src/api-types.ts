// Made by `npm run reference`: change the definitions in chaincode/interface instead.

import type {
  AccountId,
  Bic,
  BusinessDate,
  BusinessId,
  Currency,
  Instant,
  Isin,
  Json,
  Lei,
  MspId,
  Unit,
} from '@kessai/interface';

import type { DirectMethodClient, QueryClient, SealedMethodClient } from './client-types';

/** What `Market:Instruct` is asked. */
export interface MarketInstructRequest {
  /** 256 random bits in hexadecimal: the hash of what is sealed is public, and must not be guessed. */
  readonly salt: string;
  /** None: cover, which tells an observer nothing and does nothing. */
  readonly instructions: readonly {
    /** `Contract:Method`. */
    readonly method: string;
    /** The request in wire form. */
    readonly request: Json;
    /** A cycle dated later refuses it. */
    readonly goodUntil?: string;
    /** A cycle dated earlier refuses it; it does not wait. */
    readonly notBefore?: string;
  }[];
}

/** What `Market:Cycle` is asked. */
export interface MarketCycleRequest {
  readonly number: number;
  /** What it is offered, in the ledger's order; of each member it takes the first ones, as many as fit. */
  readonly submissions: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly member: string;
    /** Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal. */
    readonly transactionId: string;
    /** A place in the ledger's order: a block, and a transaction in it. */
    readonly place: {
      readonly block: number;
      readonly transaction: number;
    };
    /** It ended a chaincode process, or cannot be read: its instructions are refused without being tried. */
    readonly quarantined?: boolean;
  }[];
  /** Endorsers read again all that is remembered of ids, whatever they hold of it: asked for after RecallNeeded. */
  readonly recall?: boolean;
}

/** What `Market:Progress` is asked. */
export type MarketProgressRequest = object;

/** What `Market:Progress` answers. */
export interface MarketProgressResponse {
  /** Number of the last cycle. */
  readonly number: number;
  /** Ledger time of the last cycle; nothing later is dated before it. */
  readonly time: Instant;
  /** How far each member's submissions have been taken. */
  readonly heads: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly member: MspId;
    /** A place in the ledger's order: a block, and a transaction in it. */
    readonly place: {
      readonly block: number;
      readonly transaction: number;
    };
  }[];
  /** What the last cycle took, in the order in which it executed it. */
  readonly taken: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly member: MspId;
    /** Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal. */
    readonly transactionId: string;
    /** A place in the ledger's order: a block, and a transaction in it. */
    readonly place: {
      readonly block: number;
      readonly transaction: number;
    };
    /** It ended a chaincode process, or cannot be read: its instructions are refused without being tried. */
    readonly quarantined?: boolean;
  }[];
}

/** What `Market:Advices` is asked. */
export interface MarketAdvicesRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly member?: string;
  /** The first cycle. */
  readonly from: number;
  /** At most so many cycles. */
  readonly limit?: number;
}

/** What `Market:Advices` answers. */
export interface MarketAdvicesResponse {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly member: MspId;
  /** All that happened to one member in one cycle, in its order. */
  readonly pages: readonly {
    readonly cycle: number;
    /** An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time. */
    readonly time: Instant;
    /** The market's own time: public, advanced by operators only. */
    readonly clock: {
      /** A calendar date, `YYYY-MM-DD`. */
      readonly businessDate: BusinessDate;
      readonly phase: 'open' | 'matching' | 'settlement' | 'closed';
      /** Counts every advance, and so every interval of the journal. */
      readonly sequence: number;
      /** Ledger time of the last advance; nothing may be dated before it. */
      readonly time: Instant;
      /** The cycle that advanced it. */
      readonly cycle: number;
    };
    /** The transaction of the cycle. */
    readonly transactionId?: string;
    /** What happened to a member, one thing. */
    readonly advices: readonly (
      | {
          readonly kind: 'outcome';
          /** Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal. */
          readonly transactionId: string;
          readonly index: number;
          readonly method: string;
          readonly outcome: 'created' | 'exists' | 'refused';
          /** Approvals without which a created act has not taken effect. */
          readonly awaiting?: readonly ('operator' | 'issuer')[];
          /** As it crosses the wire: code, message, payload. */
          readonly error?: Json;
        }
      | {
          readonly kind: 'allegement';
          /** The organisation's name in the network (its membership service provider). It also names its private collection. */
          readonly recordedBy: MspId;
          /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
          readonly tradeId: BusinessId;
          /** International Securities Identification Number, ISO 6166. */
          readonly isin: Isin;
          /** The side of the member that is told. */
          readonly side: 'buy' | 'sell';
          /** A positive number of an instrument's smallest units. */
          readonly quantity: bigint;
          readonly amount: bigint;
          /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
          readonly unit: Unit;
        }
      | {
          readonly kind: 'cancellation';
          /** Names a page of trades: the number of the cycle that made them. */
          readonly page: string;
          readonly number: number;
        }
      | {
          readonly kind: 'order';
          /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
          readonly orderId: BusinessId;
          readonly status: 'pending' | 'standing' | 'filled' | 'cancelled' | 'expired';
          readonly remaining: bigint;
          /** Why it was cancelled, where neither its owner nor its time in force did it. */
          readonly reason?: 'self-trade';
        }
      | {
          readonly kind: 'trades';
          /** Names a page of trades: the number of the cycle that made them. */
          readonly page: string;
          /** Trades of one page, by their lines: from and to, both included. */
          readonly lines: readonly {
            readonly from: number;
            readonly to: number;
          }[];
        }
      | {
          readonly kind: 'settlement';
          /** Names a page of trades: the number of the cycle that made them. */
          readonly page: string;
          /** Trades of one page, by their lines: from and to, both included. */
          readonly lines: readonly {
            readonly from: number;
            readonly to: number;
          }[];
          /** Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final. */
          readonly status: 'recorded' | 'rejected' | 'matched' | 'pending' | 'settled' | 'cancelled' | 'lapsed';
          /** Why settlement waits: ISO 20022 pending reasons LACK (securities) and MONY (money). SPLF, after the ISO 20022 event of that name: its instrument was split after it was traded. Such a trade does not settle, since its quantity is one of before the split; its parties cancel it and agree it anew. */
          readonly reason?: 'LACK' | 'MONY' | 'SPLF';
        }
      | {
          readonly kind: 'entitlement';
          /** The organisation's name in the network (its membership service provider). It also names its private collection. */
          readonly issuer: MspId;
          /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
          readonly eventId: BusinessId;
          /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
          readonly unit: Unit;
          readonly holders: number;
          readonly gross: bigint;
          readonly tax: bigint;
        }
    )[];
    /** A change of a balance, as the journal keeps it. */
    readonly postings: readonly {
      readonly reference: string;
      /** A securities and cash account at one organisation, numbered by that organisation. */
      readonly account: AccountId;
      /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
      readonly unit: Unit;
      readonly change: bigint;
      readonly lockedChange: bigint;
    }[];
  }[];
  /** The cycle to ask from next. */
  readonly next: number;
  /** The last cycle that the ledger has. */
  readonly last: number;
}

/** What `Market:Check` is asked. */
export interface MarketCheckRequest {
  readonly method: string;
  /** Any JSON value; what it means is for whoever knows its form. */
  readonly request: Json;
}

/** What `Market:Check` answers. */
export interface MarketCheckResponse {
  readonly verdict: 'accepted' | 'inconclusive';
}

/** What `Market:Cycles` is asked. */
export interface MarketCyclesRequest {
  readonly from: number;
  readonly limit?: number;
}

/** What `Market:Cycles` answers. */
export interface MarketCyclesResponse {
  readonly cycles: readonly {
    readonly number: number;
    /** An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time. */
    readonly time: Instant;
    /** The market's own time: public, advanced by operators only. */
    readonly clock: {
      /** A calendar date, `YYYY-MM-DD`. */
      readonly businessDate: BusinessDate;
      readonly phase: 'open' | 'matching' | 'settlement' | 'closed';
      /** Counts every advance, and so every interval of the journal. */
      readonly sequence: number;
      /** Ledger time of the last advance; nothing may be dated before it. */
      readonly time: Instant;
      /** The cycle that advanced it. */
      readonly cycle: number;
    };
    /** A submission that a cycle is offered or takes: whose it is, the transaction that sealed it, and where that stands. */
    readonly submissions: readonly {
      /** The organisation's name in the network (its membership service provider). It also names its private collection. */
      readonly member: MspId;
      /** Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal. */
      readonly transactionId: string;
      /** A place in the ledger's order: a block, and a transaction in it. */
      readonly place: {
        readonly block: number;
        readonly transaction: number;
      };
      /** It ended a chaincode process, or cannot be read: its instructions are refused without being tried. */
      readonly quarantined?: boolean;
    }[];
  }[];
}

/** Members seal instructions, operators execute them in cycles, and each member is advised of all that happened to it. */
export interface MarketClient {
  /**
   * Seals instructions in the caller's own inbox, endorsed by its own peer alone. It reads nothing of the market; the next cycle executes them.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   * Phases: open, matching, settlement, closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly instruct: DirectMethodClient<MarketInstructRequest>;

  /**
   * Executes submissions in the order of the ledger, of each member as many as fit, and advises every member. Of several schedulers that send the same number the first is heard.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly cycle: DirectMethodClient<MarketCycleRequest>;

  /**
   * The number and time of the last cycle, and how far the submissions of each member have been taken.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly progress: QueryClient<MarketProgressRequest, MarketProgressResponse>;

  /**
   * What happened to the calling member, cycle by cycle; operators and auditors may name another member.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly advices: QueryClient<MarketAdvicesRequest, MarketAdvicesResponse>;

  /**
   * Whether an instruction would be accepted now, as far as the caller's own collections tell. What they do not tell is inconclusive.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly check: QueryClient<MarketCheckRequest, MarketCheckResponse>;

  /**
   * The submissions that cycles have taken, with the place of each.
   *
   * Who may call it: operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly cycles: QueryClient<MarketCyclesRequest, MarketCyclesResponse>;
}

/** What `Registry:Found` is asked. */
export interface RegistryFoundRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** A name for people. */
  readonly name: string;
  /** A calendar date, `YYYY-MM-DD`. */
  readonly businessDate: string;
  readonly operators: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly mspId: string;
    /** A name for people. */
    readonly name: string;
  }[];
  readonly secrets: {
    /** 256 random bits in hexadecimal, made by the sender: what makes a collection's key and value hashes unguessable. */
    readonly operators: string;
    /** 256 random bits in hexadecimal, made by the sender: what makes a collection's key and value hashes unguessable. */
    readonly board: string;
  };
  /** By default all by the operators. */
  readonly policy?: {
    readonly matching: 'by-operator' | 'continuous';
    readonly settlement: 'by-operator' | 'continuous';
    /** Keys of every private collection that each cycle reads and writes, changed or not, so that blocks do not show to whom something happened; 16 or more where it is wanted. Each costs every peer in every cycle. Absent or 0: only what changes. */
    readonly cover?: number;
  };
}

/** What `Registry:AdmitMember` is asked. */
export interface RegistryAdmitMemberRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly mspId: string;
  readonly role: 'operator' | 'institution' | 'settlement-bank' | 'issuer' | 'auditor';
  /** A name for people. */
  readonly name: string;
  /** Legal Entity Identifier, ISO 17442. */
  readonly lei?: string;
  /** Business Identifier Code, ISO 9362. */
  readonly bic?: string;
}

/** What `Registry:SetPolicy` is asked. */
export interface RegistrySetPolicyRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** How far the market goes by itself. `by-operator`: orders wait for an operator's matching, trades for an operator's sign-off. `continuous`: an order trades when a cycle executes it, and a trade settles when it is made, as far as both legs are there. */
  readonly policy: {
    readonly matching: 'by-operator' | 'continuous';
    readonly settlement: 'by-operator' | 'continuous';
    /** Keys of every private collection that each cycle reads and writes, changed or not, so that blocks do not show to whom something happened; 16 or more where it is wanted. Each costs every peer in every cycle. Absent or 0: only what changes. */
    readonly cover?: number;
  };
}

/** What `Registry:SetCalendar` is asked. */
export interface RegistrySetCalendarRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  readonly year: number;
  /** A calendar date, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
}

/** What `Registry:Calendar` is asked. */
export interface RegistryCalendarRequest {
  /** By default the current business date. */
  readonly from?: string;
  /** By default 31 December of the last year that the calendar knows. */
  readonly to?: string;
}

/** What `Registry:Calendar` answers. */
export interface RegistryCalendarResponse {
  /** A calendar date, `YYYY-MM-DD`. */
  readonly days: readonly BusinessDate[];
  readonly years: readonly number[];
}

/** What `Registry:Policy` is asked. */
export type RegistryPolicyRequest = object;

/** What `Registry:Policy` answers. */
export interface RegistryPolicyResponse {
  readonly matching: 'by-operator' | 'continuous';
  readonly settlement: 'by-operator' | 'continuous';
  /** Keys of every private collection that each cycle reads and writes, changed or not, so that blocks do not show to whom something happened; 16 or more where it is wanted. Each costs every peer in every cycle. Absent or 0: only what changes. */
  readonly cover?: number;
}

/** What `Registry:Members` is asked. */
export type RegistryMembersRequest = object;

/** What `Registry:Members` answers. */
export interface RegistryMembersResponse {
  /** A name for people. */
  readonly name: string;
  readonly members: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly mspId: MspId;
    readonly role: 'operator' | 'institution' | 'settlement-bank' | 'issuer' | 'auditor';
    /** A name for people. */
    readonly name: string;
    /** Legal Entity Identifier, ISO 17442. */
    readonly lei?: Lei;
    /** Business Identifier Code, ISO 9362. */
    readonly bic?: Bic;
    /** The cycle that admitted it; none of those who founded the market. */
    readonly admittedIn?: number;
  }[];
}

/** What `Registry:OpenAccount` is asked. */
export interface RegistryOpenAccountRequest {
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account: string;
  /** A name for people. */
  readonly name: string;
  /** Who an account is for. The register's rows are accounts; knowing the person behind one stays with the institution. */
  readonly kind: 'client' | 'house' | 'treasury';
}

/** What `Registry:Accounts` is asked. */
export interface RegistryAccountsRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly institution?: string;
}

/** What `Registry:Accounts` answers. */
export interface RegistryAccountsResponse {
  readonly accounts: readonly {
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: AccountId;
    /** A name for people. */
    readonly name: string;
    /** Who an account is for. The register's rows are accounts; knowing the person behind one stays with the institution. */
    readonly kind: 'client' | 'house' | 'treasury';
  }[];
}

/** What `Registry:AdvanceClock` is asked. */
export interface RegistryAdvanceClockRequest {
  /** The sequence that the sender saw: of several schedulers the first moves the clock. */
  readonly from: number;
  /** A calendar date, `YYYY-MM-DD`. */
  readonly businessDate: string;
  readonly phase: 'open' | 'matching' | 'settlement' | 'closed';
  /** When it is due. A cycle that is dated earlier refuses it: a scheduler whose clock is ahead moves nothing. */
  readonly notBefore?: string;
}

/** What `Registry:Clock` is asked. */
export type RegistryClockRequest = object;

/** What `Registry:Clock` answers. */
export interface RegistryClockResponse {
  /** A calendar date, `YYYY-MM-DD`. */
  readonly businessDate: BusinessDate;
  readonly phase: 'open' | 'matching' | 'settlement' | 'closed';
  /** Counts every advance, and so every interval of the journal. */
  readonly sequence: number;
  /** Ledger time of the last advance; nothing may be dated before it. */
  readonly time: Instant;
  /** The cycle that advanced it. */
  readonly cycle: number;
}

/** What `Registry:Snapshot` is asked. */
export interface RegistrySnapshotRequest {
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** The day; by default the one that has just been closed. */
  readonly businessDate?: string;
  /** Some institutions only, where all do not fit one transaction; repeating one changes nothing. */
  readonly institutions?: readonly string[];
}

/** What `Registry:Register` is asked. */
export interface RegistryRegisterRequest {
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time. */
  readonly asOf?: string;
}

/** What `Registry:Register` answers. */
export interface RegistryRegisterResponse {
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: Isin;
  /** The instant answered for: `asOf`, or that of the query for the live register. */
  readonly asOf: Instant;
  /** Whether the clock has passed that instant, so that the answer can never change. */
  readonly final: boolean;
  /** Sum of the rows shown. */
  readonly total: bigint;
  /** Issued supply; equals `total` where all rows are shown. Not told to institutions. */
  readonly issued?: bigint;
  readonly rows: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: MspId;
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: AccountId;
    /** A name for people. */
    readonly name: string;
    /** A positive number of an instrument's smallest units. */
    readonly quantity: bigint;
    readonly locked: bigint;
  }[];
}

/** What `Registry:Holdings` is asked. */
export interface RegistryHoldingsRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly institution?: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account?: string;
}

/** What `Registry:Holdings` answers. */
export interface RegistryHoldingsResponse {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly institution: MspId;
  readonly holdings: readonly {
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: AccountId;
    /** A name for people. */
    readonly name: string;
    /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
    readonly unit: Unit;
    readonly available: bigint;
    /** What is bound, by the reason; what binds it is in the records of the orders, instructions and pledges. */
    readonly locks: readonly {
      readonly reason: 'order' | 'settlement' | 'pledge' | 'freeze';
      /** A positive number of an instrument's smallest units. */
      readonly quantity: bigint;
    }[];
  }[];
}

/** What `Registry:Statement` is asked. */
export interface RegistryStatementRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly institution?: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account?: string;
  /** A calendar date, `YYYY-MM-DD`. */
  readonly from?: string;
  /** A calendar date, `YYYY-MM-DD`. */
  readonly to?: string;
  /** The first cycle: the `next` of an earlier answer. */
  readonly fromCycle?: number;
}

/** What `Registry:Statement` answers. */
export interface RegistryStatementResponse {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly institution: MspId;
  /** There is more: ask from this cycle. */
  readonly next?: number;
  readonly entries: readonly {
    /** A calendar date, `YYYY-MM-DD`. */
    readonly businessDate: BusinessDate;
    readonly sequence: number;
    readonly cycle: number;
    /** An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time. */
    readonly time: Instant;
    readonly reference: string;
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: AccountId;
    /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
    readonly unit: Unit;
    readonly change: bigint;
    readonly lockedChange: bigint;
    /** What the whole balance came to with this change, and what of it was locked then. */
    readonly balance?: bigint;
    readonly lockedBalance?: bigint;
    /** The transaction of the cycle. */
    readonly transactionId?: string;
  }[];
}

/** What `Registry:Supply` is asked. */
export type RegistrySupplyRequest = object;

/** What `Registry:Supply` answers. */
export interface RegistrySupplyResponse {
  readonly units: readonly {
    /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
    readonly unit: Unit;
    readonly issued: bigint;
    readonly held: bigint;
    readonly holders: number;
  }[];
}

/** Founds the market, admits members, opens accounts, keeps the clock and the register of owners. */
export interface RegistryClient {
  /**
   * Founds the market, once, by one of its founding operators.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly found: DirectMethodClient<RegistryFoundRequest>;

  /**
   * Admits an organisation in a role; issuers, institutions and banks get their private collection with it.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   * Its id is `mspId`.
   * Takes effect with the approval of two operators.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly admitMember: SealedMethodClient<RegistryAdmitMemberRequest>;

  /**
   * Sets how far the market goes by itself: whether orders match and trades settle without an operator.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   * Its id is `id`.
   * Takes effect with the approval of two operators.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly setPolicy: SealedMethodClient<RegistrySetPolicyRequest>;

  /**
   * Names the holidays of a year. Saturdays, Sundays and 31 December to 3 January are no business days in any year.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   * Its id is `id`.
   * Takes effect with the approval of two operators.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly setCalendar: SealedMethodClient<RegistrySetCalendarRequest>;

  /**
   * The business days from one date to another, as far as the calendar names the holidays of their years.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly calendar: QueryClient<RegistryCalendarRequest, RegistryCalendarResponse>;

  /**
   * How far the market goes by itself.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly policy: QueryClient<RegistryPolicyRequest, RegistryPolicyResponse>;

  /**
   * All members of the market.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly members: QueryClient<RegistryMembersRequest, RegistryMembersResponse>;

  /**
   * Opens an account at the calling organisation, for a client or for itself.
   *
   * Who may call it: institution, issuer, settlement-bank.
   * Phases: open, matching, settlement, closed.
   * Its id is `account`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly openAccount: SealedMethodClient<RegistryOpenAccountRequest>;

  /**
   * Accounts of the calling organisation; operators and auditors name the organisation.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly accounts: QueryClient<RegistryAccountsRequest, RegistryAccountsResponse>;

  /**
   * Moves the market to the next phase or business day, or only ticks within a phase. Repeating it moves nothing.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly advanceClock: SealedMethodClient<RegistryAdvanceClockRequest>;

  /**
   * The business date, the phase and the time of the last advance.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly clock: QueryClient<RegistryClockRequest, RegistryClockResponse>;

  /**
   * Keeps the register of an instrument as it stood at the end of a business day, for the issuer and for as-of queries; of an earlier day it is made from the journal.
   *
   * Who may call it: operator.
   * Phases: closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly snapshot: SealedMethodClient<RegistrySnapshotRequest>;

  /**
   * The register of owners of an instrument, live or as of a past instant: all of it to operators, auditors and its issuer, its own clients to an institution.
   *
   * Who may call it: operator, auditor, issuer, institution.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly register: QueryClient<RegistryRegisterRequest, RegistryRegisterResponse>;

  /**
   * What the accounts of the calling organisation hold, securities and money; operators and auditors name the organisation.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly holdings: QueryClient<RegistryHoldingsRequest, RegistryHoldingsResponse>;

  /**
   * The journal of the calling organisation: every change of its balances, in order.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly statement: QueryClient<RegistryStatementRequest, RegistryStatementResponse>;

  /**
   * For every unit: what has been issued and what all accounts hold. The two are always equal.
   *
   * Who may call it: operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly supply: QueryClient<RegistrySupplyRequest, RegistrySupplyResponse>;
}

/** What `Securities:RegisterInstrument` is asked. */
export interface SecuritiesRegisterInstrumentRequest {
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** A name for people. */
  readonly name: string;
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer: string;
  /** Quantities count units of 10^-decimals of one security. */
  readonly decimals: number;
  /** Prices count units of 10^-priceDecimals of the money's smallest unit. */
  readonly priceDecimals: number;
  /** Orders and trades are in multiples of this quantity. */
  readonly lot: bigint;
  /** Authorised quantity: issuance above it is refused. */
  readonly supplyCap: bigint;
  /** The money that trades in it settle in. */
  readonly settlementCurrency: string;
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly settlementBank: string;
  /** Pages over which the holders of one institution are spread: more for a security with very many holders. */
  readonly registerPages: number;
}

/** What `Securities:Instruments` is asked. */
export type SecuritiesInstrumentsRequest = object;

/** What `Securities:Instruments` answers. */
export interface SecuritiesInstrumentsResponse {
  /** Reference data of an instrument, public on the channel. */
  readonly instruments: readonly {
    /** International Securities Identification Number, ISO 6166. */
    readonly isin: Isin;
    /** A name for people. */
    readonly name: string;
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly issuer: MspId;
    /** Quantities count units of 10^-decimals of one security. */
    readonly decimals: number;
    /** Prices count units of 10^-priceDecimals of the money's smallest unit. */
    readonly priceDecimals: number;
    /** Orders and trades are in multiples of this quantity. */
    readonly lot: bigint;
    /** Authorised quantity: issuance above it is refused. */
    readonly supplyCap: bigint;
    /** The money that trades in it settle in. */
    readonly settlementCurrency: Currency;
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly settlementBank: MspId;
    /** Pages over which the holders of one institution are spread: more for a security with very many holders. */
    readonly registerPages: number;
  }[];
}

/** What `Securities:Issue` is asked. */
export interface SecuritiesIssueRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account: string;
  /** A positive number of an instrument's smallest units. */
  readonly quantity: bigint;
}

/** What `Securities:Allot` is asked. */
export interface SecuritiesAllotRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly from: string;
  readonly to: {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: string;
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: string;
  };
  /** A positive number of an instrument's smallest units. */
  readonly quantity: bigint;
}

/** What `Securities:Transfer` is asked. */
export interface SecuritiesTransferRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly from: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly to: string;
  /** A positive number of an instrument's smallest units. */
  readonly quantity: bigint;
}

/** Registers instruments, issues them to the issuer, allots them to institutions, moves them among accounts. */
export interface SecuritiesClient {
  /**
   * Registers an instrument of an admitted issuer.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   * Its id is `isin`.
   * Takes effect with the approval of two operators.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly registerInstrument: SealedMethodClient<SecuritiesRegisterInstrumentRequest>;

  /**
   * All registered instruments.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly instruments: QueryClient<SecuritiesInstrumentsRequest, SecuritiesInstrumentsResponse>;

  /**
   * Issues a quantity to an account of the issuer, within the instrument's supply cap, when the issuer and two operators have asked for it.
   *
   * Who may call it: operator, issuer.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   * Takes effect with the approval of two operators and issuer.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly issue: SealedMethodClient<SecuritiesIssueRequest>;

  /**
   * Allots from an account of the issuer to an account of an institution, its underwriter, when the issuer and two operators have asked for it.
   *
   * Who may call it: operator, issuer.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   * Takes effect with the approval of two operators and issuer.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly allot: SealedMethodClient<SecuritiesAllotRequest>;

  /**
   * Moves a quantity between two accounts of the calling institution, as from its own to a client.
   *
   * Who may call it: institution.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly transfer: SealedMethodClient<SecuritiesTransferRequest>;
}

/** What `MoneyTokens:RegisterMoney` is asked. */
export interface MoneyTokensRegisterMoneyRequest {
  /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
  readonly unit: string;
  /** Currency code, ISO 4217. */
  readonly currency: string;
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer: string;
  /** Decimals of the currency in its smallest unit, as ISO 4217 has them: 0 for JPY, 2 for USD. */
  readonly decimals: number;
  readonly registerPages: number;
}

/** What `MoneyTokens:Monies` is asked. */
export type MoneyTokensMoniesRequest = object;

/** What `MoneyTokens:Monies` answers. */
export interface MoneyTokensMoniesResponse {
  /** A money token: one currency of one issuer. */
  readonly monies: readonly {
    /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
    readonly unit: Unit;
    /** Currency code, ISO 4217. */
    readonly currency: Currency;
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly issuer: MspId;
    /** Decimals of the currency in its smallest unit, as ISO 4217 has them: 0 for JPY, 2 for USD. */
    readonly decimals: number;
    readonly registerPages: number;
  }[];
}

/** What `MoneyTokens:Mint` is asked. */
export interface MoneyTokensMintRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** Currency code, ISO 4217. */
  readonly currency: string;
  readonly to: {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: string;
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: string;
  };
  readonly amount: bigint;
  /** A payment's or deposit's reference in the bank's own system; ISO 20022 EndToEndIdentification, Max35Text. */
  readonly depositReference: string;
}

/** What `MoneyTokens:Transfer` is asked. */
export interface MoneyTokensTransferRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
  readonly unit: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly from: string;
  readonly to: {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: string;
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: string;
  };
  readonly amount: bigint;
}

/** What `MoneyTokens:Burn` is asked. */
export interface MoneyTokensBurnRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
  readonly unit: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly from: string;
  readonly amount: bigint;
  /** A payment's or deposit's reference in the bank's own system; ISO 20022 EndToEndIdentification, Max35Text. */
  readonly payoutReference: string;
}

/** What `MoneyTokens:Outstanding` is asked. */
export interface MoneyTokensOutstandingRequest {
  /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
  readonly unit?: string;
}

/** What `MoneyTokens:Outstanding` answers. */
export interface MoneyTokensOutstandingResponse {
  readonly monies: readonly {
    /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
    readonly unit: Unit;
    readonly outstanding: bigint;
    readonly holders: readonly {
      /** The organisation's name in the network (its membership service provider). It also names its private collection. */
      readonly institution: MspId;
      /** A securities and cash account at one organisation, numbered by that organisation. */
      readonly account: AccountId;
      readonly amount: bigint;
    }[];
  }[];
}

/** Money on the ledger: registered per currency and issuer, minted against deposits, transferred, burnt. */
export interface MoneyTokensClient {
  /**
   * Registers a currency of a settlement bank as money of the market.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   * Its id is `unit`.
   * Takes effect with the approval of two operators.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly registerMoney: SealedMethodClient<MoneyTokensRegisterMoneyRequest>;

  /**
   * All registered monies.
   *
   * Who may call it: operator, institution, settlement-bank, issuer, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly monies: QueryClient<MoneyTokensMoniesRequest, MoneyTokensMoniesResponse>;

  /**
   * Issues tokens against a deposit, once for each, to an account of an institution or issuer.
   *
   * Who may call it: settlement-bank.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly mint: SealedMethodClient<MoneyTokensMintRequest>;

  /**
   * Pays from an own account to any account of an institution, issuer or bank.
   *
   * Who may call it: institution, issuer, settlement-bank.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly transfer: SealedMethodClient<MoneyTokensTransferRequest>;

  /**
   * Gives tokens of an own account back to their issuer against a payout off the ledger.
   *
   * Who may call it: institution, issuer, settlement-bank.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly burn: SealedMethodClient<MoneyTokensBurnRequest>;

  /**
   * Tokens outstanding of the calling bank's money and who holds them; operators and auditors name the money.
   *
   * Who may call it: settlement-bank, operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly outstanding: QueryClient<MoneyTokensOutstandingRequest, MoneyTokensOutstandingResponse>;
}

/** What `Orders:Place` is asked. */
export interface OrdersPlaceRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly orderId: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  readonly side: 'buy' | 'sell';
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account: string;
  /** A positive number of an instrument's smallest units. */
  readonly quantity: bigint;
  /** Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575". */
  readonly price: bigint;
  /** `day`: what is not filled stands until the day's end. `immediate-or-cancel`: takes what stands, the rest is dropped. */
  readonly timeInForce: 'day' | 'immediate-or-cancel';
}

/** What `Orders:Cancel` is asked. */
export interface OrdersCancelRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly orderId: string;
}

/** What `Orders:Pending` is asked. */
export interface OrdersPendingRequest {
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
}

/** What `Orders:Pending` answers. */
export interface OrdersPendingResponse {
  /** In the order in which cycles took them. */
  readonly orders: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: MspId;
    /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
    readonly orderId: BusinessId;
    /** An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time. */
    readonly time: Instant;
  }[];
}

/** What `Orders:Match` is asked. */
export interface OrdersMatchRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** An order and the one who placed it; operators sequence orders by this. */
  readonly orders: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: string;
    /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
    readonly orderId: string;
  }[];
}

/** What `Orders:Expire` is asked. */
export interface OrdersExpireRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
}

/** What `Orders:Board` is asked. */
export interface OrdersBoardRequest {
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
}

/** What `Orders:Board` answers. */
export interface OrdersBoardResponse {
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: Isin;
  readonly bids: readonly {
    /** Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575". */
    readonly price: bigint;
    /** A positive number of an instrument's smallest units. */
    readonly quantity: bigint;
    readonly orders: number;
  }[];
  readonly asks: readonly {
    /** Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575". */
    readonly price: bigint;
    /** A positive number of an instrument's smallest units. */
    readonly quantity: bigint;
    readonly orders: number;
  }[];
}

/** What `Orders:Orders` is asked. */
export interface OrdersOrdersRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly institution?: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account?: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin?: string;
  /** The first business date: of orders that for which they stand, of trades the trade date. */
  readonly fromDate?: string;
  /** The last one. */
  readonly toDate?: string;
  readonly status?: 'pending' | 'standing' | 'filled' | 'cancelled' | 'expired';
  /** Orders that ended before this cycle are left out. The cursor: the `next` of the answer before. */
  readonly from?: number;
}

/** What `Orders:Orders` answers. */
export interface OrdersOrdersResponse {
  /** Those that have ended in the order in which they did, then those that are pending or stand. */
  readonly orders: readonly {
    /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
    readonly orderId: BusinessId;
    /** International Securities Identification Number, ISO 6166. */
    readonly isin: Isin;
    readonly side: 'buy' | 'sell';
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: AccountId;
    /** Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575". */
    readonly price: bigint;
    /** A positive number of an instrument's smallest units. */
    readonly quantity: bigint;
    readonly remaining: bigint;
    /** `day`: what is not filled stands until the day's end. `immediate-or-cancel`: takes what stands, the rest is dropped. */
    readonly timeInForce: 'day' | 'immediate-or-cancel';
    readonly status: 'pending' | 'standing' | 'filled' | 'cancelled' | 'expired';
    /** An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time. */
    readonly time: Instant;
    /** The day for which it stands. */
    readonly businessDate: BusinessDate;
  }[];
  /** There are more that have ended: ask from this cycle. */
  readonly next?: number;
}

/** What `Orders:RecordTrade` is asked. */
export interface OrdersRecordTradeRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly tradeId: string;
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly counterparty: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** Our side. */
  readonly side: 'buy' | 'sell';
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account: string;
  /** A positive number of an instrument's smallest units. */
  readonly quantity: bigint;
  /** Money against the securities, in the smallest unit of the instrument's money. */
  readonly amount: bigint;
}

/** What `Orders:AffirmTrade` is asked. */
export interface OrdersAffirmTradeRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly recordedBy: string;
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly tradeId: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin: string;
  /** Our side: the other one than the recording party's. */
  readonly side: 'buy' | 'sell';
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account: string;
  /** A positive number of an instrument's smallest units. */
  readonly quantity: bigint;
  readonly amount: bigint;
}

/** What `Orders:RejectTrade` is asked. */
export interface OrdersRejectTradeRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly recordedBy: string;
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly tradeId: string;
  /** Why something was done, for people; ISO 20022 Max140Text. */
  readonly reason: string;
}

/** What `Orders:WithdrawTrade` is asked. */
export interface OrdersWithdrawTradeRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly tradeId: string;
}

/** What `Orders:CancelTrade` is asked. */
export interface OrdersCancelTradeRequest {
  /** Names a page of trades: the number of the cycle that made them. */
  readonly page: string;
  /** Its number among the own trades of the page, as `Trades` shows it. */
  readonly number: number;
}

/** What `Orders:LapseTrades` is asked. */
export interface OrdersLapseTradesRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** Those of some institutions, by who recorded them; by default of all. */
  readonly recordedBy?: readonly string[];
}

/** What `Orders:CaptureTrades` is asked. */
export interface OrdersCaptureTradesRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  readonly trades: readonly {
    /** The engine's own id: under it a trade is recorded once, whatever the instruction. Of several engines each needs a prefix. */
    readonly tradeId: string;
    /** When the engine made it. */
    readonly time: string;
    /** International Securities Identification Number, ISO 6166. */
    readonly isin: string;
    /** A positive number of an instrument's smallest units. */
    readonly quantity: bigint;
    /** Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575". */
    readonly price: bigint;
    readonly seller: {
      /** The organisation's name in the network (its membership service provider). It also names its private collection. */
      readonly institution: string;
      /** A securities and cash account at one organisation, numbered by that organisation. */
      readonly account: string;
    };
    readonly buyer: {
      /** The organisation's name in the network (its membership service provider). It also names its private collection. */
      readonly institution: string;
      /** A securities and cash account at one organisation, numbered by that organisation. */
      readonly account: string;
    };
  }[];
}

/** What `Orders:Trades` is asked. */
export interface OrdersTradesRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly institution?: string;
  /** A securities and cash account at one organisation, numbered by that organisation. */
  readonly account?: string;
  /** International Securities Identification Number, ISO 6166. */
  readonly isin?: string;
  /** The first business date: of orders that for which they stand, of trades the trade date. */
  readonly fromDate?: string;
  /** The last one. */
  readonly toDate?: string;
  /** Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final. */
  readonly status?: 'recorded' | 'rejected' | 'matched' | 'pending' | 'settled' | 'cancelled' | 'lapsed';
  /** Trades on pages before this one are left out. The cursor: the `next` of the answer before. */
  readonly from?: number;
}

/** What `Orders:Trades` answers. */
export interface OrdersTradesResponse {
  /** Those on pages in their order, then those that are recorded and not yet affirmed. */
  readonly trades: readonly {
    /** Names a page of trades: the number of the cycle that made them. */
    readonly page?: string;
    /** Its number among the trades of this party on the page. */
    readonly number?: number;
    /** `board`: matched here. `otc`: recorded and affirmed by its parties. `captured`: matched by an outside engine. */
    readonly origin: 'board' | 'otc' | 'captured';
    readonly side: 'buy' | 'sell';
    /** International Securities Identification Number, ISO 6166. */
    readonly isin: Isin;
    /** A positive number of an instrument's smallest units. */
    readonly quantity: bigint;
    /** Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575". */
    readonly price?: bigint;
    readonly amount: bigint;
    /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
    readonly unit: Unit;
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account?: AccountId;
    /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
    readonly orderId?: BusinessId;
    /** Not told for trades of the board, which is anonymous. */
    readonly counterparty?: MspId;
    /** For OTC: the id that the recording party chose, and whether that was this party. */
    readonly tradeId?: BusinessId;
    readonly recordedByUs?: boolean;
    /** A calendar date, `YYYY-MM-DD`. */
    readonly tradeDate: BusinessDate;
    /** Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final. */
    readonly status: 'recorded' | 'rejected' | 'matched' | 'pending' | 'settled' | 'cancelled' | 'lapsed';
    /** Why settlement waits: ISO 20022 pending reasons LACK (securities) and MONY (money). SPLF, after the ISO 20022 event of that name: its instrument was split after it was traded. Such a trade does not settle, since its quantity is one of before the split; its parties cancel it and agree it anew. */
    readonly reason?: 'LACK' | 'MONY' | 'SPLF';
    /** Why something was done, for people; ISO 20022 Max140Text. */
    readonly rejectionReason?: string;
    /** When the cycle that made it was dated, and the transaction of that cycle; of a trade on a page. */
    readonly time?: Instant;
    /** Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal. */
    readonly transactionId?: string;
  }[];
  /** There are more pages: ask from this one. */
  readonly next?: number;
}

/** Orders stand on the ledger and are matched by price and time; trades agreed elsewhere are recorded and affirmed. */
export interface OrdersClient {
  /**
   * Places a limit order and locks what it may need: the quantity to sell, or the money to buy at the limit. It does not trade with an order of the same account: what is left of it then is cancelled.
   *
   * Who may call it: institution.
   * Phases: open.
   * Its id is `orderId`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly place: SealedMethodClient<OrdersPlaceRequest>;

  /**
   * Cancels what is left of an own order and gives back what it had locked.
   *
   * Who may call it: institution.
   * Phases: open, matching.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly cancel: SealedMethodClient<OrdersCancelRequest>;

  /**
   * Orders of an instrument that wait to be matched, in the order in which they came.
   *
   * Who may call it: operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly pending: QueryClient<OrdersPendingRequest, OrdersPendingResponse>;

  /**
   * Takes orders onto the board of one instrument, in this order, and records each pair as a trade.
   *
   * Who may call it: operator.
   * Phases: open, matching.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly match: SealedMethodClient<OrdersMatchRequest>;

  /**
   * Ends the day of an instrument's board: every pending or standing order expires, its locks are released. While the market trades: orders of an earlier day only.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly expire: SealedMethodClient<OrdersExpireRequest>;

  /**
   * The board of an instrument: price levels without owners.
   *
   * Who may call it: operator, auditor, institution.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly board: QueryClient<OrdersBoardRequest, OrdersBoardResponse>;

  /**
   * Orders of the calling institution; operators and auditors name the institution.
   *
   * Who may call it: institution, operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly orders: QueryClient<OrdersOrdersRequest, OrdersOrdersResponse>;

  /**
   * Records a bilateral trade agreed elsewhere; it binds nobody until the counterparty affirms it, and lapses at the end of the business day.
   *
   * Who may call it: institution.
   * Phases: open, matching, settlement.
   * Its id is `tradeId`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly recordTrade: SealedMethodClient<OrdersRecordTradeRequest>;

  /**
   * Affirms what the counterparty recorded. Terms are compared field by field; the one that differs is named.
   *
   * Who may call it: institution.
   * Phases: open, matching, settlement.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly affirmTrade: SealedMethodClient<OrdersAffirmTradeRequest>;

  /**
   * Rejects what the counterparty recorded.
   *
   * Who may call it: institution.
   * Phases: open, matching, settlement.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly rejectTrade: SealedMethodClient<OrdersRejectTradeRequest>;

  /**
   * Takes back what the calling institution recorded, while the counterparty has neither affirmed nor rejected it.
   *
   * Who may call it: institution.
   * Phases: open, matching, settlement.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly withdrawTrade: SealedMethodClient<OrdersWithdrawTradeRequest>;

  /**
   * Cancels an own trade that has not settled, when both of its parties have asked for it. Until the second has, the trade may settle.
   *
   * Who may call it: institution.
   * Phases: open, matching, settlement.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly cancelTrade: SealedMethodClient<OrdersCancelTradeRequest>;

  /**
   * Clears away recorded trades that were not affirmed by the end of their business day. They cannot be affirmed any more before that either.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement, closed.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly lapseTrades: SealedMethodClient<OrdersLapseTradesRequest>;

  /**
   * Records trades that an outside matching engine has made between accounts of members, thousands at once: all or none. Each is recorded once, under the id that the engine gave it.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly captureTrades: SealedMethodClient<OrdersCaptureTradesRequest>;

  /**
   * Trades of the calling institution, its side only; operators and auditors name the institution.
   *
   * Who may call it: institution, operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly trades: QueryClient<OrdersTradesRequest, OrdersTradesResponse>;
}

/** What `Settlement:Settle` is asked. */
export interface SettlementSettleRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly id: string;
  /** Whole pages of trades. */
  readonly pages?: readonly string[];
  /** Single trades. */
  readonly trades?: readonly {
    /** Names a page of trades: the number of the cycle that made them. */
    readonly page: string;
    readonly number: number;
  }[];
}

/** What `Settlement:Instructions` is asked. */
export interface SettlementInstructionsRequest {
  /** Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final. */
  readonly status?: 'recorded' | 'rejected' | 'matched' | 'pending' | 'settled' | 'cancelled' | 'lapsed';
  /** International Securities Identification Number, ISO 6166. */
  readonly isin?: string;
  /** Names a page of trades: the number of the cycle that made them. */
  readonly page?: string;
  /** Pages before this one are left out. */
  readonly from?: number;
}

/** What `Settlement:Instructions` answers. */
export interface SettlementInstructionsResponse {
  readonly instructions: readonly {
    /** Absent while it is recorded and not yet affirmed. */
    readonly page?: string;
    readonly number?: number;
    /** `board`: matched here. `otc`: recorded and affirmed by its parties. `captured`: matched by an outside engine. */
    readonly origin: 'board' | 'otc' | 'captured';
    /** International Securities Identification Number, ISO 6166. */
    readonly isin: Isin;
    /** A positive number of an instrument's smallest units. */
    readonly quantity: bigint;
    readonly amount: bigint;
    /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
    readonly unit: Unit;
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly seller: MspId;
    /** Its number among the seller's own trades on the page, as `Orders:Trades` shows it. */
    readonly sellerNumber?: number;
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly buyer: MspId;
    readonly buyerNumber?: number;
    /** Of a bilateral trade: who recorded it, under which id; of a captured one the engine's id; of the board's the id of the matching. */
    readonly recordedBy?: MspId;
    /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
    readonly tradeId?: BusinessId;
    /** A calendar date, `YYYY-MM-DD`. */
    readonly tradeDate: BusinessDate;
    /** Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final. */
    readonly status: 'recorded' | 'rejected' | 'matched' | 'pending' | 'settled' | 'cancelled' | 'lapsed';
    /** Why settlement waits: ISO 20022 pending reasons LACK (securities) and MONY (money). SPLF, after the ISO 20022 event of that name: its instrument was split after it was traded. Such a trade does not settle, since its quantity is one of before the split; its parties cancel it and agree it anew. */
    readonly reason?: 'LACK' | 'MONY' | 'SPLF';
    /** A calendar date, `YYYY-MM-DD`. */
    readonly settledOn?: BusinessDate;
  }[];
  /** There are more pages: ask from this one. */
  readonly next?: number;
}

/** Settles matched trades on the sign-off of an operator, delivery versus payment. */
export interface SettlementClient {
  /**
   * Signs off trades for settlement: each is settled, both legs at once, or stays pending with its reason. Order decides who gets what is scarce.
   *
   * Who may call it: operator.
   * Phases: open, matching, settlement.
   * Its id is `id`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly settle: SealedMethodClient<SettlementSettleRequest>;

  /**
   * Trades with both parties and where they stand in settlement.
   *
   * Who may call it: operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly instructions: QueryClient<SettlementInstructionsRequest, SettlementInstructionsResponse>;
}

/** What `CorporateActions:Announce` is asked. */
export interface CorporateActionsAnnounceRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly eventId: string;
  readonly terms:
    | {
        readonly kind: 'cash-dividend';
        /** International Securities Identification Number, ISO 6166. */
        readonly isin: string;
        /** A calendar date, `YYYY-MM-DD`. */
        readonly recordDate: string;
        /** `numerator` of the money's smallest units for each `denominator` of the instrument's smallest units. */
        readonly rate: {
          readonly numerator: bigint;
          readonly denominator: bigint;
        };
        /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
        readonly unit: string;
        /** Account of the issuer that pays. */
        readonly payer: string;
        /** Taxes kept back from each holder's gross amount, each of them rounded down by itself, and the issuer's account that keeps each for its tax office. In Japan there are two: 15.315 % national income tax and 5 % local inhabitant tax. */
        readonly withholding?: readonly {
          readonly rate: {
            readonly numerator: bigint;
            readonly denominator: bigint;
          };
          /** A securities and cash account at one organisation, numbered by that organisation. */
          readonly account: string;
        }[];
      }
    | {
        readonly kind: 'stock-split';
        /** International Securities Identification Number, ISO 6166. */
        readonly isin: string;
        /** A calendar date, `YYYY-MM-DD`. */
        readonly recordDate: string;
        readonly ratio: {
          readonly numerator: bigint;
          readonly denominator: bigint;
        };
        /** The authorised quantity after the split: enough for it when it is announced, and again when its first page is paid. */
        readonly supplyCap: bigint;
        /** Account of the issuer that receives what the holders' fractions add up to. */
        readonly residue: string;
      };
}

/** What `CorporateActions:Withdraw` is asked. */
export interface CorporateActionsWithdrawRequest {
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly eventId: string;
}

/** What `CorporateActions:Pay` is asked. */
export interface CorporateActionsPayRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer: string;
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly eventId: string;
  /** One page of one institution's holders each. */
  readonly pages: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: string;
    readonly page: number;
    /** As `Pages` says it. Whoever pays need not say it: what has been paid is passed over. */
    readonly paid?: 'yes' | 'no';
  }[];
}

/** What `CorporateActions:Complete` is asked. */
export interface CorporateActionsCompleteRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer: string;
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly eventId: string;
}

/** What `CorporateActions:Pages` is asked. */
export interface CorporateActionsPagesRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer: string;
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly eventId: string;
}

/** What `CorporateActions:Pages` answers. */
export interface CorporateActionsPagesResponse {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer: MspId;
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly eventId: BusinessId;
  readonly pages: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: MspId;
    readonly page: number;
    /** As `Pages` says it. Whoever pays need not say it: what has been paid is passed over. */
    readonly paid?: 'yes' | 'no';
  }[];
}

/** What `CorporateActions:Events` is asked. */
export interface CorporateActionsEventsRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer?: string;
}

/** What `CorporateActions:Events` answers. */
export interface CorporateActionsEventsResponse {
  readonly events: readonly {
    /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
    readonly eventId: BusinessId;
    readonly terms:
      | {
          readonly kind: 'cash-dividend';
          /** International Securities Identification Number, ISO 6166. */
          readonly isin: Isin;
          /** A calendar date, `YYYY-MM-DD`. */
          readonly recordDate: BusinessDate;
          /** `numerator` of the money's smallest units for each `denominator` of the instrument's smallest units. */
          readonly rate: {
            readonly numerator: bigint;
            readonly denominator: bigint;
          };
          /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
          readonly unit: Unit;
          /** Account of the issuer that pays. */
          readonly payer: AccountId;
          /** Taxes kept back from each holder's gross amount, each of them rounded down by itself, and the issuer's account that keeps each for its tax office. In Japan there are two: 15.315 % national income tax and 5 % local inhabitant tax. */
          readonly withholding?: readonly {
            readonly rate: {
              readonly numerator: bigint;
              readonly denominator: bigint;
            };
            /** A securities and cash account at one organisation, numbered by that organisation. */
            readonly account: AccountId;
          }[];
        }
      | {
          readonly kind: 'stock-split';
          /** International Securities Identification Number, ISO 6166. */
          readonly isin: Isin;
          /** A calendar date, `YYYY-MM-DD`. */
          readonly recordDate: BusinessDate;
          readonly ratio: {
            readonly numerator: bigint;
            readonly denominator: bigint;
          };
          /** The authorised quantity after the split: enough for it when it is announced, and again when its first page is paid. */
          readonly supplyCap: bigint;
          /** Account of the issuer that receives what the holders' fractions add up to. */
          readonly residue: AccountId;
        };
    readonly status: 'announced' | 'paying' | 'completed' | 'withdrawn';
    /** The business day from whose register it is computed, as soon as that has begun. */
    readonly registerDate?: BusinessDate;
    readonly holders: number;
    readonly held: bigint;
    readonly gross: bigint;
    readonly tax: bigint;
    /** What rounding down kept from the holders, as numerator over the denominator of rate or ratio. */
    readonly residue: {
      readonly numerator: bigint;
      readonly denominator: bigint;
    };
  }[];
}

/** What `CorporateActions:Entitlements` is asked. */
export interface CorporateActionsEntitlementsRequest {
  /** The organisation's name in the network (its membership service provider). It also names its private collection. */
  readonly issuer: string;
  /** An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters. */
  readonly eventId: string;
}

/** What `CorporateActions:Entitlements` answers. */
export interface CorporateActionsEntitlementsResponse {
  /** What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer. */
  readonly unit: Unit;
  readonly entitlements: readonly {
    /** The organisation's name in the network (its membership service provider). It also names its private collection. */
    readonly institution: MspId;
    /** A securities and cash account at one organisation, numbered by that organisation. */
    readonly account: AccountId;
    /** A name for people. */
    readonly name: string;
    readonly held: bigint;
    /** Money or securities credited for the holding, before tax. */
    readonly gross: bigint;
    /** Each tax of the terms, in their order. */
    readonly taxes: readonly bigint[];
    /** All of them together. */
    readonly tax: bigint;
    readonly net: bigint;
  }[];
}

/** An issuer announces an event; an operator runs it from the register at the record date, page by page, once each. */
export interface CorporateActionsClient {
  /**
   * Announces a cash dividend or a stock split of an own instrument: one of a kind for a record date, one split after another, on the business day before the record date at the latest. It is computed from the register at the end of the record date, or of the business day before it. `Market:Check` answers as the cycle will; the authorised quantity of a split is checked once more when its first page is paid.
   *
   * Who may call it: issuer.
   * Phases: open, matching, settlement, closed.
   * Its id is `eventId`.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly announce: SealedMethodClient<CorporateActionsAnnounceRequest>;

  /**
   * Withdraws an own event of which nothing has been computed yet. Repeating it changes nothing.
   *
   * Who may call it: issuer.
   * Phases: open, matching, settlement, closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly withdraw: SealedMethodClient<CorporateActionsWithdrawRequest>;

  /**
   * Computes and pays the entitlements of some pages of holders from the snapshot of the record date: the answer of Pages is its request. Repeating it pays nothing.
   *
   * Who may call it: operator.
   * Phases: closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly pay: SealedMethodClient<CorporateActionsPayRequest>;

  /**
   * Ends an event when every page has been paid; of a split, credits what the fractions add up to and raises the cap.
   *
   * Who may call it: operator.
   * Phases: closed.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly complete: SealedMethodClient<CorporateActionsCompleteRequest>;

  /**
   * Pages of holders of an event and which of them have been paid, those that have not first; Pay takes the answer as it is.
   *
   * Who may call it: operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly pages: QueryClient<CorporateActionsPagesRequest, CorporateActionsPagesResponse>;

  /**
   * Events of the calling issuer; operators and auditors name the issuer.
   *
   * Who may call it: issuer, operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly events: QueryClient<CorporateActionsEventsRequest, CorporateActionsEventsResponse>;

  /**
   * What each holder received by an event: an institution sees its clients, the issuer, operators and auditors all.
   *
   * Who may call it: institution, issuer, operator, auditor.
   *
   * @throws RejectedError, and the other MarketErrors
   */
  readonly entitlements: QueryClient<CorporateActionsEntitlementsRequest, CorporateActionsEntitlementsResponse>;
}

/** A client for each contract of the market, a function for each method. */
export interface ContractClients {
  /** Members seal instructions, operators execute them in cycles, and each member is advised of all that happened to it. */
  readonly market: MarketClient;
  /** Founds the market, admits members, opens accounts, keeps the clock and the register of owners. */
  readonly registry: RegistryClient;
  /** Registers instruments, issues them to the issuer, allots them to institutions, moves them among accounts. */
  readonly securities: SecuritiesClient;
  /** Money on the ledger: registered per currency and issuer, minted against deposits, transferred, burnt. */
  readonly moneyTokens: MoneyTokensClient;
  /** Orders stand on the ledger and are matched by price and time; trades agreed elsewhere are recorded and affirmed. */
  readonly orders: OrdersClient;
  /** Settles matched trades on the sign-off of an operator, delivery versus payment. */
  readonly settlement: SettlementClient;
  /** An issuer announces an event; an operator runs it from the register at the record date, page by page, once each. */
  readonly corporateActions: CorporateActionsClient;
}
