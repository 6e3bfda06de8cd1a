import { ledger } from '@hyperledger/fabric-protos';
import type { Write } from './database';
import { hashedStateKey, stateKey } from './main-keys';
import { isDeletion, isHashedDeletion, type NamespaceReadWriteSet } from './read-write-set';
import { encodeStoredValue, type StoredValue } from './stored-value';
import type { Version } from './version';

const { kvrwset } = ledger.rwset;

/** A key of public state (`collection` '') or of hashed state, where `key` is the hash in hex. */
export interface StateAddress {
  readonly namespace: string;
  readonly collection: string;
  readonly key: string;
}

/** What a block makes of a key; without a value the key is deleted. */
export interface StateChange {
  readonly address: StateAddress;
  readonly value: Uint8Array | undefined;
  readonly metadata: Uint8Array | undefined;
  readonly version: Version;
}

export type StateReader = (address: StateAddress) => StoredValue | undefined;

interface KeyOperations {
  readonly address: StateAddress;
  value: Uint8Array | undefined;
  metadata: Uint8Array | undefined;
  setsValue: boolean;
  setsMetadata: boolean;
  deletes: boolean;
}

/** The changes that the valid transactions of a block make, one after the other. */
export class StateChanges {
  readonly #changes = new Map<string, StateChange>();
  readonly #committed: StateReader;

  constructor(committed: StateReader) {
    this.#committed = committed;
  }

  get(address: StateAddress): StateChange | undefined {
    return this.#changes.get(addressText(address));
  }

  all(): readonly StateChange[] {
    return [...this.#changes.values()];
  }

  /** Public keys of a namespace that have changed. */
  changesIn(namespace: string): readonly StateChange[] {
    return this.all().filter(({ address }) => address.namespace === namespace && address.collection === '');
  }

  /** A write keeps the key's metadata, metadata alone keep its value; metadata of a key that does not exist are dropped. */
  apply(sets: readonly NamespaceReadWriteSet[], version: Version): void {
    for (const operations of operationsOf(sets).values()) {
      const { address } = operations;
      if (operations.deletes) this.#set({ address, value: undefined, metadata: undefined, version });
      else if (operations.setsValue) {
        const metadata = operations.setsMetadata ? operations.metadata : this.#latest(address)?.metadata;
        this.#set({ address, value: operations.value, metadata, version });
      } else {
        const value = this.#latest(address)?.value;
        if (value !== undefined) this.#set({ address, value, metadata: operations.metadata, version });
      }
    }
  }

  writes(): readonly Write[] {
    return this.all().map(({ address, value, metadata, version }) => {
      const key = databaseKey(address);
      return value === undefined
        ? { type: 'del', key }
        : { type: 'put', key, value: encodeStoredValue({ value, metadata, version }) };
    });
  }

  #latest(
    address: StateAddress,
  ): { readonly value: Uint8Array | undefined; readonly metadata: Uint8Array | undefined } | undefined {
    return this.get(address) ?? this.#committed(address);
  }

  #set(change: StateChange): void {
    this.#changes.set(addressText(change.address), change);
  }
}

export function databaseKey({ namespace, collection, key }: StateAddress): Buffer {
  return collection === '' ? stateKey(namespace, key) : hashedStateKey(namespace, collection, Buffer.from(key, 'hex'));
}

function operationsOf(sets: readonly NamespaceReadWriteSet[]): ReadonlyMap<string, KeyOperations> {
  const all = new Map<string, KeyOperations>();
  const at = (namespace: string, collection: string, key: string): KeyOperations => {
    const address = { namespace, collection, key };
    const text = addressText(address);
    let operations = all.get(text);
    if (operations === undefined) {
      operations = {
        address,
        value: undefined,
        metadata: undefined,
        setsValue: false,
        setsMetadata: false,
        deletes: false,
      };
      all.set(text, operations);
    }
    return operations;
  };
  for (const { namespace, writes, metadataWrites, collections } of sets) {
    for (const write of writes) setValue(at(namespace, '', write.getKey()), isDeletion(write), write.getValue_asU8());
    for (const write of metadataWrites) setMetadata(at(namespace, '', write.getKey()), write.getEntriesList());
    for (const { collection, writes: hashed, metadataWrites: hashedMetadata } of collections) {
      for (const write of hashed) {
        const key = Buffer.from(write.getKeyHash_asU8()).toString('hex');
        setValue(at(namespace, collection, key), isHashedDeletion(write), write.getValueHash_asU8());
      }
      for (const write of hashedMetadata) {
        const key = Buffer.from(write.getKeyHash_asU8()).toString('hex');
        setMetadata(at(namespace, collection, key), write.getEntriesList());
      }
    }
  }
  return all;
}

function setValue(operations: KeyOperations, deletes: boolean, value: Uint8Array): void {
  if (deletes) operations.deletes = true;
  else {
    operations.setsValue = true;
    operations.value = value;
  }
}

function setMetadata(operations: KeyOperations, entries: ledger.rwset.kvrwset.KVMetadataEntry[]): void {
  operations.setsMetadata = true;
  if (entries.length === 0) {
    operations.metadata = undefined;
    return;
  }
  const metadata = new kvrwset.KVMetadataWrite();
  metadata.setEntriesList(entries);
  operations.metadata = metadata.serializeBinary();
}

function addressText({ namespace, collection, key }: StateAddress): string {
  return `${namespace}\0${collection}\0${key}`;
}
