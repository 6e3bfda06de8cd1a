import { randomBytes } from 'node:crypto';
import { common, msp, orderer, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { parsePolicyText } from '../policy';
import { markUnsigned, newBlock } from './block';
import { transactionId } from './transaction-envelope';

export interface GenesisNode {
  readonly host: string;
  readonly port: number;
}

/** Certificates are PEM texts. */
export interface GenesisOrganisation {
  readonly mspId: string;
  readonly rootCert: string;
  readonly tlsRootCert: string;
  /** Of an application organisation: its anchor peers. Of an ordering organisation: its orderers. */
  readonly nodes: readonly GenesisNode[];
}

export interface BatchSettings {
  readonly maxMessageCount: number;
  readonly absoluteMaxBytes: number;
  readonly preferredMaxBytes: number;
  readonly timeout_ms: number;
}

export interface ChannelDescription {
  readonly channel: string;
  readonly organisations: readonly GenesisOrganisation[];
  readonly ordererOrganisations: readonly GenesisOrganisation[];
  readonly batch: BatchSettings;
}

const ADMINS = 'Admins';
const NONCE_BYTES = 24;
/** Fabric's own, for a hash over all of a block's data at once. */
const DATA_HASHING_WIDTH = 0xffffffff;

/** Block 0 of a channel as configtxgen would make it: readable by any Fabric tool. Signed by nobody. */
export function makeGenesisBlock(description: ChannelDescription, now: Date = new Date()): common.Block {
  const config = new common.Config();
  config.setChannelGroup(channelGroup(description));
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);
  const block = newBlock(0, new Uint8Array(), [signedByNobody(description.channel, envelope, now)]);
  markUnsigned(block);
  return block;
}

function signedByNobody(channel: string, config: common.ConfigEnvelope, now: Date): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setVersion(1);
  channelHeader.setTimestamp(Timestamp.fromDate(now));
  channelHeader.setChannelId(channel);
  channelHeader.setTxId(transactionId(nonce, new Uint8Array()));
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

function channelGroup({ organisations, ordererOrganisations, batch }: ChannelDescription): common.ConfigGroup {
  const group = newGroup();
  addRolePolicies(group);
  const hashing = new common.HashingAlgorithm();
  hashing.setName('SHA256');
  addValue(group, 'HashingAlgorithm', hashing);
  const structure = new common.BlockDataHashingStructure();
  structure.setWidth(DATA_HASHING_WIDTH);
  addValue(group, 'BlockDataHashingStructure', structure);
  addValue(group, 'Capabilities', capabilities('V3_0'));
  group.getGroupsMap().set('Orderer', ordererGroup(ordererOrganisations, batch));
  group.getGroupsMap().set('Application', applicationGroup(organisations));
  return group;
}

function ordererGroup(organisations: readonly GenesisOrganisation[], batch: BatchSettings): common.ConfigGroup {
  const group = newGroup();
  addRolePolicies(group);
  addPolicy(group, 'BlockValidation', implicitMeta('ANY', 'Writers'));
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
  // One process orders here, and the configuration says so.
  const consensus = new orderer.ConsensusType();
  consensus.setType('solo');
  addValue(group, 'ConsensusType', consensus);
  for (const organisation of organisations) {
    const own = organisationGroup(organisation);
    const endpoints = new common.OrdererAddresses();
    endpoints.setAddressesList(organisation.nodes.map(({ host, port }) => `${host}:${port.toString()}`));
    addValue(own, 'Endpoints', endpoints);
    group.getGroupsMap().set(organisation.mspId, own);
  }
  return group;
}

function applicationGroup(organisations: readonly GenesisOrganisation[]): common.ConfigGroup {
  const group = newGroup();
  addRolePolicies(group);
  addPolicy(group, 'Endorsement', implicitMeta('MAJORITY', 'Endorsement'));
  addPolicy(group, 'LifecycleEndorsement', implicitMeta('MAJORITY', 'Endorsement'));
  addValue(group, 'Capabilities', capabilities('V2_5'));
  for (const organisation of organisations) {
    const own = organisationGroup(organisation);
    addPolicy(own, 'Endorsement', signature(`OR('${organisation.mspId}.peer')`));
    if (organisation.nodes.length > 0) addValue(own, 'AnchorPeers', anchorPeers(organisation.nodes));
    group.getGroupsMap().set(organisation.mspId, own);
  }
  return group;
}

