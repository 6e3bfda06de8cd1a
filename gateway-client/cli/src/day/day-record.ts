import type { BusinessDate, Collection, Instant, Isin, MspId, Phase } from '@kessai/interface';
import type { MarketDay } from '../input';
import type { Request, Response } from './market-port';

type Item<T> = T extends readonly (infer I)[] ? I : never;

export type RegisterAt = Response<'Registry:Register'>;
export type RegisterRow = Item<RegisterAt['rows']>;
export type Board = Response<'Orders:Board'>;
export type Instruction = Item<Response<'Settlement:Instructions'>['instructions']>;
export type PartyTrade = Item<Response<'Orders:Trades'>['trades']>;
export type SupplyLine = Item<Response<'Registry:Supply'>['units']>;
export type Entitlement = Item<Response<'CorporateActions:Entitlements'>['entitlements']>;
export type EventLine = Item<Response<'CorporateActions:Events'>['events']>;
export type Cycle = Item<Response<'Market:Cycles'>['cycles']>;
export type CashLine = Item<Response<'Registry:Holdings'>['holdings']> & { readonly institution: MspId };

/** One of the day's steps, as it was done. */
export interface StageRecord {
  readonly name: string;
  readonly submits: number;
  readonly elapsedMs: number;
}

/** A request that the market refused, as a market may: the day went on. */
export interface RefusedOrder {
  readonly institution: MspId;
  readonly order: Request<'Orders:Place'>;
  readonly code: string;
  readonly message: string;
}

/** One sign-off by an operator, and where it left the trades that it named. */
export interface SettlementCycle {
  readonly id: string;
  readonly how: 'one by one' | 'batch' | 'second try';
  readonly results: readonly Pick<Instruction, 'page' | 'number' | 'status' | 'reason'>[];
}

/** The registers of all instruments at one moment, as an operator was told them. */
export interface RegisterMoment {
  /** The instant of the first answer: nothing was submitted until the last. */
  readonly at: Instant;
  readonly registers: ReadonlyMap<Isin, RegisterAt>;
}

export interface EventRecord {
  readonly issuer: MspId;
  readonly event: EventLine;
  readonly entitlements: readonly Entitlement[];
}

/** Whether an organisation was answered when it asked, at its own peer, for what a collection holds. */
export interface Sight {
  readonly asked: MspId;
  readonly collection: Collection;
  readonly answered: boolean;
}

/** All that the report is made from: what the ledger answered, nothing that was computed on the way. */
export interface DayRecord {
  readonly day: MarketDay;
  readonly stages: readonly StageRecord[];
  readonly refusedOrders: readonly RefusedOrder[];
  readonly noonBoards: readonly Board[];
  readonly matchings: number;
  readonly instructions: readonly Instruction[];
  /** Every institution's own view of its trades. */
  readonly trades: ReadonlyMap<MspId, readonly PartyTrade[]>;
  readonly cycles: readonly SettlementCycle[];
  readonly opening: RegisterMoment;
  readonly beforeActions: RegisterMoment;
  readonly now: RegisterMoment;
  /** Asked on the next business day, for the instant of `opening`. */
  readonly openingAskedLater: ReadonlyMap<Isin, RegisterAt>;
  readonly events: readonly EventRecord[];
  readonly cash: readonly CashLine[];
  readonly supply: readonly SupplyLine[];
  /** Of every organisation and every collection. */
  readonly sights: readonly Sight[];
  /** All cycles that the ledger has. */
  readonly ledgerCycles: readonly Cycle[];
  readonly clock: { readonly businessDate: BusinessDate; readonly phase: Phase; readonly sequence: number };
}
