import { createHash, randomBytes } from 'node:crypto';
import { common, orderer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { addBlockReaders } from './application-group';
import {
  ADMINS,
  addPolicy,
  addOrganisationPolicies,
  addRolePolicies,
  addValue,
  capabilities,
  implicitMeta,
  newGroup,
  signedByRoles,
} from './config-tree';
import type { Consensus } from './consensus';
import { applicationOrganisation, orderingOrganisation } from './organisation-group';
import type { ChannelOrganisation } from './organisation-group';

export interface BatchSettings {
  readonly maxMessageCount: number;
  readonly absoluteMaxBytes: number;
  readonly preferredMaxBytes: number;
  readonly timeout_ms: number;
}

export interface ChannelDescription {
  readonly channel: string;
  readonly organisations: readonly ChannelOrganisation[];
  readonly ordererOrganisations: readonly ChannelOrganisation[];
  readonly batch: BatchSettings;
  readonly consensus: Consensus;
  /** Who decides on the chaincode and on the channel's configuration; undefined leaves it to a majority of all organisations. */
  readonly deciders?: Deciders;
  /** Organisations that may ask peers for whole blocks and, with them, for private data; undefined lets every reader do so. */
  readonly blockReaders?: readonly string[];
}

/** So many of these organisations, by their peers for chaincode, by their administrators for the configuration. */
export interface Deciders {
  readonly outOf: number;
  readonly mspIds: readonly string[];
}

const NONCE_BYTES = 24;
/** Fabric's own, for a hash over all of a block's data at once. */
const DATA_HASHING_WIDTH = 0xffffffff;
/** Fabric keeps five; the fourth (ORDERER) is no longer used. */
const METADATA_ENTRIES = 5;

/** What tells two first blocks of one description apart. */
export interface BlockOrigin {
  readonly now: Date;
  /** 24 bytes. */
  readonly nonce: Uint8Array;
}

/**
 * Block 0 of a channel as configtxgen would make it: readable by any Fabric tool. Signed by nobody.
 *
 * @param origin where several make the same block, each by itself, what they agree on; else now, and a random number.
 */
export function genesisBlock(description: ChannelDescription, origin: Partial<BlockOrigin> = {}): common.Block {
  const config = new common.Config();
  config.setChannelGroup(channelGroup(description));
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);
  return blockOf(signedByNobody(description.channel, envelope, origin));
}

function blockOf(envelope: Uint8Array): common.Block {
  const header = new common.BlockHeader();
  header.setDataHash(createHash('sha256').update(envelope).digest());
  const data = new common.BlockData();
  data.setDataList([envelope]);
  const lastConfig = new common.LastConfig();
  const signatures = new common.OrdererBlockMetadata();
  signatures.setLastConfig(lastConfig);
  const entries: Uint8Array[] = Array.from({ length: METADATA_ENTRIES }, () => new Uint8Array());
  entries[common.BlockMetadataIndex.SIGNATURES] = metadataOf(signatures.serializeBinary());
  entries[common.BlockMetadataIndex.LAST_CONFIG] = metadataOf(lastConfig.serializeBinary());
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(entries);
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(metadata);
  return block;
}

function metadataOf(value: Uint8Array): Uint8Array {
  const metadata = new common.Metadata();
  metadata.setValue(value);
  return metadata.serializeBinary();
}

function signedByNobody(
  channel: string,
  config: common.ConfigEnvelope,
  { now = new Date(), nonce = randomBytes(NONCE_BYTES) }: Partial<BlockOrigin>,
): Uint8Array {
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setVersion(1);
  channelHeader.setTimestamp(Timestamp.fromDate(now));
  channelHeader.setChannelId(channel);
  channelHeader.setTxId(createHash('sha256').update(nonce).digest('hex'));
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(config.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

function channelGroup(description: ChannelDescription): common.ConfigGroup {
  const group = newGroup();
  addRolePolicies(group);
  const hashing = new common.HashingAlgorithm();
  hashing.setName('SHA256');
  addValue(group, 'HashingAlgorithm', hashing);
  const structure = new common.BlockDataHashingStructure();
  structure.setWidth(DATA_HASHING_WIDTH);
  addValue(group, 'BlockDataHashingStructure', structure);
  addValue(group, 'Capabilities', capabilities('V3_0'));
  group.getGroupsMap().set('Orderer', ordererGroup(description));
  group.getGroupsMap().set('Application', applicationGroup(description));
  return group;
}

function ordererGroup({ ordererOrganisations, batch, consensus }: ChannelDescription): common.ConfigGroup {
  const group = newGroup();
  addOrganisationPolicies(
    group,
    ordererOrganisations.map(({ mspId }) => mspId),
  );
  const size = new orderer.BatchSize();
  size.setMaxMessageCount(batch.maxMessageCount);
  size.setAbsoluteMaxBytes(batch.absoluteMaxBytes);
  size.setPreferredMaxBytes(batch.preferredMaxBytes);
  addValue(group, 'BatchSize', size);
  const timeout = new orderer.BatchTimeout();
  timeout.setTimeout(`${batch.timeout_ms.toString()}ms`);
  addValue(group, 'BatchTimeout', timeout);
  addValue(group, 'ChannelRestrictions', new orderer.ChannelRestrictions());
  addValue(group, 'Capabilities', capabilities('V2_0'));
  consensus.addTo(group);
  for (const organisation of ordererOrganisations) {
    group.getGroupsMap().set(organisation.mspId, orderingOrganisation(organisation));
  }
  return group;
}

function applicationGroup({ organisations, deciders, blockReaders }: ChannelDescription): common.ConfigGroup {
  const group = newGroup();
  addOrganisationPolicies(
    group,
    organisations.map(({ mspId }) => mspId),
  );
  const byPeers = deciders && signedByRoles(deciders.outOf, deciders.mspIds, 'peer');
  for (const name of ['Endorsement', 'LifecycleEndorsement']) {
    addPolicy(group, name, byPeers ?? implicitMeta('MAJORITY', 'Endorsement'));
  }
  if (deciders) addPolicy(group, ADMINS, signedByRoles(deciders.outOf, deciders.mspIds, 'admin'));
  if (blockReaders) addBlockReaders(group, blockReaders);
  addValue(group, 'Capabilities', capabilities('V2_5'));
  for (const organisation of organisations) {
    group.getGroupsMap().set(organisation.mspId, applicationOrganisation(organisation));
  }
  return group;
}
