import { createRequire } from 'node:module';
import type { Json } from '@kessai/interface';
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
  readonly progress: Progress;
  #goesOnUnread = false;

  constructor(streams: TerminalStreams = { out: process.stdout, err: process.stderr }) {
    this.#streams = streams;
    this.progress = progressOn(streams.err);
    // Whoever reads the output may have had enough of it, as `head` has.
    streams.out.on?.('error', ({ code }) => {
      if (!this.#goesOnUnread) process.exit(code === 'EPIPE' ? 0 : 1);
    });
    streams.err.on?.('error', () => undefined);
  }

  /** From now on a command goes on though nobody reads what it prints any more. */
  goOnUnread(): void {
    this.#goesOnUnread = true;
  }

  /** The one JSON document of a command, or its text for people. */
  result(asJson: boolean, document: Json, text: () => string): void {
    this.progress.end();
    this.print(asJson ? JSON.stringify(document, undefined, 2) : text());
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
    this.#streams.err.write(`${printableText(text)}\n`);
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
    else {
      const [first = '', ...rest] = failure.lines;
      this.note(styled(first, 'red', this.#streams.err));
      for (const line of rest) this.note(line);
    }
    return failure.exitCode;
  }
}
