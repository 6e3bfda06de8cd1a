import {
  type BusinessId,
  type Infer,
  type MspId,
  accountId,
  balance,
  businessDate,
  businessId,
  collectionOf,
  count,
  eventStatus,
  eventTerms,
  list,
  object,
  optional,
  quantity,
  whole,
} from '@kessai/interface';
import { type Ref, type SnapshotHeader, table } from '@kessai/ledger';

/** A corporate action and how far it has been run, in its issuer's collection. */
const eventCodec = object({
  eventId: businessId,
  terms: eventTerms,
  status: eventStatus,
  /** The business day from whose register it is computed; known when the first page is paid. */
  registerDate: optional(businessDate),
  /** Pages of the snapshot that have been paid. */
  paidPages: count(0, 100_000_000),
  /** Sums over what has been paid. */
  holders: count(0, 10_000_000),
  held: balance,
  gross: balance,
  tax: balance,
  /** What rounding down kept from the holders, over the denominator of the rate or ratio. */
  residueNumerator: whole(0n, 2n ** 96n, 'zero or more'),
});
export type CorporateEvent = Infer<typeof eventCodec>;

/** What the holders of one page received: the record of it, and the mark that it has been paid. */
const paidPageCodec = object({
  rows: list(object({ account: accountId, held: quantity, gross: balance, taxes: list(balance, { max: 10 }) }), {
    max: 1_000_000,
  }),
});
export type PaidPage = Infer<typeof paidPageCodec>;

export const events = table('corporate-action', eventCodec);
export const paidPages = table('corporate-action-page', paidPageCodec);

export function eventAt(issuer: MspId, eventId: BusinessId): Ref<CorporateEvent> {
  return events.at(collectionOf(issuer), eventId);
}

export function paidPageAt(issuer: MspId, eventId: BusinessId, institution: MspId, page: number): Ref<PaidPage> {
  return paidPages.at(collectionOf(issuer), eventId, institution, page);
}

export interface HolderPage {
  readonly institution: MspId;
  readonly page: number;
}

/**
 * The pages that an event has to pay: those of every organisation with holders. What an issuer holds of its own security earns it no
 * dividend; a split multiplies it like any other holding.
 */
export function pagesOf(event: CorporateEvent, issuer: MspId, snapshot: SnapshotHeader): readonly HolderPage[] {
  return snapshot.taken
    .filter(
      ({ institution, holders }) => holders > 0 && !(event.terms.kind === 'cash-dividend' && institution === issuer),
    )
    .flatMap(({ institution }) => Array.from({ length: snapshot.registerPages }, (_, page) => ({ institution, page })));
}
