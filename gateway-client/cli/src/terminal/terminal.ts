import { createRequire } from 'node:module';
import type { Json } from '@kessai/interface';
import { styled } from './colour';
import { type Progress, type ProgressStream, progressOn } from './progress';

// What knows every kind of error loads all that can fail; a command that does not fail does without.
const load = createRequire(__filename);

export interface TerminalStreams {
  readonly out: ProgressStream;
  readonly err: ProgressStream;
}

/** Where a command's result and its progress go. */
export class Terminal {
  readonly #streams: TerminalStreams;
  readonly progress: Progress;

  constructor(streams: TerminalStreams = { out: process.stdout, err: process.stderr }) {
    this.#streams = streams;
    this.progress = progressOn(streams.err);
  }

  /** The one JSON document of a command, or its text for people. */
  result(asJson: boolean, document: Json, text: () => string): void {
    this.progress.end();
    this.print(asJson ? JSON.stringify(document, undefined, 2) : text());
  }

  print(text: string): void {
    this.#streams.out.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  note(text: string): void {
    this.progress.end();
    this.#streams.err.write(`${text}\n`);
  }

  /** @returns the exit code. */
  fail(asJson: boolean, error: unknown): 1 | 2 {
    this.progress.end();
    const { failureOf } = load('./failure') as typeof import('./failure');
    const failure = failureOf(error);
    if (asJson) this.print(JSON.stringify({ error: failure.error }, undefined, 2));
    else {
      const [first = '', ...rest] = failure.lines;
      this.note(styled(first, 'red', this.#streams.err));
      for (const line of rest) this.note(line);
    }
    return failure.exitCode;
  }
}
