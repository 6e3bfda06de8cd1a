import { placeText } from '@kessai/gateway-client';
import { type CycleRequest, type MspId, marketLimits } from '@kessai/interface';
import type { Backlog } from './backlog';
import { batchOf } from './batch';
import { type CycleFailure, codeOf, cycleFailure } from './cycle-failure';
import type { Follower } from './follower';
import type { Waiting } from './member-queue';
import type { Offers } from './offers';
import type { OperatePort } from './operate-port';
import type { SchedulerRole, SchedulerStatus, Settings } from './options';
import type { Standing } from './standing';
import type { Trouble } from './trouble';
import type { Turn } from './turn';
import { type Wake, backoffMs, deadline, isOver } from './wake';

export interface CycleMakerState {
  readonly backlog: Backlog;
  readonly standing: Standing;
  readonly follower: Follower;
  readonly offers: Offers;
  readonly trouble: Trouble;
  readonly turn: Turn;
}

/** What to do now: a cycle of these submissions, or to wait. */
type Plan =
  | { readonly kind: 'ordinary' | 'apart'; readonly batch: readonly Waiting[] }
  | { readonly kind: 'wait'; readonly ms: number | undefined };

/** How long the block of a cycle that was committed may take to be read. */
const settleMs = 2_000;
/** And that of another one, where this one was refused because of it. */
const movedMs = 300;
const askMs = 5_000;

/** Makes one cycle after another: while one is made, what comes gathers for the next. */
export class CycleMaker {
  readonly #port: OperatePort;
  readonly #state: CycleMakerState;
  readonly #settings: Settings;
  readonly #wake: Wake;
  #cycles = 0;
  #submissions = 0;
  #failures = 0;
  #triedAt = 0;
  #backOffUntil = 0;
  #wasApart = false;
  /** An endorser that was started anew holds nothing of what ids were used: the next cycle has all of them read it. */
  #recalls = false;
  /** First transaction of the cycle that was last tried again just as it was. */
  #askedAgain: string | undefined;
  #toldMaker: string | undefined;
  #toldFailure: string | undefined;

  constructor(port: OperatePort, state: CycleMakerState, settings: Settings, wake: Wake) {
    this.#port = port;
    this.#state = state;
    this.#settings = settings;
    this.#wake = wake;
  }

  get status(): SchedulerStatus {
    const { backlog, standing } = this.#state;
    const { oldestSeenAt } = backlog;
    return {
      cycles: this.#cycles,
      submissions: this.#submissions,
      waiting: backlog.count,
      longestWaitMs: oldestSeenAt === undefined ? 0 : performance.now() - oldestSeenAt,
      role: this.#role,
      number: standing.progress.number,
      cycleTime: standing.progress.time,
    };
  }

