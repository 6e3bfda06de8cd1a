import { common, msp, peer } from '@hyperledger/fabric-protos';
import { addPolicy, addValue, setMembers, signedByRoles } from './config-tree';
import { anchorPeers, applicationOrganisation } from './organisation-group';
import type { ChannelOrganisation, NodeAddress } from './organisation-group';

const APPLICATION = 'Application';
const ANCHOR_PEERS = 'AnchorPeers';
const MSP = 'MSP';
const BLOCK_READERS = 'BlockReaders';

/** Fabric serves private data with blocks under one access control entry, and filters it for collections that say so only. */
export function addBlockReaders(group: common.ConfigGroup, mspIds: readonly string[]): void {
  addBlockReadersPolicy(group, mspIds);
  const resource = new peer.APIResource();
  resource.setPolicyRef(`/Channel/${APPLICATION}/${BLOCK_READERS}`);
  const acls = new peer.ACLs();
  acls.getAclsMap().set('event/Block', resource);
  addValue(group, 'ACLs', acls);
}

function addBlockReadersPolicy(group: common.ConfigGroup, mspIds: readonly string[]): void {
  addPolicy(group, BLOCK_READERS, signedByRoles(1, mspIds, 'member'));
}

/**
 * The channel's configuration with one more organisation whose peers may join. One that is there already stays as it is.
 * To be signed by the administrators that `Application/Admins` names.
 */
export function withApplicationOrganisation(
  channelGroup: common.ConfigGroup,
  organisation: ChannelOrganisation,
): common.ConfigGroup {
  return changed(channelGroup, (application) => {
    const organisations = application.getGroupsMap();
    if (organisations.has(organisation.mspId)) return;
    organisations.set(organisation.mspId, applicationOrganisation(organisation));
    setMembers(application, [...organisations.keys()]);
  });
}

/** The configuration with other anchor peers of an organisation. To be signed by an administrator of the organisation. */
export function withAnchorPeers(
  channelGroup: common.ConfigGroup,
  mspId: string,
  nodes: readonly NodeAddress[],
): common.ConfigGroup {
  return changed(channelGroup, (application) => {
    const organisation = application.getGroupsMap().get(mspId);
    if (organisation === undefined) throw new RangeError(`${mspId} is not an organisation of the channel`);
    const kept = organisation.getValuesMap();
    if (nodes.length === 0) kept.del(ANCHOR_PEERS);
    else addValue(organisation, ANCHOR_PEERS, anchorPeers(nodes));
  });
}

/**
 * The configuration with these organisations as those that may ask peers for whole blocks. A channel where every reader may do so
 * stays as it is. To be signed by the administrators that `Application/Admins` names.
 */
export function withBlockReaders(channelGroup: common.ConfigGroup, mspIds: readonly string[]): common.ConfigGroup {
  return changed(channelGroup, (application) => {
    if (application.getPoliciesMap().has(BLOCK_READERS)) addBlockReadersPolicy(application, mspIds);
  });
}

/** The root certificates (PEM) of an organisation whose peers may join, or undefined where the channel has no such organisation. */
export function rootCertificatesOf(channelGroup: common.ConfigGroup, mspId: string): readonly string[] | undefined {
  const organisation = channelGroup.getGroupsMap().get(APPLICATION)?.getGroupsMap().get(mspId);
  const value = organisation?.getValuesMap().get(MSP)?.getValue_asU8();
  if (value === undefined) return undefined;
  const config = msp.MSPConfig.deserializeBinary(value).getConfig_asU8();
  const roots = msp.FabricMSPConfig.deserializeBinary(config).getRootCertsList_asU8();
  return roots.map((root) => Buffer.from(root).toString());
}

/** The configuration is somebody's: what is changed is a copy. */
function changed(
  channelGroup: common.ConfigGroup,
  change: (application: common.ConfigGroup) => void,
): common.ConfigGroup {
  const copy = common.ConfigGroup.deserializeBinary(channelGroup.serializeBinary());
  const application = copy.getGroupsMap().get(APPLICATION);
  if (application === undefined) throw new RangeError('the configuration has no Application group');
  change(application);
  return copy;
}
