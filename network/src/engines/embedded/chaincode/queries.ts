import { ledger, peer } from '@hyperledger/fabric-protos';
import { parse } from '../endpoints/parse';
import type { KeyValue, Page, Simulator } from '../ports';
import { RequestRefused, type ChaincodeCall, type OpenQuery, type RangeResults } from './transaction';

const BATCH_RESULTS = 100;
const TOTAL_RESULTS = 100_000;

/** Answers GET_STATE_BY_RANGE: the first batch, and where to go on. */
export async function rangeQuery(
  call: ChaincodeCall,
  simulator: Simulator,
  request: peer.GetStateByRange,
): Promise<Uint8Array> {
  const collection = request.getCollection();
  const [start, end] = [request.getStartkey(), request.getEndkey()];
  if (collection !== '') {
    return firstBatch(call, keyValues(call.namespace, simulator.privateRange(call.namespace, collection, start, end)));
  }
  const { size, bookmark, paged } = pageOf(request.getMetadata_asU8());
  if (!paged) {
    return firstBatch(call, keyValues(call.namespace, simulator.range(call.namespace, start, end)));
  }
  const found = await simulator.page(call.namespace, bookmark === '' ? start : bookmark, end, limitOf(size));
  return pageResponse(call.namespace, found);
}

/** Refused as by a peer whose state is in LevelDB, and what a transaction may do afterwards is what it may do there. */
export function richQuery(call: ChaincodeCall, simulator: Simulator, request: peer.GetQueryResult): never {
  if (request.getCollection() !== '') {
    simulator.beforePrivateQuery(call.namespace, request.getCollection());
  } else if (pageOf(request.getMetadata_asU8()).paged) {
    simulator.beforePage();
  }
  throw new RequestRefused('ExecuteQuery not supported for leveldb');
}

function pageOf(bytes: Uint8Array): { readonly size: number; readonly bookmark: string; readonly paged: boolean } {
  const metadata = parse(peer.QueryMetadata, 'QueryMetadata', bytes);
  const [size, bookmark] = [metadata.getPagesize(), metadata.getBookmark()];
  return { size, bookmark, paged: size !== 0 || bookmark !== '' };
}

export async function historyQuery(call: ChaincodeCall, simulator: Simulator, key: string): Promise<Uint8Array> {
  const versions = simulator.history(call.namespace, key);
  return firstBatch(
    call,
    encoded(versions, (version) => version.serializeBinary()),
  );
}

export async function nextBatch(call: ChaincodeCall, id: string): Promise<Uint8Array> {
  const query = call.query(id);
  if (query === undefined) {
    throw new RequestRefused('query iterator not found');
  }
  return batch(call, id, query);
}

export async function closeQuery(call: ChaincodeCall, id: string): Promise<Uint8Array> {
  await call.closeQuery(id);
  return response([], false, id).serializeBinary();
}

async function firstBatch(call: ChaincodeCall, results: RangeResults): Promise<Uint8Array> {
  const [id, query] = call.openQuery(results);
  return batch(call, id, query);
}

/** A batch is full only when there is one result more: so `hasMore` is never wrong. */
async function batch(call: ChaincodeCall, id: string, query: OpenQuery): Promise<Uint8Array> {
  const results: Uint8Array[] = query.pending === undefined ? [] : [query.pending];
  query.pending = undefined;
  try {
    while (query.returned < TOTAL_RESULTS) {
      const next = await query.results.next();
      if (next.done === true) {
        break;
      }
      query.returned += 1;
      if (results.length === BATCH_RESULTS) {
        query.pending = next.value;
        return response(results, true, id).serializeBinary();
      }
      results.push(next.value);
    }
  } catch (error) {
    await call.closeQuery(id);
    throw error;
  }
  await call.closeQuery(id);
  return response(results, false, id).serializeBinary();
}

/** A size that is none leaves it to the peer's own limit. */
function limitOf(size: number): number {
  return size > 0 ? Math.min(size, TOTAL_RESULTS) : TOTAL_RESULTS;
}

function pageResponse(namespace: string, { rows, bookmark }: Page): Uint8Array {
  const metadata = new peer.QueryResponseMetadata();
  metadata.setFetchedRecordsCount(rows.length);
  metadata.setBookmark(bookmark);
  const answer = response(
    rows.map((row) => keyValue(namespace, row)),
    false,
    '',
  );
  answer.setMetadata(metadata.serializeBinary());
  return answer.serializeBinary();
}

function response(results: readonly Uint8Array[], hasMore: boolean, id: string): peer.QueryResponse {
  const answer = new peer.QueryResponse();
  for (const result of results) {
    const bytes = new peer.QueryResultBytes();
    bytes.setResultbytes(result);
    answer.addResults(bytes);
  }
  answer.setHasMore(hasMore);
  answer.setId(id);
  return answer;
}

function keyValues(namespace: string, range: AsyncIterableIterator<KeyValue>): RangeResults {
  return encoded(range, (entry) => keyValue(namespace, entry));
}

function keyValue(namespace: string, entry: KeyValue): Uint8Array {
  const result = new ledger.queryresult.KV();
  result.setNamespace(namespace);
  result.setKey(entry.key);
  result.setValue(entry.value);
  return result.serializeBinary();
}

function encoded<T>(source: AsyncIterableIterator<T>, encode: (value: T) => Uint8Array): RangeResults {
  return {
    async next() {
      const result = await source.next();
      return result.done === true ? { done: true, value: undefined } : { done: false, value: encode(result.value) };
    },
    async close() {
      await source.return?.();
    },
  };
}
