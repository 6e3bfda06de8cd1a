import { interruptible, uninterrupted } from '@kessai/network';
import { describe, expect, test } from '@jest/globals';
import type { CommandError } from '../terminal/command-error';
import { Terminal } from '../terminal/terminal';
import { CommandScope } from './command-scope';
import { untilEnding } from './until-ending';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const silent = { write: () => true };

function scopeOf(): CommandScope {
  return new CommandScope({
    terminal: new Terminal({ out: silent, err: silent }),
    asJson: false,
    again: 'kessai snapshot monday',
  });
}

async function failure(work: Promise<unknown>): Promise<CommandError> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as CommandError,
  );
}

function listening(): number {
  return signals.reduce((sum, name) => sum + process.listenerCount(name), process.listenerCount('exit'));
}

describe.each(signals)('%s', (name) => {
  test('ends a command that waits for its end, and what is open is closed', async () => {
    const before = listening();
    const scope = scopeOf();
    let closed = false;
    const code = scope.run(async () => {
      await untilEnding(scope.waiting(), async () => {
        closed = true;
      });
      return 0;
    });
    process.emit(name);
    expect(await code).toBe(0);
    expect(closed).toBe(true);
    expect(listening()).toBe(before);
  });

  test('ends a command that undoes at its next safe point, and the failure says with what it is completed', async () => {
    const scope = scopeOf();
    const steps: string[] = [];
    const ended = failure(
      scope.run(async () =>
        scope.undoing(async () => {
          try {
            await new Promise((resolve) => setTimeout(resolve, 20));
            scope.signal.throwIfAborted();
            steps.push('done');
          } finally {
            await uninterrupted(async () => {
              steps.push('undone');
            });
          }
          return 0;
        }),
      ),
    );
    process.emit(name);
    expect(await ended).toMatchObject({
      code: 'Interrupted',
      message: `Interrupted by ${name}.`,
      remedy: 'To complete it: kessai snapshot monday',
      payload: { signal: name, left: [] },
    });
    expect(steps).toEqual(['undone']);
  });

  test('does not take back what is done all the same', async () => {
    const scope = scopeOf();
    const code = scope.run(async () =>
      scope.undoing(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return 0;
      }),
    );
    process.emit(name);
    expect(await code).toBe(0);
  });
});

describe('a command that was interrupted', () => {
  test('says what it has left, each with its command', async () => {
    const scope = scopeOf();
    scope.leaves(() => [{ what: 'The market is stopped', commands: { 'start it': 'kessai up' } }]);
    const ended = failure(
      scope.run(async () =>
        scope.undoing(async () => {
          process.emit('SIGINT');
          scope.signal.throwIfAborted();
          return 0;
        }),
      ),
    );
    expect(await ended).toMatchObject({
      message: 'Interrupted by SIGINT. The market is stopped.',
      remedy: 'To start it: kessai up\nTo complete it: kessai snapshot monday',
    });
  });

  test.each([
    ['made', (there: boolean) => there],
    ['removed', (there: boolean) => !there],
  ])('does not ask to be repeated where what it was to do once is done: it %s it', async (_, isDone) => {
    const scope = scopeOf();
    let there = !isDone(true);
    scope.once('The snapshot monday is complete', () => isDone(there));
    scope.leaves(() => [{ what: 'The market is stopped', commands: { 'start it': 'kessai up' } }]);
    const ended = failure(
      scope.run(async () =>
        scope.undoing(async () => {
          there = isDone(true);
          process.emit('SIGINT');
          scope.signal.throwIfAborted();
          return 0;
        }),
      ),
    );
    const { message, remedy, payload } = await ended;
    expect(message).toBe('Interrupted by SIGINT. The snapshot monday is complete. The market is stopped.');
    expect(remedy).toBe('To start it: kessai up');
    expect(payload).toMatchObject({ done: ['The snapshot monday is complete'] });
    expect(payload).not.toHaveProperty('again');
  });

  test('does not take for its doing what was there before it', async () => {
    const scope = scopeOf();
    scope.once('The snapshot monday is complete', () => true);
    const ended = failure(
      scope.run(async () =>
        scope.undoing(async () => {
          process.emit('SIGINT');
          scope.signal.throwIfAborted();
          return 0;
        }),
      ),
    );
    expect(await ended).toMatchObject({ remedy: 'To complete it: kessai snapshot monday' });
  });

  test('says why it could not be undone', async () => {
    const scope = scopeOf();
    const ended = failure(
      scope.run(async () =>
        scope.undoing(async () => {
          process.emit('SIGINT');
          throw Object.assign(new Error('process 17 did not end'), { code: 'X' });
        }),
      ),
    );
    expect((await ended).message).toContain('process 17 did not end');
  });

  test('fails with its own reason where no signal came', async () => {
    const scope = scopeOf();
    const reason = new Error('refused');
    await expect(scope.run(async () => Promise.reject(reason))).rejects.toBe(reason);
  });
});

test('what undoes is not interrupted, though it waits', async () => {
  const ending = new AbortController();
  ending.abort();
  await expect(
    interruptible(ending.signal, async () => {
      await uninterrupted(async () => Promise.resolve());
      ending.signal.throwIfAborted();
    }),
  ).rejects.toMatchObject({ name: 'AbortError' });
});
