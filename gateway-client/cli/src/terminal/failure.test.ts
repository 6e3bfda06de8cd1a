import { RejectedError, UnknownOutcomeError } from '@kessai/gateway-client';
import { NetworkError } from '@kessai/network';
import { describe, expect, test } from '@jest/globals';
import { BookReplayError } from '../book-replay';
import { InputError } from '../input';
import { CommandError } from './command-error';
import { failureOf } from './failure';

describe('a failure in JSON is code, message and payload', () => {
  test('of a rejection: amounts are decimal strings', () => {
    const rejection = {
      code: 'HoldingInsufficient',
      field: 'quantity',
      account: 'HOUSE',
      unit: 'JP3371200001',
      needed: 10n,
      available: 3n,
    } as ConstructorParameters<typeof RejectedError>[0];
    const { error, exitCode, lines } = failureOf(new RejectedError(rejection, true));
    expect(exitCode).toBe(1);
    expect(error).toEqual({
      code: 'HoldingInsufficient',
      message: 'quantity: account HOUSE has 3 of JP3371200001 available, 10 are needed.',
      ...{ field: 'quantity', account: 'HOUSE', unit: 'JP3371200001', needed: '10', available: '3' },
    });
    expect(lines).toContain('Field: quantity');
  });

  test('of an unknown outcome: the transaction ids to ask for', () => {
    const { error } = failureOf(new UnknownOutcomeError(['a', 'b']));
    expect(error).toMatchObject({ code: 'UnknownOutcome', transactionIds: ['a', 'b'], transactionId: 'b' });
  });

  test('of the network: with the remedy', () => {
    const failure = failureOf(new NetworkError('PortInUse', 'port 7051 is used', 'End it.', { port: 7051 }));
    expect(failure.error).toEqual({ code: 'PortInUse', message: 'port 7051 is used', remedy: 'End it.', port: 7051 });
    expect(failure.lines).toEqual(['Port 7051 is used.', 'End it.']);
  });

  test('of input: every fault with its place', () => {
    const fault = { file: 'orders.csv', line: 14, column: 7, field: 'quantity', reason: 'must be positive' };
    const { error, lines } = failureOf(new InputError([fault]));
    expect(error).toMatchObject({ code: 'InputInvalid', faults: [fault] });
    expect(lines).toContain('orders.csv, line 14, column 7 (quantity): must be positive');
  });

  test('of a message file: its line', () => {
    const fault = { code: 'LineInvalid', file: 'm.csv', line: 3, column: 2, reason: 'x' } as const;
    expect(failureOf(new BookReplayError(fault)).error).toMatchObject({ code: 'LineInvalid', line: 3, column: 2 });
  });

  test('of something not foreseen: its message', () => {
    expect(failureOf(new Error('boom'))).toMatchObject({ exitCode: 1, error: { code: 'Unexpected', message: 'boom' } });
  });
});

test('wrong usage is exit code 2, what is refused is 1', () => {
  expect(failureOf(new CommandError('UsageInvalid', 'm', 'r')).exitCode).toBe(2);
  expect(failureOf(new CommandError('InstantInvalid', 'm', 'r')).exitCode).toBe(2);
  expect(failureOf(new CommandError('EngineUnavailable', 'm', 'r')).exitCode).toBe(1);
  expect(failureOf(new BookReplayError({ code: 'FormatUnsupported', format: 'x', supported: [] })).exitCode).toBe(2);
});
