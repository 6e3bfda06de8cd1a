import { createRequire } from 'node:module';
import type { Json, JsonObject } from '@kessai/interface';
import { type Log, type LogFields, type LogSettings, logTo } from '@kessai/telemetry';
import { styled } from './colour';
import { exposureOf } from './output-exposure';
import { printableText } from './printable';
import { type Progress, type ProgressStream, progressOn } from './progress';

// What knows every kind of error loads all that can fail; a command that does not fail does without.
const load = createRequire(__filename);

export interface TerminalStreams {
  readonly out: TerminalStream;
  readonly err: TerminalStream;
}

/** A stream that may be closed at its other end while it is written to. */
export interface TerminalStream extends ProgressStream {
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Where a command's result and its progress go. */
export class Terminal {
  readonly #streams: TerminalStreams;
  #progress: Progress;
  #goesOnUnread = false;
  /** Takes all that the command tells, where every line is to be one for programs. */
  #log: Log | undefined;

  constructor(streams: TerminalStreams = { out: process.stdout, err: process.stderr }) {
    this.#streams = streams;
    this.#progress = progressOn(streams.err);
    // Whoever reads the output may have had enough of it, as `head` has.
    streams.out.on?.('error', ({ code }) => {
      if (!this.#goesOnUnread) process.exit(code === 'EPIPE' ? 0 : 1);
    });
    streams.err.on?.('error', () => undefined);
  }

  get progress(): Progress {
    return this.#progress;
  }

  /**
   * The log, on standard error, of a command that runs for long. Where it is JSON, all else that the command tells from now on is told in it,
   * so that there is no line which is not.
   */
  log(settings: LogSettings): Log {
    const isJson = settings.format === 'json';
    const log = logTo({ write: (text) => this.#streams.err.write(isJson ? text : printableText(text)) }, settings);
    if (isJson) {
      this.#log = log;
      this.#progress = { step: (text) => log('info', text), end: () => undefined };
    }
    return log;
  }

  /** From now on a command goes on though nobody reads what it prints any more. */
  goOnUnread(): void {
    this.#goesOnUnread = true;
  }

  /** The one JSON document of a command, or its text for people. */
  result(asJson: boolean, document: Json, text: () => string): void {
    this.progress.end();
    if (this.#log !== undefined && !asJson) this.#log('info', text());
    else this.print(asJson ? JSON.stringify(document, undefined, 2) : text());
  }

  print(text: string): void {
    const shown = printableText(text);
    this.#streams.out.write(shown.endsWith('\n') ? shown : `${shown}\n`);
  }

  /** Who else can read what is printed; undefined: nobody that is known. */
  get exposure(): 'screen' | 'file' | undefined {
    return exposureOf(this.#streams.out);
  }

  note(text: string): void {
    this.progress.end();
    if (this.#log !== undefined) this.#log('info', text);
    else this.#streams.err.write(`${printableText(text)}\n`);
  }

  /**
   * @param place the directory that the command works on.
   * @returns the exit code.
   */
  fail(asJson: boolean, error: unknown, place?: string): 1 | 2 {
    this.progress.end();
    const { failureOf } = load('./failure') as typeof import('./failure');
    const failure = failureOf(error, place);
    if (asJson) this.print(JSON.stringify({ error: failure.error }, undefined, 2));
    else if (this.#log !== undefined) this.#log('error', failure.lines.join(' '), codeIn(failure.error));
    else {
      const [first = '', ...rest] = failure.lines;
      this.note(styled(first, 'red', this.#streams.err));
      for (const line of rest) this.note(line);
    }
    return failure.exitCode;
  }
}

function codeIn({ code }: JsonObject): LogFields {
  return typeof code === 'string' ? { code } : {};
}
