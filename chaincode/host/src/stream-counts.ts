import { peer } from '@hyperledger/fabric-protos';
import type { Log } from '@kessai/telemetry';
import type { BatchOffer } from './batch-offer';

type MessageType = peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap];
type Counts = Map<MessageType, number>;

const { COMPLETED, ERROR, TRANSACTION, INIT } = peer.ChaincodeMessage.Type;
const names = new Map(Object.entries(peer.ChaincodeMessage.Type).map(([name, type]) => [type, name]));

interface InFlight {
  readonly startedAt: number;
  readonly sent: Counts;
  readonly received: Counts;
}

/**
 * Counts what crosses a stream between a chaincode and a peer, and logs it as one line of JSON for each transaction when it is
 * answered: message types only, never what is in a message.
 */
export class StreamCounts {
  readonly #log: Log;
  readonly #inFlight = new Map<string, InFlight>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** What the peer said in READY, whether it is used or not. */
  offered({ keysPerRead, recordsPerWrite }: BatchOffer): void {
    this.#write({ offered: { keysPerRead, recordsPerWrite } });
  }

  received(message: peer.ChaincodeMessage): void {
    const type = message.getType();
    if (type === TRANSACTION || type === INIT) {
      this.#inFlight.set(nameOf(message), { startedAt: performance.now(), sent: new Map(), received: new Map() });
    }
    const transaction = this.#inFlight.get(nameOf(message));
    if (transaction) count(transaction.received, type);
  }

  sent(message: peer.ChaincodeMessage): void {
    const transaction = this.#inFlight.get(nameOf(message));
    if (!transaction) return;
    const type = message.getType();
    count(transaction.sent, type);
    if (type !== COMPLETED && type !== ERROR) return;
    this.#inFlight.delete(nameOf(message));
    this.#write({
      transaction: message.getTxid(),
      ms: Math.round((performance.now() - transaction.startedAt) * 100) / 100,
      sent: named(transaction.sent),
      received: named(transaction.received),
    });
  }

  #write(what: object): void {
    this.#log('info', `stream ${JSON.stringify(what)}`);
  }
}

function nameOf(message: peer.ChaincodeMessage): string {
  return `${message.getChannelId()}/${message.getTxid()}`;
}

function count(counts: Counts, type: MessageType): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}

function named(counts: Counts): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].map(([type, number]) => [names.get(type) ?? type.toString(), number]));
}
