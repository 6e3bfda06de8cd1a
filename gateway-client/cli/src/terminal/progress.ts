import { printableLine } from './printable';
import { clipped } from './text-width';

/** Shows on standard error what goes on, so that standard output holds the result alone. */
export interface Progress {
  /** The step that goes on now; the one before is done. */
  step(text: string): void;
  /** The last step is done, or not. */
  end(): void;
}

/** As much of a terminal as progress needs. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Its file descriptor, where it has one. */
  readonly fd?: number;
  write(text: string): unknown;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 80;

/** A line that turns on a terminal, plain lines elsewhere. */
export function progressOn(stream: ProgressStream): Progress {
  return stream.isTTY === true ? new Spinner(stream) : new Lines(stream);
}

/** Says nothing. */
export const silentProgress: Progress = { step: () => undefined, end: () => undefined };

class Lines implements Progress {
  readonly #stream: ProgressStream;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  step(text: string): void {
    this.#stream.write(`${printableLine(text)} ...\n`);
  }

  end(): void {
    // Every line stands already.
  }
}

class Spinner implements Progress {
  readonly #stream: ProgressStream;
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;
  #text = '';

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  step(text: string): void {
    this.#text = printableLine(text);
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), frameMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stream.write('\r\u001b[K');
  }

  #draw(): void {
    const frame = frames[this.#frame % frames.length] ?? '';
    this.#frame += 1;
    const width = (this.#stream.columns ?? 80) - 3;
    this.#stream.write(`\r\u001b[K${frame} ${clipped(this.#text, width)}`);
  }
}
