import type { MspId } from '@kessai/interface';
import { clockRef } from '../reference';
import { overlayOf } from './overlay';
import { RequestMemory, ownFacts } from './request-memory';
import { type Reader, load } from './state';

/**
 * The cycles in which something was remembered for a member under this name, the last one first. Another name may have the same hash, so
 * what is found there must be looked at.
 */
export async function recalled(reader: Reader, member: MspId, name: string): Promise<readonly number[]> {
  const memory = overlayOf(reader)?.memory ?? new RequestMemory(reader);
  const [{ clock }] = await Promise.all([load(reader, { clock: clockRef }), memory.open(ownFacts(member))]);
  if (!clock) return [];
  return memory.recall(ownFacts(member), name, clock.businessDate).map(({ cycle }) => cycle);
}
