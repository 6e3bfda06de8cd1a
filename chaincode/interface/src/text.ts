import { FieldError } from './field-error';
import type { Json } from './json';

export interface TextLimits {
  /** Longest text accepted, in UTF-16 code units. */
  readonly maxLength: number;
  /** Deepest nesting of objects and arrays accepted. */
  readonly maxDepth: number;
}

/** Enough for a batch of thousands of references; far below what Fabric takes in one message. */
export const defaultLimits: TextLimits = { maxLength: 4 * 1024 * 1024, maxDepth: 16 };

/**
 * Reads JSON text strictly: a duplicate member name, U+0000, a lone surrogate, and text over the limits are refused.
 * @throws FieldError
 */
export function parseText(text: string, limits: TextLimits = defaultLimits): Json {
  if (text.length > limits.maxLength) {
    throw new FieldError('TextTooLong', '', `is longer than ${limits.maxLength.toString()} characters`);
  }
  const { depth, members } = measure(text);
  if (depth > limits.maxDepth) {
    throw new FieldError('TextTooLong', '', `is nested deeper than ${limits.maxDepth.toString()} levels`);
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new FieldError('TextMalformed', '', 'is not JSON');
  }
  if (countMembers(value) !== members) {
    throw new FieldError('TextMalformed', '', 'names a member of an object twice');
  }
  return value;
}

/** The one text of a value: members in code unit order, no white space, numbers as JSON.stringify gives them. */
export function canonicalText(value: Json): string {
  if (value === null || typeof value !== 'object') {
    return JSON.stringify(value);
  }
  if (isList(value)) {
    // Most lists are rows of texts and numbers, which have one text only.
    return value.every(isScalar) ? JSON.stringify(value) : `[${value.map(canonicalText).join(',')}]`;
  }
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalText(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isScalar(value: Json): boolean {
  return value === null || typeof value !== 'object';
}

/** Whether text can be stored and compared everywhere: no U+0000 (Fabric's composite keys), no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  // Nearly all text is ASCII, and this look costs a fraction of the other.
  if (/^[\x20-\x7e]*$/.test(text)) return true;
  return !/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** JSON.parse keeps the last of two members with one name, so the members are counted in the text and in the value. */
function measure(text: string): { depth: number; members: number } {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 0x5c) i += 1;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) {
      inString = true;
    } else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (unit === 0x7d || unit === 0x5d) {
      depth -= 1;
    } else if (unit === 0x3a) {
      members += 1;
    }
  }
  return { depth: deepest, members };
}

function countMembers(value: Json): number {
  if (value === null || typeof value !== 'object') {
    return 0;
  }
  if (isList(value)) {
    return value.reduce<number>((sum, item) => sum + countMembers(item), 0);
  }
  const items = Object.values(value);
  return items.reduce<number>((sum, item) => sum + countMembers(item), items.length);
}
