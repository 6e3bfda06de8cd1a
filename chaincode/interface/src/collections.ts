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

/** Where a request carries its private content. */
export const transientRequestKey = 'request';
