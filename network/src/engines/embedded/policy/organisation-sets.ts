export type OrganisationSet = readonly string[];

/** More alternatives than this help nobody to choose whom to ask, and their number grows like a binomial coefficient. */
const MAXIMUM_SETS = 1_000;

export const noOrganisations: readonly OrganisationSet[] = [[]];

/**
 * The minimal unions that satisfy `count` of the alternatives, where alternative i is satisfied by any of `alternatives[i]`.
 * Smallest sets first, then by name.
 */
export function chooseSets(
  count: number,
  alternatives: readonly (readonly OrganisationSet[])[],
): readonly OrganisationSet[] {
  if (count <= 0) return noOrganisations;
  let chosen: (readonly OrganisationSet[])[] = [noOrganisations];
  for (const sets of alternatives) {
    const next: (readonly OrganisationSet[])[] = [noOrganisations];
    for (let k = 1; k <= Math.min(count, chosen.length); k += 1) {
      const withoutThis = chosen[k] ?? [];
      const withThis = (chosen[k - 1] ?? []).flatMap((left) => sets.map((right) => union(left, right)));
      next[k] = minimal([...withoutThis, ...withThis]);
    }
    chosen = next;
  }
  return chosen[count] ?? [];
}

function union(left: OrganisationSet, right: OrganisationSet): OrganisationSet {
  return [...new Set([...left, ...right])].sort();
}

function minimal(sets: readonly OrganisationSet[]): readonly OrganisationSet[] {
  const distinct = new Map(sets.map((set) => [set.join('\0'), set]));
  const ordered = [...distinct].sort(([a, left], [b, right]) => left.length - right.length || (a < b ? -1 : 1));
  const kept: OrganisationSet[] = [];
  for (const [, set] of ordered) {
    if (kept.length === MAXIMUM_SETS) break;
    const members = new Set(set);
    if (!kept.some((smaller) => smaller.every((organisation) => members.has(organisation)))) kept.push(set);
  }
  return kept;
}
