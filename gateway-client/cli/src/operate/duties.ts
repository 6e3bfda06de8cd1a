import type { MarketProgress } from '@kessai/interface';
import type { DutyInstruction, MarketClock } from './operate-port';

/** Something that operators do by the calendar, such as to end the day. */
export interface Duty {
  /** For the log. */
  readonly name: string;
  /**
   * The instructions that are due as the market stands; none: nothing is. Asked again and again; what has been executed is not due any
   * more, and sealing it twice does no harm.
   */
  due(progress: MarketProgress, clock: MarketClock): Promise<readonly DutyInstruction[]>;
}

/** When a duty was first seen to be due, so that each operator waits for those before it. */
export class DutyWatch {
  readonly #stepMs: number;
  readonly #dueSince = new Map<Duty, number>();

  /** @param stepMs how long each further operator waits. */
  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** Whether it is for the operator of this rank to see to it now. */
  isMine(duty: Duty, rank: number, now: number): boolean {
    const since = this.#dueSince.get(duty) ?? now;
    this.#dueSince.set(duty, since);
    return now - since >= rank * this.#stepMs;
  }

  done(duty: Duty): void {
    this.#dueSince.delete(duty);
  }
}
