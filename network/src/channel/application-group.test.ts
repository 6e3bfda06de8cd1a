import { common, msp, peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from '@jest/globals';
import {
  configUpdate,
  genesisBlock,
  rootCertificatesOf,
  SOLO,
  withAnchorPeers,
  withApplicationOrganisation,
  withBlockReaders,
} from './index';
import { implicitMeta } from './config-tree';
import type { ChannelOrganisation } from './index';

function organisation(mspId: string): ChannelOrganisation {
  const nodes = [{ host: '127.0.0.1', port: 7051 }];
  return { mspId, rootCert: `root of ${mspId}`, tlsRootCert: 'tls root', nodes };
}

function channelOf(blockReaders?: readonly string[]): common.ConfigGroup {
  const organisations = ['ExchangeMSP', 'AlphaMSP'].map(organisation);
  const block = genesisBlock({
    channel: 'market',
    organisations,
    ordererOrganisations: organisations,
    batch: { maxMessageCount: 1, absoluteMaxBytes: 1, preferredMaxBytes: 1, timeout_ms: 1 },
    consensus: SOLO,
    deciders: { outOf: 1, mspIds: ['ExchangeMSP'] },
    ...(blockReaders === undefined ? {} : { blockReaders }),
  });
  const [envelope = new Uint8Array()] = block.getData()?.getDataList_asU8() ?? [];
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
  const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
  return config?.getChannelGroup() ?? new common.ConfigGroup();
}

/** The elements that an update writes at another version than it has read: what it changes. */
function changes(current: common.ConfigGroup, wanted: common.ConfigGroup): readonly string[] {
  const update = configUpdate('market', current, wanted);
  const versions = (group: common.ConfigGroup | undefined, path = ''): Map<string, number> => {
    const found = new Map<string, number>();
    if (group === undefined) return found;
    found.set(path, group.getVersion());
    group.getValuesMap().forEach((value, name) => found.set(`${path}/${name}`, value.getVersion()));
    group.getPoliciesMap().forEach((policy, name) => found.set(`${path}/${name}`, policy.getVersion()));
    group.getGroupsMap().forEach((inner, name) => {
      for (const [key, version] of versions(inner, `${path}/${name}`)) found.set(key, version);
    });
    return found;
  };
  const read = versions(update?.getReadSet());
  return [...versions(update?.getWriteSet())].filter(([key, version]) => read.get(key) !== version).map(([key]) => key);
}

describe('an organisation that joins a channel', () => {
  const before = channelOf();
  const after = withApplicationOrganisation(before, organisation('DeltaMSP'));

  test('changes the list of organisations, whose members read and write, and nothing else that is there', () => {
    const found = changes(before, after);
    expect(found.filter((path) => !path.startsWith('/Application/DeltaMSP')).sort()).toEqual([
      '/Application',
      '/Application/Readers',
      '/Application/Writers',
    ]);
    expect(found).toContain('/Application/DeltaMSP/MSP');
    expect(found).toContain('/Application/DeltaMSP/AnchorPeers');
  });

  test('is found there with its root certificate; the configuration that was given stays as it was', () => {
    expect(rootCertificatesOf(after, 'DeltaMSP')).toEqual(['root of DeltaMSP']);
    expect(rootCertificatesOf(before, 'DeltaMSP')).toBeUndefined();
  });

  test.each(['Readers', 'Writers'])('%s has its members beside those of the others', (name) => {
    const membersOf = (channel: common.ConfigGroup): readonly string[] => {
      const policy = channel.getGroupsMap().get('Application')?.getPoliciesMap().get(name)?.getPolicy();
      const envelope = common.SignaturePolicyEnvelope.deserializeBinary(policy?.getValue_asU8() ?? new Uint8Array());
      return envelope
        .getIdentitiesList()
        .map((one) => msp.MSPRole.deserializeBinary(one.getPrincipal_asU8()).getMspIdentifier());
    };
    expect(membersOf(before)).toEqual(['ExchangeMSP', 'AlphaMSP']);
    expect([...membersOf(after)].sort()).toEqual(['AlphaMSP', 'DeltaMSP', 'ExchangeMSP']);
  });

  test('leaves a channel where each organisation says it of its own members as it is, but for the organisation', () => {
    const old = channelOf();
    const application = old.getGroupsMap().get('Application');
    for (const name of ['Readers', 'Writers']) {
      application?.getPoliciesMap().get(name)?.setPolicy(implicitMeta('ANY', name));
    }
    const found = changes(old, withApplicationOrganisation(old, organisation('DeltaMSP')));
    expect(found.filter((path) => !path.startsWith('/Application/DeltaMSP'))).toEqual(['/Application']);
  });

  test('once there is left as it is', () => {
    const again = withApplicationOrganisation(after, { ...organisation('DeltaMSP'), rootCert: 'of somebody else' });
    expect(changes(after, again)).toEqual([]);
  });
});

describe('anchor peers', () => {
  test('of an organisation are a change of that organisation alone', () => {
    const before = channelOf();
    const after = withAnchorPeers(before, 'AlphaMSP', [{ host: 'alpha.example', port: 9 }]);
    expect(changes(before, after)).toEqual(['/Application/AlphaMSP/AnchorPeers']);
    const alpha = after.getGroupsMap().get('Application')?.getGroupsMap().get('AlphaMSP');
    const value = alpha?.getValuesMap().get('AnchorPeers')?.getValue_asU8() ?? new Uint8Array();
    expect(peer.AnchorPeers.deserializeBinary(value).toObject().anchorPeersList).toEqual([
      { host: 'alpha.example', port: 9 },
    ]);
  });

  test('are none where none is named', () => {
    const before = channelOf();
    const after = withAnchorPeers(before, 'AlphaMSP', []);
    expect(changes(before, after)).toEqual(['/Application/AlphaMSP']);
  });

  test('of an organisation that the channel does not have are refused', () => {
    expect(() => withAnchorPeers(channelOf(), 'OmegaMSP', [])).toThrow(
      'OmegaMSP is not an organisation of the channel',
    );
  });
});

describe('readers of whole blocks', () => {
  test('are a policy of their own', () => {
    const before = channelOf(['ExchangeMSP']);
    expect(changes(before, withBlockReaders(before, ['ExchangeMSP', 'AuditorMSP']))).toEqual([
      '/Application/BlockReaders',
    ]);
    expect(changes(before, withBlockReaders(before, ['ExchangeMSP']))).toEqual([]);
  });

  test('are not limited where every member may read them', () => {
    const before = channelOf();
    expect(changes(before, withBlockReaders(before, ['ExchangeMSP']))).toEqual([]);
  });
});
