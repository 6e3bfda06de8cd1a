import { describe, expect, test } from '@jest/globals';
import type { CommittedBlock, Ledger } from '../ports';
import { CommitNotifier } from './commit-notifier';
import { DEFAULT_BLOCK_CUTTING, OrderingService, type BlockCutting } from './ordering-service';

/** As much of a ledger as ordering sees; commits end when the test lets them. */
class CommitLog {
  readonly blocks: (readonly Uint8Array[])[] = [];
  readonly failures = new Map<string, Error>();
  concurrent = 0;
  #listeners: ((block: CommittedBlock) => void)[] = [];
  #waiting: { readonly blocks: number; readonly resolve: () => void }[] = [];

  async commit(envelopes: readonly Uint8Array[]): Promise<CommittedBlock> {
    this.concurrent += 1;
    expect(this.concurrent).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    this.concurrent -= 1;
    for (const envelope of envelopes) {
      const failure = this.failures.get(text(envelope));
      if (failure !== undefined) {
        throw failure;
      }
    }
    this.blocks.push(envelopes);
    const block = {
      number: BigInt(this.blocks.length),
      txIds: envelopes.map(text),
      validationCodes: envelopes.map(() => 0),
    } as unknown as CommittedBlock;
    this.#listeners.forEach((listener) => {
      listener(block);
    });
    this.#waiting
      .filter(({ blocks }) => this.blocks.length >= blocks)
      .forEach(({ resolve }) => {
        resolve();
      });
    return block;
  }

  onCommit(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  transaction(txId: string): Promise<unknown> {
    const index = this.blocks.findIndex((block) => block.some((envelope) => text(envelope) === txId));
    return Promise.resolve(index < 0 ? undefined : { validationCode: 0, blockNumber: BigInt(index + 1) });
  }

  reached(blocks: number): Promise<void> {
    return this.blocks.length >= blocks
      ? Promise.resolve()
      : new Promise((resolve) => this.#waiting.push({ blocks, resolve }));
  }

  get ledger(): Ledger {
    return this as unknown as Ledger;
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const envelope = (name: string): Uint8Array => Buffer.from(name);
const cutting = (changes: Partial<BlockCutting>): BlockCutting => ({
  ...DEFAULT_BLOCK_CUTTING,
  batchInterval_ms: 10_000,
  ...changes,
});

describe('the ordering service', () => {
  test('cuts a block when it is full of messages, and the rest when the interval is over', async () => {
    const log = new CommitLog();
    const ordering = new OrderingService(log.ledger, cutting({ maxMessageCount: 2, batchInterval_ms: 5 }));
    await Promise.all(['a', 'b', 'c'].map((name) => ordering.submit(envelope(name))));
    await log.reached(2);
    expect(log.blocks.map((block) => block.map(text))).toEqual([['a', 'b'], ['c']]);
    await ordering.close();
  });

  test('cuts by bytes, and a message larger than that stands alone', async () => {
    const log = new CommitLog();
    const ordering = new OrderingService(log.ledger, cutting({ preferredMaxBytes: 5 }));
    for (const name of ['aaa', 'bbbbbbbb', 'cc', 'dd', 'e']) {
      await ordering.submit(envelope(name));
    }
    await ordering.close();
    expect(log.blocks.map((block) => block.map(text))).toEqual([['aaa'], ['bbbbbbbb'], ['cc', 'dd', 'e']]);
  });

  test('commits at its close what it accepted, and accepts no more', async () => {
    const log = new CommitLog();
    const ordering = new OrderingService(log.ledger, cutting({}));
    await ordering.submit(envelope('a'));
    await ordering.close();
    expect(log.blocks.map((block) => block.map(text))).toEqual([['a']]);
    await expect(ordering.submit(envelope('b'))).rejects.toMatchObject({ code: 'OrderingStopped' });
  });

  test('that is held cuts a block when it is told to, and what waits at its close', async () => {
    const log = new CommitLog();
    const ordering = new OrderingService(log.ledger, cutting({ maxMessageCount: 2, batchInterval_ms: 0 }));
    ordering.hold();
    for (const name of ['a', 'b', 'c']) await ordering.submit(envelope(name));
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.blocks).toEqual([]);
    await ordering.cut();
    expect(log.blocks.map((block) => block.map(text))).toEqual([['a', 'b']]);
    await ordering.close();
    await ordering.cut();
    expect(log.blocks.map((block) => block.map(text))).toEqual([['a', 'b'], ['c']]);
  });

  test('who submits waits while the queue is full', async () => {
    const log = new CommitLog();
    const ordering = new OrderingService(log.ledger, cutting({ maxMessageCount: 1, queueLimit: 2 }));
    const accepted: string[] = [];
    const submitted = ['a', 'b', 'c', 'd', 'e'].map(async (name) => {
      await ordering.submit(envelope(name));
      accepted.push(name);
    });
    await Promise.resolve();
    expect(accepted.length).toBeLessThan(5);
    await Promise.all(submitted);
    await ordering.close();
    expect(log.blocks.flat().map(text)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('a transaction that the ledger does not support is left out, and the others of its block are not', async () => {
    const log = new CommitLog();
    log.failures.set('odd', Object.assign(new Error('odd'), { code: 'Unsupported' }));
    const warnings: string[] = [];
    const ordering = new OrderingService(log.ledger, cutting({}), (message) => warnings.push(message));
    await Promise.all(['a', 'odd', 'b'].map((name) => ordering.submit(envelope(name))));
    await ordering.close();
    expect(log.blocks.flat().map(text)).toEqual(['a', 'b']);
    expect(warnings).toEqual(['a transaction was left out: odd']);
  });

  test('a disk that fails stops ordering, and says so once to who runs it, and to who submits', async () => {
    const log = new CommitLog();
    log.failures.set('a', new Error('no space left'));
    const failures: Error[] = [];
    const ordering = new OrderingService(log.ledger, cutting({ batchInterval_ms: 0 }), undefined, (failure) => {
      failures.push(failure);
    });
    await ordering.submit(envelope('a'));
    await ordering.close();
    expect(failures).toHaveLength(1);
    expect(failures[0]?.cause).toBe(log.failures.get('a'));
    await expect(ordering.submit(envelope('b'))).rejects.toThrow('a block could not be committed: no space left');
  });
});

describe('who waits for a transaction', () => {
  test('hears of it when it is committed, and at once when it was before', async () => {
    const log = new CommitLog();
    const notifier = new CommitNotifier(log.ledger);
    const waiting = notifier.resultOf('a', new AbortController().signal);
    await log.commit([envelope('other')]);
    await log.commit([envelope('a')]);
    expect(await waiting).toMatchObject({ blockNumber: 2n, validationCode: 0 });
    expect(await notifier.resultOf('other', new AbortController().signal)).toMatchObject({ blockNumber: 1n });
    notifier.close();
  });

  test('hears that commits have failed, also when asking afterwards; what was committed before is still told', async () => {
    const log = new CommitLog();
    const notifier = new CommitNotifier(log.ledger);
    await log.commit([envelope('before')]);
    const waiting = notifier.resultOf('a', new AbortController().signal);
    const failure = new Error('no space left');
    notifier.fail(failure);
    await expect(waiting).rejects.toBe(failure);
    await expect(notifier.resultOf('b', new AbortController().signal)).rejects.toBe(failure);
    expect(await notifier.resultOf('before', new AbortController().signal)).toMatchObject({ blockNumber: 1n });
  });

  test('may give up', async () => {
    const notifier = new CommitNotifier(new CommitLog().ledger);
    const controller = new AbortController();
    const waiting = notifier.resultOf('never', controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow('context canceled');
  });
});
