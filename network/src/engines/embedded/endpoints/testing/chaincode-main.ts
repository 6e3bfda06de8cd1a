// eslint-disable-next-line house/directions -- A chaincode for tests is a chaincode: tests run it as a process of its own.
import { Shim, type ChaincodeStub } from 'fabric-shim';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peer } from '@hyperledger/fabric-protos';

/** A chaincode for tests: each function does one thing that a peer must answer. Run as a process, it serves one package. */
type Call = (stub: ChaincodeStub, args: readonly string[]) => Promise<string>;

interface AskingHandler {
  _askPeerAndListen(message: peer.ChaincodeMessage, method: string): Promise<Uint8Array>;
}

const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8');
const ok = (done: Promise<unknown>): Promise<string> => done.then(() => '');

const functions: Readonly<Record<string, Call>> = {
  put: (stub, [key = '', value = '']) => ok(stub.putState(key, Buffer.from(value))),
  get: async (stub, [key = '']) => text(await stub.getState(key)),
  delete: (stub, [key = '']) => ok(stub.deleteState(key)),
  // Reads and writes one key: two at once conflict.
  increment: async (stub, [key = '']) => {
    const next = (Number(text(await stub.getState(key))) + 1).toString();
    await stub.putState(key, Buffer.from(next));
    return next;
  },
  putWithEvent: async (stub, [key = '', value = '']) => {
    stub.setEvent('written', Buffer.from(key));
    await stub.putState(key, Buffer.from(value));
    return '';
  },
  putPrivate: (stub, [collection = '', key = '']) =>
    ok(stub.putPrivateData(collection, key, stub.getTransient().get('value') ?? Buffer.alloc(0))),
  getPrivate: async (stub, [collection = '', key = '']) => text(await stub.getPrivateData(collection, key)),
  getPrivateHash: async (stub, [collection = '', key = '']) =>
    Buffer.from(await stub.getPrivateDataHash(collection, key)).toString('hex'),
  purgePrivate: (stub, [collection = '', key = '']) => ok(stub.purgePrivateData(collection, key)),
  rangePrivate: async (stub, [collection = '', start = '', end = '']) => {
    const keys: string[] = [];
    for await (const { key } of stub.getPrivateDataByRange(collection, start, end)) {
      keys.push(key);
    }
    return keys.join(',');
  },
  range: async (stub, [start = '', end = '']) => {
    const keys: string[] = [];
    for await (const { key } of stub.getStateByRange(start, end)) {
      keys.push(key);
    }
    return keys.join(',');
  },
  page: async (stub, [start = '', end = '', size = '0', bookmark = '']) => {
    const keys: string[] = [];
    const { iterator, metadata } = await stub.getStateByRangeWithPagination(start, end, Number(size), bookmark);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      keys.push(next.value.key);
    }
    return JSON.stringify({ keys, bookmark: metadata.bookmark, count: metadata.fetchedRecordsCount });
  },
  history: async (stub, [key = '']) => {
    const values: string[] = [];
    for await (const version of stub.getHistoryForKey(key)) {
      values.push(version.isDelete ? 'deleted' : text(version.value));
    }
    return values.join(',');
  },
  query: async (stub, [query = '']) => {
    await stub.getQueryResult(query);
    return '';
  },
  setPolicy: (stub, [key = '', policy = '']) => ok(stub.setStateValidationParameter(key, Buffer.from(policy, 'hex'))),
  getPolicy: async (stub, [key = '']) => Buffer.from(await stub.getStateValidationParameter(key)).toString('hex'),
  invoke: async (stub, [name = '', ...args]) => {
    const response = await stub.invokeChaincode(name, [...args], '');
    return `${response.status.toString()} ${text(response.payload ?? Buffer.alloc(0))}${response.message ?? ''}`;
  },
  writeBatch: async (stub, keys) => {
    const batch = new peer.WriteBatchState();
    for (const key of keys) {
      const record = new peer.WriteRecord();
      record.setType(peer.WriteRecord.Type.PUT_STATE);
      record.setKey(key);
      record.setValue(Buffer.from(`value of ${key}`));
      batch.addRec(record);
    }
    await ask(stub, peer.ChaincodeMessage.Type.WRITE_BATCH_STATE, batch.serializeBinary(), 'PutState');
    return '';
  },
  getMany: async (stub, keys) => {
    const request = new peer.GetStateMultiple();
    request.setKeysList([...keys]);
    const reply = await ask(stub, peer.ChaincodeMessage.Type.GET_STATE_MULTIPLE, request.serializeBinary(), 'GetState');
    return peer.GetStateMultipleResult.deserializeBinary(reply).getValuesList_asU8().map(text).join(',');
  },
  caller: (stub) => Promise.resolve(stub.getCreator().mspid),
  random: async (stub, [key = '']) => {
    await stub.putState(key, Buffer.from(Math.random().toString()));
    return '';
  },
  fail: (_stub, [message = '']) => Promise.reject(new Error(message)),
  hang: () => new Promise<string>(() => undefined),
  exit: () => process.exit(3),
};

function ask(
  stub: ChaincodeStub,
  type: peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap],
  payload: Uint8Array,
  method: string,
): Promise<Uint8Array> {
  const message = new peer.ChaincodeMessage();
  message.setType(type);
  message.setPayload(payload);
  message.setTxid(stub.getTxID());
  message.setChannelId(stub.getChannelID());
  // The shim has no call for batches yet; this is the one that it makes for all its requests.
  return (stub as unknown as { handler: AskingHandler }).handler._askPeerAndListen(message, method);
}

class TestChaincode {
  // The shim calls it, and asks for an answer, even where a definition needs no Init.
  Init(): Promise<ReturnType<typeof Shim.success>> {
    return Promise.resolve(Shim.success(Buffer.from('initialised')));
  }

  async Invoke(stub: ChaincodeStub): Promise<ReturnType<typeof Shim.success> | ReturnType<typeof Shim.error>> {
    const [name = '', ...args] = stub.getArgs();
    const call = functions[name];
    if (call === undefined) {
      return Shim.error(Buffer.from(`no function ${name}`) as unknown as string);
    }
    try {
      return Shim.success(Buffer.from(await call(stub, args)));
    } catch (error) {
      return Shim.error(error instanceof Error ? error.message : String(error));
    }
  }
}

const [, , packageId = '', address = '', tlsFolder = ''] = process.argv;
const tls = (file: string): Buffer => readFileSync(join(tlsFolder, file));
// The types ask for TLS; without it the server starts in plaintext.
const tlsProps =
  tlsFolder === ''
    ? (undefined as never)
    : { key: tls('server.key'), cert: tls('server.pem'), clientCACerts: tls('root.pem') };
Shim.server(new TestChaincode(), { ccid: packageId, address, tlsProps })
  .start()
  .then(
    () => process.send?.('ready'),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
