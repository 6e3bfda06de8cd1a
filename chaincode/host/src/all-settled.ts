/**
 * All values, or the first failure in the order of the promises: but only after every promise has ended, so that no question to the
 * peer is left over when its transaction has been answered.
 */
export async function allSettled<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
