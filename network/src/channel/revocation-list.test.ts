import { common, msp } from '@hyperledger/fabric-protos';
import { describe, expect, test } from '@jest/globals';
import { configUpdate } from './config-update';
import { applicationOrganisation, orderingOrganisation } from './organisation-group';
import { withRevocationList } from './revocation-list';

const list = '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n';
const described = (mspId: string) => ({ mspId, rootCert: `root of ${mspId}`, tlsRootCert: 'tls', nodes: [] });

function channel(): common.ConfigGroup {
  const group = new common.ConfigGroup();
  const application = new common.ConfigGroup();
  const ordering = new common.ConfigGroup();
  for (const mspId of ['AlphaMSP', 'BetaMSP']) {
    application.getGroupsMap().set(mspId, applicationOrganisation(described(mspId)));
  }
  ordering.getGroupsMap().set('AlphaMSP', orderingOrganisation(described('AlphaMSP')));
  group.getGroupsMap().set('Application', application);
  group.getGroupsMap().set('Orderer', ordering);
  return group;
}

function listsIn(group: common.ConfigGroup, section: string, mspId: string): readonly string[] {
  const value = group
    .getGroupsMap()
    .get(section)
    ?.getGroupsMap()
    .get(mspId)
    ?.getValuesMap()
    .get('MSP')
    ?.getValue_asU8();
  const config = msp.MSPConfig.deserializeBinary(value ?? new Uint8Array()).getConfig_asU8();
  const lists = msp.FabricMSPConfig.deserializeBinary(config).getRevocationListList_asU8();
  return lists.map((one) => Buffer.from(one).toString());
}

describe('a revocation list', () => {
  test('takes the place of the one before, wherever the organisation stands, and of no other organisation', () => {
    const before = channel();
    const once = withRevocationList(before, 'AlphaMSP', 'an earlier list');
    const after = withRevocationList(once, 'AlphaMSP', list);
    expect(listsIn(after, 'Application', 'AlphaMSP')).toEqual([list]);
    expect(listsIn(after, 'Orderer', 'AlphaMSP')).toEqual([list]);
    expect(listsIn(after, 'Application', 'BetaMSP')).toEqual([]);
    expect(listsIn(before, 'Application', 'AlphaMSP')).toEqual([]);
  });

  test('changes two values of the configuration and nothing else, so that its organisation’s administrator alone signs it', () => {
    const before = channel();
    const written = configUpdate('market', before, withRevocationList(before, 'AlphaMSP', list))?.getWriteSet();
    const names = (group: common.ConfigGroup | undefined) => [...(group?.getGroupsMap().keys() ?? [])];
    expect(names(written).sort()).toEqual(['Application', 'Orderer']);
    for (const section of ['Application', 'Orderer']) {
      const group = written?.getGroupsMap().get(section);
      expect([group?.getVersion(), names(group)]).toEqual([0, ['AlphaMSP']]);
      const alpha = group?.getGroupsMap().get('AlphaMSP');
      expect([alpha?.getVersion(), [...(alpha?.getValuesMap().keys() ?? [])]]).toEqual([0, ['MSP']]);
    }
  });

  test('that is on the channel already changes nothing', () => {
    const before = withRevocationList(channel(), 'AlphaMSP', list);
    expect(configUpdate('market', before, withRevocationList(before, 'AlphaMSP', list))).toBeUndefined();
  });

  test('of an organisation that is not on the channel is refused', () => {
    expect(() => withRevocationList(channel(), 'OmegaMSP', list)).toThrow('OmegaMSP');
  });
});
