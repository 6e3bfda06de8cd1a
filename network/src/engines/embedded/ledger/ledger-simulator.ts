import { ledger } from '@hyperledger/fabric-protos';
import type { KeyValue, Page, SimulationResult, Simulator } from '../ports';
import { sha256 } from './bytes';
import { lifecycleNamespace, type DefinitionReader } from './definitions';
import { LedgerError } from './ledger-error';
import { MAXIMUM_DEGREE, RangeQueryResults } from './range-query-results';
import { ReadWriteSetBuilder, type Metadata } from './rwset-builder';
import type { StateView } from './state-view';
import { describeVersion, sameVersion } from './version';

const { kvrwset } = ledger.rwset;
const nothing = new Uint8Array();

type KeyModification = ledger.queryresult.KeyModification;

export interface SimulationSurroundings {
  readonly txId: string;
  readonly mspId: string;
  readonly view: StateView;
  readonly definitionReader: DefinitionReader;
  history(view: StateView, namespace: string, key: string): AsyncGenerator<KeyModification>;
}

interface RangeQueryRecord {
  readonly namespace: string;
  readonly info: ledger.rwset.kvrwset.RangeQueryInfo;
  readonly results: RangeQueryResults;
}

/**
 * Fabric's transaction simulator. What it records is what a real peer would have recorded for the same calls, to the byte; what it
 * refuses, it refuses in the same words.
 */
export class LedgerSimulator implements Simulator {
  readonly #txId: string;
  readonly #mspId: string;
  readonly #view: StateView;
  readonly #around: SimulationSurroundings;
  readonly #builder = new ReadWriteSetBuilder();
  readonly #rangeQueries: RangeQueryRecord[] = [];
  readonly #queries: AsyncGenerator[] = [];
  #written = false;
  #privateQueried = false;
  #paged = false;
  #closed = false;

  constructor(around: SimulationSurroundings) {
    this.#txId = around.txId;
    this.#mspId = around.mspId;
    this.#view = around.view;
    this.#around = around;
  }

