/**
 * Amounts and block numbers are bigint, which JSON does not know. Whatever the SDK returns that holds some has a `toJSON`, not enumerable, so
 * that `JSON.stringify` writes them as the decimal strings that the market itself speaks. A copy made by `{ ...value }` has none: `toJson`
 * is for those.
 */

/** Gives every part of the value that holds bigint a `toJSON`. @returns the same value. */
export function withJsonForm<T>(value: T): T {
  visit(value);
  return value;
}

/** A copy of any value in which bigint is a decimal string and an instant is its ISO 8601 text, for JSON. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return (value as readonly unknown[]).map(toJson);
  if (!isComposite(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}

function visit(value: unknown): void {
  if (!isComposite(value)) return;
  let holdsBigint = false;
  for (const member of Object.values(value) as readonly unknown[]) {
    if (typeof member === 'bigint') holdsBigint = true;
    else visit(member);
  }
  if (holdsBigint) Object.defineProperty(value, 'toJSON', asJson);
}

/** What its members are found by name; bytes and maps have forms of their own. */
function isComposite(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !ArrayBuffer.isView(value);
}

// One descriptor for all: an answer may have millions of rows.
const asJson: PropertyDescriptor = {
  value(this: object): unknown {
    // What is inside has a form of its own where it needs one.
    if (Array.isArray(this)) return (this as readonly unknown[]).map(texted);
    return Object.fromEntries(Object.entries(this).map(([name, member]) => [name, texted(member)]));
  },
  enumerable: false,
  configurable: true,
  writable: true,
};

function texted(member: unknown): unknown {
  return typeof member === 'bigint' ? member.toString() : member;
}
