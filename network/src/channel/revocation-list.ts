import { common, msp } from '@hyperledger/fabric-protos';

const MSP = 'MSP';

/**
 * The channel's configuration with what an organisation's authority has revoked, wherever the organisation stands in it: among those whose
 * peers hold the channel, and among those that order. Fabric refuses two definitions of one organisation that differ. To be signed by an
 * administrator of the organisation.
 *
 * @param list PEM text: all that is revoked, in the place of the list before.
 */
export function withRevocationList(channelGroup: common.ConfigGroup, mspId: string, list: string): common.ConfigGroup {
  const copy = common.ConfigGroup.deserializeBinary(channelGroup.serializeBinary());
  let found = false;
  for (const [, section] of copy.getGroupsMap().entries()) {
    for (const [, organisation] of section.getGroupsMap().entries()) {
      found = revokeIn(organisation, mspId, list) || found;
    }
  }
  if (!found) throw new RangeError(`${mspId} is not an organisation of the channel`);
  return copy;
}

/** @returns whether the group is the organisation's. */
function revokeIn(organisation: common.ConfigGroup, mspId: string, list: string): boolean {
  const value = organisation.getValuesMap().get(MSP);
  if (value === undefined) return false;
  const definition = msp.MSPConfig.deserializeBinary(value.getValue_asU8());
  const config = msp.FabricMSPConfig.deserializeBinary(definition.getConfig_asU8());
  if (config.getName() !== mspId) return false;
  config.setRevocationListList([Buffer.from(list)]);
  definition.setConfig(config.serializeBinary());
  value.setValue(definition.serializeBinary());
  return true;
}
