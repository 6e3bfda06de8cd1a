/**
 * What the process that serves tells the one that watches it, and that one in turn whoever started it: also that the process that
 * served has ended.
 */
export type WorkerMessage = { readonly kind: 'beat' | 'ended' } | { readonly kind: 'listening'; readonly port: number };

export function isWorkerMessage(value: unknown): value is WorkerMessage {
  const kind = value !== null && typeof value === 'object' ? (value as { kind?: unknown }).kind : undefined;
  return kind === 'beat' || kind === 'listening' || kind === 'ended';
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
