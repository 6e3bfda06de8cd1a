import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { NetworkFiles } from '../../directory/network-files';
import { containersNow } from './containers';
import type { Container } from './containers';
import { dockerLogsNow } from './docker-command';

/** The last lines that the node's container has written; undefined where it has none now. */
export function endOfContainerLog(files: NetworkFiles, name: string, lines: number): readonly string[] | undefined {
  const container = containersNow(files).find((found) => found.name === name);
  if (container === undefined) return undefined;
  const text = dockerLogsNow(container.id, lines).trimEnd();
  return text === '' ? [] : text.split('\n');
}

/** The same and then every further line, until the signal is given or the container is gone. */
export async function* followContainerLog(
  container: Container,
  lines: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const child = spawn('docker', ['logs', '--follow', '--tail', lines.toString(), container.id], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const both = new PassThrough();
  child.stdout.pipe(both, { end: false });
  child.stderr.pipe(both, { end: false });
  child.once('close', () => both.end());
  // It is ended by the signal; that it cannot be started shows as no lines.
  child.once('error', () => both.end());
  yield* createInterface({ input: both });
}

/** Adds what a container has written to the node's log file, since it is lost with the container. */
export async function keepContainerLog(files: NetworkFiles, { name, id }: Container): Promise<void> {
  const file = files.nodeLog(name);
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, 'a');
  try {
    await new Promise<void>((resolve) => {
      const child = spawn('docker', ['logs', id], { stdio: ['ignore', log, log], timeout: KEEP_MS });
      child.once('close', () => {
        resolve();
      });
      child.once('error', () => {
        resolve();
      });
    });
  } finally {
    closeSync(log);
  }
}

const KEEP_MS = 30_000;
