import { existsSync, statSync } from 'node:fs';
import { NetworkError } from '../../directory/network-error';
import type { NetworkFiles } from '../../directory/network-files';
import { schedulerNodes } from '../../directory/network-nodes';
import { requireOrganisation, schedulerName } from '../../directory/network-record';
import {
  endProcesses,
  forgetProcesses,
  notedProcesses,
  runningProcesses,
  startProcess,
} from '../../directory/node-process';
import type { NodeProcess, ProcessPlace } from '../../directory/node-process';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import type { OnProgress } from '../../directory/progress';
import { telemetryOf } from '../../directory/telemetry-settings';
import type { TelemetrySettings } from '../../directory/telemetry-settings';
import { OrganisationFiles, signingCertificateFile } from '../../identities';
import { uninterrupted } from '../../interruption';

/** What runs an operator's scheduler: `node PROGRAM operate --as MSPID --dir DIRECTORY`, until it is told to end. */
export interface Schedulers {
  /** The path of the program, a file of Node.js. */
  readonly program: string;
}

/** How the scheduler of an operator is to tell of itself. @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`, `OrganisationUnknown`. */
export function schedulerTelemetry({ directory, mspId }: { directory: string; mspId: string }): TelemetrySettings {
  const { record } = openNetwork(directory);
  return telemetryOf(record, schedulerName(requireOrganisation(record, mspId)));
}

/** @throws NetworkError `SchedulerProgramMissing`. */
export function requireSchedulerProgram({ program }: Schedulers): void {
  if (existsSync(program)) return;
  throw new NetworkError(
    'SchedulerProgramMissing',
    `the schedulers' program ${program} is not there`,
    'Build it: npm run build; or bring the network up without schedulers.',
    { program },
  );
}

/**
 * Starts a scheduler for every operator of the directory whose scheduler does not run. They are processes of their own that outlive whoever
 * started them, and wait by themselves for what is not there yet.
 *
 * @returns the names of those that were started; where one could not be started, none has been.
 */
export async function startSchedulers(
  { files, record }: OpenNetwork,
  { program }: Schedulers,
  onProgress?: OnProgress,
): Promise<readonly string[]> {
  const running = runningSchedulers(files);
  const absent = schedulerNodes(record).filter(({ name }) => !running.has(name));
  if (absent.length > 0) onProgress?.({ step: 'starting-schedulers' });
  const started: NodeProcess[] = [];
  try {
    for (const { name, mspId = '' } of absent) {
      started.push(await start(files, name, [program, 'operate', '--as', mspId, '--dir', files.directory]));
    }
  } catch (error) {
    await endProcesses(schedulerPlace(files), started);
    throw error;
  }
  return absent.map(({ name }) => name);
}

async function start(files: NetworkFiles, name: string, args: readonly string[]): Promise<NodeProcess> {
  return startProcess(schedulerPlace(files), name, { program: process.execPath, args, environment: {} });
}

/** The schedulers that run now, by name. */
export function runningSchedulers(files: NetworkFiles): ReadonlyMap<string, NodeProcess> {
  return runningProcesses(schedulerPlace(files));
}

/** The process number of every scheduler that was started and not ended since, by name; null for one that has ended by itself. */
export function schedulersOf(files: NetworkFiles): Readonly<Record<string, number | null>> {
  const running = runningSchedulers(files);
  const names = notedProcesses(schedulerPlace(files)).map(({ name }) => name);
  return Object.fromEntries(names.sort().map((name) => [name, running.get(name)?.pid ?? null]));
}

/** Ends the schedulers that run, and forgets those that have ended. @throws NetworkError `ProcessNotEnded`. */
export async function endSchedulers(files: NetworkFiles): Promise<void> {
  await endProcesses(schedulerPlace(files), [...runningSchedulers(files).values()]);
  forgetEnded(files);
}

/** Forgets schedulers that have ended by themselves: nobody wants them any more. */
export function forgetEnded(files: NetworkFiles): void {
  const running = runningSchedulers(files);
  forgetProcesses(
    schedulerPlace(files),
    notedProcesses(schedulerPlace(files)).filter(({ name }) => !running.has(name)),
  );
}

/**
 * Starts those schedulers anew whose operator has got other certificates for its users since they were started: a scheduler acts with what
 * it has read when it started.
 *
 * @returns the names of those.
 */
export async function renewAtSchedulers({ files, record }: OpenNetwork): Promise<readonly string[]> {
  const running = runningSchedulers(files);
  const older = schedulerNodes(record).flatMap(({ name, mspId = '' }) => {
    const found = running.get(name);
    return found !== undefined && usersChangedSince({ files, record }, mspId, found.startedAt) ? [found] : [];
  });
  for (const found of older) {
    await uninterrupted(async () => {
      await endProcesses(schedulerPlace(files), [found]);
      await start(files, found.name, found.args);
    });
  }
  return older.map(({ name }) => name);
}

function usersChangedSince({ files, record }: OpenNetwork, mspId: string, time: string): boolean {
  const organisation = requireOrganisation(record, mspId);
  const own = new OrganisationFiles(files.directory, organisation);
  return organisation.users.some(
    ({ name }) => statSync(signingCertificateFile(own.user(name))).mtimeMs > Date.parse(time),
  );
}

/** Apart from the nodes' own records: what is told of a network's nodes, and done to them, is not about schedulers. */
export function schedulerPlace(files: NetworkFiles): ProcessPlace {
  return { processes: files.schedulers, nodeLog: (name) => files.nodeLog(name) };
}
