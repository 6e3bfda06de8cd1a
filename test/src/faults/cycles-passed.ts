import { type Profile, comparePlaces, cyclesOf, publicBlocks, submissionsOf } from '@kessai/gateway-client';
import type { Place } from '@kessai/interface';

/**
 * For each submission of a member, by its transaction: how many cycles there were after it and before the one that took it. One that was
 * being made when it was sealed could not know of it.
 */
export async function cyclesPassed(profile: Profile, member: string): Promise<ReadonlyMap<string, number>> {
  const waiting = new Map<string, { readonly place: Place; passed: number }>();
  const passed = new Map<string, number>();
  for await (const block of publicBlocks(profile)) {
    const sealed = submissionsOf(block, profile.chaincode).filter((one) => one.member === member);
    const cycles = cyclesOf(block, profile.chaincode);
    for (const { transactionId, place } of sealed) waiting.set(transactionId, { place, passed: 0 });
    for (const { place: cyclePlace, progress } of cycles) {
      for (const [transactionId, one] of waiting) {
        if (comparePlaces(one.place, cyclePlace) > 0) continue;
        if (progress.taken.some((taken) => taken.member === member && comparePlaces(taken.place, one.place) === 0)) {
          passed.set(transactionId, one.passed);
          waiting.delete(transactionId);
        } else {
          one.passed += 1;
        }
      }
    }
  }
  return passed;
}
