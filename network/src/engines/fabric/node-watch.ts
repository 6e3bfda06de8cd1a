import { endOfLog } from '../../directory/log-end';
import type { OpenNetwork } from '../../directory/open-network';
import { ContainerWatch } from '../docker/container-watch';
import { runningProcesses } from '../../directory/node-process';

/** What can be told of a network's nodes from outside, whether they answer or not. */
export interface NodeWatch {
  readonly runs: (name: string) => Promise<boolean>;
  /** The last lines of its log; none where there is no log. */
  readonly endOfLog: (name: string) => Promise<readonly string[]>;
  /** The log's file, or the command that shows it. */
  readonly whereLog: (name: string) => Promise<string>;
}

export function watchOf(network: OpenNetwork): NodeWatch {
  return network.record.engine === 'docker' ? ContainerWatch.of(network.files) : watchProcesses(network);
}

function watchProcesses({ files }: OpenNetwork): NodeWatch {
  return {
    runs: async (name) => runningProcesses(files).has(name),
    endOfLog: async (name) => endOfLog(files.nodeLog(name)),
    whereLog: async (name) => files.nodeLog(name),
  };
}
