import { expect, test } from '@jest/globals';
import { type LaneWork, runInLanes } from './lanes';

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

test('a lane keeps its order, another lane does not wait for it', async () => {
  const log: string[] = [];
  const first = gate();
  const work: LaneWork[] = [
    { lane: 'a', run: () => first.opened.then(() => void log.push('a1')) },
    { lane: 'a', run: async () => void log.push('a2') },
    {
      lane: 'b',
      run: async () => {
        log.push('b1');
        first.open();
      },
    },
  ];
  await runInLanes(work, 2);
  expect(log).toEqual(['b1', 'a1', 'a2']);
});

test('no more lanes than allowed run at once', async () => {
  let running = 0;
  let most = 0;
  const work = Array.from({ length: 20 }, (_, index) => ({
    lane: index.toString(),
    run: async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    },
  }));
  await runInLanes(work, 4);
  expect(most).toBe(4);
});

test('the first failure ends the work: what has not begun is left', async () => {
  const log: string[] = [];
  const work: LaneWork[] = [
    { lane: 'a', run: () => Promise.reject(new Error('refused')) },
    { lane: 'a', run: async () => void log.push('a2') },
    { lane: 'b', run: async () => void log.push('b1') },
  ];
  await expect(runInLanes(work, 1)).rejects.toThrow('refused');
  expect(log).toEqual([]);
});
