export * from './answers';
export * from './books-asked';
export * from './calendar';
export { adviceAt, ownsCollection } from './kernel/advices';
export * from './kernel/context';
export { type CycleDecision, type CycleEnvironment, type ExecutionWatch, executeCycle } from './kernel/cycle';
export * from './kernel/decision';
export * from './kernel/execute';
export { HeldPages } from './kernel/held-pages';
export { type Log, logTable } from './kernel/log';
export * from './kernel/market-queries';
export type { FindMethod, HostedMethod } from './kernel/methods';
export * from './kernel/read-refused';
export { recalled } from './kernel/recalled';
export { registeredAgain } from './kernel/registered-again';
export { Rows, byName, lineCodec, rowsCodec, rowsOn } from './kernel/rows';
export * from './kernel/said-once';
export { executeInstruct } from './kernel/sealing';
export * from './kernel/state';
export { type Change, Version } from './kernel/version';
export * from './reference';
export * from './ticks';
export { type Books, type Position, type Posting, openBooks } from './value/books';
export {
  type Holding,
  type HoldingPage,
  type Locked,
  holdingPageAt,
  holdingPagesOf,
  holdingsOn,
  lockedOf,
  locksOf,
  pageNumber,
  scanHoldings,
  supplyAt,
  totalOf,
} from './value/holdings';
export {
  type SettlementBooks,
  openLegs,
  releaseReserved,
  settleTrade,
  settledAtOnce,
} from './value/delivery-versus-payment';
export {
  type JournalEntry,
  type JournalPage,
  balancesAfter,
  entriesOf,
  journal,
  journalAt,
  supplyChangesOf,
} from './value/journal';
export {
  type OpenBilateralTrade,
  bilateralName,
  bilateralViewOf,
  isLapsed,
  openBilateralTrades,
  openBilateralTradesOf,
} from './value/open-bilateral-trades';
export * from './value/snapshots';
export * from './value/splits';
export * from './value/terms';
export { type NewTrade, TradeBook, openTrades, partyLine } from './value/trade-book';
export {
  partyPages,
  partyStatusAt,
  partyStatuses,
  tradePageAt,
  tradePages,
  tradeStatusAt,
  tradeStatuses,
} from './value/trade-pages';
export { type PartyLine, type Trade, type TradeState, matched, present, statesOf } from './value/trades';
