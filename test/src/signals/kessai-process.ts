import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The command, as a program of Node.js. */
export const kessaiProgram = join(__dirname, '..', '..', '..', 'gateway-client', 'cli', 'bin', 'kessai.js');
const limitMs = 120_000;

export interface Ended {
  /** The exit code; null where a signal ended it that it did not take. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly elapsedMs: number;
}

/** Where a command runs: its current directory, and where it makes temporary ones. */
export interface Surroundings {
  readonly cwd: string;
  readonly temporary: string;
}

/** A signal, so long after the command's start, or after it has made a file. */
export interface Stroke {
  readonly signal: NodeJS.Signals;
  readonly atMs: number;
  readonly after?: string;
}

/** Runs `kessai` as a process of its own, and sends it signals as it runs. */
export async function kessai(
  words: readonly string[],
  { cwd, temporary }: Surroundings,
  strokes: readonly Stroke[] = [],
): Promise<Ended> {
  return ended(
    spawn(process.execPath, [kessaiProgram, ...words], {
      cwd,
      env: environment(temporary),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
    strokes,
  );
}

/** Runs what a command has told to type, in a shell. */
export async function typed(line: string, { cwd, temporary }: Surroundings): Promise<Ended> {
  const shell = `kessai() { '${process.execPath}' '${kessaiProgram}' "$@"; }; ${line}`;
  return ended(
    spawn('/bin/sh', ['-c', shell], { cwd, env: environment(temporary), stdio: ['ignore', 'pipe', 'pipe'] }),
    [],
  );
}

function environment(temporary: string): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: temporary };
}

async function ended(child: ChildProcess, strokes: readonly Stroke[]): Promise<Ended> {
  const began = performance.now();
  const strikeAt = (signal: NodeJS.Signals, atMs: number): NodeJS.Timeout => setTimeout(() => child.kill(signal), atMs);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const timers = strokes.filter(({ after }) => after === undefined).map(({ signal, atMs }) => strikeAt(signal, atMs));
  const waiting = strokes.flatMap(({ signal, atMs, after }) => (after === undefined ? [] : [{ signal, atMs, after }]));
  const watch = setInterval(() => {
    for (const stroke of waiting.filter(({ after }) => existsSync(after))) {
      waiting.splice(waiting.indexOf(stroke), 1);
      timers.push(strikeAt(stroke.signal, stroke.atMs));
    }
  }, 5);
  const tooLate = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  for (const timer of [...timers, tooLate]) clearTimeout(timer);
  clearInterval(watch);
  return { code, out, err, elapsedMs: performance.now() - began };
}

/** Processes of this machine that know of a path: what was started on it, with what that has started. */
export async function processesOf(path: string): Promise<readonly string[]> {
  // What was killed takes a moment to end, and so does what it had started.
  let found = processesNow(path);
  for (let waited = 0; waited < 3_000 && found.length > 0; waited += 100) {
    await pause(100);
    found = processesNow(path);
  }
  return found;
}

function processesNow(path: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const said = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
        return said.some((text) => text.includes(path)) ? [`${pid} ${said[0]?.replaceAll('\0', ' ') ?? ''}`] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** The commands that a command which was cut off has told to type, by what each is for. */
export function toldCommands(err: string): ReadonlyMap<string, string> {
  return new Map([...err.matchAll(/^To (.+?): (kessai .+)$/gm)].map(([, aim = '', line = '']) => [aim, line]));
}
