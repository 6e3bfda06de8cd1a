export * from './day-record';
export type { DayOptions, OnStage } from './day-run';
export type { MarketPort, PortInstruction, PortResult } from './market-port';
export { openMarket, runMarketDay } from './run-market-day';
