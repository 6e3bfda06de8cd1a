import type { MetricsPart } from '@kessai/telemetry/metrics';

/**
 * What the process that serves tells the one that watches it, and that one in turn whoever started it: also that the process that
 * served has ended.
 */
export type WorkerMessage =
  | { readonly kind: 'beat' | 'ended' }
  | { readonly kind: 'listening'; readonly port: number }
  /** The answer to `metrics-wanted`. */
  | { readonly kind: 'metrics'; readonly metrics: MetricsPart };

/** What the process that watches asks of the one that serves. */
export interface SupervisorMessage {
  readonly kind: 'metrics-wanted';
}

const workerKinds: readonly unknown[] = ['beat', 'ended', 'listening', 'metrics'] satisfies WorkerMessage['kind'][];

export function isWorkerMessage(value: unknown): value is WorkerMessage {
  return workerKinds.includes(kindOf(value));
}

export function isSupervisorMessage(value: unknown): value is SupervisorMessage {
  return kindOf(value) === 'metrics-wanted';
}

function kindOf(value: unknown): unknown {
  return value !== null && typeof value === 'object' ? (value as { kind?: unknown }).kind : undefined;
}

/** Tells the process that watches this one, where there is one. */
export function tellSupervisor(message: WorkerMessage): void {
  if (process.connected) process.send?.(message);
}

/** Beats for as long as the event loop turns: code that never gives it back is silent. Returns what ends it. */
export function startBeating(intervalMs: number): () => void {
  const beat = () => tellSupervisor({ kind: 'beat' });
  beat();
  const timer = setInterval(beat, intervalMs);
  return () => clearInterval(timer);
}
