import { join } from 'node:path';
import { ledger } from '@hyperledger/fabric-protos';
import type { Snapshot } from './database';
import type { Definitions } from './definitions';
import { LedgerError } from './ledger-error';
import { PrivateApplication, type PrivateSurroundings, type PrivateTransaction } from './private-application';
import type { CollectionPlace } from './private-keys';
import { PrivateStore, type TransientWriteSet } from './private-store';
import { agreement } from './private-agreement';
import type { CollectionReadWriteSet } from './read-write-set';

const { rwset } = ledger;

/** As Fabric's peer.gossip.pvtData.transientstoreMaxBlockRetention. */
const TRANSIENT_RETENTION_BLOCKS = 1_000;

/** Private values that an organisation's peers should hold and do not: nobody's transient data had them when the block came. */
export interface MissingPrivateData extends CollectionPlace {
  readonly mspId: string;
}

/** The organisations' private stores side by side. */
export class PrivateStores {
  readonly #stores: ReadonlyMap<string, PrivateStore>;
  readonly #definitions: () => Definitions;
  readonly #hashed: PrivateSurroundings['hashed'];

  private constructor(
    stores: readonly PrivateStore[],
    definitions: () => Definitions,
    hashed: PrivateSurroundings['hashed'],
  ) {
    this.#stores = new Map(stores.map((store) => [store.mspId, store]));
    this.#definitions = definitions;
    this.#hashed = hashed;
  }

  /** One directory an organisation below `directory`. @throws LedgerError */
  static async open(
    directory: string,
    mspIds: readonly string[],
    definitions: () => Definitions,
    hashed: PrivateSurroundings['hashed'],
  ): Promise<PrivateStores> {
    const stores: PrivateStore[] = [];
    try {
      for (const mspId of mspIds)
        stores.push(await PrivateStore.open(join(directory, encodeURIComponent(mspId)), mspId));
    } catch (error) {
      await Promise.all(stores.map((store) => store.close()));
      throw error;
    }
    return new PrivateStores(stores, definitions, hashed);
  }

  /** The first block that some organisation's store has not taken in yet. */
  get applied(): number {
    return Math.min(...[...this.#stores.values()].map((store) => store.applied));
  }

  /** @throws LedgerError Unsupported for an organisation that has no store, since it is not in the channel's application. */
  store(mspId: string): PrivateStore {
    const store = this.#stores.get(mspId);
    if (store === undefined)
      throw new LedgerError('Unsupported', `${mspId} is not an organisation of the channel's application`);
    return store;
  }

  /** Gives each member of a collection the write sets that `endorser` made and sends; durable with all of them when it resolves. */
  async keep(txId: string, endorser: string, privateResults: Uint8Array, height: number): Promise<void> {
    const writeSets = writeSetsOf(txId, privateResults);
    const definitions = this.#definitions();
    for (const { namespace, collection } of writeSets) {
      if (definitions.collection(namespace, collection) === undefined)
        throw new LedgerError(
          'SimulationFailed',
          `collection [${collection}] not defined in the collection config for chaincode [${namespace}]`,
        );
    }
    await Promise.all(
      [...this.#stores.values()].map(async (store) => {
        const own = writeSets.filter(
          ({ namespace, collection }) =>
            this.#isMember(store.mspId, namespace, collection) &&
            (store.mspId === endorser || definitions.collection(namespace, collection)?.sent === true),
        );
        if (own.length > 0) await store.keep(own, height);
      }),
    );
  }

  /** Takes a committed block into every store that does not have it yet. */
  async apply(block: number, transactions: readonly PrivateTransaction[]): Promise<void> {
    const around: PrivateSurroundings = {
      isMember: (mspId, namespace, collection) => this.#isMember(mspId, namespace, collection),
      find: (store, txId, place, set) => this.#find(store, txId, place, set),
      hashed: this.#hashed,
    };
    const behind = [...this.#stores.values()].filter((store) => store.applied <= block);
    // All are put together before any is written, for writing removes the transient data that another may still look for.
    const changes = await Promise.all(
      behind.map(async (store) => ({
        store,
        writes: await new PrivateApplication(store, block, around).build(transactions),
      })),
    );
    await Promise.all(changes.map(({ store, writes }) => store.apply(writes)));
  }

  async purgeTransient(height: number): Promise<void> {
    if (height <= TRANSIENT_RETENTION_BLOCKS) return;
    const below = height - TRANSIENT_RETENTION_BLOCKS;
    await Promise.all([...this.#stores.values()].map((store) => store.purgeTransient(below)));
  }

  /** Transaction's place in the block -> rwset.TxPvtReadWriteSet of what the organisation holds. */
  async dataOf(block: number, mspId: string): Promise<ReadonlyMap<number, Uint8Array>> {
    const messages = new Map<number, ledger.rwset.TxPvtReadWriteSet>();
    for (const { place, writeSet } of await this.store(mspId).blockData(block)) {
      let message = messages.get(place.transaction);
      if (message === undefined) {
        message = new rwset.TxPvtReadWriteSet();
        messages.set(place.transaction, message);
      }
      let namespace = message.getNsPvtRwsetList().at(-1);
      if (namespace?.getNamespace() !== place.namespace) {
        namespace = message.addNsPvtRwset();
        namespace.setNamespace(place.namespace);
      }
      const collection = namespace.addCollectionPvtRwset();
      collection.setCollectionName(place.collection);
      collection.setRwset(writeSet);
    }
    return new Map([...messages].map(([transaction, message]) => [transaction, message.serializeBinary()]));
  }

  async missing(): Promise<readonly MissingPrivateData[]> {
    const all = await Promise.all(
      [...this.#stores.values()].map(async (store) =>
        (await store.missing()).map((place) => ({ mspId: store.mspId, ...place })),
      ),
    );
    return all.flat();
  }

  snapshots(): ReadonlyMap<string, Snapshot> {
    return new Map([...this.#stores].map(([mspId, store]) => [mspId, store.snapshot()]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#stores.values()].map((store) => store.close()));
  }

  #isMember(mspId: string, namespace: string, collection: string): boolean {
    return this.#definitions().collection(namespace, collection)?.members.includes(mspId) === true;
  }

  #find(
    store: PrivateStore,
    txId: string,
    place: CollectionPlace,
    set: CollectionReadWriteSet,
  ): Uint8Array | undefined {
    const { namespace, collection } = place;
    const hash = set.privateHash ?? new Uint8Array();
    const others = [...this.#stores.values()].filter(
      (other) => other !== store && this.#isMember(other.mspId, namespace, collection),
    );
    for (const holder of [store, ...others]) {
      const transient = holder.transient(txId, namespace, collection, hash);
      if (transient !== undefined && agreement(transient, set) === 'whole') return transient;
    }
    for (const holder of others) {
      const data = holder.data(place);
      // After a purge a write set no longer has the transaction's hash, but each write that is left must still have its own.
      if (data !== undefined && agreement(data, set) !== 'none') return data;
    }
    return undefined;
  }
}

function writeSetsOf(txId: string, privateResults: Uint8Array): readonly TransientWriteSet[] {
  return rwset.TxPvtReadWriteSet.deserializeBinary(privateResults)
    .getNsPvtRwsetList()
    .flatMap((namespace) =>
      namespace.getCollectionPvtRwsetList().map((collection) => ({
        txId,
        namespace: namespace.getNamespace(),
        collection: collection.getCollectionName(),
        writeSet: collection.getRwset_asU8(),
      })),
    );
}
