/** How long a program that was told to end may take for it. */
const endingMs = 2_700;

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Waits until the program is told to end, and then for what it has to close, as long as that takes no longer than it may. */
export async function untilEnding(close: () => Promise<void>): Promise<void> {
  // A terminal that is gone, as after SIGHUP, takes no more lines.
  const ignore = (): void => undefined;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore);
  try {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        for (const name of endings) process.off(name, end);
        resolve();
      };
      for (const name of endings) process.on(name, end);
    });
    const tooLate = setTimeout(() => process.exit(0), endingMs);
    await close();
    clearTimeout(tooLate);
  } finally {
    for (const stream of [process.stdout, process.stderr]) stream.off('error', ignore);
  }
}
