import { inboxOwner } from '@kessai/interface';
import type { StoredValue } from './network-on-disk';

/** The one key that is not blinded, since it is what blinds: the same in every collection, so its hash tells nothing. */
export const collectionSecretKey = 'secret';

const macLength = 43;

/** What a guesser would hash: the logical key before its blinding, the value before its salt. */
export function unblinded({ collection, key, value }: StoredValue): readonly string[] {
  // In an inbox the key is that of the transaction, which is public, and the salt is a field of what was sealed.
  if (isInbox(collection)) return [value.replace(/"salt":"[0-9a-f]{64}",?/, '').replace(',}', '}')];
  return [key.slice(0, key.lastIndexOf('~')), value.slice(macLength)];
}

export function isInbox(collection: string): boolean {
  return inboxOwner(collection) !== undefined;
}
