/** How long a program that was told to end may take for it. */
const endingMs = 2_700;

/** Waits until the signal says that it is time to end, and then for what has to be closed, as long as that takes no longer than it may. */
export async function untilEnding(signal: AbortSignal, close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const tooLate = setTimeout(() => process.exit(0), endingMs);
  await close();
  clearTimeout(tooLate);
}
