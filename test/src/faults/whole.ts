/** All rows of an answer that comes in parts. @param first where the first part begins. */
export async function whole<Row>(
  ask: (from: number) => Promise<{ readonly rows: readonly Row[]; readonly next?: number | undefined }>,
  first = 0,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (let from: number | undefined = first; from !== undefined;) {
    const { rows, next }: Awaited<ReturnType<typeof ask>> = await ask(from);
    found.push(...rows);
    from = next;
  }
  return found;
}
