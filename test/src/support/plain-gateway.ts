import { createPrivateKey } from 'node:crypto';
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
import type { Profile } from '@kessai/gateway-client';
import { type JsonObject, transientRequestKey } from '@kessai/interface';

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

  /** A submit of the market that two operators have endorsed and nobody has ordered yet. */
  async endorse(method: string, request: JsonObject): Promise<Transaction> {
    return this.market
      .newProposal(method, {
        transientData: { [transientRequestKey]: JSON.stringify(request) },
        endorsingOrganizations: ['ExchangeMSP', 'CsdMSP'],
      })
      .endorse();
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

  [Symbol.dispose](): void {
    this.#gateway.close();
    this.#client.close();
  }
}