  // Asynchronous in the contract only: a read of LevelDB is quicker than a turn of the event loop. Errors are rejections all the same.
  async get(namespace: string, key: string): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    const stored = this.#view.get(namespace, key);
    this.#builder.read(namespace, key, stored?.version);
    return stored?.value;
  }

  async getMany(namespace: string, keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#checkOpen();
    const found = await this.#view.getMany(namespace, keys);
    keys.forEach((key, index) => {
      this.#builder.read(namespace, key, found[index]?.version);
    });
    return found.map((stored) => stored?.value);
  }

  put(namespace: string, key: string, value: Uint8Array): void {
    this.#beforeWrite();
    if (namespace === lifecycleNamespace) this.#around.definitionReader.checkField(key, value);
    this.#builder.write(namespace, key, value);
  }

  delete(namespace: string, key: string): void {
    this.#beforeWrite();
    this.#builder.write(namespace, key, nothing);
  }

  range(namespace: string, start: string, end: string): AsyncIterableIterator<KeyValue> {
    this.#checkOpen();
    const info = new kvrwset.RangeQueryInfo();
    info.setStartKey(start);
    const results = new RangeQueryResults(MAXIMUM_DEGREE);
    // Recorded from the start, even if nothing is ever read from it, and in the order of the queries.
    this.#rangeQueries.push({ namespace, info, results });
    return this.#opened(this.#recordedRange(namespace, start, end, info, results));
  }

  async page(namespace: string, start: string, end: string, limit: number): Promise<Page> {
    this.beforePage();
    const rows: KeyValue[] = [];
    for await (const row of this.range(namespace, start, end)) {
      rows.push(row);
      if (rows.length >= limit) break;
    }
    const last = rows.at(-1);
    const isFull = last !== undefined && rows.length >= limit;
    return { rows, bookmark: isFull ? await this.#keyAfter(namespace, last.key, end) : '' };
  }

  async getPrivate(namespace: string, collection: string, key: string): Promise<Uint8Array | undefined> {
    this.#checkCollection(namespace, collection);
    this.#checkOpen();
    const { store, snapshot } = this.#view.privateStore(this.#mspId);
    const stored = store.value(namespace, collection, key, snapshot);
    const hashed = this.#view.getHashed(namespace, collection, sha256(key));
    if (!sameVersion(hashed?.version, stored?.version))
      throw this.#failed(
        `private data matching public hash version is not available. Public hash version = ${describeVersion(hashed?.version)}, ` +
          `Private data version = ${describeVersion(stored?.version)}`,
      );
    this.#builder.readHashed(namespace, collection, key, stored?.version);
    return stored?.value;
  }

  /** Unlike `getPrivate`, Fabric does not compare the versions with those of the hashes here; a stale read is caught at commit. */
  async getPrivateMany(
    namespace: string,
    collection: string,
    keys: readonly string[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    this.#checkCollection(namespace, collection);
    this.#checkOpen();
    const { store, snapshot } = this.#view.privateStore(this.#mspId);
    const found = await store.values(namespace, collection, keys, snapshot);
    keys.forEach((key, index) => {
      this.#builder.readHashed(namespace, collection, key, found[index]?.version);
    });
    return found.map((stored) => stored?.value);
  }

  async getPrivateHash(namespace: string, collection: string, key: string): Promise<Uint8Array | undefined> {
    return this.#readHashed(namespace, collection, key)?.value;
  }

  putPrivate(namespace: string, collection: string, key: string, value: Uint8Array): void {
    this.#checkCollection(namespace, collection);
    this.#beforeWrite();
    if (namespace === lifecycleNamespace) this.#around.definitionReader.checkField(key, value);
    this.#builder.writePrivate(namespace, collection, key, value);
  }

  deletePrivate(namespace: string, collection: string, key: string): void {
    this.#checkCollection(namespace, collection);
    this.#beforeWrite();
    this.#builder.writePrivate(namespace, collection, key, nothing);
  }

  purgePrivate(namespace: string, collection: string, key: string): void {
    this.#checkCollection(namespace, collection);
    this.#beforeWrite();
    this.#builder.writePrivate(namespace, collection, key, nothing, true);
  }

  beforePage(): void {
    if (this.#written) throw this.#unsupported('Paginated queries are supported only in a read-only transaction');
    this.#paged = true;
  }

  beforePrivateQuery(namespace: string, collection: string): void {
    if (this.#written) throw this.#unsupported('Queries on pvt data is supported only in a read-only transaction');
    this.#privateQueried = true;
    this.#checkCollection(namespace, collection);
    this.#checkOpen();
  }

  privateRange(namespace: string, collection: string, start: string, end: string): AsyncIterableIterator<KeyValue> {
    this.beforePrivateQuery(namespace, collection);
    const { store, snapshot } = this.#view.privateStore(this.#mspId);
    return this.#opened(store.range(namespace, collection, start, end, snapshot));
  }

  async getMetadata(namespace: string, key: string): Promise<Metadata> {
    this.#checkOpen();
    const stored = this.#view.get(namespace, key);
    this.#builder.read(namespace, key, stored?.version);
    return metadataOf(stored?.metadata);
  }

  putMetadata(namespace: string, key: string, metadata: Metadata): void {
    this.#beforeWrite();
    this.#builder.writeMetadata(namespace, key, metadata);
  }

  async getPrivateMetadata(namespace: string, collection: string, key: string): Promise<Metadata> {
    return metadataOf(this.#readHashed(namespace, collection, key)?.metadata);
  }

  putPrivateMetadata(namespace: string, collection: string, key: string, metadata: Metadata): void {
    this.#checkCollection(namespace, collection);
    this.#beforeWrite();
    this.#builder.writePrivateMetadata(namespace, collection, key, metadata);
  }

  history(namespace: string, key: string): AsyncIterableIterator<KeyModification> {
    this.#checkOpen();
    return this.#opened(this.#around.history(this.#view, namespace, key));
  }

  finish(): SimulationResult {
    this.#checkOpen();
    for (const { namespace, info, results } of this.#rangeQueries) {
      results.finish(info);
      this.#builder.rangeQuery(namespace, info);
    }
    const result = this.#builder.build();
    this.discard();
    return result;
  }

  discard(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A query that was not read to its end would hold the snapshot open.
    for (const query of this.#queries) query.return(undefined).catch(() => undefined);
    this.#view.release();
  }

  #opened<T>(query: AsyncGenerator<T>): AsyncGenerator<T> {
    this.#queries.push(query);
    return query;
  }

  async *#recordedRange(
    namespace: string,
    start: string,
    end: string,
    info: ledger.rwset.kvrwset.RangeQueryInfo,
    results: RangeQueryResults,
  ): AsyncGenerator<KeyValue> {
    for await (const { key, value, version } of this.#view.range(namespace, start, end)) {
      this.#checkOpen();
      results.add(key, version);
      // The caller may stop here, so the query reaches as far as it has seen.
      info.setEndKey(key);
      yield { key, value };
    }
    info.setItrExhausted(true);
    info.setEndKey(end);
  }

  /** Not recorded: what follows a page is no part of what the transaction has read. */
  async #keyAfter(namespace: string, key: string, end: string): Promise<string> {
    for await (const next of this.#view.range(namespace, `${key}\0`, end)) return next.key;
    return '';
  }

  #readHashed(namespace: string, collection: string, key: string) {
    this.#checkCollection(namespace, collection);
    this.#checkOpen();
    const hashed = this.#view.getHashed(namespace, collection, sha256(key));
    this.#builder.readHashed(namespace, collection, key, hashed?.version);
    return hashed;
  }

  #checkCollection(namespace: string, collection: string): void {
    const { definitions } = this.#view;
    if (definitions.get(namespace) === undefined)
      throw this.#failed(
        `collection config not defined for chaincode [${namespace}], pass the collection configuration upon chaincode definition/instantiation`,
      );
    if (definitions.collection(namespace, collection) === undefined)
      throw this.#failed(
        `collection [${collection}] not defined in the collection config for chaincode [${namespace}]`,
      );
  }

  #beforeWrite(): void {
    this.#checkOpen();
    if (this.#privateQueried)
      throw this.#unsupported('Transaction has already performed queries on pvt data. Writes are not allowed');
    if (this.#paged)
      throw this.#unsupported('Transaction has already performed a paginated query. Writes are not allowed');
    this.#written = true;
  }

  #checkOpen(): void {
    if (this.#closed) throw this.#failed('this instance should not be used after calling Done()');
  }

  #unsupported(why: string): LedgerError {
    return this.#failed(`txid [${this.#txId}]: unsuppored transaction. ${why}`);
  }

  #failed(message: string): LedgerError {
    return new LedgerError('SimulationFailed', message);
  }
}

export function metadataOf(bytes: Uint8Array | undefined): Metadata {
  if (bytes === undefined) return new Map();
  const entries = kvrwset.KVMetadataWrite.deserializeBinary(bytes).getEntriesList();
  return new Map(entries.map((entry) => [entry.getName(), entry.getValue_asU8()]));
}
