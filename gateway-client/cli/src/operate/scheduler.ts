import type { Market } from '@kessai/gateway-client';
import type { MarketProgress } from '@kessai/interface';
import { Backlog } from './backlog';
import { type Checkpoint, isOfLedger } from './checkpoint';
import { codeOf } from './cycle-failure';
import { CycleMaker } from './cycle-maker';
import { DutyWatch } from './duties';
import { Follower } from './follower';
import { Offers } from './offers';
import { type OperatePort, operatePort } from './operate-port';
import { type SchedulerOptions, type SchedulerStatus, type Settings, nothingYet, settingsOf } from './options';
import { Standing } from './standing';
import { Trouble } from './trouble';
import { Turn } from './turn';
import { Wake, backoffMs, isOver, pause } from './wake';

/** Makes cycles until it is closed. */
export interface Scheduler extends AsyncDisposable {
  readonly status: SchedulerStatus;
  /** Gives up what is in flight, which does no harm: another scheduler finds out what became of it. */
  close(): Promise<void>;
}

export interface MarketSchedulerOptions extends SchedulerOptions {
  /** Name of the market's chaincode on its channel. */
  readonly chaincode: string;
}

/** Starts to make cycles as the operator whose connection it is. The connection stays its caller's to close. */
export function startScheduler(market: Market, { chaincode, ...options }: MarketSchedulerOptions): Scheduler {
  return schedulerOn(operatePort(market, chaincode), options);
}

export function schedulerOn(port: OperatePort, options: SchedulerOptions = {}): Scheduler {
  return new RunningScheduler(port, settingsOf(options));
}

const operatorsMs = 30_000;
const dutiesMs = 1_000;
const dutyStepMs = 5_000;
/** What a duty comes to that is sealed before it is due. */
const tooEarly = ['ClockTooEarly', 'InstructionTooEarly'];
const checkpointMs = 5_000;
const refillMs = 1_000;
/** What does not end by then is left behind. */
const closeMs = 2_500;

class RunningScheduler implements Scheduler {
  readonly #port: OperatePort;
  readonly #settings: Settings;
  readonly #closing = new AbortController();
  readonly #wake = new Wake();
  /** Cycles make room for what was left out. */
  readonly #room = new Wake();
  readonly #turn: Turn;
  readonly #running: Promise<void>;
  #maker: CycleMaker | undefined;