  get #role(): SchedulerRole {
    const { standing, turn } = this.#state;
    if (!turn.isOperator || !standing.caughtUp) return 'waiting';
    return turn.rank(standing.maker) === 0 ? 'leading' : 'standby';
  }

  /** A further cycle is known of. */
  onCycle(): void {
    const { trouble, standing } = this.#state;
    trouble.prune(standing.progress.heads);
    this.#setAside(trouble.proven(performance.now()));
    this.#failures = 0;
    this.#backOffUntil = 0;
  }

  /** Makes cycles until the signal ends. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const plan = this.#plan(performance.now());
      if (plan.kind === 'wait') {
        await this.#wake.sleep(plan.ms, signal);
      } else {
        this.#wasApart = plan.kind === 'apart';
        this.#tellTakingOver();
        await this.#make(plan.batch, signal);
      }
    }
  }

  #plan(now: number): Plan {
    const { backlog, standing, trouble, turn } = this.#state;
    if (!turn.isOperator || !standing.caughtUp) return { kind: 'wait', ms: undefined };
    const { oldestSeenAt } = backlog;
    if (oldestSeenAt === undefined) return { kind: 'wait', ms: undefined };
    const delayMs = turn.delayMs(standing);
    const since = Math.max(oldestSeenAt, standing.seenAt ?? 0, delayMs > 0 ? this.#triedAt : 0);
    const dueAt = Math.max(since + delayMs, this.#backOffUntil);
    if (dueAt > now) return { kind: 'wait', ms: dueAt - now };
    const ordinary = this.#ordinary();
    if (trouble.controlNeeded) return { kind: 'ordinary', batch: ordinary };
    const hasOrdinary = ordinary.length > 0;
    if (hasOrdinary && this.#wasApart) return { kind: 'ordinary', batch: ordinary };
    const apart = this.#apart(now);
    if (apart) return { kind: 'apart', batch: apart };
    if (hasOrdinary) return { kind: 'ordinary', batch: ordinary };
    return { kind: 'wait', ms: Math.max(0, (trouble.retryAt(this.#hasWaiting) ?? now) - now) };
  }

  /** Of all members but those that are tried apart. */
  #ordinary(): readonly Waiting[] {
    const { backlog, trouble, offers } = this.#state;
    const queues = backlog.queues().filter(({ member }) => !trouble.isSuspect(member));
    return batchOf(queues, { of: (member) => offers.of(member), total: marketLimits.cycleSubmissions });
  }

  /** Of one member that is tried apart. */
  #apart(now: number): readonly Waiting[] | undefined {
    const { backlog, trouble, offers } = this.#state;
    const member = trouble.nextTrial(now, this.#hasWaiting);
    if (member === undefined) return undefined;
    const limit = Math.min(offers.of(member), trouble.limitOf(backlog.queueOf(member)));
    return batchOf([backlog.queueOf(member)], { of: () => limit, total: limit });
  }

  readonly #hasWaiting = (member: MspId): boolean => this.#state.backlog.queueOf(member).count > 0;

  async #make(submissions: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const { standing, follower } = this.#state;
    const number = standing.progress.number + 1;
    const within = deadline(this.#settings.executionMs, signal);
    const sentAt = performance.now();
    this.#triedAt = sentAt;
    try {
      const options = { after: follower.next === 0n ? 0n : follower.next - 1n, signal: within.signal };
      const outcome = await this.#port.cycle(this.#request(number, submissions), options);
      this.#recalls = false;
      const ms = performance.now() - sentAt;
      await this.#settle(number, settleMs, signal);
      if (outcome === 'created') this.#made(submissions, number, ms);
    } catch (error) {
      if (!signal.aborted) await this.#failed(submissions, number, cycleFailure(error), signal);
    } finally {
      within.end();
    }
  }

  /** What it took of what it was offered tells how much the next ones may be. */
  #made(submissions: readonly Waiting[], number: number, ms: number): void {
    const { standing, offers } = this.#state;
    const { progress } = standing;
    this.#cycles += 1;
    // Another scheduler may have made a further one since.
    const taken = progress.number === number ? progress.taken : undefined;
    const { length } = taken ?? submissions;
    this.#submissions += length;
    this.#settings.observer.cycleMade(length, ms);
    if (!taken) return;
    const takenOf = countsOf(taken);
    for (const [member, count] of countsOf(submissions)) offers.observe(member, count, takenOf.get(member) ?? 0);
  }

  #request(number: number, submissions: readonly Waiting[]): CycleRequest {
    return {
      number,
      ...(this.#recalls ? { recall: true } : {}),
      submissions: submissions.map((one) => ({
        member: one.member,
        transactionId: one.transactionId,
        place: one.place,
        ...(this.#state.trouble.isQuarantined(one) ? { quarantined: true } : {}),
      })),
    };
  }

  async #failed(
    submissions: readonly Waiting[],
    number: number,
    failure: CycleFailure,
    signal: AbortSignal,
  ): Promise<void> {
    const { trouble, offers, standing } = this.#state;
    // What was sent may have been committed all the same.
    if (failure.kind === 'ordering') await this.#settle(number, settleMs, signal);
    if (failure.kind === 'moved') await this.#settle(number, movedMs, signal);
    if (standing.progress.number >= number) return;
    this.#settings.observer.failed(failure.code);
    this.#tellFailure(number, submissions.length, failure);
    if (failure.kind === 'recall') {
      this.#recalls = true;
      return;
    }
    if (failure.kind === 'execution' && this.#asksAgain(submissions)) return;
    if (failure.kind === 'execution' || failure.kind === 'ordering') {
      for (const [member, count] of countsOf(submissions)) offers.shrink(member, count);
    }
    if (failure.kind !== 'moved' && failure.kind !== 'environment') {
      this.#setAside(trouble.failed(submissions, failure, performance.now()));
    }
    // Whoever is named may end processes once more: all others first.
    if (failure.kind === 'suspected') this.#wasApart = true;
    // What is tried anew without another member, or in a smaller group, need not wait.
    if (
      failure.kind === 'unreadable' ||
      failure.kind === 'suspected' ||
      (failure.kind === 'execution' && submissions.length > 0)
    )
      return;
    this.#failures += 1;
    this.#backOffUntil = performance.now() + backoffMs(this.#failures);
  }

  /** Other endorsers may do better; and where processes ended, those that follow them say because of what. */
  #asksAgain([first]: readonly Waiting[]): boolean {
    if (!first || this.#wasApart || first.transactionId === this.#askedAgain) return false;
    this.#askedAgain = first.transactionId;
    return true;
  }

  /** Once for each cycle and reason; that another scheduler was quicker is nothing to tell, unless it goes on. */
  #tellFailure(number: number, count: number, { kind, code }: CycleFailure): void {
    const told = `${number.toString()} ${code}`;
    if (told === this.#toldFailure || (kind === 'moved' && this.#failures < 5)) return;
    this.#toldFailure = told;
    const fields = { cycle: number, submissions: count, code };
    this.#settings.log(
      'warn',
      `cycle ${number.toString()} of ${count.toString()} submissions failed (${code}); trying again`,
      fields,
    );
  }

  /** Waits until the blocks tell of the cycle; where they do not in time, asks. */
  async #settle(number: number, waitMs: number, signal: AbortSignal): Promise<void> {
    const { standing, backlog } = this.#state;
    const deadlineAt = performance.now() + waitMs;
    while (standing.seenNumber < number && !signal.aborted) {
      const left = deadlineAt - performance.now();
      if (left <= 0) break;
      await this.#wake.sleep(left, signal);
    }
    if (standing.seenNumber >= number || signal.aborted) return;
    const within = deadline(askMs, signal);
    try {
      const progress = await this.#port.progress(within.signal);
      standing.learn(progress);
      backlog.prune(progress.heads);
      if (progress.number >= number) this.onCycle();
    } catch (error) {
      if (!isOver(signal)) this.#tellUnread(codeOf(error));
    } finally {
      within.end();
    }
  }

  #tellTakingOver(): void {
    const { standing, turn } = this.#state;
    const { maker } = standing;
    if (maker === this.#toldMaker || turn.rank(maker) === 0) return;
    this.#toldMaker = maker;
    this.#settings.log('warn', `taking over from ${maker ?? 'nobody'}, as no cycle came`, { maker });
  }

  #setAside(submissions: readonly Waiting[]): void {
    const { log, observer } = this.#settings;
    for (const { member, place, transactionId } of submissions) {
      const which = `${member} ${placeText(place)}, transaction ${transactionId}`;
      log('error', `setting aside ${which}: it cannot be executed`, { member, transactionId });
    }
    if (submissions.length > 0) observer.setAside(submissions.length);
  }

  #tellUnread(code: string): void {
    const { log, observer } = this.#settings;
    observer.failed(code);
    log('warn', `the market's progress cannot be read (${code})`, { code });
  }
}

function countsOf(submissions: readonly { readonly member: MspId }[]): ReadonlyMap<MspId, number> {
  const counts = new Map<MspId, number>();
  for (const { member } of submissions) counts.set(member, (counts.get(member) ?? 0) + 1);
  return counts;
}
