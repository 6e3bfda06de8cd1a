import type { StoredValue } from './network-on-disk';

/** The one key that is not blinded, since it is what blinds: the same in every collection, so its hash tells nothing. */
export const collectionSecretKey = 'secret';

const macLength = 43;

/** What a guesser would hash: the logical key before its blinding, the value before its salt. */
export function unblinded({ key, value }: StoredValue): { readonly key: string; readonly value: string } {
  return { key: key.slice(0, key.lastIndexOf('~')), value: value.slice(macLength) };
}
