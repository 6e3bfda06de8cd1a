import { NetworkError } from '../../directory/network-error';
import type { OpenNetwork } from '../../directory/open-network';
import { poll } from '../../poll';
import { watchOf } from './node-watch';

// Each question to a node costs the node's processor too, and those that start at once are many.
const PAUSE_MS = 100;
// Containers share the processor as one against everything else on a machine, so that they start late on a busy one.
const LIMITS_MS = { embedded: 60_000, native: 60_000, docker: 180_000 } as const;

/**
 * Waits for a node of the network, as long as it runs.
 *
 * @param what for what, in words that follow "the node did not": `become healthy`.
 * @throws NetworkError `NodeNotReady`, with the end of the node's log.
 */
export async function nodeReady(
  network: OpenNetwork,
  name: string,
  what: string,
  ask: () => Promise<boolean>,
  limitMs: number = LIMITS_MS[network.record.engine],
): Promise<void> {
  const watch = watchOf(network);
  const settled = await poll(limitMs, async () => (await ask()) || !(await watch.runs(name)), PAUSE_MS);
  const ended = !(await watch.runs(name));
  if (settled && !ended) return;
  const limit = `within ${(limitMs / 1_000).toString()} seconds`;
  const reason = ended ? `its process ended before it could ${what}` : `it did not ${what} ${limit}`;
  const lines = await watch.endOfLog(name);
  const end = lines.length === 0 ? '' : `\nThe end of its log:\n${lines.join('\n')}`;
  const log = await watch.whereLog(name);
  throw new NetworkError(
    'NodeNotReady',
    `${name}: ${reason}${end}`,
    `Read ${log}, mend what it names, then run up again.`,
    { name, log, lines },
  );
}

/**
 * Waits until a node of the network has the channel's blocks up to a height. However many they are, it is waited for as long as they come.
 *
 * @param heightOf how many it has.
 * @param limitMs how long it may go without a further one; as long as `nodeReady` waits, unless it is told.
 * @throws NetworkError `NodeNotReady` where none came for so long.
 */
export async function nodeCaughtUp(
  network: OpenNetwork,
  name: string,
  height: number,
  heightOf: () => Promise<number>,
  limitMs?: number,
): Promise<void> {
  let reached = await heightOf();
  while (reached < height) {
    const before = reached;
    const what = `take block ${before.toString()} of the ${height.toString()} that the channel has`;
    const further = async (): Promise<boolean> => {
      reached = await heightOf();
      return reached > before;
    };
    await nodeReady(network, name, what, further, limitMs);
  }
}
