import { common, orderer } from '@hyperledger/fabric-protos';
import { addPolicy, addValue, implicitMeta, signedByIdentities } from './config-tree';

/** How a channel's blocks are agreed on: its part of the orderers' group. */
export interface Consensus {
  readonly addTo: (orderers: common.ConfigGroup) => void;
}

/** An orderer of a channel that is ordered by SmartBFT. Certificates are PEM texts. */
export interface Consenter {
  readonly mspId: string;
  readonly host: string;
  readonly port: number;
  /** The certificate with which it signs. */
  readonly identity: string;
  /** The certificate of its TLS, as server and as client. */
  readonly tlsCertificate: string;
}

/**
 * SmartBFT's timers. Those of Fabric's samples notice a dead leader after a minute. With these, commits go on within about four
 * seconds of a leader's end: after the heartbeat timeout where it stays away, and after the forward and the complain timeout where
 * it comes back at once, beats again, and has forgotten the requests that it was given. They may not be much shorter: a leader on a
 * busy machine must not be taken for a dead one, and a view change that is cut short by the next one never ends.
 */
export const BFT_TIMERS = {
  requestBatchMaxInterval: '100ms',
  requestForwardTimeout: '500ms',
  requestComplainTimeout: '3s',
  requestAutoRemoveTimeout: '3m0s',
  viewChangeResendInterval: '2s',
  viewChangeTimeout: '8s',
  leaderHeartbeatTimeout: '3s',
  collectTimeout: '1s',
} as const;

// Beats of the leader in each heartbeat timeout.
const HEARTBEATS = 10;
const MESSAGE_BUFFER = 200;
// Requests that wait for a leader; where they are full, submissions fail. Holds some minutes of full load.
const REQUEST_POOL = 100_000;

/** One process orders. Only an embedded engine can: Fabric's orderers have no such consensus any more. */
export const SOLO: Consensus = {
  addTo: (orderers) => {
    addPolicy(orderers, 'BlockValidation', implicitMeta('ANY', 'Writers'));
    addConsensusType(orderers, 'solo', new Uint8Array());
  },
};

/**
 * Byzantine fault tolerant ordering: with `3f + 1` consenters any `f` may fail, or lie. A block is valid when a quorum of them
 * has signed it.
 *
 * @throws RangeError for fewer than four consenters, which could not tolerate one that fails.
 */
export function smartBft(
  consenters: readonly Consenter[],
  batch: { readonly maxMessageCount: number; readonly absoluteMaxBytes: number },
): Consensus {
  if (consenters.length < 4) {
    throw new RangeError(`SmartBFT needs at least four consenters, not ${consenters.length.toString()}`);
  }
  return {
    addTo: (orderers) => {
      const mapping = new common.Orderers();
      mapping.setConsenterMappingList(consenters.map(consenterMessage));
      addValue(orderers, 'Orderers', mapping);
      const identities = consenters.map(({ mspId, identity }) => ({ mspId, certificate: identity }));
      addPolicy(orderers, 'BlockValidation', signedByIdentities(quorum(consenters.length), identities));
      addConsensusType(orderers, 'BFT', bftOptions(batch).serializeBinary());
    },
  };
}

/** Signatures that make a block of so many consenters valid: any two such sets share an honest one. */
export function quorum(consenters: number): number {
  const faulty = Math.floor((consenters - 1) / 3);
  return Math.ceil((consenters + faulty + 1) / 2);
}

function consenterMessage({ mspId, host, port, identity, tlsCertificate }: Consenter, index: number): common.Consenter {
  const message = new common.Consenter();
  message.setId(index + 1);
  message.setHost(host);
  message.setPort(port);
  message.setMspId(mspId);
  message.setIdentity(Buffer.from(identity));
  message.setClientTlsCert(Buffer.from(tlsCertificate));
  message.setServerTlsCert(Buffer.from(tlsCertificate));
  return message;
}

function bftOptions(batch: {
  readonly maxMessageCount: number;
  readonly absoluteMaxBytes: number;
}): orderer.smartbft.Options {
  const options = new orderer.smartbft.Options();
  // The channel's batch size takes these two's place; they are given all the same, since zero is refused.
  options.setRequestBatchMaxCount(batch.maxMessageCount);
  options.setRequestBatchMaxBytes(batch.absoluteMaxBytes);
  // A transaction may be as large as a block.
  options.setRequestMaxBytes(batch.absoluteMaxBytes);
  options.setRequestBatchMaxInterval(BFT_TIMERS.requestBatchMaxInterval);
  options.setRequestForwardTimeout(BFT_TIMERS.requestForwardTimeout);
  options.setRequestComplainTimeout(BFT_TIMERS.requestComplainTimeout);
  options.setRequestAutoRemoveTimeout(BFT_TIMERS.requestAutoRemoveTimeout);
  options.setViewChangeResendInterval(BFT_TIMERS.viewChangeResendInterval);
  options.setViewChangeTimeout(BFT_TIMERS.viewChangeTimeout);
  options.setLeaderHeartbeatTimeout(BFT_TIMERS.leaderHeartbeatTimeout);
  options.setLeaderHeartbeatCount(HEARTBEATS);
  options.setCollectTimeout(BFT_TIMERS.collectTimeout);
  options.setIncomingMessageBufferSize(MESSAGE_BUFFER);
  options.setRequestPoolSize(REQUEST_POOL);
  options.setLeaderRotation(orderer.smartbft.Options.Rotation.ROTATION_OFF);
  return options;
}

function addConsensusType(orderers: common.ConfigGroup, type: string, metadata: Uint8Array): void {
  const consensus = new orderer.ConsensusType();
  consensus.setType(type);
  if (metadata.length > 0) consensus.setMetadata(metadata);
  addValue(orderers, 'ConsensusType', consensus);
}
