/** The known names that a mistyped one may stand for, the nearest first, at most three; none where nothing is near. */
export function closest(typed: string, known: readonly string[]): readonly string[] {
  const wanted = typed.toLowerCase();
  return known
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 4)) || endsAlike(wanted, name))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Whoever leaves the contract out means its method. */
function endsAlike(wanted: string, name: string): boolean {
  const method = wanted.slice(wanted.indexOf(':') + 1);
  return method !== '' && name.toLowerCase().endsWith(`:${method}`);
}

/** Levenshtein's distance: how many characters must be put in, taken out or replaced. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [index, character] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, against] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (character === against ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
