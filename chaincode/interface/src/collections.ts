import type { MspId } from './identifiers';

/** A private collection of the market's chaincode; '' is the public state that every organisation holds. */
export type Collection = string & { readonly collection?: never };

/** World state of the channel: nothing private in it. */
export const publicState: Collection = '';
/** The operators' and auditors' own: whole trades, the owners of standing orders, operators' request records. */
export const operatorsCollection: Collection = 'operators';
/** The anonymous order board: operators, auditors, every financial institution. */
export const boardCollection: Collection = 'board';

/** The collection of an institution, issuer or settlement bank: the owner, the operators and the auditors. */
export function collectionOf(owner: MspId): Collection {
  return owner;
}

/**
 * Where a member's instructions wait for a cycle: held by the member, the operators and the auditors, written with the endorsement of the
 * member's own peer, so that nobody else can put anything there.
 */
export function inboxOf(owner: MspId): Collection {
  return `${owner}${inboxEnding}`;
}

/** Whose inbox a collection is; undefined where it is none. */
export function inboxOwner(collection: Collection): MspId | undefined {
  return collection.endsWith(inboxEnding) ? (collection.slice(0, -inboxEnding.length) as MspId) : undefined;
}

const inboxEnding = '_inbox';

/**
 * The key of what a transaction seals. A transaction's id occurs once, and it is public anyhow who wrote what key; so nothing has to be
 * read to find a key that nothing stands under.
 */
export function sealedKey(transactionId: string): string {
  return `sealed/${transactionId}`;
}

/** Nothing ever stands here: it is read when a member is admitted, since an inbox that is not defined refuses to be read. */
export const inboxProbeKey = sealedKey('none');

/** Where a request carries its private content. */
export const transientRequestKey = 'request';
