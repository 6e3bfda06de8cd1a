import { NetworkError } from '../../directory/network-error';
import type { NetworkFiles } from '../../directory/network-files';
import { dockerFailed, runCommand } from './docker-command';
import { projectOf } from './project';

/** Docker Compose, as a plugin of Docker's program or, before its second release, a program of its own. */
export interface Compose {
  readonly program: string;
  readonly first: readonly string[];
  /** For instance `2.40.3`. */
  readonly version: string;
}

const CANDIDATES = [
  { program: 'docker', first: ['compose'] },
  { program: 'docker-compose', first: [] },
] as const;

const START_MS = 300_000;

/** @returns undefined where there is none. */
async function lookForCompose(): Promise<Compose | undefined> {
  for (const { program, first } of CANDIDATES) {
    const end = await runCommand(program, [...first, 'version', '--short']);
    const version = /^v?(\d+\.\d+\.\d+)/.exec(end?.output.trim() ?? '')?.[1];
    if (end?.failed === false && version !== undefined) return { program, first, version };
  }
  return undefined;
}

/** @throws NetworkError `ComposeMissing`. */
export async function findCompose(): Promise<Compose> {
  const found = await lookForCompose();
  if (found !== undefined) return found;
  throw new NetworkError(
    'ComposeMissing',
    "neither 'docker compose' nor 'docker-compose' works on this machine",
    "Install Docker Compose: it is a plugin of Docker, in most systems the package 'docker-compose-plugin' or 'docker-compose'.",
    { program: 'docker compose' },
  );
}

/** Starts the network's services of the names from its file. @throws NetworkError `DockerFailed`. */
export async function composeUp(compose: Compose, files: NetworkFiles, services: readonly string[]): Promise<void> {
  const file = ['--project-name', projectOf(files), '--file', files.composeFile];
  const args = [...compose.first, ...file, 'up', '--detach', '--no-build', ...services];
  const end = await runCommand(compose.program, args, { timeoutMs: START_MS, directory: files.directory });
  if (end?.failed === false) return;
  throw dockerFailed('docker compose up', end ?? { failed: true, output: '', errors: 'it is gone' });
}
