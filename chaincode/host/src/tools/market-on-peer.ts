import type { JsonObject, MspId } from '@kessai/interface';
import { MarketChaincode } from '../chaincode';
import { marketContracts } from '../implementations';
import { type Log, logTo } from '../log';
import { type RunningServer, type ServerOptions, serve } from '../server';
import { certificateOf } from './certificates';
import { notesContract } from './notes-contract';
import type { Call } from './proposals';
import { type ChaincodeAnswer, type PeerOptions, ScriptedPeer } from './scripted-peer';

export const operator = 'ExchangeMSP';
export const secrets = { operators: '1'.repeat(64), board: '2'.repeat(64), member: '3'.repeat(64) };
export const batchPeer: PeerOptions = { offer: { keys: 1_000, records: 1_000 } };

const client = certificateOf({ name: 'user1', units: ['client'] });

/** The market's chaincode served over the real shim to a scripted peer, with the contract of notes beside its own. */
export class MarketOnPeer {
  readonly peer: ScriptedPeer;
  readonly chaincode: MarketChaincode;
  readonly logged: readonly string[];
  readonly #server: RunningServer;
  #transactions = 0;

  private constructor(
    peer: ScriptedPeer,
    chaincode: MarketChaincode,
    server: RunningServer,
    logged: readonly string[],
  ) {
    this.peer = peer;
    this.chaincode = chaincode;
    this.#server = server;
    this.logged = logged;
  }

  static async start(
    options: PeerOptions = batchPeer,
    settings: Pick<ServerOptions, 'batchedIo' | 'streamLog'> = {},
  ): Promise<MarketOnPeer> {
    const logged: string[] = [];
    const log: Log = logTo({ write: (line) => logged.push(line) });
    const chaincode = new MarketChaincode([...marketContracts, notesContract], { founders: [operator as MspId], log });
    const place = { packageId: 'market:1', address: '127.0.0.1:0', tls: undefined };
    const server = await serve(chaincode, { ...place, ...settings });
    return new MarketOnPeer(await ScriptedPeer.connect(server.port, options), chaincode, server, logged);
  }

  get port(): number {
    return this.#server.port;
  }

  /** Any proposal: what is not given is that of a client of the operator. */
  execute(call: Partial<Call> & Pick<Call, 'arguments'>): Promise<ChaincodeAnswer> {
    return this.peer.execute(this.#completed(call));
  }

  call(method: string, request: JsonObject = {}, mspId: string = operator): Promise<ChaincodeAnswer> {
    return this.peer.execute(this.proposal(method, request, mspId));
  }

  /** For a peer beside this one. */
  proposal(method: string, request: JsonObject, mspId: string = operator): Call {
    return this.#completed({ arguments: [method], request: JSON.stringify(request), mspId });
  }

  /** Runs and, where it is not refused, commits. */
  async submit(method: string, request: JsonObject, mspId?: string): Promise<ChaincodeAnswer> {
    const answer = await this.call(method, request, mspId);
    if (answer.status === 200) this.peer.commit(answer.writes);
    return answer;
  }

  found(): Promise<ChaincodeAnswer> {
    return this.submit('Registry:Found', {
      id: 'FOUNDING',
      name: 'Test market',
      businessDate: '2023-03-01',
      operators: [{ mspId: operator, name: 'Exchange' }],
      secrets: { operators: secrets.operators, board: secrets.board },
    });
  }

  admit(mspId: string): Promise<ChaincodeAnswer> {
    return this.submit('Registry:AdmitMember', { mspId, role: 'institution', name: mspId, secret: secrets.member });
  }

  #completed(call: Partial<Call> & Pick<Call, 'arguments'>): Call {
    this.#transactions += 1;
    return {
      mspId: operator,
      certificate: client,
      time: new Date(Date.UTC(2023, 2, 1, 0, 0, this.#transactions)).toISOString(),
      txId: this.#transactions.toString(16).padStart(64, '0'),
      ...call,
    };
  }

  close(): void {
    this.peer.close();
    this.#server.close();
  }
}
