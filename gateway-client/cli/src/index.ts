/** What tests and other programs use of the command: its input, a market's day, and its report. */
export {
  runMarketDay,
  type DayOptions,
  type DayRecord,
  type MarketPort,
  type PortInstruction,
  type PortResult,
} from './day';
export {
  startDevelopmentNetwork,
  type DevelopmentNetwork,
  type DevelopmentNetworkOptions,
} from './development-network';
export { sampleDay } from './demo/sample-market';
export { InputError, readMarketDay, type InputFault, type MarketDay } from './input';
export {
  type Duty,
  type DutyInstruction,
  type MarketSchedulerOptions,
  type Scheduler,
  type SchedulerObserver,
  type SchedulerOptions,
  type SchedulerRole,
  type SchedulerStatus,
  startScheduler,
} from './operate';
export { runCommand } from './program';
export { makeReport, reportDocument, reportPage, reportSummary, reportText, type DayReport } from './report';
