import { decodeText, encodeText } from '@kessai/interface';
import { type Write, kindOf, stored } from '../kernel/state';

/**
 * The stored form of everything: one fixed value of each kind and its text, or any other text that must stay as it is. What a release has
 * written a later one must read, and every endorser writes it alike, so a change here is never an accident.
 */
export type GoldenTexts = Readonly<Record<string, string>>;

/** The key and the text of each value, by a name for the value. */
export function goldenTexts(values: Readonly<Record<string, Write>>): GoldenTexts {
  return Object.fromEntries(
    Object.entries(values).map(([name, write]) => {
      const { collection, key, value = '' } = stored(write);
      return [name, `${collection === '' ? 'public' : collection} ${key} ${value}`];
    }),
  );
}

/** What differs from the golden file, and the values that do not read back as they were written: empty where all is well. */
export function goldenFaults(
  values: Readonly<Record<string, Write>>,
  golden: GoldenTexts,
  others: GoldenTexts = {},
): readonly string[] {
  const texts = { ...goldenTexts(values), ...others };
  const faults: string[] = [];
  for (const name of new Set([...Object.keys(texts), ...Object.keys(golden)])) {
    const [now, before] = [texts[name], golden[name]];
    if (before === undefined) faults.push(`${name} is not in the golden file: ${now ?? ''}`);
    else if (now === undefined) faults.push(`${name} is not made any more`);
    else if (now !== before) faults.push(`${name} has changed from ${before} to ${now}`);
  }
  for (const [name, { ref, value }] of Object.entries(values)) {
    const text = encodeText(ref.codec, value);
    if (encodeText(ref.codec, decodeText(ref.codec, text)) !== text) faults.push(`${name} does not read back`);
  }
  return faults;
}

/** The kinds of which there is a value. */
export function goldenKinds(values: Readonly<Record<string, Write>>): ReadonlySet<string> {
  return new Set(Object.values(values).map(({ ref }) => kindOf(ref.key)));
}
