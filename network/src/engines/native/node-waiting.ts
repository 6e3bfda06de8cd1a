import { endOfLog } from '../../operations/log-end';
import { NetworkError } from '../../operations/network-error';
import type { NetworkFiles } from '../../operations/network-files';
import { poll } from '../../operations/poll';
import { runningProcesses } from './node-process';

const LIMIT_MS = 60_000;

/**
 * Waits for a node of the network, as long as its process runs.
 *
 * @param what for what, in words that follow "the node did not": `become healthy`.
 * @throws NetworkError `NodeNotReady`, with the end of the node's log.
 */
export async function nodeReady(
  files: NetworkFiles,
  name: string,
  what: string,
  ask: () => Promise<boolean>,
): Promise<void> {
  const runs = (): boolean => runningProcesses(files).has(name);
  const settled = await poll(LIMIT_MS, async () => (await ask()) || !runs());
  const ended = !runs();
  if (settled && !ended) return;
  const limit = `within ${(LIMIT_MS / 1_000).toString()} seconds`;
  const reason = ended ? `its process ended before it could ${what}` : `it did not ${what} ${limit}`;
  const lines = endOfLog(files.nodeLog(name));
  const end = lines.length === 0 ? '' : `\nThe end of its log:\n${lines.join('\n')}`;
  throw new NetworkError(
    'NodeNotReady',
    `${name}: ${reason}${end}`,
    `Read ${files.nodeLog(name)}, mend what it names, then run up again.`,
    { name, log: files.nodeLog(name), lines },
  );
}
