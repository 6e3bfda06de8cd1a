/**
 * Waits for a condition, looking again whenever something has changed.
 *
 * @param what says what is waited for, when it did not come.
 */
export async function until(
  what: () => string,
  limitMs: number,
  holds: () => boolean,
  changed: () => Promise<void>,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    const left = deadline - performance.now();
    if (left <= 0) throw new Error(`Waited ${limitMs.toString()} ms for ${what()}`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, left);
    });
    await Promise.race([changed(), late]);
    clearTimeout(timer);
  }
}
