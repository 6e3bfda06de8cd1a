import { type BusinessId, type MspId, type RequestOf, Securities, collectionOf } from '@kessai/interface';
import { type Ref, table } from '@kessai/ledger';

type Issued = RequestOf<typeof Securities.methods.Issue>;
type Allotted = RequestOf<typeof Securities.methods.Allot>;

/**
 * What was issued and allotted, by the id of the act, for ever and in the issuer's collection: ids are remembered for two days, and what all
 * approve once more a week later, as when everybody's instructions are sent again, would issue or allot it once more.
 */
const issuances = table('issuance', Securities.methods.Issue.request);
const allotments = table('allotment', Securities.methods.Allot.request);

export function issuanceAt(issuer: MspId, id: BusinessId): Ref<Issued> {
  return issuances.at(collectionOf(issuer), id);
}

export function allotmentAt(issuer: MspId, id: BusinessId): Ref<Allotted> {
  return allotments.at(collectionOf(issuer), id);
}
