import { ENGINES, type Engine } from '@kessai/network';

/** One thing that a machine has or lacks. */
export interface Check {
  readonly name: string;
  /** `low`: there is too little of it; `taken`: somebody else has it. */
  readonly state: 'ok' | 'missing' | 'old' | 'low' | 'taken';
  readonly found: string;
  /** Which engines use it. */
  readonly engines: readonly Engine[];
  /** Without it those engines do not run; else they run less well, or fetch it. */
  readonly needed: boolean;
  /** What to do where it is not `ok`. */
  readonly remedy?: string;
}

/** What an engine can do on this machine. */
export interface Readiness {
  readonly engine: Engine;
  readonly ready: boolean;
  /** Names of the checks for want of which it does not run. */
  readonly lacks: readonly string[];
  /** Names of the checks that it would be better to mend. */
  readonly advice: readonly string[];
}

/** What is needed and what it says when it is there. */
export type Subject = Pick<Check, 'name' | 'engines' | 'needed'>;

export function fine(subject: Subject, found: string): Check {
  return { ...subject, state: 'ok', found };
}

export function wanting(subject: Subject, state: Exclude<Check['state'], 'ok'>, found: string, remedy: string): Check {
  return { ...subject, state, found, remedy };
}

/** Each engine's part of what was found. */
export function readinessOf(checks: readonly Check[]): readonly Readiness[] {
  return ENGINES.map((engine) => {
    const wrong = checks.filter(({ state, engines }) => state !== 'ok' && engines.includes(engine));
    const lacks = wrong.filter(({ needed }) => needed).map(({ name }) => name);
    const advice = wrong.filter(({ needed }) => !needed).map(({ name }) => name);
    return { engine, ready: lacks.length === 0, lacks, advice };
  });
}
