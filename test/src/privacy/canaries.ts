import { createHash } from 'node:crypto';

/** The encodings in which a secret could stand in a block or a store. */
export const encodings = ['plain', 'hex', 'base64'] as const;
export type Encoding = (typeof encodings)[number];

/** The bytes to look for: base64 depends on where in its group of three a text begins, so what is the same in each is taken. */
export function formsOf(secret: string): readonly { readonly encoding: Encoding; readonly bytes: Buffer }[] {
  const plain = Buffer.from(secret, 'utf8');
  return [
    { encoding: 'plain', bytes: plain },
    { encoding: 'hex', bytes: Buffer.from(plain.toString('hex')) },
    { encoding: 'hex', bytes: Buffer.from(plain.toString('hex').toUpperCase()) },
    ...[0, 1, 2].map((shift) => ({ encoding: 'base64' as const, bytes: base64Within(plain, shift) })),
  ];
}

/** The base64 characters that are the text's alone when it begins `shift` bytes into a group. */
function base64Within(plain: Buffer, shift: number): Buffer {
  const whole = Buffer.concat([Buffer.alloc(shift), plain])
    .toString('base64')
    .replace(/=+$/, '');
  const end = Math.floor(((shift + plain.length) * 8) / 6);
  return Buffer.from(whole.slice(Math.ceil((shift * 8) / 6), end));
}

/** Which secrets stand in the bytes, and how. */
export function findSecrets(haystack: Buffer, secrets: readonly string[]): readonly string[] {
  return secrets.flatMap((secret) =>
    formsOf(secret)
      .filter(({ bytes }) => haystack.includes(bytes))
      .map(({ encoding }) => `${secret} in ${encoding}`),
  );
}

/** Words of a dictionary whose SHA-256 stands in the bytes: what whoever reads a block could confirm by guessing. */
export function findHashes(haystack: Buffer, words: Iterable<string>): readonly string[] {
  const hashed = [...words].map((word) => ({ word, hash: createHash('sha256').update(word, 'utf8').digest() }));
  // One pass for all words, by the first bytes of their hashes: a dictionary is long, and so is a chain.
  const byBeginning = new Map<number, typeof hashed>();
  for (const one of hashed) {
    const beginning = one.hash.readUInt32BE();
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), one]);
  }
  const found = new Set<string>();
  for (let at = 0; at + 32 <= haystack.length; at += 1) {
    for (const { word, hash } of byBeginning.get(haystack.readUInt32BE(at)) ?? []) {
      if (haystack.compare(hash, 0, 32, at, at + 32) === 0) found.add(word);
    }
  }
  return [...found];
}
