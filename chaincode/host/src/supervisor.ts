import { type ChildProcess, fork } from 'node:child_process';
import { isWorkerMessage } from './heartbeat';
import type { Log } from './log';

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** How often silence is looked for. */
const checkMs = 100;
/** How long a worker may take to its first beat, on a machine that is slow because it is starting everything. */
const startMs = 60_000;
/** A worker that lived for so long was well: the next one starts after the first pause again. */
const steadyMs = 10_000;

/**
 * MiB of each half of the space for young objects. A cycle of orders makes many objects that live as long as the cycle: with Node's 16 MiB
 * they were copied again and again, and a cycle of 900 orders took 151 ms of CPU instead of 116.
 */
const youngObjects = '--max-semi-space-size=64';

export interface SupervisorOptions {
  /** The JavaScript program of the process that serves. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Silence after which a worker is ended. */
  readonly watchdogMs: number;
  /** How long a worker has to end by itself when it is asked to. */
  readonly graceMs: number;
  readonly log: Log;
  /** Called each time a worker serves. */
  readonly onListening: (port: number) => void;
  /** Called each time a worker has ended that was not asked to. */
  readonly onEnded?: () => void;
}

/**
 * Keeps one worker process alive. An endless loop in JavaScript cannot be interrupted from inside its process, and the peer's timeout
 * ends only the transaction: every later one would wait for the loop. So the worker beats, and one that is silent is replaced; the
 * peer fails what it had in flight and connects again.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #worker: ChildProcess | undefined;
  #pauseMs = firstPauseMs;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** The process that serves now, if there is one. */
  get workerPid(): number | undefined {
    return this.#worker?.pid;
  }

  start(): void {
    const { program, environment, watchdogMs, log, onListening, onEnded } = this.#options;
    const startedAt = performance.now();
    const worker = fork(program, [], {
      ...{ env: environment, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
      execArgv: [...process.execArgv, youngObjects],
    });
    this.#worker = worker;
    const silence = new Silence(startMs, (limitMs) => {
      log('error', `worker ${String(worker.pid)} was silent for ${limitMs.toString()} ms: ending it`);
      worker.kill('SIGKILL');
    });
    worker.on('message', (message) => {
      if (!isWorkerMessage(message)) return;
      silence.heard(watchdogMs);
      if (message.kind === 'listening') onListening(message.port);
    });
    const ended = (how: string) => {
      silence.end();
      this.#worker = undefined;
      if (this.#stopping) return;
      onEnded?.();
      if (performance.now() - startedAt > steadyMs) this.#pauseMs = firstPauseMs;
      log('error', `the worker ended (${how}); the next starts in ${this.#pauseMs.toString()} ms`);
      this.#restart = setTimeout(() => this.start(), this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    };
    worker.once('exit', (code, signal) => ended(signal ?? `exit code ${String(code)}`));
    worker.on('error', (error) => {
      // A process that never was does not end either.
      if (worker.pid === undefined) ended(error.message);
    });
  }

  /** Asks the worker to end, and ends it if it does not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill('SIGTERM');
    const force = setTimeout(() => worker.kill('SIGKILL'), this.#options.graceMs);
    await ended;
    clearTimeout(force);
  }
}

/** Notices that nothing was heard for a time. */
class Silence {
  readonly #timer: NodeJS.Timeout;
  #limitMs: number;
  #quietMs = 0;
  #checkedAt = performance.now();

  constructor(limitMs: number, onSilence: (limitMs: number) => void) {
    this.#limitMs = limitMs;
    this.#timer = setInterval(() => {
      const now = performance.now();
      // A late check means that this process, or the machine, stood still itself: that time is not the worker's silence.
      this.#quietMs += Math.min(now - this.#checkedAt, 2 * checkMs);
      this.#checkedAt = now;
      if (this.#quietMs < this.#limitMs) return;
      this.end();
      onSilence(this.#limitMs);
    }, checkMs);
  }

  /** Something was heard; the next silence may last so long. */
  heard(limitMs: number): void {
    this.#limitMs = limitMs;
    this.#quietMs = 0;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
