import { describe, expect, test } from '@jest/globals';
import { InFlight } from './in-flight';

/** A call that runs until it is told to end. */
function held(): { readonly call: () => Promise<void>; end: () => void; started: boolean } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const one = {
    call: async () => {
      one.started = true;
      await ended;
    },
    end,
    started: false,
  };
  return one;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('calls in flight', () => {
  test('are no more than the limit; the others follow in the order in which they came', async () => {
    const inFlight = new InFlight(2);
    const calls = [held(), held(), held(), held()];
    const runs = calls.map(({ call }) => inFlight.run(call));
    await settled();
    expect(calls.map(({ started }) => started)).toEqual([true, true, false, false]);
    calls[1]?.end();
    await runs[1];
    await settled();
    expect(calls.map(({ started }) => started)).toEqual([true, true, true, false]);
    for (const { end } of calls) end();
    await Promise.all(runs);
  });

  test('make room when they fail', async () => {
    const inFlight = new InFlight(1);
    await expect(inFlight.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await expect(inFlight.run(() => Promise.resolve('next'))).resolves.toBe('next');
  });

  test('leave the queue when their signal ends, and another takes their turn', async () => {
    const inFlight = new InFlight(1);
    const first = held();
    const running = inFlight.run(first.call);
    const abort = new AbortController();
    const waiting = inFlight.run(() => Promise.resolve(), abort.signal);
    const behind = inFlight.run(() => Promise.resolve('behind'));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'Cancelled' });
    first.end();
    await running;
    await expect(behind).resolves.toBe('behind');
  });

  test('end before closing does; who waits or comes is refused', async () => {
    const inFlight = new InFlight(1);
    const first = held();
    const running = inFlight.run(first.call);
    const waiting = inFlight.run(() => Promise.resolve());
    let closed = false;
    const closing = inFlight.close().then(() => (closed = true));
    await expect(waiting).rejects.toMatchObject({ code: 'Closed' });
    await expect(inFlight.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'Closed' });
    await settled();
    expect(closed).toBe(false);
    first.end();
    await running;
    await closing;
    expect(closed).toBe(true);
  });
});
