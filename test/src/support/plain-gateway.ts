import { createPrivateKey, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import {
  type Contract,
  type Gateway,
  type Network,
  type Transaction,
  connect,
  hash,
  signers,
} from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { type Profile, submissionsOf } from '@kessai/gateway-client';
import { type Json, type JsonObject, Market, type OutcomeAdvice, transientRequestKey } from '@kessai/interface';

const pauseMs = 20;
const longestMs = 60_000;

/** A connection without the SDK: what it would not send is sent. */
export class PlainGateway implements Disposable {
  readonly #client: grpc.Client;
  readonly #gateway: Gateway;
  readonly #profile: Profile;

  constructor(profile: Profile) {
    this.#profile = profile;
    const credentials = grpc.credentials.createSsl(Buffer.from(profile.tlsRootCert));
    this.#client = new grpc.Client(profile.endpoint, credentials, profile.gatewayOptions);
    this.#gateway = connect({
      client: this.#client,
      identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
      signer: signers.newPrivateKeySigner(createPrivateKey(profile.key)),
      hash: hash.sha256,
    });
  }

  get network(): Network {
    return this.#gateway.getNetwork(this.#profile.channel);
  }

  get market(): Contract {
    return this.network.getContract(this.#profile.chaincode);
  }

  /** A transaction that has been endorsed and that nobody has ordered yet; by default endorsed by two operators. */
  async endorse(
    method: string,
    request: JsonObject,
    endorsingOrganizations = ['ExchangeMSP', 'CsdMSP'],
  ): Promise<Transaction> {
    const transientData = { [transientRequestKey]: JSON.stringify(request) };
    return this.market.newProposal(method, { transientData, endorsingOrganizations }).endorse();
  }

  /** Answered by the own peer, unless others are named. */
  async evaluate(method: string, request: JsonObject, organisations = [this.#profile.mspId]): Promise<Json> {
    const transientData = { [transientRequestKey]: JSON.stringify(request) };
    const proposal = this.market.newProposal(method, { transientData, endorsingOrganizations: [...organisations] });
    const answer = await proposal.evaluate();
    return JSON.parse(Buffer.from(answer).toString()) as Json;
  }

  /** Seals instructions in the own inbox. @returns the transaction. */
  async seal(instructions: readonly JsonObject[]): Promise<string> {
    const request = { salt: randomBytes(32).toString('hex'), instructions: [...instructions] };
    const transaction = await this.endorse('Market:Instruct', request, [this.#profile.mspId]);
    const status = await (await transaction.submit()).getStatus();
    if (!status.successful) throw new Error(`Sealing ended as ${status.code.toString()}`);
    return transaction.getTransactionId();
  }

  /** What became of the instructions of a submission, when a cycle has executed it. */
  async outcomesOf(transactionId: string): Promise<readonly OutcomeAdvice[]> {
    const { response } = Market.methods.Advices;
    const until = performance.now() + longestMs;
    for (let from = 0; performance.now() < until;) {
      const { pages, next } = response.decode(await this.evaluate('Market:Advices', { from }), '');
      const outcomes = pages
        .flatMap(({ advices }) => advices)
        .filter((one): one is OutcomeAdvice => one.kind === 'outcome' && one.transactionId === transactionId);
      if (outcomes.length > 0) return outcomes;
      from = next;
      if (pages.length === 0) await wait(pauseMs);
    }
    throw new Error(`No cycle has taken ${transactionId} within ${(longestMs / 1_000).toString()} s`);
  }

  /** Number of blocks of the channel. */
  async height(): Promise<bigint> {
    const contract = this.network.getContract('qscc');
    const info = await contract.evaluateTransaction('GetChainInfo', this.#profile.channel);
    return BigInt(common.BlockchainInfo.deserializeBinary(info).getHeight());
  }

  /** Every block of the channel, as the peer keeps it. */
  async *blocks(): AsyncIterable<common.Block> {
    const contract = this.network.getContract('qscc');
    const height = await this.height();
    for (let number = 0n; number < height; number += 1n) {
      const bytes = await contract.evaluateTransaction('GetBlockByNumber', this.#profile.channel, number.toString());
      yield common.Block.deserializeBinary(bytes);
    }
  }

  /** How many submissions of members the channel holds. */
  async submissions(): Promise<number> {
    let count = 0;
    for await (const block of this.blocks()) count += submissionsOf(block, this.#profile.chaincode).length;
    return count;
  }

  [Symbol.dispose](): void {
    this.#gateway.close();
    this.#client.close();
  }
}
