import { type ChildProcess, fork } from 'node:child_process';
import type { Log } from '@kessai/telemetry';
import type { MetricsPart } from '@kessai/telemetry/metrics';
import {
  type Doing,
  ExecutionRecord,
  type SubmissionName,
  type Suspected,
  suspectsEnvironment,
} from './execution-record';
import { type SupervisorMessage, isWorkerMessage } from './heartbeat';

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** How often silence is looked for. */
const checkMs = 100;
/** How long a worker may take to its first beat, on a machine that is slow because it is starting everything. */
const startMs = 60_000;
/** A worker that lived for so long was well: the next one starts after the first pause again. */
const steadyMs = 10_000;
/** Whoever reads metrics waits no longer. */
const metricsMs = 2_000;
/** Submissions that are suspected; the oldest are forgotten first. */
const mostSuspects = 200;
/** How a process is ended by others, for reasons of theirs. */
const fromOutside: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

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
  /** Silence after which it is ended where it executes a cycle and comes no further in it. */
  readonly instructionMs: number;
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
 * peer fails what it had in flight and connects again. The next worker is told which submissions were executed when one ended.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #record = ExecutionRecord.make();
  readonly #suspects = new Map<string, Suspected>();
  #worker: ChildProcess | undefined;
  #isServing = false;
  #metricsWaiting: ((metrics: MetricsPart | undefined) => void)[] = [];
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

  /** Whether there is one that has said that it serves. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** How many submissions the next worker is told of. */
  get suspectCount(): number {
    return this.#suspects.size;
  }

  /** What the process that serves tells of itself; undefined where there is none, or none that answers in time. */
  async workerMetrics(): Promise<MetricsPart | undefined> {
    const worker = this.#worker;
    if (worker?.connected !== true) return undefined;
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(undefined), metricsMs);
      this.#metricsWaiting.push((metrics) => {
        clearTimeout(late);
        resolve(metrics);
      });
      const wanted: SupervisorMessage = { kind: 'metrics-wanted' };
      // One that ends just now is told of as ended.
      worker.send(wanted, () => undefined);
    });
  }

  #metricsCame(metrics: MetricsPart | undefined): void {
    for (const answer of this.#metricsWaiting.splice(0)) answer(metrics);
  }

  start(): void {
    const { program, environment, log, onListening } = this.#options;
    const startedAt = performance.now();
    this.#record.clear();
    const worker = fork(program, [], {
      env: { ...environment, ...suspectsEnvironment([...this.#suspects.values()]) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', this.#record.descriptor],
      execArgv: [...process.execArgv, youngObjects],
    });
    this.#worker = worker;
    let wasSilent = false;
    const silence = new Silence(this.#record, this.#options, (limitMs) => {
      log('error', `worker ${String(worker.pid)} was silent for ${limitMs.toString()} ms: ending it`);
      wasSilent = true;
      worker.kill('SIGKILL');
    });
    worker.on('message', (message) => {
      if (!isWorkerMessage(message)) return;
      silence.heard();
      if (message.kind === 'metrics') this.#metricsCame(message.metrics);
      if (message.kind !== 'listening') return;
      this.#isServing = true;
      onListening(message.port);
    });
    worker.once('exit', (code, signal) => {
      silence.end();
      const byItself = wasSilent || signal === null || !fromOutside.has(signal);
      this.#ended(signal ?? `exit code ${String(code)}`, startedAt, byItself);
    });
    worker.on('error', (error) => {
      // A process that never was does not end either.
      if (worker.pid !== undefined) return;
      silence.end();
      this.#ended(error.message, startedAt, false);
    });
  }

  #ended(how: string, startedAt: number, byItself: boolean): void {
    const { log, onEnded } = this.#options;
    this.#worker = undefined;
    this.#isServing = false;
    this.#metricsCame(undefined);
    if (this.#stopping) return;
    onEnded?.();
    const doing = this.#record.read();
    const submission = byItself && doing.kind === 'cycle' ? doing.submission : undefined;
    if (submission) this.#suspect(submission);
    // What is known to have ended it will not end the next one in the same way.
    if (submission !== undefined || performance.now() - startedAt > steadyMs) this.#pauseMs = firstPauseMs;
    log('error', `the worker ended (${how}); the next starts in ${this.#pauseMs.toString()} ms`, { how });
    this.#restart = setTimeout(() => this.start(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }

  #suspect({ member, transactionId }: SubmissionName): void {
    const ends = (this.#suspects.get(transactionId)?.ends ?? 0) + 1;
    this.#options.log('error', `it was executing what ${member} sealed in transaction ${transactionId}`, {
      member,
      transactionId,
    });
    this.#suspects.delete(transactionId);
    this.#suspects.set(transactionId, { member, transactionId, ends });
    const [oldest] = this.#suspects.keys();
    if (this.#suspects.size > mostSuspects && oldest !== undefined) this.#suspects.delete(oldest);
  }

  /** Asks the worker to end, and ends it if it does not. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker) {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.kill('SIGTERM');
      const force = setTimeout(() => worker.kill('SIGKILL'), this.#options.graceMs);
      await ended;
      clearTimeout(force);
    }
    this.#record.close();
  }
}

/** Notices that nothing was heard for a time, and that a cycle came no further. */
class Silence {
  readonly #record: ExecutionRecord;
  readonly #limits: Pick<SupervisorOptions, 'watchdogMs' | 'instructionMs'>;
  readonly #timer: NodeJS.Timeout;
  #isStarting = true;
  #quietMs = 0;
  #checkedAt = performance.now();
  #mark: string | undefined;

  constructor(
    record: ExecutionRecord,
    limits: Pick<SupervisorOptions, 'watchdogMs' | 'instructionMs'>,
    onSilence: (limitMs: number) => void,
  ) {
    this.#record = record;
    this.#limits = limits;
    this.#timer = setInterval(() => {
      const now = performance.now();
      // A late check means that this process, or the machine, stood still itself: that time is not the worker's silence.
      this.#quietMs += Math.min(now - this.#checkedAt, 2 * checkMs);
      this.#checkedAt = now;
      const limitMs = this.#limitMs(this.#record.read());
      if (this.#quietMs < limitMs) return;
      this.end();
      onSilence(limitMs);
    }, checkMs);
  }

  /** Something was heard. */
  heard(): void {
    this.#isStarting = false;
    this.#quietMs = 0;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #limitMs(doing: Doing): number {
    if (this.#isStarting) return startMs;
    if (doing.kind === 'nothing') return this.#limits.watchdogMs;
    // Instructions that are executed one after another keep the event loop for long, and come to their end.
    if (doing.mark !== this.#mark) this.#quietMs = 0;
    this.#mark = doing.mark;
    return this.#limits.instructionMs;
  }
}
