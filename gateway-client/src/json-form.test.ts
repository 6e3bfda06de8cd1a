import { describe, expect, test } from '@jest/globals';
import { refuse, Registry } from '@kessai/interface';
import { toJson, withJsonForm } from './json-form';
import { RejectedError } from './market-error';

const holdings = () => ({
  institution: 'AlphaMSP',
  holdings: [
    { account: 'A-1', available: 10n, locks: [{ reason: 'order', quantity: 3n }] },
    { account: 'A-2', available: 0n, locks: [] },
  ],
});
const written = {
  institution: 'AlphaMSP',
  holdings: [
    { account: 'A-1', available: '10', locks: [{ reason: 'order', quantity: '3' }] },
    { account: 'A-2', available: '0', locks: [] },
  ],
};

describe('what the SDK returns can be written as JSON', () => {
  test('whole, as the market’s own wire form', () => {
    expect(JSON.parse(JSON.stringify(withJsonForm(holdings())))).toEqual(written);
    const answer = { units: [{ unit: 'JP3371200001', issued: 2n ** 63n - 1n, held: 5n, holders: 1 }] };
    const wire = JSON.parse(JSON.stringify(withJsonForm(answer))) as unknown;
    expect(wire).toEqual(Registry.methods.Supply.response.encode(answer as never));
  });

  test('any part of it: a row, a list, what is inside a row', () => {
    const answer = withJsonForm(holdings());
    expect(JSON.parse(JSON.stringify(answer.holdings))).toEqual(written.holdings);
    expect(JSON.parse(JSON.stringify(answer.holdings[0]?.locks))).toEqual([{ reason: 'order', quantity: '3' }]);
    expect(JSON.stringify(withJsonForm([1n, 2n]))).toBe('["1","2"]');
  });

  test('a receipt, an event with bytes, and a refusal', () => {
    expect(JSON.stringify(withJsonForm({ outcome: 'created', blockNumber: 12n, cycle: 3 }))).toBe(
      '{"outcome":"created","blockNumber":"12","cycle":3}',
    );
    expect(JSON.stringify(withJsonForm({ blockNumber: 1n, payload: new Uint8Array([7]) }))).toBe(
      '{"blockNumber":"1","payload":{"0":7}}',
    );
    const refused = refuse('LotViolated', { field: 'quantity', lot: 100n });
    expect(JSON.parse(JSON.stringify(new RejectedError(refused, true)))).toMatchObject({
      rejection: { code: 'LotViolated', field: 'quantity', lot: '100' },
    });
  });

  test('and stays what it was for programs: bigint, and no further member', () => {
    const answer = withJsonForm(holdings());
    expect(answer).toEqual(holdings());
    expect(Object.keys(answer.holdings[0] ?? {})).toEqual(['account', 'available', 'locks']);
    expect(answer.holdings[0]?.available).toBe(10n);
  });
});

test('a copy has no form of its own, and toJson writes it', () => {
  const [row] = withJsonForm(holdings()).holdings;
  const copy = { ...row, at: new Date(0), none: null, flag: true };
  expect(() => JSON.stringify(copy)).toThrow(TypeError);
  expect(toJson(copy)).toEqual({ ...written.holdings[0], at: '1970-01-01T00:00:00.000Z', none: null, flag: true });
});
