import { gateway, orderer, peer } from '@hyperledger/fabric-protos';
import { collected } from './collected';
import type { Lockstep } from './lockstep';
import { type Answer, answerOf } from './refusal';
import type { Side } from './side';
import { decodedEvent } from './transaction-form';

type Responses = readonly gateway.ChaincodeEventsResponse[];

interface EventsAsked {
  readonly chaincode: string;
  readonly mspId: string;
  readonly channel?: string;
  readonly from?: number;
  /** Only what follows this transaction. */
  readonly after?: string;
}

/**
 * The events of every valid transaction of a chaincode, in order: all of them, and those after one in their middle.
 *
 * @returns how many there are.
 */
export async function compareEvents(lockstep: Lockstep, chaincode: string, mspId: string): Promise<number> {
  const asked = { chaincode, mspId, from: lockstep.firstBlock };
  const all = await compareStream(lockstep, asked, eventsInBlocks(lockstep.sides[1], chaincode));
  const middle = all[Math.floor(all.length / 2)];
  if (middle === undefined) return 0;
  const after = all.length - 1 - all.indexOf(middle);
  await compareStream(lockstep, { ...asked, after: middle.getTxId() }, after);
  return all.length;
}

/** Events that nobody is told. */
export async function compareRefusedEvents(lockstep: Lockstep): Promise<void> {
  const honest = { chaincode: 'market', mspId: 'AlphaMSP', from: lockstep.firstBlock };
  const start = new orderer.SeekPosition();
  start.setOldest(new orderer.SeekOldest());
  const requests: Readonly<Record<string, gateway.SignedChaincodeEventsRequest>> = {
    'no request': new gateway.SignedChaincodeEventsRequest(),
    'another channel': await signedRequest(lockstep, { ...honest, channel: 'elsewhere' }),
    'no channel': await signedRequest(lockstep, { ...honest, channel: '' }),
    'from the oldest block': await signedRequest(lockstep, honest, (request) => request.setStartPosition(start)),
    'no identity': await signedRequest(lockstep, honest, (request) => request.setIdentity('')),
    'another’s signature': await signedRequest(lockstep, honest, (request) =>
      request.setIdentity(lockstep.identity('BetaMSP').creator),
    ),
  };
  for (const [what, request] of Object.entries(requests)) {
    const [embedded, native] = await Promise.all([
      firstEvents(lockstep.sides[0], honest.mspId, request),
      firstEvents(lockstep.sides[1], honest.mspId, request),
    ]);
    lockstep.differences.compare(`events: ${what}`, embedded, native);
  }
}

/** @returns the events of the real network. */
async function compareStream(lockstep: Lockstep, asked: EventsAsked, expected: number): Promise<peer.ChaincodeEvent[]> {
  const request = await signedRequest(lockstep, asked);
  const [embedded, native] = await Promise.all([
    eventsOf(lockstep.sides[0], asked.mspId, request, expected),
    eventsOf(lockstep.sides[1], asked.mspId, request, expected),
  ]);
  lockstep.differences.compare(
    `events of ${asked.chaincode} as ${asked.mspId}`,
    embedded.map(responseForm),
    native.map(responseForm),
  );
  return native.flatMap((answer) => answer.getEventsList());
}

async function eventsOf(
  side: Side,
  mspId: string,
  request: gateway.SignedChaincodeEventsRequest,
  expected: number,
): Promise<Responses> {
  if (expected === 0) return [];
  const what = `${side.name}: ${expected.toString()} chaincode events`;
  const stream = side.peer(mspId).gateway.chaincodeEvents(request);
  let count = 0;
  return collected(what, stream, (answers) => {
    count += answers.at(-1)?.getEventsList().length ?? 0;
    return count >= expected;
  });
}

async function firstEvents(
  side: Side,
  mspId: string,
  request: gateway.SignedChaincodeEventsRequest,
): Promise<Answer<unknown>> {
  const stream = side.peer(mspId).gateway.chaincodeEvents(request);
  const first = collected(`${side.name}: the first chaincode event`, stream, () => true);
  return answerOf(
    first.then((answers) => answers.map(responseForm)),
    side.named,
  );
}

function responseForm(answer: gateway.ChaincodeEventsResponse): unknown {
  const events = answer.getEventsList().map((event) => decodedEvent(event.serializeBinary()));
  return { block: answer.getBlockNumber(), events };
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

async function signedRequest(
  lockstep: Lockstep,
  { chaincode, mspId, channel = lockstep.channel, from = 0, after = '' }: EventsAsked,
  change: (request: gateway.ChaincodeEventsRequest) => unknown = () => undefined,
): Promise<gateway.SignedChaincodeEventsRequest> {
  const client = lockstep.identity(mspId);
  const first = new orderer.SeekSpecified();
  first.setNumber(from);
  const start = new orderer.SeekPosition();
  start.setSpecified(first);
  const request = new gateway.ChaincodeEventsRequest();
  request.setChannelId(channel);
  request.setChaincodeId(chaincode);
  request.setIdentity(client.creator);
  request.setStartPosition(start);
  request.setAfterTransactionId(after);
  change(request);
  const bytes = request.serializeBinary();
  const signed = new gateway.SignedChaincodeEventsRequest();
  signed.setRequest(bytes);
  signed.setSignature(await client.sign(bytes));
  return signed;
}