function organisationGroup({ mspId, rootCert, tlsRootCert }: GenesisOrganisation): common.ConfigGroup {
  const group = newGroup();
  addPolicy(group, 'Readers', signature(`OR('${mspId}.member')`));
  addPolicy(group, 'Writers', signature(`OR('${mspId}.member')`));
  addPolicy(group, ADMINS, signature(`OR('${mspId}.admin')`));
  const config = new msp.MSPConfig();
  config.setConfig(mspConfig(mspId, rootCert, tlsRootCert).serializeBinary());
  addValue(group, 'MSP', config);
  return group;
}

/** As cryptogen makes it: node OUs on, each bound to the organisation's root. */
export function mspConfig(mspId: string, rootCert: string, tlsRootCert: string): msp.FabricMSPConfig {
  const root = Buffer.from(rootCert);
  const unit = (name: string): msp.FabricOUIdentifier => {
    const identifier = new msp.FabricOUIdentifier();
    identifier.setCertificate(root);
    identifier.setOrganizationalUnitIdentifier(name);
    return identifier;
  };
  const nodeUnits = new msp.FabricNodeOUs();
  nodeUnits.setEnable(true);
  nodeUnits.setClientOuIdentifier(unit('client'));
  nodeUnits.setPeerOuIdentifier(unit('peer'));
  nodeUnits.setAdminOuIdentifier(unit('admin'));
  nodeUnits.setOrdererOuIdentifier(unit('orderer'));
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  const config = new msp.FabricMSPConfig();
  config.setName(mspId);
  config.setRootCertsList([root]);
  config.setTlsRootCertsList([Buffer.from(tlsRootCert)]);
  config.setCryptoConfig(crypto);
  config.setFabricNodeOus(nodeUnits);
  return config;
}

function anchorPeers(nodes: readonly GenesisNode[]): peer.AnchorPeers {
  const message = new peer.AnchorPeers();
  for (const { host, port } of nodes) {
    const anchor = message.addAnchorPeers();
    anchor.setHost(host);
    anchor.setPort(port);
  }
  return message;
}

function newGroup(): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setModPolicy(ADMINS);
  return group;
}

function addRolePolicies(group: common.ConfigGroup): void {
  addPolicy(group, 'Readers', implicitMeta('ANY', 'Readers'));
  addPolicy(group, 'Writers', implicitMeta('ANY', 'Writers'));
  addPolicy(group, ADMINS, implicitMeta('MAJORITY', ADMINS));
}

function addPolicy(group: common.ConfigGroup, name: string, policy: common.Policy): void {
  const configured = new common.ConfigPolicy();
  configured.setPolicy(policy);
  configured.setModPolicy(ADMINS);
  group.getPoliciesMap().set(name, configured);
}

function addValue(group: common.ConfigGroup, name: string, message: { serializeBinary(): Uint8Array }): void {
  const value = new common.ConfigValue();
  value.setValue(message.serializeBinary());
  value.setModPolicy(ADMINS);
  group.getValuesMap().set(name, value);
}

function implicitMeta(rule: 'ANY' | 'MAJORITY', subPolicy: string): common.Policy {
  const meta = new common.ImplicitMetaPolicy();
  meta.setRule(common.ImplicitMetaPolicy.Rule[rule]);
  meta.setSubPolicy(subPolicy);
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.IMPLICIT_META);
  policy.setValue(meta.serializeBinary());
  return policy;
}

function signature(text: string): common.Policy {
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.SIGNATURE);
  policy.setValue(parsePolicyText(text).serializeBinary());
  return policy;
}

function capabilities(name: string): common.Capabilities {
  const message = new common.Capabilities();
  message.getCapabilitiesMap().set(name, new common.Capability());
  return message;
}
