// Why tests were skipped, summed: a test says it in its name or in that of its suite.
const saidBy = [/\bnot run: (.+?)\)(?: |$)/, /\(((?:skipped|measured|needs) .+?)\)(?: |$)/];

/** Why a test was skipped, by its full name; where it does not say so, by its file. */
export function reasonOf({ name, path }) {
  for (const said of saidBy) {
    const found = said.exec(name)?.[1];
    if (found !== undefined) return found;
  }
  return `a condition in ${path}`;
}

/**
 * A line for each reason, those of most tests first.
 * @param {readonly { name: string, path: string }[]} skipped
 * @returns {readonly string[]}
 */
export function skippedLines(skipped) {
  const counts = new Map();
  for (const one of skipped) {
    const reason = reasonOf(one);
    const { tests, files } = counts.get(reason) ?? { tests: 0, files: new Set() };
    counts.set(reason, { tests: tests + 1, files: files.add(one.path) });
  }
  const sorted = [...counts].sort(([, one], [, other]) => other.tests - one.tests);
  const width = Math.max(0, ...sorted.map(([, { tests }]) => tests.toString().length));
  return sorted.map(([reason, { tests, files }]) => {
    const where = files.size === 1 ? '' : ` (in ${files.size} files)`;
    return `${tests.toString().padStart(width)}  ${reason}${where}`;
  });
}
