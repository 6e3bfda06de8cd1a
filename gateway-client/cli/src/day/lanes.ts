/** One piece of work. Pieces of one lane touch the same balances, so they go one after another; lanes go side by side. */
export interface LaneWork {
  readonly lane: string;
  run(): Promise<unknown>;
}

/**
 * Runs all work, so many lanes at once, each lane in the order of the list. The first failure ends it: what runs is awaited,
 * what has not begun is left.
 */
export async function runInLanes(work: readonly LaneWork[], lanesAtOnce: number): Promise<void> {
  const lanes = new Map<string, LaneWork[]>();
  for (const piece of work) {
    const lane = lanes.get(piece.lane);
    if (lane) lane.push(piece);
    else lanes.set(piece.lane, [piece]);
  }
  const waiting = [...lanes.values()];
  let failure: { readonly reason: unknown } | undefined;
  const runner = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      for (const piece of lane) {
        if (failure) return;
        try {
          await piece.run();
        } catch (reason) {
          failure ??= { reason };
          return;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanesAtOnce, waiting.length) }, runner));
  if (failure) throw failure.reason;
}
