import { beforeAll, describe, expect, test } from '@jest/globals';
import { common, msp, peer } from '@hyperledger/fabric-protos';
import { ChannelConfig } from '../ledger';
import { makeGenesisBlock } from '../ledger/genesis';
import { TestAuthority } from '../ledger/test-support';
import type { SignedData, Signer } from '../ports';
import { ChannelPolicies, parsePolicyText, PolicyError } from './index';

const data = Buffer.from('proposal response');
let signers: ReadonlyMap<string, Signer>;
let channel: ChannelConfig;

beforeAll(async () => {
  const organisations = await Promise.all(
    ['A', 'B', 'C', 'D'].map(async (mspId) => ({ mspId, authority: await TestAuthority.create(mspId) })),
  );
  const made = organisations.flatMap(({ mspId, authority }) =>
    ['peer', 'peer2', 'client', 'admin'].map(
      async (name) => [`${mspId}.${name}`, await authority.signer(mspId, name.replace('2', ''))] as const,
    ),
  );
  signers = new Map(await Promise.all(made));
  const description = organisations.map(({ mspId, authority }) => ({
    mspId,
    rootCert: authority.certificate,
    tlsRootCert: authority.certificate,
    nodes: [],
  }));
  const genesis = makeGenesisBlock({
    channel: 'market',
    organisations: description,
    ordererOrganisations: description.slice(0, 1),
    batch: { maxMessageCount: 10, absoluteMaxBytes: 1000, preferredMaxBytes: 1000, timeout_ms: 100 },
  });
  channel = new ChannelConfig(genesis);
});

function signedBy(...names: readonly string[]): readonly SignedData[] {
  return names.map((name) => {
    const signer = signers.get(name);
    if (signer === undefined) throw new RangeError(name);
    return { data, identity: signer.creator, signature: signer.sign(data) };
  });
}

function policyOf(text: string) {
  return channel.policies.signaturePolicy(parsePolicyText(text));
}

describe('a signature policy', () => {
  test.each([
    ["OR('A.peer','B.peer')", ['B.peer'], true],
    ["OR('A.peer','B.peer')", ['C.peer'], false],
    ["OR('A.peer','B.peer')", ['A.client'], false],
    ["OR('A.peer','B.peer')", [], false],
    ["AND('A.peer','B.peer')", ['A.peer', 'B.peer'], true],
    ["AND('A.peer','B.peer')", ['A.peer'], false],
    ["AND('A.peer','B.peer')", ['C.peer', 'B.peer', 'A.peer'], true],
    ["OutOf(2,'A.peer','B.peer','C.peer')", ['C.peer', 'A.peer'], true],
    ["OutOf(2,'A.peer','B.peer','C.peer')", ['C.peer', 'C.peer'], false],
    // Two different peers of one organisation are two identities; one peer twice is one.
    ["AND('A.peer','A.peer')", ['A.peer', 'A.peer2'], true],
    ["AND('A.peer','A.peer')", ['A.peer', 'A.peer'], false],
    ["AND('A.member','A.admin')", ['A.admin', 'A.peer'], false],
    ["AND('A.admin','A.member')", ['A.admin', 'A.peer'], true],
    ["AND('A.member','A.admin')", ['A.peer', 'A.admin'], true],
    ["OR('A.member')", ['A.client'], true],
    ["OR('A.client')", ['A.client'], true],
    ["OR('A.orderer')", ['A.peer'], false],
    ["AND('A.peer', OR('B.peer','C.peer'))", ['A.peer', 'C.peer'], true],
    ["AND('A.peer', OR('B.peer','C.peer'))", ['B.peer', 'C.peer'], false],
    ["OutOf(0,'A.peer')", [], true],
  ])('%s signed by %j: %s', (text, names, expected) => {
    expect(policyOf(text).satisfiedBy(signedBy(...names))).toBe(expected);
  });

  test('does not count a signature over something else, nor an identity of a stranger', async () => {
    const policy = policyOf("OR('A.peer')");
    const [good] = signedBy('A.peer');
    const stranger = await (await TestAuthority.create('A')).signer('A', 'peer');
    if (good === undefined) throw new RangeError('nobody signed');
    expect(policy.satisfiedBy([{ ...good, data: Buffer.from('other') }])).toBe(false);
    expect(policy.satisfiedBy([{ data, identity: stranger.creator, signature: stranger.sign(data) }])).toBe(false);
  });

  test('may name one identity', () => {
    const [signed] = signedBy('B.client');
    const principal = new msp.MSPPrincipal();
    principal.setPrincipalClassification(msp.MSPPrincipal.Classification.IDENTITY);
    principal.setPrincipal(signed?.identity ?? '');
    const envelope = parsePolicyText("OR('A.peer')");
    envelope.setIdentitiesList([principal]);
    const policy = channel.policies.signaturePolicy(envelope);
    expect(policy.satisfiedBy(signedBy('B.client'))).toBe(true);
    expect(policy.satisfiedBy(signedBy('B.peer'))).toBe(false);
  });

  test('may name an organisational unit', () => {
    const [signed] = signedBy('B.client');
    const unit = new msp.OrganizationUnit();
    unit.setMspIdentifier('B');
    unit.setOrganizationalUnitIdentifier('client');
    unit.setCertifiersIdentifier(channel.msps.member(signed?.identity ?? new Uint8Array()).certifiers);
    const principal = new msp.MSPPrincipal();
    principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ORGANIZATION_UNIT);
    principal.setPrincipal(unit.serializeBinary());
    const envelope = parsePolicyText("OR('A.peer')");
    envelope.setIdentitiesList([principal]);
    const policy = channel.policies.signaturePolicy(envelope);
    expect(policy.satisfiedBy(signedBy('B.client'))).toBe(true);
    expect(policy.satisfiedBy(signedBy('B.peer'))).toBe(false);
  });

  test.each(['ANONYMITY', 'COMBINED'] as const)('says that a principal of kind %s is not supported', (kind) => {
    const envelope = parsePolicyText("OR('A.peer')");
    envelope.getIdentitiesList()[0]?.setPrincipalClassification(msp.MSPPrincipal.Classification[kind]);
    expect(() => channel.policies.signaturePolicy(envelope)).toThrow(
      expect.objectContaining({ code: 'PolicyUnsupported' }),
    );
  });

  test('that points to a principal it does not have is no policy', () => {
    const envelope = parsePolicyText("OR('A.peer')");
    envelope.setIdentitiesList([]);
    expect(() => channel.policies.signaturePolicy(envelope)).toThrow(PolicyError);
  });
});

