import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { NetworkFiles } from '../../directory/network-files';
import { ENGINE_PROCESS } from '../../directory/network-record';
import { readRecord } from '../../directory/network-record';
import { notedProcesses } from '../../directory/node-process';
import { isSame } from '../../directory/process-identity';
import { runningProcess } from '../../directory/process-record';
import { containersNow } from '../../engines/docker/containers';
import { schedulerPlace } from '../schedulers/schedulers';

/**
 * The processes of a network that have ended by themselves, as by a fault or with their machine: they are on record, for nobody has ended
 * them, and do not run. None where the network was ended by `down`.
 *
 * @throws NetworkError `NetworkDirectoryIncomplete`, `RestoreUnfinished`; `DockerMissing`, `DockerUnreachable`.
 */
export function endedByThemselves(directory: string): readonly string[] {
  const files = new NetworkFiles(resolve(directory));
  const record = readRecord(files);
  if (record === undefined) return [];
  const engineEnded = existsSync(files.process) && runningProcess(files) === undefined;
  const processes = [files, schedulerPlace(files)]
    .flatMap((place) => notedProcesses(place))
    .filter((one) => !isSame(one));
  const containers = record.engine === 'docker' ? containersNow(files).filter(({ pid }) => pid === undefined) : [];
  return [...(engineEnded ? [ENGINE_PROCESS] : []), ...[...processes, ...containers].map(({ name }) => name)];
}
