import {
  type MspId,
  Registry,
  type RequestOf,
  type Json,
  boardCollection,
  collectionOf,
  inboxOf,
  inboxOwner,
  inboxProbeKey,
  isRejection,
  json,
  operatorsCollection,
  refuse,
} from '@kessai/interface';
import {
  type Member,
  type Ref,
  type SubmitHandler,
  accountAt,
  created,
  load,
  marketRef,
  memberOf,
  ownsCollection,
  put,
  registeredAgain,
  suspenseAccount,
} from '@kessai/ledger';

/** Admits an organisation; one that keeps books of its own gets its collection with it. */
export const admitMember: SubmitHandler<RequestOf<typeof Registry.methods.AdmitMember>, undefined> = {
  async load(reader, { mspId, role }, { market }) {
    // A collection that the chaincode's definition lacks refuses to be read, before anybody writes to it.
    const isNew = ownsCollection(role) && !isMarketCollection(mspId) && !memberOf(market, mspId);
    if (isNew) await load(reader, { any: accountAt(mspId, suspenseAccount), sealed: inboxProbe(mspId) });
    return undefined;
  },
  decide(_state, member, { market, cycle }) {
    const { mspId, role } = member;
    const admitted = memberOf(market, mspId);
    if (admitted) {
      const again = registeredAgain(Registry.methods.AdmitMember.request, admitted, member);
      return isRejection(again) ? refuse('DuplicateMember', { field: 'mspId', member: mspId }) : again;
    }
    const withMember = put(marketRef, {
      ...market,
      members: [...market.members, { ...member, admittedIn: cycle } satisfies Member],
    });
    if (!ownsCollection(role)) return created(withMember);
    if (isMarketCollection(mspId)) {
      return refuse('FieldMalformed', { field: 'mspId', reason: 'names a collection of the market itself' });
    }
    return { ...created(withMember), founded: [collectionOf(mspId)] };
  },
};

/** Any key of its inbox: without one it could send nothing. */
function inboxProbe(mspId: MspId): Ref<Json> {
  return { collection: inboxOf(mspId), key: inboxProbeKey, codec: json };
}

/** A member's collection bears its name, so a member of this name would take over what others share or seal in. */
function isMarketCollection(mspId: MspId): boolean {
  const collection = collectionOf(mspId);
  return [operatorsCollection, boardCollection].includes(collection) || inboxOwner(collection) !== undefined;
}
