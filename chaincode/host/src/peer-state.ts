import type { Collection } from '@kessai/interface';

/** A key and its value as Fabric stores them; an undefined value removes the key. */
export interface StateRecord {
  readonly collection: Collection;
  readonly key: string;
  readonly value: string | undefined;
}

/** What one transaction may ask of the peer, in the keys and values that Fabric sees. */
export interface PeerState {
  /** The value, undefined where nothing stands. Refused where the peer has only its hash. @throws Refused */
  get(collection: Collection, key: string): Promise<string | undefined>;
  /**
   * One round. Values in the order of the keys; undefined where nothing stands, or where the peer lacks a private value: Fabric does
   * not compare it with its hash here. In a submit the stale version is recorded and fails to commit.
   * @throws Refused
   */
  getMany(collection: Collection, keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** All of `start` and above, below `end`, in the order of bytes. @throws Refused */
  range(
    collection: Collection,
    start: string,
    end: string,
  ): AsyncIterable<{ readonly key: string; readonly value: string }>;
  /** Applies the records in their order. @throws Refused */
  writeAll(records: readonly StateRecord[]): Promise<void>;
}
