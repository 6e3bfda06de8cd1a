import { expect, test } from '@jest/globals';
import { untilEnding } from './until-ending';

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the wait, and what is open is closed', async (signal) => {
  const before = process.listenerCount(signal);
  let closed = false;
  const ended = untilEnding(async () => {
    closed = true;
  });
  expect(process.listenerCount(signal)).toBe(before + 1);
  process.emit(signal);
  await ended;
  expect(closed).toBe(true);
  expect(process.listenerCount(signal)).toBe(before);
});
