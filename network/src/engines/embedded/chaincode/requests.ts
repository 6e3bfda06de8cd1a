import { peer } from '@hyperledger/fabric-protos';
import { parse } from '../endpoints/parse';
import type { Simulator } from '../ports';
import { closeQuery, historyQuery, nextBatch, rangeQuery, richQuery } from './queries';
import { RequestRefused, type ChaincodeCall } from './transaction';

const { Type } = peer.ChaincodeMessage;
const { Type: RecordType } = peer.WriteRecord;

/** The name of a request type, which errors carry. */
export function typeName(type: number): string {
  return Object.entries(Type).find(([, number]) => number === type)?.[0] ?? type.toString();
}

/**
 * Answers what a chaincode asks of its peer about state. INVOKE_CHAINCODE is not here: it runs another chaincode.
 * @throws RequestRefused, or the simulator's error; its message goes to the chaincode.
 */
export async function answer(type: number, payload: Uint8Array, call: ChaincodeCall): Promise<Uint8Array> {
  const simulator = call.scope.simulator;
  if (simulator === undefined || call.ended) {
    throw new RequestRefused('no ledger context');
  }
  switch (type) {
    case Type.GET_STATE:
      return getState(call, simulator, parse(peer.GetState, 'GetState', payload));
    case Type.GET_STATE_MULTIPLE:
      return getMany(call, simulator, parse(peer.GetStateMultiple, 'GetStateMultiple', payload));
    case Type.GET_PRIVATE_DATA_HASH:
      return getHash(call, simulator, parse(peer.GetState, 'GetState', payload));
    case Type.PUT_STATE: {
      const request = parse(peer.PutState, 'PutState', payload);
      await put(call, simulator, request.getCollection(), request.getKey(), request.getValue_asU8());
      return EMPTY;
    }
    case Type.DEL_STATE: {
      const request = parse(peer.DelState, 'DelState', payload);
      await remove(call, simulator, request.getCollection(), request.getKey());
      return EMPTY;
    }
    case Type.PURGE_PRIVATE_DATA: {
      const request = parse(peer.DelState, 'DelState', payload);
      await purge(call, simulator, request.getCollection(), request.getKey());
      return EMPTY;
    }
    case Type.WRITE_BATCH_STATE:
      await writeBatch(call, simulator, parse(peer.WriteBatchState, 'WriteBatchState', payload));
      return EMPTY;
    case Type.GET_STATE_METADATA:
      return getMetadata(call, simulator, parse(peer.GetStateMetadata, 'GetStateMetadata', payload));
    case Type.PUT_STATE_METADATA: {
      const request = parse(peer.PutStateMetadata, 'PutStateMetadata', payload);
      await putMetadata(call, simulator, request.getCollection(), request.getKey(), request.getMetadata());
      return EMPTY;
    }
    case Type.GET_STATE_BY_RANGE: {
      const request = parse(peer.GetStateByRange, 'GetStateByRange', payload);
      await checkRead(call, request.getCollection());
      return rangeQuery(call, simulator, request);
    }
    case Type.GET_QUERY_RESULT: {
      const request = parse(peer.GetQueryResult, 'GetQueryResult', payload);
      await checkRead(call, request.getCollection());
      return richQuery(call, simulator, request);
    }
    case Type.GET_HISTORY_FOR_KEY:
      return historyQuery(call, simulator, parse(peer.GetHistoryForKey, 'GetHistoryForKey', payload).getKey());
    case Type.QUERY_STATE_NEXT:
      return nextBatch(call, parse(peer.QueryStateNext, 'QueryStateNext', payload).getId());
    case Type.QUERY_STATE_CLOSE:
      return closeQuery(call, parse(peer.QueryStateClose, 'QueryStateClose', payload).getId());
    default:
      throw new RequestRefused(`Fabric side handler cannot handle message (${typeName(type)}) while in ready state`);
  }
}

const EMPTY = new Uint8Array();

async function checkRead(call: ChaincodeCall, collection: string): Promise<void> {
  await check(call, collection, 'read');
}

async function checkWrite(call: ChaincodeCall, collection: string): Promise<void> {
  await check(call, collection, 'write');
}

async function check(call: ChaincodeCall, collection: string, access: 'read' | 'write'): Promise<void> {
  if (collection === '') {
    return;
  }
  if (call.isInit) {
    throw new RequestRefused('private data APIs are not allowed in chaincode Init()');
  }
  if (!(await call.permission(collection))[access]) {
    throw new RequestRefused(
      `tx creator does not have ${access} access permission on privatedata in chaincodeName:${call.namespace} collectionName: ${collection}`,
    );
  }
}

