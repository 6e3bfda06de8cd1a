import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Log } from '@kessai/telemetry';
import { endAfterFailure } from './end-after-failure';

describe('an engine that can commit no more', () => {
  let log: jest.Mock<Log>;

  beforeEach(() => {
    log = jest.fn<Log>();
  });

  test.each<[string, () => Promise<void>]>([
    ['once everything is closed', () => Promise.resolve()],
    ['also when closing fails', () => Promise.reject(new Error('it does not close'))],
  ])('says why and ends with exit code 1, %s', async (_when, close) => {
    const failure = new Error('no space left');
    const code = await new Promise<number>((resolve) => {
      endAfterFailure(failure, close, log, resolve);
    });
    expect(code).toBe(1);
    expect(log).toHaveBeenCalledWith('error', expect.stringMatching(/^the engine ends: Error: no space left\n/));
  });

  test('ends though it never closes', async () => {
    jest.useFakeTimers();
    const ended = new Promise<number>((resolve) => {
      endAfterFailure(new Error('no space left'), () => new Promise<void>(() => undefined), log, resolve);
    });
    jest.runAllTimers();
    jest.useRealTimers();
    expect(await ended).toBe(1);
  });
});
