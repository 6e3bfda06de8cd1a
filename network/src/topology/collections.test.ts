import { msp, peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from '@jest/globals';
import {
  collectionConfigPackage,
  collectionsOf,
  endorsementPolicyText,
  endorsingOrganisations,
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
    expect(collections.map(({ name }) => name)).toEqual([...owners, 'operators', 'board']);
    for (const owner of owners) {
      const members = collections.find(({ name }) => name === owner)?.members;
      expect(members).toEqual([...operators, owner, 'AuditorMSP']);
    }
  });

  test('operators: the operators and the auditor; board: the institutions as well', () => {
    const members = new Map(collectionsOf(market).map((collection) => [collection.name, collection.members]));
    expect(members.get('operators')).toEqual([...operators, 'AuditorMSP']);
    expect(members.get('board')).toEqual([...operators, 'AlphaMSP', 'BetaMSP', 'GammaMSP', 'AuditorMSP']);
  });

  test('an endorsed value is at a second peer, unless its collection has one member', () => {
    for (const collection of collectionsOf(market))
      expect(collection).toMatchObject({ requiredPeerCount: 1, maxPeerCount: 2 });
    const alone: Topology = {
      ...market,
      collections: { own: { roles: ['auditor'], readers: [] }, shared: [] },
    };
    expect(collectionsOf(alone)).toEqual([
      { name: 'AuditorMSP', members: ['AuditorMSP'], requiredPeerCount: 0, maxPeerCount: 0 },
    ]);
  });

  test('in Fabric’s message: members by OR, two of the three operators endorse, nothing expires', () => {
    const bytes = collectionConfigPackage(market).serializeBinary();
    const configs = peer.CollectionConfigPackage.deserializeBinary(bytes).getConfigList();
    const alpha = configs
      .map((config) => config.getStaticCollectionConfig())
      .find((config) => config?.getName() === 'AlphaMSP');
    expect(alpha?.toObject()).toMatchObject({ blockToLive: 0, memberOnlyRead: false, memberOnlyWrite: false });
    const members = alpha?.getMemberOrgsPolicy()?.getSignaturePolicy();
    expect(members?.getRule()?.getNOutOf()?.getN()).toBe(1);
    const endorsement = alpha?.getEndorsementPolicy()?.getSignaturePolicy();
    expect(endorsement?.getRule()?.getNOutOf()?.getN()).toBe(2);
    const roles = endorsement
      ?.getIdentitiesList()
      .map((principal) => msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8()));
    expect(roles?.map((role) => role.getMspIdentifier())).toEqual(operators);
    expect(new Set(roles?.map((role) => role.getRole()))).toEqual(new Set([msp.MSPRole.MSPRoleType.PEER]));
  });
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