describe('a policy of the channel', () => {
  test.each([
    ['/Channel/Application/Endorsement', ['A.peer', 'B.peer', 'C.peer'], true],
    ['/Channel/Application/Endorsement', ['A.peer', 'B.peer'], false],
    ['/Channel/Application/LifecycleEndorsement', ['B.peer', 'C.peer', 'D.peer'], true],
    ['/Channel/Application/Endorsement', ['A.client', 'B.client', 'C.client'], false],
    ['/Channel/Application/Writers', ['D.client'], true],
    ['/Channel/Application/Admins', ['A.admin', 'B.admin'], false],
    ['/Channel/Application/Admins', ['A.admin', 'B.admin', 'D.admin'], true],
    ['/Channel/Application/B/Endorsement', ['B.peer'], true],
    ['/Channel/Application/B/Endorsement', ['A.peer'], false],
    ['/Channel/Readers', ['C.client'], true],
  ])('%s signed by %j: %s', (path, names, expected) => {
    expect(channel.policies.policy(path)?.satisfiedBy(signedBy(...names))).toBe(expected);
  });

  test('ALL wants every group below, MAJORITY of none is satisfied', () => {
    const group = new common.ConfigGroup();
    const set = (name: string, rule: 'ALL' | 'MAJORITY') => {
      const meta = new common.ImplicitMetaPolicy();
      meta.setRule(common.ImplicitMetaPolicy.Rule[rule]);
      meta.setSubPolicy('Endorsement');
      const policy = new common.Policy();
      policy.setType(common.Policy.PolicyType.IMPLICIT_META);
      policy.setValue(meta.serializeBinary());
      const configured = new common.ConfigPolicy();
      configured.setPolicy(policy);
      group.getPoliciesMap().set(name, configured);
    };
    set('None', 'MAJORITY');
    expect(new ChannelPolicies(group, channel.msps).policy('/Channel/None')?.satisfiedBy([])).toBe(true);
    const application = channel.config.getChannelGroup()?.getGroupsMap().get('Application');
    for (const name of ['A', 'B']) {
      const below = application?.getGroupsMap().get(name);
      if (below !== undefined) group.getGroupsMap().set(name, below);
    }
    set('Both', 'ALL');
    const policies = new ChannelPolicies(group, channel.msps);
    expect(policies.policy('/Channel/Both')?.satisfiedBy(signedBy('A.peer'))).toBe(false);
    expect(policies.policy('/Channel/Both')?.satisfiedBy(signedBy('A.peer', 'B.peer'))).toBe(true);
  });

  test('that a chaincode refers to and that does not exist is never satisfied', () => {
    const reference = new peer.ApplicationPolicy();
    reference.setChannelConfigPolicyReference('/Channel/Application/Nothing');
    const policy = channel.policies.applicationPolicy(reference);
    expect(policy.satisfiedBy(signedBy('A.peer', 'B.peer', 'C.peer', 'D.peer'))).toBe(false);
    expect(policy.organisationSets()).toEqual([]);
  });
});

describe('the smallest sets of organisations', () => {
  test.each([
    [
      "OutOf(2,'A.peer','B.peer','C.peer')",
      [
        ['A', 'B'],
        ['A', 'C'],
        ['B', 'C'],
      ],
    ],
    ["OR('A.peer', AND('B.peer','C.peer'))", [['A'], ['B', 'C']]],
    ["AND('A.peer', OR('A.peer','B.peer'))", [['A']]],
    ["OutOf(0,'A.peer')", [[]]],
    ["OutOf(2,'A.peer')", []],
  ])('of %s', (text, sets) => {
    expect(policyOf(text).organisationSets()).toEqual(sets);
  });

  test('of a majority of four are the threes', () => {
    const sets = channel.policies.policy('/Channel/Application/Endorsement')?.organisationSets();
    expect(sets).toEqual([
      ['A', 'B', 'C'],
      ['A', 'B', 'D'],
      ['A', 'C', 'D'],
      ['B', 'C', 'D'],
    ]);
  });
});
