import { type ChannelOptions, Client, credentials } from '@grpc/grpc-js';
import {
  type Commit,
  type Gateway,
  type Network,
  type Proposal,
  connect as connectGateway,
} from '@hyperledger/fabric-gateway';
import { common, gateway as gatewayProtos, msp } from '@hyperledger/fabric-protos';
import { type MspId, faultOfSize, refusedField, transientRequestKey } from '@kessai/interface';
import { gatewayFailure, mayPass } from './gateway-failure';
import { RejectedError } from './market-error';
import { type CheckedKeylessProfile, homeOf } from './profile';
import { rpcOptions } from './rpc-options';
import { type SigningElsewhere, signingOf } from './signing';

/** What a Fabric peer takes and sends in one message. */
const messageBytes = 100 * 1024 * 1024;

const channelDefaults: ChannelOptions = {
  'grpc.max_receive_message_length': messageBytes,
  'grpc.max_send_message_length': messageBytes,
  // So that a stream of events over a link that went dead without a word is noticed. Peers refuse more than one a minute.
  'grpc.keepalive_time_ms': 120_000,
  // A peer that was away for long is found again soon.
  'grpc.max_reconnect_backoff_ms': 5_000,
};

/** One gRPC channel to the gateway of a profile, and the identity that signs. */
export class Connection {
  readonly network: Network;
  readonly profile: CheckedKeylessProfile;
  /** Whose peer acts for the member: its own, or that of the operator that hosts it. */
  readonly home: MspId;
  readonly #client: Client;
  readonly #gateway: Gateway;

  /** @param signing by default the profile's own key signs. */
  constructor(profile: CheckedKeylessProfile, signing?: SigningElsewhere) {
    this.profile = profile;
    this.home = homeOf(profile);
    const {
      operators: _operators,
      endorsements: _endorsements,
      deadlines: _deadlines,
      ...grpc
    } = profile.gatewayOptions;
    this.#client = new Client(profile.endpoint, credentials.createSsl(Buffer.from(profile.tlsRootCert)), {
      ...channelDefaults,
      ...grpc,
    });
    this.#gateway = connectGateway({
      client: this.#client,
      identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
      ...signingOf(profile, signing),
    });
    this.network = this.#gateway.getNetwork(profile.channel);
  }

  /**
   * A transaction of the market's chaincode. Its request travels as transient data, which is in no block.
   *
   * @throws RejectedError where the request is so long that no peer should have to copy it.
   */
  propose(method: string, request: string, organisations: readonly string[] | undefined): Proposal {
    const fault = faultOfSize(Buffer.byteLength(request, 'utf8'));
    if (fault) throw new RejectedError(refusedField(fault), false);
    return this.network.getContract(this.profile.chaincode).newProposal(method, {
      transientData: { [transientRequestKey]: request },
      ...(organisations ? { endorsingOrganizations: [...organisations] } : {}),
    });
  }

  /** What became of a transaction, known by its id alone. */
  commitOf(transactionId: string): Commit {
    const identity = new msp.SerializedIdentity();
    identity.setMspid(this.profile.mspId);
    identity.setIdBytes(Buffer.from(this.profile.cert));
    const request = new gatewayProtos.CommitStatusRequest();
    request.setChannelId(this.profile.channel);
    request.setTransactionId(transactionId);
    request.setIdentity(identity.serializeBinary());
    const signed = new gatewayProtos.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    return this.#gateway.newCommit(signed.serializeBinary());
  }

  /**
   * The number of blocks of the channel: the number of the next block. Without an organisation that of the gateway's own peer.
   */
  async height(deadlineMs: number, signal: AbortSignal | undefined, mspId?: string): Promise<bigint> {
    const proposal = this.network.getContract('qscc').newProposal('GetChainInfo', {
      arguments: [this.profile.channel],
      ...(mspId === undefined ? {} : { endorsingOrganizations: [mspId] }),
    });
    const info = await proposal.evaluate(rpcOptions(deadlineMs, signal));
    return BigInt(common.BlockchainInfo.deserializeBinary(info).getHeight());
  }

  /**
   * What tells this channel's ledger from others: the hash of what its first block holds. Undefined where the peer does not have that
   * block, as one that began from a snapshot.
   */
  async firstBlockHash(deadlineMs: number, signal: AbortSignal | undefined): Promise<string | undefined> {
    const proposal = this.network.getContract('qscc').newProposal('GetBlockByNumber', {
      arguments: [this.profile.channel, '0'],
    });
    try {
      const bytes = await proposal.evaluate(rpcOptions(deadlineMs, signal));
      const hashed = common.Block.deserializeBinary(bytes).getHeader()?.getDataHash_asU8();
      return hashed && Buffer.from(hashed).toString('hex');
    } catch (error) {
      const failure = gatewayFailure(error);
      if (!failure || mayPass(failure.status)) throw error;
      return undefined;
    }
  }

  close(): void {
    this.#gateway.close();
    this.#client.close();
  }
}
