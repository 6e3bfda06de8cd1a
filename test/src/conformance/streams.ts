import type { ClientDuplexStream } from '@grpc/grpc-js';
import { common, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import { blockForm, blocksOf, privateForm } from './block-form';
import type { Lockstep } from './lockstep';
import { seek } from './seek';
import type { Side } from './side';
import { decodedEvent } from './transaction-form';

type BlockStream = ClientDuplexStream<common.Envelope, peer.DeliverResponse>;

const services: Readonly<Record<string, (client: peer.DeliverClient) => BlockStream>> = {
  blocks: (client) => client.deliver(),
  'filtered blocks': (client) => client.deliverFiltered(),
  'blocks with private data': (client) => client.deliverWithPrivateData(),
};

/** What every peer tells of its blocks, from the first to the last, and what it refuses to tell. */
export async function compareBlocks(lockstep: Lockstep, askers: readonly string[]): Promise<void> {
  const height = lockstep.height;
  for (const mspId of askers) {
    const client = lockstep.identity(mspId);
    const ranges = [{ to: height - 1 }, { from: height + 5, to: height + 5, failIfNotReady: true }];
    for (const [name, open] of Object.entries(services)) {
      for (const range of ranges) {
        const request = await seek(client, lockstep.channel, range);
        const [embedded, native] = await Promise.all(
          lockstep.sides.map(async (side) => blocksOf(open(side.peer(mspId).deliver), request)),
        );
        const [one, other] = [embedded ?? [], native ?? []];
        lockstep.differences.compare(`number of ${name} as ${mspId}`, one.length, other.length);
        for (const [index, answer] of other.entries()) {
          const found = one[index];
          const place = `${name} as ${mspId}, answer ${index.toString()}`;
          lockstep.differences.compare(place, found && answerForm(found), answerForm(answer));
        }
      }
    }
  }
}

function answerForm(answer: peer.DeliverResponse): unknown {
  const [block, filtered, both] = [answer.getBlock(), answer.getFilteredBlock(), answer.getBlockAndPrivateData()];
  if (block) return blockForm(block);
  // The first block is the channel's configuration, which has another id on each network.
  if (filtered) return filtered.getNumber() === 0 ? { number: 0 } : filtered.toObject();
  if (both) return { block: blockForm(both.getBlock() ?? new common.Block()), sets: privateForm(both) };
  return { status: answer.getStatus() };
}

/** The events of every valid transaction of a chaincode, in order. */
export async function compareEvents(lockstep: Lockstep, chaincode: string, mspId: string): Promise<number> {
  const request = new gateway.ChaincodeEventsRequest();
  request.setChannelId(lockstep.channel);
  request.setChaincodeId(chaincode);
  request.setIdentity(lockstep.identity(mspId).creator);
  const start = new orderer.SeekPosition();
  start.setOldest(new orderer.SeekOldest());
  request.setStartPosition(start);
  const signed = new gateway.SignedChaincodeEventsRequest();
  const bytes = request.serializeBinary();
  signed.setRequest(bytes);
  signed.setSignature(await lockstep.identity(mspId).sign(bytes));
  const expected = eventsInBlocks(lockstep.sides[1], chaincode);
  const [embedded, native] = await Promise.all(
    lockstep.sides.map(async (side) => eventsOf(side, mspId, signed, expected)),
  );
  lockstep.differences.compare(`events of ${chaincode} as ${mspId}`, embedded, native);
  return expected;
}

/** How many there are, by the filtered blocks. */
function eventsInBlocks(side: Side, chaincode: string): number {
  return side
    .watch('ExchangeMSP')
    .blocks.flatMap((block) => block.getFilteredTransactionsList())
    .filter((one) => one.getTxValidationCode() === peer.TxValidationCode.VALID)
    .flatMap((one) => one.getTransactionActions()?.getChaincodeActionsList() ?? [])
    .filter((one) => one.getChaincodeEvent()?.getChaincodeId() === chaincode).length;
}

async function eventsOf(
  side: Side,
  mspId: string,
  request: gateway.SignedChaincodeEventsRequest,
  expected: number,
): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  if (expected === 0) return found;
  const stream = side.peer(mspId).gateway.chaincodeEvents(request);
  const late = setTimeout(
    () => stream.destroy(new Error(`${side.name} told ${found.length.toString()} of ${expected.toString()} events`)),
    120_000,
  );
  try {
    for await (const answer of stream as AsyncIterable<gateway.ChaincodeEventsResponse>) {
      const events = answer.getEventsList().map((event) => decodedEvent(event.serializeBinary()));
      found.push(...events.map((event) => ({ block: answer.getBlockNumber(), event })));
      if (found.length >= expected) break;
    }
  } finally {
    clearTimeout(late);
    stream.on('error', () => undefined);
    stream.cancel();
  }
  return found;
}
