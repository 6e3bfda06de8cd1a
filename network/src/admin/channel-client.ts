import { common, discovery, gossip, msp, peer } from '@hyperledger/fabric-protos';
import { AdministrationError } from './administration-error';
import { PeerConnection } from './peer-connection';
import type { PeerAccess } from './peer-connection';
import { signedProposal } from './proposal';

const CONFIGURATION_CHAINCODE = 'cscc';
const LEDGER_CHAINCODE = 'qscc';

/** A peer of a channel, as another one sees it. */
export interface ChannelPeer {
  readonly mspId: string;
  /** Its signing certificate, a PEM text. */
  readonly certificate: string;
  /** Blocks that it said it has, some seconds ago. */
  readonly height: number;
  /** Names of the chaincodes that it said it can run. */
  readonly chaincodes: readonly string[];
}

/** A channel's configuration, as a peer has it. */
export interface ChannelConfiguration {
  /** How often it has changed since the channel's first block. */
  readonly sequence: number;
  readonly group: common.ConfigGroup;
}

/** One organisation's administration of the channels of its peer. */
export class ChannelClient {
  readonly #peer: PeerConnection;

  constructor(access: PeerAccess) {
    this.#peer = new PeerConnection(access);
  }

  get mspId(): string {
    return this.#peer.mspId;
  }

  /** The channels that the peer has joined. @throws AdministrationError `PeerUnreachable`, `ProposalRefused`. */
  async channels(): Promise<readonly string[]> {
    const { signer } = this.#peer;
    const proposal = signedProposal(signer, '', CONFIGURATION_CHAINCODE, [Buffer.from('GetChannels')]);
    const answer = await this.#peer.endorse('GetChannels', proposal);
    const list = peer.ChannelQueryResponse.deserializeBinary(
      answer.getResponse()?.getPayload_asU8() ?? new Uint8Array(),
    );
    return list.getChannelsList().map((channel) => channel.getChannelId());
  }

  /**
   * Joins the peer to the channel of the block 0, unless it has joined already.
   *
   * @returns whether it joined now.
   * @throws AdministrationError `PeerUnreachable`, `ProposalRefused`.
   */
  async join(channel: string, genesis: common.Block): Promise<boolean> {
    if ((await this.channels()).includes(channel)) return false;
    const args = [Buffer.from('JoinChain'), genesis.serializeBinary()];
    await this.#peer.endorse('JoinChain', signedProposal(this.#peer.signer, '', CONFIGURATION_CHAINCODE, args));
    return true;
  }

  /** How many blocks of the channel the peer has. @throws AdministrationError `PeerUnreachable`, `ProposalRefused`. */
  async height(channel: string): Promise<number> {
    const args = [Buffer.from('GetChainInfo'), Buffer.from(channel)];
    const proposal = signedProposal(this.#peer.signer, channel, LEDGER_CHAINCODE, args);
    const answer = await this.#peer.endorse('GetChainInfo', proposal);
    return common.BlockchainInfo.deserializeBinary(
      answer.getResponse()?.getPayload_asU8() ?? new Uint8Array(),
    ).getHeight();
  }

  /** The channel's configuration at the peer. @throws AdministrationError `PeerUnreachable`, `ProposalRefused`. */
  async configuration(channel: string): Promise<ChannelConfiguration> {
    const args = [Buffer.from('GetChannelConfig'), Buffer.from(channel)];
    const proposal = signedProposal(this.#peer.signer, channel, CONFIGURATION_CHAINCODE, args);
    const answer = await this.#peer.endorse('GetChannelConfig', proposal);
    const config = common.Config.deserializeBinary(answer.getResponse()?.getPayload_asU8() ?? new Uint8Array());
    return { sequence: config.getSequence(), group: config.getChannelGroup() ?? new common.ConfigGroup() };
  }

  /**
   * The channel's peers that this one is in touch with, itself among them.
   *
   * @throws AdministrationError `PeerUnreachable`, `ProposalRefused` where it has not joined the channel.
   */
  async peersOf(channel: string): Promise<readonly ChannelPeer[]> {
    const query = new discovery.Query();
    query.setChannel(channel);
    query.setPeerQuery(new discovery.PeerMembershipQuery());
    const result = await this.#peer.discover(query);
    const members = result.getMembers();
    if (members === undefined) {
      const message = result.getError()?.getContent() ?? 'the peer named no members';
      throw new AdministrationError('ProposalRefused', { mspId: this.mspId, operation: 'Discover', message });
    }
    const found: ChannelPeer[] = [];
    members.getPeersByOrgMap().forEach((peers) => {
      found.push(...peers.getPeersList().map(channelPeer));
    });
    return found;
  }

  close(): void {
    this.#peer.close();
  }
}

function channelPeer(found: discovery.Peer): ChannelPeer {
  const payload = found.getStateInfo()?.getPayload_asU8() ?? new Uint8Array();
  const properties = gossip.GossipMessage.deserializeBinary(payload).getStateInfo()?.getProperties();
  const identity = msp.SerializedIdentity.deserializeBinary(found.getIdentity_asU8());
  return {
    mspId: identity.getMspid(),
    certificate: Buffer.from(identity.getIdBytes_asU8()).toString(),
    height: properties?.getLedgerHeight() ?? 0,
    chaincodes: properties?.getChaincodesList().map((chaincode) => chaincode.getName()) ?? [],
  };
}
