export { type Checkpoint, type CheckpointStore, checkpointFile } from './checkpoint';
export type { Duty } from './duties';
export type { DutyInstruction, MarketClock } from './operate-port';
export type { SchedulerObserver } from './observer';
export { type SchedulerOptions, type SchedulerRole, type SchedulerStatus, SCHEDULER_ROLES } from './options';
export { type MarketSchedulerOptions, type Scheduler, startScheduler } from './scheduler';
export { DayDuty, dayPort } from './day-duty';
export { dayPlanOf } from './day-plan';
