// eslint-disable-next-line house/directions -- A chaincode for tests is a chaincode: tests run it as a process of its own.
import { type ChaincodeStub, Shim } from 'fabric-shim';
import { peer } from '@hyperledger/fabric-protos';

/**
 * A chaincode that does what it is told, one request to its peer after another, so that a workload can ask of a peer whatever a chaincode
 * can. Its argument is a list of operations; its answer, what each gave or how it was refused.
 */
export type Operation = readonly [name: string, ...args: string[]];

type Work = (stub: ChaincodeStub, args: readonly string[]) => Promise<unknown>;

interface AskingHandler {
  _askPeerAndListen(message: peer.ChaincodeMessage, method: string): Promise<Uint8Array>;
}

interface Row {
  readonly key: string;
  readonly value: Uint8Array;
}

const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8');
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

async function rowsOf(rows: AsyncIterable<Row>, limit = Infinity): Promise<unknown> {
  const found: string[] = [];
  for await (const { key, value } of rows) {
    found.push(`${key}=${text(value)}`);
    if (found.length >= limit) break;
  }
  return found;
}

const works: Readonly<Record<string, Work>> = {
  get: async (stub, [key = '']) => text(await stub.getState(key)),
  put: (stub, [key = '', value = '']) => stub.putState(key, Buffer.from(value)),
  delete: (stub, [key = '']) => stub.deleteState(key),
  range: (stub, [start = '', end = '']) => rowsOf(stub.getStateByRange(start, end)),
  // What a chaincode does not read to its end.
  firstOf: (stub, [start = '', end = '', count = '1']) => rowsOf(stub.getStateByRange(start, end), Number(count)),
  composite: (stub, [type = '', ...attributes]) => rowsOf(stub.getStateByPartialCompositeKey(type, attributes)),
  putComposite: (stub, [type = '', value = '', ...attributes]) =>
    stub.putState(stub.createCompositeKey(type, attributes), Buffer.from(value)),
  page: async (stub, [start = '', end = '', size = '2', bookmark = '']) => {
    const { iterator, metadata } = await stub.getStateByRangeWithPagination(start, end, Number(size), bookmark);
    const keys: string[] = [];
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) keys.push(next.value.key);
    await iterator.close();
    return { keys, bookmark: metadata.bookmark, count: metadata.fetchedRecordsCount };
  },
  history: async (stub, [key = '']) => {
    const found: string[] = [];
    for await (const { txId, isDelete, value } of stub.getHistoryForKey(key)) {
      found.push(`${txId} ${isDelete ? 'deleted' : text(value)}`);
    }
    return found;
  },
  query: (stub, [query = '']) => stub.getQueryResult(query),
  privateQuery: (stub, [collection = '', query = '']) => stub.getPrivateDataQueryResult(collection, query),
  getPrivate: async (stub, [collection = '', key = '']) => text(await stub.getPrivateData(collection, key)),
  putPrivate: (stub, [collection = '', key = '', value = '']) =>
    stub.putPrivateData(collection, key, Buffer.from(value)),
  deletePrivate: (stub, [collection = '', key = '']) => stub.deletePrivateData(collection, key),
  purgePrivate: (stub, [collection = '', key = '']) => stub.purgePrivateData(collection, key),
  privateHash: async (stub, [collection = '', key = '']) => hex(await stub.getPrivateDataHash(collection, key)),
  privateRange: (stub, [collection = '', start = '', end = '']) =>
    rowsOf(stub.getPrivateDataByRange(collection, start, end)),
  setPolicy: (stub, [key = '', policy = '']) => stub.setStateValidationParameter(key, Buffer.from(policy, 'hex')),
  getPolicy: async (stub, [key = '']) => hex(await stub.getStateValidationParameter(key)),
  setPrivatePolicy: (stub, [collection = '', key = '', policy = '']) =>
    stub.setPrivateDataValidationParameter(collection, key, Buffer.from(policy, 'hex')),
  getPrivatePolicy: async (stub, [collection = '', key = '']) =>
    hex(await stub.getPrivateDataValidationParameter(collection, key)),
  event: (stub, [name = '', payload = '']) => {
    stub.setEvent(name, Buffer.from(payload));
    return Promise.resolve();
  },
  invoke: async (stub, [name = '', channel = '', ...args]) => {
    const { status, message, payload } = await stub.invokeChaincode(name, [...args], channel);
    return { status, message, payload: text(payload ?? new Uint8Array()) };
  },
  getMany: async (stub, [collection = '', ...keys]) => {
    const request = new peer.GetStateMultiple();
    request.setCollection(collection);
    request.setKeysList([...keys]);
    const answer = await ask(stub, peer.ChaincodeMessage.Type.GET_STATE_MULTIPLE, request.serializeBinary());
    return peer.GetStateMultipleResult.deserializeBinary(answer).getValuesList_asU8().map(text);
  },
  putMany: async (stub, [collection = '', value = '', ...keys]) => {
    const batch = new peer.WriteBatchState();
    batch.setRecList(
      keys.map((key) => {
        const record = new peer.WriteRecord();
        record.setType(peer.WriteRecord.Type.PUT_STATE);
        record.setCollection(collection);
        record.setKey(key);
        record.setValue(Buffer.from(value));
        return record;
      }),
    );
    await ask(stub, peer.ChaincodeMessage.Type.WRITE_BATCH_STATE, batch.serializeBinary());
  },
  caller: (stub) => Promise.resolve(stub.getCreator().mspid),
  time: (stub) => Promise.resolve(stub.getDateTimestamp().toISOString()),
  large: (_, [size = '0']) => Promise.resolve('x'.repeat(Number(size))),
};

async function ask(
  stub: ChaincodeStub,
  type: peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap],
  payload: Uint8Array,
): Promise<Uint8Array> {
  const message = new peer.ChaincodeMessage();
  message.setType(type);
  message.setPayload(payload);
  message.setTxid(stub.getTxID());
  message.setChannelId(stub.getChannelID());
  // The shim has no call for batches yet; this is the one that it makes for all its requests.
  const { handler } = stub as unknown as { readonly handler: AskingHandler };
  return handler._askPeerAndListen(
    message,
    type === peer.ChaincodeMessage.Type.GET_STATE_MULTIPLE ? 'GetState' : 'PutState',
  );
}

type ChaincodeResponse = ReturnType<typeof Shim.success> | ReturnType<typeof Shim.error>;

class Machine {
  async Init(): Promise<ChaincodeResponse> {
    return Promise.resolve(Shim.success());
  }

  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    const [name, input = '[]'] = stub.getArgs();
    if (name === 'fail') return Shim.error(input);
    if (name === 'status')
      return { ...Shim.error('as told'), status: Number(input) as never, payload: Buffer.from('payload') };
    const results: unknown[] = [];
    for (const [operation, ...args] of JSON.parse(input) as readonly Operation[]) {
      results.push(await result(stub, operation, args));
    }
    return Shim.success(Buffer.from(JSON.stringify(results)));
  }
}

async function result(stub: ChaincodeStub, operation: string, args: readonly string[]): Promise<unknown> {
  try {
    const found = await works[operation]?.(stub, args);
    return found ?? null;
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

if (require.main === module) {
  const [, , ccid = '', address = ''] = process.argv;
  // Without TLS the server starts in plaintext; its types ask for TLS all the same.
  Shim.server(new Machine(), { ccid, address, tlsProps: undefined as never })
    .start()
    .then(
      () => process.send?.('ready'),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  process.on('disconnect', () => process.exit(0));
}