async function getState(call: ChaincodeCall, simulator: Simulator, request: peer.GetState): Promise<Uint8Array> {
  const [collection, key] = [request.getCollection(), request.getKey()];
  await checkRead(call, collection);
  if (collection === '') {
    return (await simulator.get(call.namespace, key)) ?? EMPTY;
  }
  const value = await simulator.getPrivate(call.namespace, collection, key);
  notePrivateRead(call, collection);
  return value ?? EMPTY;
}

async function getMany(call: ChaincodeCall, simulator: Simulator, request: peer.GetStateMultiple): Promise<Uint8Array> {
  const [collection, keys] = [request.getCollection(), request.getKeysList()];
  await checkRead(call, collection);
  const values =
    collection === ''
      ? await simulator.getMany(call.namespace, keys)
      : await simulator.getPrivateMany(call.namespace, collection, keys);
  if (collection !== '') {
    notePrivateRead(call, collection);
  }
  const result = new peer.GetStateMultipleResult();
  result.setValuesList(values.map((value) => value ?? EMPTY));
  return result.serializeBinary();
}

async function getHash(call: ChaincodeCall, simulator: Simulator, request: peer.GetState): Promise<Uint8Array> {
  if (call.isInit) {
    throw new RequestRefused('private data APIs are not allowed in chaincode Init()');
  }
  await call.readDefinition();
  return (await simulator.getPrivateHash(call.namespace, request.getCollection(), request.getKey())) ?? EMPTY;
}

function notePrivateRead(call: ChaincodeCall, collection: string): void {
  call.scope.privateReads.add(`${call.namespace}\0${collection}`);
}

async function put(
  call: ChaincodeCall,
  simulator: Simulator,
  collection: string,
  key: string,
  value: Uint8Array,
): Promise<void> {
  await checkWrite(call, collection);
  if (collection === '') {
    simulator.put(call.namespace, key, value);
  } else {
    simulator.putPrivate(call.namespace, collection, key, value);
  }
}

async function remove(call: ChaincodeCall, simulator: Simulator, collection: string, key: string): Promise<void> {
  await checkWrite(call, collection);
  if (collection === '') {
    simulator.delete(call.namespace, key);
  } else {
    simulator.deletePrivate(call.namespace, collection, key);
  }
}

async function purge(call: ChaincodeCall, simulator: Simulator, collection: string, key: string): Promise<void> {
  if (collection === '') {
    throw new RequestRefused('only applicable for private data');
  }
  await checkWrite(call, collection);
  simulator.purgePrivate(call.namespace, collection, key);
}

async function putMetadata(
  call: ChaincodeCall,
  simulator: Simulator,
  collection: string,
  key: string,
  entry: peer.StateMetadata | undefined,
): Promise<void> {
  await checkWrite(call, collection);
  const metadata = new Map([[entry?.getMetakey() ?? '', entry?.getValue_asU8() ?? EMPTY]]);
  if (collection === '') {
    simulator.putMetadata(call.namespace, key, metadata);
  } else {
    simulator.putPrivateMetadata(call.namespace, collection, key, metadata);
  }
}

async function getMetadata(
  call: ChaincodeCall,
  simulator: Simulator,
  request: peer.GetStateMetadata,
): Promise<Uint8Array> {
  const [collection, key] = [request.getCollection(), request.getKey()];
  await checkRead(call, collection);
  const metadata =
    collection === ''
      ? await simulator.getMetadata(call.namespace, key)
      : await simulator.getPrivateMetadata(call.namespace, collection, key);
  const result = new peer.StateMetadataResult();
  for (const [metakey, value] of metadata) {
    const entry = new peer.StateMetadata();
    entry.setMetakey(metakey);
    entry.setValue(value);
    result.addEntries(entry);
  }
  return result.serializeBinary();
}

async function writeBatch(call: ChaincodeCall, simulator: Simulator, batch: peer.WriteBatchState): Promise<void> {
  for (const record of batch.getRecList()) {
    const [collection, key] = [record.getCollection(), record.getKey()];
    switch (record.getType()) {
      case RecordType.PUT_STATE:
        await put(call, simulator, collection, key, record.getValue_asU8());
        break;
      case RecordType.DEL_STATE:
        await remove(call, simulator, collection, key);
        break;
      case RecordType.PURGE_PRIVATE_DATA:
        await purge(call, simulator, collection, key);
        break;
      case RecordType.PUT_STATE_METADATA:
        await putMetadata(call, simulator, collection, key, record.getMetadata());
        break;
      default:
        throw new RequestRefused('unknown operation type');
    }
  }
}
