import { Counter, Gauge, Histogram, type Registry } from '@kessai/telemetry/metrics';
import type { SchedulerObserver } from './observer';
import { SCHEDULER_ROLES, type SchedulerStatus } from './options';

/** Seconds. A cycle that takes longer than 25 is given up. */
const durations = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25];
const sizes = [1, 2, 5, 10, 50, 100, 500, 1_000];

/**
 * Counts what a scheduler does, for Prometheus. What it tells of the market stands in blocks, which are public on their channel; how many instructions
 * were sealed in a submission, and what became of each, does not.
 */
export function schedulerMetrics(registry: Registry, status: () => SchedulerStatus): SchedulerObserver {
  const registers = [registry];
  describeStanding(registry, status);
  const submissions = new Counter({
    name: 'kessai_scheduler_submissions_total',
    help: 'Submissions that the cycles of this scheduler took.',
    registers,
  });
  const setAside = new Counter({
    name: 'kessai_scheduler_submissions_set_aside_total',
    help: 'Submissions that could not be executed: cycles refuse what was sealed in them.',
    registers,
  });
  const faults = new Counter({
    name: 'kessai_scheduler_faults_total',
    help: 'What failed and was tried again, by the code of the error.',
    labelNames: ['code'],
    registers,
  });
  const duration = new Histogram({
    name: 'kessai_scheduler_cycle_duration_seconds',
    help: 'How long a cycle took that this scheduler made, from when it was sent to when it was committed.',
    buckets: durations,
    registers,
  });
  const size = new Histogram({
    name: 'kessai_scheduler_cycle_submissions',
    help: 'How many submissions a cycle took that this scheduler made.',
    buckets: sizes,
    registers,
  });
  return {
    cycleMade: (count, ms) => {
      submissions.inc(count);
      duration.observe(ms / 1_000);
      size.observe(count);
    },
    setAside: (count) => setAside.inc(count),
    failed: (code) => faults.inc({ code }),
  };
}

function describeStanding(registry: Registry, status: () => SchedulerStatus): void {
  const registers = [registry];
  const tell = (name: string, help: string, value: (now: SchedulerStatus) => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(value(status()));
      },
    });
  };
  tell('kessai_scheduler_submissions_waiting', 'Submissions that wait for a cycle.', ({ waiting }) => waiting);
  tell(
    'kessai_scheduler_longest_wait_seconds',
    'How long the oldest of them has waited.',
    ({ longestWaitMs }) => longestWaitMs / 1_000,
  );
  tell(
    'kessai_market_cycle',
    'Number of the last cycle of the market, whoever made it.',
    ({ number }) => number ?? NaN,
  );
  tell('kessai_market_cycle_timestamp_seconds', 'Ledger time of that cycle.', ({ cycleTime }) =>
    cycleTime === undefined ? NaN : Date.parse(cycleTime) / 1_000,
  );
  new Gauge({
    name: 'kessai_scheduler_role',
    help: '1 for what this scheduler is: leading (it makes the cycles), standby (it takes over when none comes), waiting (it can do neither).',
    labelNames: ['role'],
    registers,
    collect() {
      const { role: own } = status();
      for (const role of SCHEDULER_ROLES) this.set({ role }, role === own ? 1 : 0);
    },
  });
}
