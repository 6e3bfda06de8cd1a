import { RejectedError } from '@kessai/gateway-client';
import type { MarketPort } from '../day';
import type { MarketDay } from '../input';
import { CommandError } from '../terminal/command-error';

/** Whether a market has been founded where its members are asked for. */
export async function isFounded(members: () => Promise<unknown>): Promise<boolean> {
  try {
    await members();
    return true;
  } catch (error) {
    if (error instanceof RejectedError && error.code === 'MarketNotFounded') return false;
    throw error;
  }
}

/**
 * A day begins with the founding of its market, so a network on which one was founded is no place for it.
 * @throws CommandError NetworkInUse
 */
export async function requireUnfounded(port: MarketPort, day: MarketDay, directory: string): Promise<void> {
  const operator = day.members.find(({ role }) => role === 'operator');
  if (!operator || !(await isFounded(async () => port.evaluate(operator.mspId, 'Registry:Members', {})))) return;
  throw new CommandError(
    'NetworkInUse',
    `A market has been founded on the network in ${directory} already.`,
    'Choose another directory with --dir, or leave --dir out for a temporary one.',
    { directory },
  );
}
