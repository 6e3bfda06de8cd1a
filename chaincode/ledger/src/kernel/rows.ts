import type { Codec } from '@kessai/interface';
import { type Log, linesCodec } from './log';
import { type Change, Version } from './version';

/**
 * Lines of one record, found by a name. A change makes another `Rows` and costs the same however many there are: thousands of
 * instructions of one cycle may each change a line of the same page.
 */
export class Rows<T> {
  readonly #lines: Version<Map<string, T>>;

  private constructor(lines: Version<Map<string, T>>) {
    this.#lines = lines;
  }

  static of<T>(lines: Iterable<readonly [string, T]>): Rows<T> {
    return new Rows(Version.of(new Map(lines)));
  }

  get size(): number {
    return this.#lines.state.size;
  }

  get(name: string): T | undefined {
    return this.#lines.state.get(name);
  }

  /** In no particular order. */
  values(): readonly T[] {
    return [...this.#lines.state.values()];
  }

  with(name: string, line: T): Rows<T> {
    return new Rows(this.#lines.with(changeOf(name, this.get(name), line)));
  }

  without(name: string): Rows<T> {
    const line = this.get(name);
    return line === undefined ? this : new Rows(this.#lines.with(changeOf<T>(name, line, undefined)));
  }
}

function changeOf<T>(name: string, before: T | undefined, after: T | undefined): Change<Map<string, T>> {
  const to = (line: T | undefined) => (lines: Map<string, T>) => {
    if (line === undefined) lines.delete(name);
    else lines.set(name, line);
  };
  return { make: to(after), takeBack: to(before) };
}

/** A line that is stored in another form than it is used in: as a row without names, for what there are very many of. */
export function lineCodec<L, T>(line: Codec<L>, read: (line: L) => T, write: (value: T) => L): Codec<T> {
  return {
    schema: line.schema,
    decode: (value, field) => read(line.decode(value, field)),
    encode: (value) => line.encode(write(value)),
  };
}

/** `{ lines }`: written in the order of `compare`, whatever the order in which they came and went. */
export function rowsCodec<T>(
  line: Codec<T>,
  nameOf: (value: T) => string,
  compare: (a: T, b: T) => number,
): Codec<Rows<T>> {
  return rowsOn(linesCodec(line), nameOf, compare);
}

/** The same of a page whose lines have a form of their own. */
export function rowsOn<T>(
  page: Codec<Log<T>>,
  nameOf: (value: T) => string,
  compare: (a: T, b: T) => number,
): Codec<Rows<T>> {
  return {
    schema: page.schema,
    decode(value, field) {
      const { lines } = page.decode(value, field);
      return Rows.of(lines.map((one) => [nameOf(one), one] as const));
    },
    encode: (rows) => page.encode({ lines: [...rows.values()].sort(compare) }),
  };
}

/** By code units, as keys are ordered. */
export function byName<T>(nameOf: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [first, second] = [nameOf(a), nameOf(b)];
    if (first === second) return 0;
    return first < second ? -1 : 1;
  };
}
