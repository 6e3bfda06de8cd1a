import type { peer } from '@hyperledger/fabric-protos';
import type { Identity, Ledger, Simulator } from '../ports';
import { definitionOf } from '../system/lifecycle/definition';
import { LIFECYCLE } from '../system/lifecycle/serializer';

/** One proposal under simulation at one organisation's peer: what every chaincode called in it shares. */
export interface TransactionScope {
  readonly txId: string;
  readonly channelId: string;
  readonly mspId: string;
  readonly signed: peer.SignedProposal;
  readonly creator: Identity;
  readonly ledger: Ledger;
  /** Undefined for a proposal without a channel. */
  readonly simulator: Simulator | undefined;
  /** Collections of which plain values were read, as `namespace U+0000 collection`: they bear on who may endorse. */
  readonly privateReads: Set<string>;
}

export interface RangeResults {
  next(): Promise<IteratorResult<Uint8Array>>;
  close(): Promise<void>;
}

export interface OpenQuery {
  readonly results: RangeResults;
  /** A result that was read but belongs to the next batch. */
  pending: Uint8Array | undefined;
  returned: number;
}

/** What a member-only collection lets the proposal's creator do. */
export interface CollectionPermission {
  readonly read: boolean;
  readonly write: boolean;
}

/** One chaincode running in a transaction: its namespace, its open iterators, and who waits for its answer. */
export class ChaincodeCall {
  readonly scope: TransactionScope;
  readonly namespace: string;
  readonly isInit: boolean;
  /** A chaincode has one request at a time; one more while it is being answered is dropped, as a peer does. */
  busy = false;
  readonly #queries = new Map<string, OpenQuery>();
  readonly #permissions = new Map<string, CollectionPermission>();
  #definitionRead = false;
  #nextQuery = 1;
  #ended = false;

  constructor(scope: TransactionScope, namespace: string, isInit: boolean) {
    this.scope = scope;
    this.namespace = namespace;
    this.isInit = isInit;
  }

  get ended(): boolean {
    return this.#ended;
  }

  openQuery(results: RangeResults): [string, OpenQuery] {
    const id = `${this.scope.txId}-${this.#nextQuery.toString()}`;
    this.#nextQuery += 1;
    const query: OpenQuery = { results, pending: undefined, returned: 0 };
    this.#queries.set(id, query);
    return [id, query];
  }

  query(id: string): OpenQuery | undefined {
    return this.#queries.get(id);
  }

  async closeQuery(id: string): Promise<void> {
    const query = this.#queries.get(id);
    this.#queries.delete(id);
    await query?.results.close();
  }

  /** Ends the call: iterators are closed and later requests find no ledger context. */
  async end(): Promise<void> {
    this.#ended = true;
    const open = [...this.#queries.values()];
    this.#queries.clear();
    await Promise.all(open.map((query) => query.results.close()));
  }

  /** A peer looks collections up through the transaction itself: the chaincode's definition becomes part of the read set. */
  async readDefinition(): Promise<void> {
    const { simulator } = this.scope;
    if (simulator === undefined || this.#definitionRead) {
      return;
    }
    await definitionOf(this.namespace, (key) => simulator.get(LIFECYCLE, key));
    this.#definitionRead = true;
  }

  /** @throws NoSuchCollection */
  async permission(collection: string): Promise<CollectionPermission> {
    const known = this.#permissions.get(collection);
    if (known !== undefined) {
      return known;
    }
    await this.readDefinition();
    const permission = this.#decide(collection);
    this.#permissions.set(collection, permission);
    return permission;
  }

  #decide(collection: string): CollectionPermission {
    const { ledger, creator, channelId } = this.scope;
    const definition = ledger.definition(this.namespace)?.collections.get(collection);
    if (definition === undefined) {
      if (collection.startsWith(IMPLICIT_PREFIX)) {
        return { read: true, write: true };
      }
      throw new NoSuchCollection(channelId, this.namespace, collection);
    }
    const member = definition.members.includes(creator.mspId);
    return { read: member || !definition.memberOnlyRead, write: member || !definition.memberOnlyWrite };
  }
}

/** Every organisation has a collection of its own in every chaincode, without being asked. */
export const IMPLICIT_PREFIX = '_implicit_org_';

export class NoSuchCollection extends Error {
  readonly code = 'NoSuchCollection';

  constructor(channel: string, namespace: string, collection: string) {
    super(`collection ${channel}/${namespace}/${collection} could not be found`);
    this.name = 'NoSuchCollection';
  }
}

/** A request of a chaincode that its peer refuses. */
export class RequestRefused extends Error {
  readonly code = 'ChaincodeRequestRefused';

  constructor(message: string) {
    super(message);
    this.name = 'RequestRefused';
  }
}
