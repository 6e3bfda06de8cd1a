import type { BusinessDate, Instant, Isin, Phase, Role, Side } from '@kessai/interface';

/** The report of a market's day: names for people, amounts in smallest units. */
export interface DayReport {
  readonly market: string;
  readonly businessDate: BusinessDate;
  /** Where the clock stands when the report is made. */
  readonly clock: { readonly businessDate: BusinessDate; readonly phase: string };
  readonly issuance: readonly IssuanceLine[];
  readonly boardsAtNoon: readonly BoardPicture[];
  readonly orders: OrderSummary;
  readonly trades: readonly TradeLine[];
  readonly turnover: readonly TurnoverLine[];
  readonly rejectedTrades: readonly RejectedTrade[];
  readonly settlement: SettlementSummary;
  readonly dividends: readonly DividendReport[];
  readonly splits: readonly SplitReport[];
  readonly registers: readonly RegisterReport[];
  readonly views: ViewComparison | undefined;
  readonly sights: SightReport;
  readonly conservation: readonly ConservationLine[];
  readonly cash: readonly CashLine[];
  readonly stages: readonly StageLine[];
  /** The phases of the day and the cycles in each, in their order. */
  readonly phases: readonly PhaseLine[];
}

export interface Scale {
  /** Decimals of the instrument's quantity. */
  readonly decimals: number;
  readonly priceDecimals: number;
  readonly currency: string;
  readonly moneyDecimals: number;
}

export interface IssuanceLine {
  readonly instrument: string;
  /** The exchange's own. */
  readonly code: string;
  readonly isin: Isin;
  readonly issuer: string;
  readonly scale: Scale;
  readonly authorised: bigint;
  readonly issued: bigint;
  readonly allotted: readonly { readonly institution: string; readonly quantity: bigint }[];
  /** What stayed with the issuer. */
  readonly keptByIssuer: bigint;
  /** Of what was allotted, what went on to clients. */
  readonly distributed: bigint;
}

export interface BoardLevel {
  readonly price: bigint;
  readonly quantity: bigint;
  readonly orders: number;
}

export interface BoardPicture {
  readonly instrument: string;
  readonly scale: Scale;
  /** From the highest price downwards. */
  readonly bids: readonly BoardLevel[];
  /** From the lowest price upwards. */
  readonly asks: readonly BoardLevel[];
}

export interface OrderSummary {
  readonly placed: number;
  readonly matchings: number;
  readonly cancelled: number;
  readonly refused: readonly {
    readonly who: string;
    readonly instrument: string;
    readonly side: Side;
    readonly quantity: bigint;
    readonly price: bigint;
    readonly scale: Scale;
    readonly reason: string;
  }[];
}

export interface TradeLine {
  /** Counts the day's trades; the report calls a trade by it. */
  readonly number: number;
  readonly origin: 'board' | 'otc' | 'captured';
  readonly instrument: string;
  readonly isin: Isin;
  readonly scale: Scale;
  readonly seller: string;
  readonly buyer: string;
  readonly quantity: bigint;
  readonly price?: bigint;
  readonly amount: bigint;
  readonly status: string;
  /** How it was settled, or why not yet. */
  readonly settled: string;
}

export interface TurnoverLine {
  readonly instrument: string;
  readonly isin: Isin;
  readonly scale: Scale;
  readonly boardTrades: number;
  readonly otcTrades: number;
  readonly open?: bigint;
  readonly high?: bigint;
  readonly low?: bigint;
  readonly last?: bigint;
  readonly quantity: bigint;
  readonly amount: bigint;
}

export interface RejectedTrade {
  readonly instrument: string;
  readonly scale: Scale;
  readonly recordedBy: string;
  readonly rejectedBy: string;
  readonly quantity: bigint;
  readonly amount: bigint;
  readonly reason: string;
}

export interface SettlementSummary {
  readonly cycles: readonly {
    readonly how: string;
    readonly trades: number;
    readonly settled: number;
    readonly pending: number;
  }[];
  /** What each member received less what it delivered or paid; every column adds up to zero. */
  readonly net: readonly {
    readonly member: string;
    readonly securities: readonly { readonly instrument: string; readonly scale: Scale; readonly quantity: bigint }[];
    readonly money: readonly { readonly currency: string; readonly decimals: number; readonly amount: bigint }[];
  }[];
}

export interface Holder {
  readonly institution: string;
  readonly account: string;
  readonly name: string;
}

export interface DividendReport {
  readonly instrument: string;
  readonly scale: Scale;
  readonly recordDate: BusinessDate;
  /** For one whole security. */
  readonly rate: string;
  readonly tax: string;
  readonly holders: readonly (Holder & {
    readonly held: bigint;
    readonly gross: bigint;
    readonly tax: bigint;
    readonly net: bigint;
  })[];
  readonly total: { readonly held: bigint; readonly gross: bigint; readonly tax: bigint; readonly net: bigint };
  /** What rounding down kept from the holders, in smallest units of money. */
  readonly rounding: string;
}

export interface SplitReport {
  readonly instrument: string;
  readonly scale: Scale;
  readonly recordDate: BusinessDate;
  readonly ratio: string;
  readonly holders: readonly (Holder & { readonly before: bigint; readonly after: bigint })[];
  readonly total: { readonly before: bigint; readonly after: bigint };
  readonly rounding: string;
}

export interface RegisterReport {
  readonly instrument: string;
  readonly isin: Isin;
  readonly scale: Scale;
  /** The opening register's instant, for which it was asked again on the next business day. */
  readonly openingAt: Instant;
  readonly rows: readonly (Holder & {
    readonly opening: bigint;
    readonly openingAskedLater: bigint;
    readonly close: bigint;
    readonly now: bigint;
  })[];
  readonly total: {
    readonly opening: bigint;
    readonly openingAskedLater: bigint;
    readonly close: bigint;
    readonly now: bigint;
  };
  readonly issuedNow: bigint;
  /** Whether the answer of the next business day is the one of then, row by row. */
  readonly sameAnswer: boolean;
}

export interface ViewComparison {
  readonly first: string;
  readonly second: string;
  readonly rows: readonly {
    readonly number: number;
    readonly instrument: string;
    readonly scale: Scale;
    readonly quantity: bigint;
    readonly amount: bigint;
    readonly firstSees: string;
    readonly secondSees: string;
  }[];
  /** How many of these trades each other institution sees. */
  readonly others: readonly { readonly institution: string; readonly sees: number }[];
}

export interface ConservationLine {
  readonly unit: string;
  readonly decimals: number;
  readonly issued: bigint;
  readonly held: bigint;
  readonly holders: number;
}

export interface CashLine {
  readonly member: string;
  readonly currency: string;
  readonly decimals: number;
  readonly available: bigint;
  readonly locked: bigint;
}

export interface StageLine {
  readonly name: string;
  readonly submits: number;
  readonly elapsedMs: number;
}

/** Which organisation is answered when it asks for what a collection holds. */
export interface SightReport {
  readonly collections: readonly string[];
  readonly organisations: readonly {
    readonly organisation: string;
    readonly role: Role;
    /** By collection. */
    readonly answered: readonly boolean[];
  }[];
}

/** A phase, as long as cycles were dated in it. */
export interface PhaseLine {
  readonly businessDate: BusinessDate;
  /** `founding`: before the clock was first advanced. */
  readonly phase: Phase | 'founding';
  /** When its first cycle is dated. */
  readonly began: Instant;
  /** From the day's first cycle to its own first, and to that of the next phase; the last one ends with its last cycle. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly cycles: readonly { readonly atMs: number; readonly submissions: number }[];
}
