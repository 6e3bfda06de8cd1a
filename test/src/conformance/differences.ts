/** One thing in which the two networks were not the same. */
export interface Difference {
  /** Which step of the run, counted from 1: the same in every run of the seed. */
  readonly step: number;
  readonly what: string;
  /** Where in the answer, as `refused.details[0]`; empty for all of it. */
  readonly path: string;
  readonly embedded: unknown;
  readonly native: unknown;
}

const shown = 12;
const longestValue = 600;

/** Compares what two networks answered, and keeps what differs. */
export class Differences {
  readonly #seed: number;
  readonly #found: Difference[] = [];
  #compared = 0;
  #step = 0;
  #stepName = '';

  constructor(seed: number) {
    this.#seed = seed;
  }

  get found(): readonly Difference[] {
    return this.#found;
  }

  /** How many answers were compared. */
  get compared(): number {
    return this.#compared;
  }

  /** A new step begins: what is compared from here on belongs to it. */
  nextStep(): number {
    this.#step += 1;
    this.#stepName = '';
    return this.#step;
  }

  /** The same, told by its name in what follows. */
  beginStep(name: string): void {
    this.nextStep();
    this.#stepName = name;
  }

  /** @returns whether they are the same. */
  compare(what: string, embedded: unknown, native: unknown): boolean {
    this.#compared += 1;
    const paths = [...differingPaths(embedded, native, '')];
    const told = this.#stepName === '' ? what : `${this.#stepName}, ${what}`;
    for (const one of paths) this.#found.push({ step: this.#step, what: told, ...one });
    return paths.length === 0;
  }

  /** What a person needs to see it again; empty where nothing differs. */
  report(): string {
    if (this.#found.length === 0) return '';
    const lines = this.#found.slice(0, shown).map(({ step, what, path, embedded, native }) => {
      const where = path === '' ? '' : ` at ${path}`;
      return `step ${step.toString()}, ${what}${where}\n  embedded: ${printed(embedded)}\n  native:   ${printed(native)}`;
    });
    const more = this.#found.length - lines.length;
    const rest = more > 0 ? `\n... and ${more.toString()} more` : '';
    const count = `${this.#found.length.toString()} differences; replay with KESSAI_SEED=${this.#seed.toString()}`;
    return `${count}\n${lines.join('\n')}${rest}`;
  }
}

type Differing = Pick<Difference, 'path' | 'embedded' | 'native'>;

function* differingPaths(embedded: unknown, native: unknown, path: string): Generator<Differing> {
  if (Object.is(embedded, native)) return;
  if (Array.isArray(embedded) && Array.isArray(native)) {
    for (let index = 0; index < Math.max(embedded.length, native.length); index += 1) {
      yield* differingPaths(embedded[index], native[index], `${path}[${index.toString()}]`);
    }
  } else if (isRecord(embedded) && isRecord(native)) {
    for (const name of new Set([...Object.keys(embedded), ...Object.keys(native)])) {
      yield* differingPaths(embedded[name], native[name], path === '' ? name : `${path}.${name}`);
    }
  } else {
    yield { path, embedded, native };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function printed(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'nothing';
  return text.length > longestValue ? `${text.slice(0, longestValue)}... (${text.length.toString()} characters)` : text;
}
