import {
  type MspId,
  type Registry,
  type RequestOf,
  boardCollection,
  collectionOf,
  operatorsCollection,
  refuse,
} from '@kessai/interface';
import { type Member, type SubmitHandler, created, marketRef, memberOf, put } from '@kessai/ledger';
import { ownsCollection } from './books-of';

/** Admits an organisation; one that keeps books of its own gets its collection with it. */
export const admitMember: SubmitHandler<RequestOf<typeof Registry.methods.AdmitMember>, undefined> = {
  // The kernel has read the market, with its members, for every transaction.
  load: () => Promise.resolve(undefined),
  decide(_state, { secret, ...member }, { market }) {
    const { mspId, role } = member;
    if (memberOf(market, mspId)) return refuse('DuplicateMember', { field: 'mspId', member: mspId });
    const admitted = put(marketRef, { ...market, members: [...market.members, member satisfies Member] });
    if (!ownsCollection(role)) {
      return secret === undefined ? created(admitted) : refuse('SecretNotWanted', { field: 'secret', role });
    }
    if (isMarketCollection(mspId)) {
      return refuse('FieldMalformed', { field: 'mspId', reason: 'names a collection of the market itself' });
    }
    if (secret === undefined) return refuse('SecretMissing', { field: 'secret', role });
    return { ...created(admitted), founded: [{ collection: collectionOf(mspId), secret }] };
  },
};

/** A member's collection bears its name, so a member of this name would take over what all operators share. */
function isMarketCollection(mspId: MspId): boolean {
  return [operatorsCollection, boardCollection].includes(collectionOf(mspId));
}
