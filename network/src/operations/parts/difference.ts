/** Where two documents differ first. */
export interface Difference {
  /** Such as `topology.organisations[2].host`. */
  readonly field: string;
  readonly own: string;
  readonly other: string;
}

/** @returns undefined where both are the same as JSON. */
export function differenceOf(own: unknown, other: unknown, field: string): Difference | undefined {
  if (isObject(own) && isObject(other) && Array.isArray(own) === Array.isArray(other)) {
    for (const name of new Set([...Object.keys(own), ...Object.keys(other)])) {
      const at = Array.isArray(own) ? `${field}[${name}]` : `${field}.${name}`;
      const found = differenceOf(own[name], other[name], at);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return own === other ? undefined : { field, own: textOf(own), other: textOf(other) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value);
}
