import { type Json, canonicalText, isList, parseText } from '@kessai/interface';

/** The path of the first field in which two requests differ, in canonical order; undefined where they are the same. */
export function differingField(first: string, second: string): string | undefined {
  if (first === second) return undefined;
  return differenceBelow(parseText(first), parseText(second), '') ?? '';
}

function differenceBelow(a: Json | undefined, b: Json | undefined, path: string): string | undefined {
  if (a === undefined || b === undefined) return a === b ? undefined : path;
  if (isList(a) && isList(b)) {
    const length = Math.max(a.length, b.length);
    for (let i = 0; i < length; i += 1) {
      const found = differenceBelow(a[i], b[i], `${path}[${i.toString()}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(a) && isObject(b)) {
    for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      const found = differenceBelow(a[name], b[name], path === '' ? name : `${path}.${name}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return canonicalText(a) === canonicalText(b) ? undefined : path;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return value !== null && typeof value === 'object' && !isList(value);
}
