import { setMaxListeners } from 'node:events';
import { interruptible } from '@kessai/network';
import { CommandError } from '../terminal/command-error';
import { failureOf } from '../terminal/failure';
import type { Terminal } from '../terminal/terminal';

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Ending = (typeof endings)[number];

/** Something that a command which was cut off has left, and what to do about it. */
export interface Left {
  /** A sentence without its full stop. */
  readonly what: string;
  /** Commands as they are typed, by what each is for, in words that follow "to". */
  readonly commands: Readonly<Record<string, string>>;
}

/** What a command does once: repeated, it is refused. */
interface Once {
  /** That it is done, in a sentence without its full stop. */
  readonly what: string;
  readonly isDone: () => boolean;
}

/**
 * How a command takes it that it is told to end. `leaving`: there is nothing to undo, it ends at once; `undoing`: it ends at its next safe
 * point and undoes what it has begun; `waiting`: to be told is its usual end.
 */
type Manner = 'leaving' | 'undoing' | 'waiting';

export interface ScopeOptions {
  readonly terminal: Terminal;
  readonly asJson: boolean;
  /** The command as it is typed. Repeated, it completes what was cut off. */
  readonly again: string;
}

/** npm and shells hand on what the terminal has sent to all of them: within so long it is the same signal. */
const sameSignalMs = 500;

/**
 * What a command has begun, from its start to its end, whatever ends it. The first signal ends it in its manner; the second one ends it
 * at once. What it leaves then is said, with the commands that complete it.
 */
export class CommandScope {
  readonly #options: ScopeOptions;
  readonly #ending = new AbortController();
  readonly #leaves: (() => readonly Left[])[] = [];
  readonly #once: Once[] = [];
  /** The process ends by itself in the midst of the command. */
  readonly #exiting = (): void => {
    if (this.#manner === 'waiting') return;
    const left = this.#left();
    // One that has nothing to undo, and whose output nobody reads any more, ends without a word.
    if (this.#manner === 'leaving' && left.length === 0) return;
    this.#say(this.#cutOff('The command has ended before it was done', left));
  };
  #manner: Manner = 'leaving';
  #told: { readonly by: Ending; readonly atMs: number } | undefined;

  constructor(options: ScopeOptions) {
    this.#options = options;
    // Every call that runs listens to it, and many run at once.
    setMaxListeners(0, this.#ending.signal);
  }

  /** Aborted by the first signal, unless the command ends with it at once. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Has it asked what the command leaves, if it is cut off. It is asked as the process ends, so it answers at once. */
  leaves(tell: () => readonly Left[]): void {
    this.#leaves.push(tell);
  }

  /**
   * Has it ask whether what the command does once is done, if it is cut off: then that is said, and the command is not to be repeated.
   * It is asked as the process ends, so it answers at once. What is done before the command has begun is not of its doing.
   */
  once(what: string, isDone: () => boolean): void {
    if (!isDone()) this.#once.push({ what, isDone });
  }

  /** Runs what undoes what it has begun when it is interrupted: between its steps, and wherever it waits. */
  async undoing<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#manner = 'undoing';
    // A terminal that is gone, as after SIGHUP, takes no more lines; what was begun is undone all the same.
    this.#options.terminal.goOnUnread();
    return interruptible(this.signal, work);
  }

  /** From now on to be told to end is the command's usual end. @returns what says when. */
  waiting(): AbortSignal {
    this.#manner = 'waiting';
    return this.signal;
  }

  /** @throws what the work throws; CommandError `Interrupted` where a signal ended it. */
  async run(work: () => Promise<number | undefined>): Promise<number> {
    const listeners = endings.map((name) => [name, (): void => this.#end(name)] as const);
    for (const [name, end] of listeners) process.on(name, end);
    process.on('exit', this.#exiting);
    try {
      return (await work()) ?? 0;
    } catch (error) {
      if (this.#told === undefined) throw error;
      if (this.#manner === 'waiting') return 0;
      throw this.#interrupted(this.#told.by, error);
    } finally {
      for (const [name, end] of listeners) process.off(name, end);
      process.off('exit', this.#exiting);
    }
  }

  #end(by: Ending): void {
    const now = performance.now();
    if (this.#told === undefined) {
      this.#told = { by, atMs: now };
      if (this.#manner !== 'leaving') {
        if (this.#manner === 'undoing') this.#options.terminal.progress.step('Ending what was begun');
        this.#ending.abort();
        return;
      }
    } else if (now - this.#told.atMs < sameSignalMs) return;
    // Last of all: what clears up at the process's end has then done so.
    process.off('exit', this.#exiting);
    process.on('exit', () => {
      if (this.#manner !== 'waiting') this.#say(this.#interrupted(by));
    });
    process.exit(this.#manner === 'waiting' ? 0 : 1);
  }

  /** @param error what ended the work, where that was not the signal alone. */
  #interrupted(by: Ending, error?: unknown): CommandError {
    const reasons = isOfSignal(error, this.signal) ? [] : failureOf(error).lines;
    return this.#cutOff(`Interrupted by ${by}`, this.#left(), { signal: by }, reasons);
  }

  #left(): readonly Left[] {
    return this.#leaves.flatMap((tell) => tell());
  }

  #cutOff(
    message: string,
    left: readonly Left[],
    payload: { readonly signal?: Ending } = {},
    reasons: readonly string[] = [],
  ): CommandError {
    const { again } = this.#options;
    const done = this.#once.filter(({ isDone }) => isDone());
    const sentences = [message, ...[...done, ...left].map(({ what }) => what)].map((one) => `${one}.`).join(' ');
    const aims = new Map([
      ...left.flatMap(({ commands }) => Object.entries(commands)),
      ...(done.length > 0 ? [] : [['complete it', again] as const]),
    ]);
    const remedies = [...aims].map(([aim, command]) => `To ${aim}: ${command}`);
    const told = left.map(({ what, commands }) => ({ what, commands: { ...commands } }));
    return new CommandError('Interrupted', [sentences, ...reasons].join('\n'), remedies.join('\n'), {
      ...payload,
      ...(done.length > 0 ? { done: done.map(({ what }) => what) } : { again }),
      left: told,
    });
  }

  #say(error: CommandError): void {
    this.#options.terminal.fail(this.#options.asJson, error);
  }
}

/** Whether an error says no more than that the work was interrupted. */
function isOfSignal(error: unknown, signal: AbortSignal): boolean {
  if (error === undefined || error === signal.reason) return true;
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'CancelledError');
}
