import { execFile, spawnSync } from 'node:child_process';
import { NetworkError } from '../../directory/network-error';

const ANSWER_MS = 30_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;
/** What a failed command said last is told; what it said before that is progress. */
const TOLD_LINES = 8;

export interface CommandOptions {
  readonly timeoutMs?: number;
  readonly directory?: string;
}

/** How a command ended that could be started. */
export interface CommandEnd {
  readonly failed: boolean;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a program to its end, and says how that was.
 *
 * @returns undefined where there is no such program.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  { timeoutMs = ANSWER_MS, directory }: CommandOptions = {},
): Promise<CommandEnd | undefined> {
  return new Promise((resolve) => {
    const options = {
      timeout: timeoutMs,
      maxBuffer: OUTPUT_BYTES,
      env: process.env,
      ...(directory === undefined ? {} : { cwd: directory }),
    };
    execFile(program, args, options, (error, output, errors) => {
      const late = error?.killed === true ? lateness(timeoutMs) : '';
      const end = { failed: error !== null, output, errors: `${errors}${late}` };
      resolve(error?.code === 'ENOENT' ? undefined : end);
    });
  });
}

function lateness(timeoutMs: number): string {
  return `it was not done within ${(timeoutMs / 1_000).toString()} seconds\n`;
}

/**
 * Runs a command of Docker.
 *
 * @returns what it printed.
 * @throws NetworkError `DockerMissing`, `DockerUnreachable`, `DockerFailed`.
 */
export async function docker(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return outputOf(args, await runCommand('docker', args, options));
}

/** The same while everything else of this process waits. */
export function dockerNow(args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('docker', args, {
    env: process.env,
    encoding: 'utf8',
    timeout: ANSWER_MS,
    maxBuffer: OUTPUT_BYTES,
  });
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT') return outputOf(args, undefined);
  const late = code === 'ETIMEDOUT' ? lateness(ANSWER_MS) : '';
  return outputOf(args, { failed: status !== 0, output: stdout, errors: `${stderr}${late}` });
}

/** The last lines that a container has written, to its output and its errors. */
export function dockerLogsNow(container: string, lines: number): string {
  const { stdout, stderr } = spawnSync('docker', ['logs', '--tail', lines.toString(), container], {
    encoding: 'utf8',
    timeout: ANSWER_MS,
    maxBuffer: OUTPUT_BYTES,
  });
  return `${stdout}${stderr}`;
}

function outputOf(args: readonly string[], end: CommandEnd | undefined): string {
  if (end === undefined) throw dockerMissing();
  if (!end.failed) return end.output;
  if (isUnreachable(end.errors)) throw unreachable(end.errors);
  throw dockerFailed(`docker ${args.slice(0, 2).join(' ')}`, end);
}

function isUnreachable(errors: string): boolean {
  return /cannot connect to the docker daemon|permission denied while trying to connect|error during connect/i.test(
    errors,
  );
}

export function dockerMissing(): NetworkError {
  return new NetworkError(
    'DockerMissing',
    "Docker's program 'docker' is not on the PATH",
    'Install Docker and start it; or use --engine embedded, which needs nothing.',
    { program: 'docker' },
  );
}

function unreachable(errors: string): NetworkError {
  const reason = lastLines(errors).join(' ');
  return new NetworkError(
    'DockerUnreachable',
    `the Docker daemon does not answer: ${reason}`,
    'Start Docker, and see that you may use it: `docker version` must name a server. Or use --engine embedded, which needs nothing.',
    { reason },
  );
}

export function dockerFailed(command: string, { output, errors }: CommandEnd): NetworkError {
  const lines = lastLines(errors.trim() === '' ? output : errors);
  return new NetworkError(
    'DockerFailed',
    `'${command}' failed: ${lines.join('\n')}`,
    'Mend what Docker names, then run the command again.',
    { command, lines },
  );
}

function lastLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-TOLD_LINES);
}
