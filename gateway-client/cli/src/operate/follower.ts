import { type LedgerBlock, progressIn, submissionsIn } from '@kessai/gateway-client';
import type { Log } from '@kessai/telemetry';
import type { Backlog } from './backlog';
import { type Checkpoint, CheckpointFinder } from './checkpoint';
import type { MemberQueue } from './member-queue';
import type { OperatePort } from './operate-port';
import type { Standing } from './standing';
import { backoffMs, isOver, pause } from './wake';

export interface FollowerListener {
  /** A block holds a further cycle. */
  onCycle(): void;
  /** Something may have become possible. */
  onNews(): void;
  readonly log: Log;
  /** Something failed, and is tried again. @param what in words that its code can follow */
  failed(what: string, error: unknown): void;
}

/** Reads the ledger: puts what is sealed into the backlog, and takes out of it what cycles have taken, whoever made them. */
export class Follower {
  readonly #port: OperatePort;
  readonly #backlog: Backlog;
  readonly #standing: Standing;
  readonly #listener: FollowerListener;
  readonly #checkpoints = new CheckpointFinder();
  #next: bigint;

  /** @param startBlock up to it everything has been taken. */
  constructor(
    port: OperatePort,
    state: { readonly backlog: Backlog; readonly standing: Standing; readonly startBlock: number },
    listener: FollowerListener,
  ) {
    this.#port = port;
    this.#backlog = state.backlog;
    this.#standing = state.standing;
    this.#next = BigInt(state.startBlock);
    this.#listener = listener;
  }

  /** The next block to be read. */
  get next(): bigint {
    return this.#next;
  }

  /** How far everything has been taken, if that has changed. */
  takeCheckpoint(): Checkpoint | undefined {
    this.#checkpoints.settle(this.#backlog.oldestBlock);
    return this.#checkpoints.take();
  }

  /** Follows the ledger until the signal ends, over every failure. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        for await (const block of this.#port.blocks(this.#next, signal)) {
          if (isOver(signal)) return;
          failures = 0;
          this.#read(block);
        }
      } catch (error) {
        if (isOver(signal)) return;
        if (failures === 0) this.#listener.failed('blocks cannot be read', error);
      }
      failures += 1;
      await pause(backoffMs(failures), signal);
    }
  }

  /** Reads again what was left out of a member's queue, until it is full once more or nothing is left out. */
  async refill(queue: MemberQueue, signal: AbortSignal): Promise<void> {
    const { gap, member } = queue;
    if (!gap || BigInt(gap.block) >= this.#next) return;
    for await (const block of this.#port.blocks(BigInt(gap.block), signal)) {
      for (const submission of block.transactions.flatMap(submissionsIn)) {
        if (submission.member !== member) continue;
        if (queue.add({ ...submission, seenAt: performance.now() }, this.#backlog.limit)) continue;
        queue.setGap(submission.place);
        return;
      }
      // Whatever comes after this block has not been read yet, and goes straight into the queue.
      if (BigInt(block.number) + 1n >= this.#next) {
        queue.setGap(undefined);
        return;
      }
    }
  }

  #read(block: LedgerBlock): void {
    const now = performance.now();
    for (const transaction of block.transactions) {
      for (const submission of submissionsIn(transaction)) {
        const kept = this.#backlog.add(submission, now);
        if (!kept) this.#tellLeftOut(submission.member);
      }
      const progress = progressIn(transaction);
      if (progress === undefined || progress === 'malformed') continue;
      // A ledger that is read from its beginning tells of cycles that are known already.
      this.#standing.saw(progress, transaction.creator, now, this.#backlog.oldestSeenAt);
      this.#backlog.prune(progress.heads);
      this.#listener.onCycle();
    }
    this.#next = BigInt(block.number) + 1n;
    this.#checkpoints.settle(this.#backlog.oldestBlock);
    this.#checkpoints.read(block, this.#standing);
    this.#listener.onNews();
  }

  #tellLeftOut(member: string): void {
    this.#listener.log('warn', `much of ${member} waits; what comes is read again later`, { member });
  }
}
