import type { NetworkFiles } from '../../directory/network-files';
import { docker, dockerNow } from './docker-command';
import { recordedProject } from './project';

/** A container of a network. */
export interface Container {
  /** The name of its node. */
  readonly name: string;
  readonly id: string;
  /** In Docker's words: `running`, `restarting`, `exited`, ... */
  readonly state: string;
  /** The number of its process on Docker's machine; undefined while it does not run. */
  readonly pid: number | undefined;
  /** ISO 8601. */
  readonly startedAt: string;
}

const PROJECT_LABEL = 'com.docker.compose.project';
const SERVICE_LABEL = 'com.docker.compose.service';
const GRACE_SECONDS = '15';
const END_MS = 180_000;

/**
 * Every container that bears the network's project as its label, whether it runs or not.
 *
 * @throws NetworkError `DockerMissing`, `DockerUnreachable`, `DockerFailed`.
 */
export async function containersOf(files: NetworkFiles): Promise<readonly Container[]> {
  const project = recordedProject(files);
  if (project === undefined) return [];
  const ids = linesOf(await docker(listing(project)));
  return ids.length === 0 ? [] : inspected(await docker(['container', 'inspect', ...ids]));
}

/** The same while everything else of this process waits, for whoever asks what runs as one asks a file. */
export function containersNow(files: NetworkFiles): readonly Container[] {
  const project = recordedProject(files);
  if (project === undefined) return [];
  const ids = linesOf(dockerNow(listing(project)));
  return ids.length === 0 ? [] : inspected(dockerNow(['container', 'inspect', ...ids]));
}

function listing(project: string): readonly string[] {
  return ['ps', '--all', '--no-trunc', '--quiet', '--filter', labelled(project)];
}

function inspected(output: string): readonly Container[] {
  return (JSON.parse(output) as readonly Inspected[]).map(containerOf);
}

interface Inspected {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly Pid: number; readonly StartedAt: string };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

function containerOf({ Id, State, Config }: Inspected): Container {
  return {
    name: Config.Labels[SERVICE_LABEL] ?? Id,
    id: Id,
    state: State.Status,
    pid: State.Status === 'running' ? State.Pid : undefined,
    startedAt: State.StartedAt,
  };
}

/** Ends containers, by force those that do not end when they are asked to. */
export async function stopContainers(containers: readonly Container[]): Promise<void> {
  const ids = containers.map(({ id }) => id);
  if (ids.length > 0) await docker(['stop', '--time', GRACE_SECONDS, ...ids], { timeoutMs: END_MS });
}

/** Ends a container, by force if it does not end when it is asked to, and starts it again. */
export async function restartContainer({ id }: Container): Promise<void> {
  await docker(['restart', '--time', GRACE_SECONDS, id], { timeoutMs: END_MS });
}

/** Removes containers; what their nodes keep is in the network's directory. */
export async function removeContainers(containers: readonly Container[]): Promise<void> {
  const ids = containers.map(({ id }) => id);
  if (ids.length === 0) return;
  await docker(['rm', '--force', '--volumes', ...ids], { timeoutMs: END_MS });
}

/** Removes by force all that bears the network's project while everything else of this process waits. @throws NetworkError as `containersNow`. */
export function removeContainersNow(files: NetworkFiles): void {
  const project = recordedProject(files);
  if (project === undefined) return;
  const ids = linesOf(dockerNow(listing(project)));
  if (ids.length > 0) dockerNow(['rm', '--force', '--volumes', ...ids]);
  for (const kind of ['network', 'volume']) {
    const found = linesOf(dockerNow([kind, 'ls', '--quiet', '--filter', labelled(project)]));
    if (found.length > 0) dockerNow([kind, 'rm', ...found]);
  }
}

/** Removes what else of Docker's bears the network's project: its network between containers, and volumes. */
export async function removeRest(files: NetworkFiles): Promise<void> {
  const project = recordedProject(files);
  if (project === undefined) return;
  for (const kind of ['network', 'volume']) {
    const found = linesOf(await docker([kind, 'ls', '--quiet', '--filter', labelled(project)]));
    if (found.length > 0) await docker([kind, 'rm', ...found]);
  }
}

function labelled(project: string): string {
  return `label=${PROJECT_LABEL}=${project}`;
}

function linesOf(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}
