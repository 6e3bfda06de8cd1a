/** Parameters of fast-check: how many sequences a law is tried with, and from which seed. */
export interface Sequences {
  readonly numRuns: number;
  readonly seed?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How many random sequences a law is tried with: `byDay` of them, `byNight` with KESSAI_NIGHTLY=1, and as many as KESSAI_SEQUENCES says
 * where it is set. KESSAI_SEED is the seed to begin with; a law that fails says its own.
 */
export function sequences(environment: Environment, byDay: number, byNight = byDay): Sequences {
  const usual = environment['KESSAI_NIGHTLY'] === '1' ? byNight : byDay;
  const seed = environment['KESSAI_SEED'];
  return {
    numRuns: numberIn(environment, 'KESSAI_SEQUENCES') ?? usual,
    ...(seed === undefined ? {} : { seed: numberIn(environment, 'KESSAI_SEED') ?? 0 }),
  };
}

/** The time that a law may take, in milliseconds: `usual`, or a day where KESSAI_SEQUENCES says how many are tried. */
export function limitOfSequencesMs(environment: Environment, usual: number): number {
  return environment['KESSAI_SEQUENCES'] === undefined ? usual : 86_400_000;
}

function numberIn(environment: Environment, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is not a whole number of 1 or more: ${text}`);
  return value;
}
