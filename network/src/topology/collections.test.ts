import { msp, peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from '@jest/globals';
import {
  collectionConfigPackage,
  collectionsOf,
  endorsementPolicyText,
  endorsingOrganisations,
  inboxName,
  organisationsWithRole,
  readTopology,
} from './index';
import type { Topology } from './index';

const market = readTopology();
const operators = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];

describe('collections follow from the organisations', () => {
  test('one for each institution, bank and issuer: the owner, the operators, the auditor', () => {
    const owners = organisationsWithRole(market, ['institution', 'settlement-bank', 'issuer']);
    expect(owners).toEqual(expect.arrayContaining(['AlphaMSP', 'TrustBankMSP', 'ShinEtsuMSP']));
    const collections = collectionsOf(market);
    const members = [...operators, ...owners];
    expect(collections.map(({ name }) => name)).toEqual([...owners, ...members.map(inboxName), 'operators', 'board']);
    for (const owner of owners) {
      const holders = collections.find(({ name }) => name === owner)?.members;
      expect(holders).toEqual([...operators, owner, 'AuditorMSP']);
    }
  });

  test('an inbox for whoever may instruct: sent to every other holder, endorsed by the owner’s peer alone', () => {
    const inboxes = new Map(
      collectionsOf(market).flatMap((one) => (one.endorsedBy === undefined ? [] : [[one.endorsedBy, one] as const])),
    );
    expect([...inboxes.keys()]).toEqual(
      organisationsWithRole(market, ['operator', 'institution', 'settlement-bank', 'issuer']),
    );
    expect(inboxes.get('AlphaMSP')).toEqual({
      name: 'AlphaMSP_inbox',
      members: [...operators, 'AlphaMSP', 'AuditorMSP'],
      requiredPeerCount: 1,
      maxPeerCount: 4,
      endorsedBy: 'AlphaMSP',
    });
    expect(inboxes.get('CsdMSP')).toMatchObject({ members: [...operators, 'AuditorMSP'], maxPeerCount: 3 });
  });

  test('an inbox that nobody else holds asks nobody to have the value', () => {
    const own = { roles: [], readers: [] } as const;
    const alone = { ...market, collections: { own, inbox: { roles: ['issuer'], readers: [] }, shared: [] } } as const;
    expect(collectionsOf(alone)[0]).toMatchObject({ requiredPeerCount: 0, maxPeerCount: 0 });
  });

  test('operators: the operators and the auditor; board: the institutions as well', () => {
    const members = new Map(collectionsOf(market).map((collection) => [collection.name, collection.members]));
    expect(members.get('operators')).toEqual([...operators, 'AuditorMSP']);
    expect(members.get('board')).toEqual([...operators, 'AlphaMSP', 'BetaMSP', 'GammaMSP', 'AuditorMSP']);
  });

  test('an endorsed value is at a second peer, unless its collection has one member', () => {
    for (const collection of collectionsOf(market).filter(({ endorsedBy }) => endorsedBy === undefined))
      expect(collection).toMatchObject({ requiredPeerCount: 1, maxPeerCount: 2 });
    const alone: Topology = {
      ...market,
      collections: { own: { roles: ['auditor'], readers: [] }, inbox: { roles: [], readers: [] }, shared: [] },
    };
    expect(collectionsOf(alone)).toEqual([
      { name: 'AuditorMSP', members: ['AuditorMSP'], requiredPeerCount: 0, maxPeerCount: 0 },
    ]);
  });

  test('in Fabric’s message: members by OR, whoever endorses by the channel’s configuration, nothing expires', () => {
    const alpha = configOf('AlphaMSP');
    expect(alpha?.toObject()).toMatchObject({ blockToLive: 0, memberOnlyRead: false, memberOnlyWrite: false });
    const members = alpha?.getMemberOrgsPolicy()?.getSignaturePolicy();
    expect(members?.getRule()?.getNOutOf()?.getN()).toBe(1);
    expect(alpha?.getEndorsementPolicy()?.getChannelConfigPolicyReference()).toBe('/Channel/Application/Endorsement');
  });

  test('in Fabric’s message an inbox has the same members, and the owner’s peer as the one that endorses', () => {
    const inbox = configOf('AlphaMSP_inbox');
    expect(inbox?.getMemberOrgsPolicy()?.toObject()).toEqual(configOf('AlphaMSP')?.getMemberOrgsPolicy()?.toObject());
    expect(endorsersOf(inbox)).toEqual({ outOf: 1, peersOf: ['AlphaMSP'] });
    expect(endorsersOf(configOf('CcpMSP_inbox'))).toEqual({ outOf: 1, peersOf: ['CcpMSP'] });
  });

  function configOf(name: string): peer.StaticCollectionConfig | undefined {
    const bytes = collectionConfigPackage(market).serializeBinary();
    return peer.CollectionConfigPackage.deserializeBinary(bytes)
      .getConfigList()
      .map((config) => config.getStaticCollectionConfig())
      .find((config) => config?.getName() === name);
  }

  function endorsersOf(config: peer.StaticCollectionConfig | undefined): unknown {
    const policy = config?.getEndorsementPolicy()?.getSignaturePolicy();
    const roles = policy
      ?.getIdentitiesList()
      .map((principal) => msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8()));
    expect(new Set(roles?.map((role) => role.getRole()))).toEqual(new Set([msp.MSPRole.MSPRoleType.PEER]));
    return {
      outOf: policy?.getRule()?.getNOutOf()?.getN(),
      peersOf: roles?.map((role) => role.getMspIdentifier()),
    };
  }
});

test('what is a hosted member’s is held by operators and auditor alone, and its host’s peer endorses for its inbox', () => {
  const [alpha, ...others] = market.organisations.filter(({ role }) => role === 'institution');
  if (alpha === undefined) throw new Error('no institution');
  const hosted = { ...alpha, peer: undefined, hostedBy: 'CsdMSP' };
  const rest = market.organisations.filter(({ role }) => role !== 'institution');
  const collections = new Map(
    collectionsOf({ ...market, organisations: [...rest, hosted, ...others] }).map((one) => [one.name, one]),
  );
  const holders = [...operators, 'AuditorMSP'];
  const counts = { requiredPeerCount: 1, maxPeerCount: 2 };
  expect(collections.get('AlphaMSP')).toEqual({ name: 'AlphaMSP', members: holders, ...counts });
  expect(collections.get('AlphaMSP_inbox')).toEqual({
    name: 'AlphaMSP_inbox',
    members: holders,
    requiredPeerCount: 1,
    maxPeerCount: 3,
    endorsedBy: 'CsdMSP',
  });
  expect(collections.get('board')?.members).not.toContain('AlphaMSP');
});

describe('endorsement', () => {
  test('the policy in Fabric’s words', () => {
    expect(endorsementPolicyText(market)).toBe("OutOf(2, 'ExchangeMSP.peer', 'CsdMSP.peer', 'CcpMSP.peer')");
  });

  test('a client asks two operators, itself first if it is one', () => {
    expect(endorsingOrganisations(market, 'AlphaMSP')).toEqual(['ExchangeMSP', 'CsdMSP']);
    expect(endorsingOrganisations(market, 'CcpMSP')).toEqual(['CcpMSP', 'ExchangeMSP']);
  });
});
