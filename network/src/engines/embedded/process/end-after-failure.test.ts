import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { endAfterFailure } from './end-after-failure';

describe('an engine that can commit no more', () => {
  let log: jest.SpiedFunction<typeof console.error>;

  beforeEach(() => {
    log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => {
    log.mockRestore();
  });

  test.each<[string, () => Promise<void>]>([
    ['once everything is closed', () => Promise.resolve()],
    ['also when closing fails', () => Promise.reject(new Error('it does not close'))],
  ])('says why and ends with exit code 1, %s', async (_when, close) => {
    const failure = new Error('no space left');
    const code = await new Promise<number>((resolve) => {
      endAfterFailure(failure, close, resolve);
    });
    expect(code).toBe(1);
    expect(log).toHaveBeenCalledWith(expect.stringContaining('the engine ends'), failure);
  });

  test('ends though it never closes', async () => {
    jest.useFakeTimers();
    const ended = new Promise<number>((resolve) => {
      endAfterFailure(new Error('no space left'), () => new Promise<void>(() => undefined), resolve);
    });
    jest.runAllTimers();
    jest.useRealTimers();
    expect(await ended).toBe(1);
  });
});
