import { charactersOf, mayFollow } from './instruction';
import { ClosedError } from './market-error';
import type { SealedGroup } from './sealed-group';
import type { CoverOptions, Settings } from './settings';
import { type BatchPorts, SubmissionBatch } from './submission-batch';

/** Calls that are made within so many milliseconds are sealed together. */
const gatherMs = 3;

/** Submissions under way at once. */
const submissionsUnderWay = 4;

/**
 * What a submission must hold to be sent while another is under way: each costs every node of the channel, whatever it holds, so what is
 * less waits for what comes meanwhile.
 */
const enough = { instructions: 250, characters: 256 * 1024 } as const;

/**
 * And what is less waits, from the start of the last submission, half as long as that took to be executed, at most so many milliseconds: no
 * cycle takes it before, and where the market is busy, each submission that is not made leaves it more time.
 */
const longestPauseMs = 500;

/** Where as many instructions wait for a cycle as may, the next submission waits for one to be executed, at most so many milliseconds. */
const longestWaitMs = 1_000;

/** Ends a steady beat. */
export interface CoverBeat extends Disposable {
  /** From now on calls are sealed when they are made, and nothing is sealed without them. */
  stop(): void;
}

/**
 * Puts what is called close together into one submission, in the order in which it was called. While one submission is being endorsed,
 * what comes is gathered for the next, so that they are sent to be ordered in that order too.
 */
export class Sealer {
  readonly #settings: Settings;
  readonly #ports: BatchPorts;
  readonly #running = new Set<Promise<void>>();
  /** How many instructions of each submission wait for a cycle. */
  readonly #waiting = new Map<SubmissionBatch, number>();
  #queue: SealedGroup[] = [];
  #gathering: NodeJS.Timeout | undefined;
  #pausing: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #endorsing = 0;
  #startedAt = Number.NEGATIVE_INFINITY;
  /** From the start of a submission to its execution, the last time that it was seen. */
  #executionMs = 0;
  #closed = false;

  constructor(settings: Settings, ports: BatchPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** @throws ClosedError */
  add(group: SealedGroup): void {
    if (this.#closed) throw new ClosedError();
    this.#queue.push(group);
    if (this.#beat === undefined) this.#gathering ??= setTimeout(() => this.#flush(), gatherMs);
  }

  /** A group that was held goes on, and what is behind it. */
  release(group: SealedGroup): void {
    group.held = false;
    if (this.#beat === undefined && this.#gathering === undefined) this.#flush();
  }

  /** One submission in each interval from now on, with what was called since the last one, or with nothing. */
  cover({ everyMs }: CoverOptions): CoverBeat {
    if (this.#closed) throw new ClosedError();
    clearInterval(this.#beat);
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const beat = setInterval(() => {
      // Where nothing can be sealed for so long, more of it would not hide anything.
      if (this.#running.size < submissionsUnderWay) this.#start(this.#take(), true);
    }, everyMs);
    this.#beat = beat;
    const stop = () => {
      clearInterval(beat);
      if (this.#beat !== beat) return;
      this.#beat = undefined;
      this.#flush();
    };
    return { stop, [Symbol.dispose]: stop };
  }

  /** Cancels what is not being sealed yet, and resolves when what is has come to its end. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#gathering);
    clearTimeout(this.#pausing);
    clearInterval(this.#beat);
    for (const group of this.#queue.splice(0)) group.cancel(new ClosedError());
    await Promise.all(this.#running);
  }

  #flush(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    clearTimeout(this.#pausing);
    if (this.#beat !== undefined || this.#closed || this.#endorsing > 0) return;
    const hasEnough = this.#hasEnough();
    if (this.#queue.length === 0 || this.#running.size >= (hasEnough ? submissionsUnderWay : 1)) return;
    const pauseMs = this.#pauseMs(hasEnough) - (performance.now() - this.#startedAt);
    if (pauseMs > 0) {
      this.#pausing = setTimeout(() => this.#flush(), pauseMs);
      return;
    }
    const groups = this.#take();
    if (groups.length > 0) this.#start(groups, false);
  }

  /** From the start of the last submission to that of the next. */
  #pauseMs(hasEnough: boolean): number {
    if (!hasEnough) return Math.min(longestPauseMs, this.#executionMs / 2);
    const waiting = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    return waiting < this.#settings.instructionsWaiting ? 0 : longestWaitMs;
  }

  #hasEnough(): boolean {
    let instructions = 0;
    let characters = 0;
    for (const { texts, held } of this.#queue) {
      if (held) break;
      instructions += texts.length;
      characters += charactersOf(texts);
      if (instructions >= enough.instructions || characters >= enough.characters) return true;
    }
    return false;
  }

  /** What the next submission may hold. */
  #take(): readonly SealedGroup[] {
    this.#queue = this.#queue.filter(({ settled }) => !settled);
    const groups: SealedGroup[] = [];
    let instructions = 0;
    let characters = 0;
    for (const group of this.#queue) {
      const { held, texts } = group;
      // Cover that somebody asked for is a submission of its own.
      const alone = groups.length > 0 && (texts.length === 0 || instructions === 0);
      if (held || alone || !mayFollow(instructions, characters, texts, this.#settings.submissionInstructions)) break;
      groups.push(group);
      instructions += texts.length;
      characters += charactersOf(texts);
    }
    this.#queue = this.#queue.slice(groups.length);
    return groups;
  }

  #start(groups: readonly SealedGroup[], keepsBeat: boolean): void {
    const startedAt = performance.now();
    this.#startedAt = startedAt;
    const onExecuted = (): void => {
      this.#executionMs = performance.now() - startedAt;
      this.#waitsNoMore(batch);
    };
    const batch = new SubmissionBatch(groups, { keepsBeat, onExecuted }, this.#ports);
    this.#waiting.set(
      batch,
      groups.reduce((sum, { instructions }) => sum + instructions.length, 0),
    );
    const run = this.#seal(batch).finally(() => {
      this.#running.delete(run);
      this.#flush();
    });
    this.#running.add(run);
  }

  #waitsNoMore(batch: SubmissionBatch): void {
    if (this.#waiting.delete(batch)) this.#flush();
  }

  async #seal(batch: SubmissionBatch): Promise<void> {
    this.#endorsing += 1;
    let endorsing = true;
    const uncertain = await batch.seal(() => {
      if (!endorsing) return;
      endorsing = false;
      this.#endorsing -= 1;
      this.#flush();
    });
    for (const group of uncertain) this.#again(group);
    void batch.settled().then(() => this.#waitsNoMore(batch));
  }

  #again(group: SealedGroup): void {
    group.uncertain();
    if (this.#closed || group.settled || !group.repeatable || group.repetitions >= this.#settings.resends) return;
    group.repetitions += 1;
    this.add(group);
  }
}
