import { describe, expect, test } from '@jest/globals';
import { interruptible, safePoint, uninterrupted } from './interruption';
import { poll } from './poll';

function aborted(): AbortSignal {
  const ending = new AbortController();
  ending.abort();
  return ending.signal;
}

const never = (): boolean => false;

describe('an operation that is interrupted', () => {
  test('ends where it waits', async () => {
    const ending = new AbortController();
    const waiting = interruptible(ending.signal, async () => poll(60_000, never, 10));
    setTimeout(() => ending.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('ends between its steps, and at none before', async () => {
    const ending = new AbortController();
    const steps: number[] = [];
    const working = interruptible(ending.signal, async () => {
      for (let step = 0; step < 5; step += 1) {
        safePoint();
        steps.push(step);
        if (step === 2) ending.abort();
        await Promise.resolve();
      }
    });
    await expect(working).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toEqual([0, 1, 2]);
  });

  test('does not end in what has to come to its end', async () => {
    const ended: string[] = [];
    await interruptible(aborted(), async () => {
      await uninterrupted(async () => {
        await poll(100, never, 10);
        safePoint();
        ended.push('undone');
      });
    });
    expect(ended).toEqual(['undone']);
  });

  test('is none of another one that runs beside it', async () => {
    const other = poll(100, never, 10);
    await expect(interruptible(aborted(), async () => poll(100, never, 10))).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await other).toBe(false);
  });
});