  constructor(port: OperatePort, settings: Settings) {
    this.#port = port;
    this.#settings = settings;
    this.#turn = new Turn(port.mspId, settings);
    this.#running = this.#run(this.#closing.signal).catch((error: unknown) => {
      const code = codeOf(error);
      this.#settings.observer.failed(code);
      this.#settings.log('error', `ended by an error that was not foreseen: ${code}`, { code });
    });
  }

  get status(): SchedulerStatus {
    return this.#maker?.status ?? nothingYet;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const ended = new AbortController();
    await Promise.race([this.#running.finally(() => ended.abort()), pause(closeMs, ended.signal)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const progress = await this.#patiently('the market', signal, () => this.#port.progress(signal));
    if (!progress) return;
    const checkpoint = await this.#checkpoint(progress, signal);
    const startBlock = checkpoint?.block ?? 0;
    const { number } = progress;
    const { log } = this.#settings;
    const fields = { cycle: number, block: startBlock };
    log('info', `the market is at cycle ${number.toString()}; reading from block ${startBlock.toString()}`, fields);
    const standing = new Standing(progress, checkpoint && { number: checkpoint.number, maker: checkpoint.maker });
    const { keptPerMember, kept } = this.#settings;
    const backlog = new Backlog({ perMember: keptPerMember, total: kept });
    backlog.prune(progress.heads);
    const follower = new Follower(
      this.#port,
      { backlog, standing, startBlock },
      {
        onCycle: () => {
          maker.onCycle();
          this.#room.wake();
        },
        onNews: () => this.#wake.wake(),
        log,
        failed: (what, error) => this.#failed(what, error),
      },
    );
    const state = {
      ...{ backlog, standing, follower, offers: new Offers() },
      ...{ trouble: new Trouble(this.#settings), turn: this.#turn },
    };
    const maker = new CycleMaker(this.#port, state, this.#settings, this.#wake);
    this.#maker = maker;
    await Promise.all([
      follower.run(signal),
      this.#learnOperators(signal),
      maker.run(signal),
      this.#refill(backlog, follower, signal),
      this.#seeToDuties(standing, signal),
      this.#keepCheckpoints(follower, signal),
    ]);
  }

  /** Tries until it succeeds or the scheduler is closed, when it is undefined. */
  async #patiently<T>(what: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T | undefined> {
    let told: string | undefined;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (isOver(signal)) return undefined;
        const code = codeOf(error);
        if (code !== told) this.#tellWaiting(what, code);
        told = code;
        await pause(backoffMs(attempt), signal);
      }
    }
    return undefined;
  }

  async #checkpoint(progress: MarketProgress, signal: AbortSignal): Promise<Checkpoint | undefined> {
    const checkpoint = await this.#settings.checkpoints?.read().catch(() => undefined);
    if (!checkpoint) return undefined;
    const { number } = checkpoint;
    if (number <= progress.number && (await isOfLedger(checkpoint, this.#port, signal))) return checkpoint;
    this.#settings.log('warn', 'the checkpoint is of another ledger, and is not used');
    return undefined;
  }

  async #learnOperators(signal: AbortSignal): Promise<void> {
    let wasOperator = true;
    while (!signal.aborted) {
      const operators = await this.#patiently('the list of operators', signal, () => this.#port.operators(signal));
      if (!operators) return;
      this.#turn.setOperators(operators);
      const { isOperator } = this.#turn;
      if (!isOperator && wasOperator)
        this.#settings.log('warn', `${this.#port.mspId} is no operator of this market; waiting until it is`);
      wasOperator = isOperator;
      this.#wake.wake();
      await pause(isOperator ? operatorsMs : dutiesMs, signal);
    }
  }

  async #refill(backlog: Backlog, follower: Follower, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const queue = backlog.toRefill();
      try {
        if (queue) await follower.refill(queue, signal);
      } catch (error) {
        if (!isOver(signal)) this.#failed('what was left out cannot be read', error);
      }
      if (queue) this.#wake.wake();
      await this.#room.sleep(refillMs, signal);
    }
  }

  async #seeToDuties(standing: Standing, signal: AbortSignal): Promise<void> {
    const { duties } = this.#settings;
    const watch = new DutyWatch(dutyStepMs);
    while (duties.length > 0 && !signal.aborted) {
      await pause(dutiesMs, signal);
      if (isOver(signal) || !standing.caughtUp || !this.#turn.isOperator) continue;
      try {
        const clock = await this.#port.clock(signal);
        for (const duty of duties) {
          const instructions = await duty.due(standing.progress, clock);
          if (instructions.length === 0) {
            watch.done(duty);
          } else if (watch.isMine(duty, this.#turn.rank(standing.maker), performance.now())) {
            const outcomes = new Set(await this.#port.seal(instructions, signal));
            this.#tellDuty(duty.name, instructions.length, [...outcomes]);
            watch.done(duty);
            // The cycles' clocks say that it is not due yet: this one's is ahead.
            if (tooEarly.some((code) => outcomes.has(code))) await pause(dutyStepMs, signal);
          }
        }
      } catch (error) {
        if (!isOver(signal)) this.#failed('a duty could not be seen to', error);
      }
    }
  }

  async #keepCheckpoints(follower: Follower, signal: AbortSignal): Promise<void> {
    const { checkpoints } = this.#settings;
    while (checkpoints) {
      await pause(checkpointMs, signal);
      const checkpoint = follower.takeCheckpoint();
      try {
        if (checkpoint) await checkpoints.write(checkpoint);
      } catch {
        this.#settings.log('warn', 'the checkpoint cannot be kept; the next start will take longer');
      }
      if (isOver(signal)) return;
    }
  }

  #tellDuty(duty: string, count: number, outcomes: readonly string[]): void {
    const text = `${duty}: ${count.toString()} instructions, ${outcomes.join(', ')}`;
    this.#settings.log('info', text, { duty, instructions: count });
  }

  #tellWaiting(what: string, code: string): void {
    this.#settings.observer.failed(code);
    this.#settings.log('warn', `waiting for ${what} (${code})`, { code });
  }

  #failed(what: string, error: unknown): void {
    const code = codeOf(error);
    this.#settings.observer.failed(code);
    this.#settings.log('warn', `${what} (${code}); trying again`, { code });
  }
}
