import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TakenSubmission } from '@kessai/interface';
import type { ExecutionWatch } from '@kessai/ledger';

/** As much of a submission as tells it from others. */
export type SubmissionName = Pick<TakenSubmission, 'member' | 'transactionId'>;

/** A submission, and how many processes have ended while they executed it. */
export interface Suspected extends SubmissionName {
  readonly ends: number;
}

/** What the process that serves was doing when it last said so. */
export type Doing =
  | { readonly kind: 'nothing' }
  /** Of one submission or, without one, of a whole cycle. Each instruction, and each moment that many take, has a mark of its own. */
  | { readonly kind: 'cycle'; readonly mark: string; readonly submission: SubmissionName | undefined };

/** The descriptor under which a worker has the file, after its streams and its channel. */
const descriptor = 4;
const suspectsVariable = 'KESSAI_SUSPECTED_SUBMISSIONS';
/** Longer than what is written. */
const longestBytes = 512;
/** Instructions of one submission are noted no more often. */
const refreshMs = 100;

const nothing: Doing = { kind: 'nothing' };

/**
 * A file without a name, which a worker writes and its supervisor reads: unlike a message it is there however the worker ends. Its text
 * is one line; what stands behind it is left of longer ones.
 */
export class ExecutionRecord {
  readonly descriptor: number;

  private constructor(file: number) {
    this.descriptor = file;
  }

  static make(): ExecutionRecord {
    const directory = mkdtempSync(join(tmpdir(), 'kessai-execution-'));
    try {
      return new ExecutionRecord(openSync(join(directory, 'record'), 'w+', 0o600));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  read(): Doing {
    const bytes = Buffer.alloc(longestBytes);
    const length = readSync(this.descriptor, bytes, 0, longestBytes, 0);
    const [line, rest] = bytes.toString('utf8', 0, length).split('\n', 2);
    const [kind, mark, member, transactionId] = (line ?? '').split(' ');
    if (rest === undefined || kind !== 'cycle' || mark === undefined) return nothing;
    const submission =
      member === undefined || transactionId === undefined ? undefined : ({ member, transactionId } as SubmissionName);
    return { kind, mark, submission };
  }

  clear(): void {
    writeLine(this.descriptor, 'nothing');
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** What a worker is told of the ends of those before it. */
export function suspectsEnvironment(suspects: readonly Suspected[]): Readonly<Record<string, string>> {
  return { [suspectsVariable]: JSON.stringify(suspects) };
}

/** Where a worker notes what it executes. A process that nobody watches notes nothing. */
export class ExecutionNotes implements ExecutionWatch {
  readonly #file: number | undefined;
  readonly #ends: ReadonlyMap<string, number>;
  #noted: string | undefined;
  #notedAt = 0;
  #marks = 0;

  constructor(file: number | undefined, suspects: readonly Suspected[]) {
    this.#file = file;
    this.#ends = new Map(suspects.map((suspected) => [nameOf(suspected), suspected.ends]));
  }

  static of(environment: NodeJS.ProcessEnv): ExecutionNotes {
    const suspects = environment[suspectsVariable];
    if (suspects === undefined) return new ExecutionNotes(undefined, []);
    return new ExecutionNotes(descriptor, JSON.parse(suspects) as readonly Suspected[]);
  }

  executing(submission: TakenSubmission | undefined): void {
    if (this.#file === undefined) return;
    const name = submission === undefined ? '' : nameOf(submission);
    const now = performance.now();
    if (name === this.#noted && now - this.#notedAt < refreshMs) return;
    this.#noted = name;
    this.#notedAt = now;
    this.#marks += 1;
    writeLine(this.#file, `cycle ${this.#marks.toString()} ${name}`.trimEnd());
  }

  endedBy(submission: TakenSubmission): number {
    return this.#ends.get(nameOf(submission)) ?? 0;
  }

  /** The cycle has come to its end. */
  idle(): void {
    this.#noted = undefined;
    if (this.#file !== undefined) writeLine(this.#file, 'nothing');
  }
}

function nameOf({ member, transactionId }: SubmissionName): string {
  return `${member} ${transactionId}`;
}

function writeLine(file: number, line: string): void {
  writeSync(file, `${line}\n`, 0, 'utf8');
}
