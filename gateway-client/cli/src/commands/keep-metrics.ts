import { Counter, type Registry } from '@kessai/telemetry/metrics';

export interface KeepCounts {
  readonly startedAgain: Counter<'process'>;
  readonly faults: Counter<'code'>;
}

/** Counts what `kessai keep` starts again, for Prometheus. */
export function keepMetrics(registry: Registry): KeepCounts {
  const registers = [registry];
  const startedAgain = new Counter({
    name: 'kessai_keep_started_again_total',
    help: 'Processes that had ended by themselves and were started again, by name.',
    labelNames: ['process'],
    registers,
  });
  const faults = new Counter({
    name: 'kessai_keep_faults_total',
    help: 'Starts that failed and are tried again, by the code of the error.',
    labelNames: ['code'],
    registers,
  });
  return { startedAgain, faults };
}
