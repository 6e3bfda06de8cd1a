import { common, msp, orderer, peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from '@jest/globals';
import { genesisBlock, quorum, smartBft, SOLO } from './index';
import type { ChannelDescription, Consensus, Consenter } from './index';

const batch = { maxMessageCount: 500, absoluteMaxBytes: 10_000_000, preferredMaxBytes: 2_000_000, timeout_ms: 100 };
const names = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP'];
const consenters = names.map((mspId, index): Consenter => ({
  mspId,
  host: '127.0.0.1',
  port: 7_050 + index,
  identity: `identity of ${mspId}`,
  tlsCertificate: `TLS of ${mspId}`,
}));

function orderersOf(consensus: Consensus): common.ConfigGroup {
  return groupOf('Orderer', { consensus });
}

function groupOf(name: string, more: Partial<ChannelDescription>): common.ConfigGroup {
  const organisations = names.map((mspId) => ({ mspId, rootCert: 'root', tlsRootCert: 'tls root', nodes: [] }));
  const block = genesisBlock({
    channel: 'market',
    organisations,
    ordererOrganisations: organisations,
    batch,
    consensus: SOLO,
    ...more,
  });
  const [envelope = ''] = block.getData()?.getDataList_asU8() ?? [];
  const payload = common.Payload.deserializeBinary(
    common.Envelope.deserializeBinary(envelope as Uint8Array).getPayload_asU8(),
  );
  const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
  const group = config?.getChannelGroup()?.getGroupsMap().get(name);
  if (group === undefined) throw new Error(`the block has no ${name} group`);
  return group;
}

function valueOf(group: common.ConfigGroup, name: string): Uint8Array {
  return group.getValuesMap().get(name)?.getValue_asU8() ?? new Uint8Array();
}

describe('block 0 of a channel that SmartBFT orders', () => {
  const group = orderersOf(smartBft(consenters, batch));

  test('names each consenter with its organisation, its address and its certificates, numbered from one', () => {
    const mapping = common.Orderers.deserializeBinary(valueOf(group, 'Orderers')).getConsenterMappingList();
    const described = mapping.map((one) => ({
      id: one.getId(),
      mspId: one.getMspId(),
      port: one.getPort(),
      identity: Buffer.from(one.getIdentity_asU8()).toString(),
      tls: Buffer.from(one.getServerTlsCert_asU8()).toString(),
    }));
    expect(described).toEqual(
      consenters.map(({ mspId, port, identity, tlsCertificate }, index) => ({
        id: index + 1,
        mspId,
        port,
        identity,
        tls: tlsCertificate,
      })),
    );
  });

  test('makes a block valid that three of the four consenters themselves have signed', () => {
    const policy = group.getPoliciesMap().get('BlockValidation')?.getPolicy();
    const rule = common.SignaturePolicyEnvelope.deserializeBinary(policy?.getValue_asU8() ?? new Uint8Array());
    expect(rule.getRule()?.getNOutOf()?.getN()).toBe(3);
    const signers = rule.getIdentitiesList().map((principal) => {
      expect(principal.getPrincipalClassification()).toBe(msp.MSPPrincipal.Classification.IDENTITY);
      return msp.SerializedIdentity.deserializeBinary(principal.getPrincipal_asU8()).getMspid();
    });
    expect(signers).toEqual(names);
  });

  test('gives the timers that Fabric asks for', () => {
    const consensus = orderer.ConsensusType.deserializeBinary(valueOf(group, 'ConsensusType'));
    expect(consensus.getType()).toBe('BFT');
    const options = orderer.smartbft.Options.deserializeBinary(consensus.getMetadata_asU8()).toObject();
    expect(Object.entries(options).filter(([, value]) => value === '' || value === 0)).toEqual([
      ['decisionsPerLeader', 0],
    ]);
  });
});

test('a channel of one process says so', () => {
  const consensus = orderer.ConsensusType.deserializeBinary(valueOf(orderersOf(SOLO), 'ConsensusType'));
  expect(consensus.getType()).toBe('solo');
});

test('fewer than four consenters are refused: they could not bear the loss of one', () => {
  expect(() => smartBft(consenters.slice(1), batch)).toThrow(RangeError);
});

test.each([
  [4, 3],
  [5, 4],
  [7, 5],
  [10, 7],
])('of %d consenters a quorum is %d: any two quorums share an honest one', (consenterCount, signatures) => {
  expect(quorum(consenterCount)).toBe(signatures);
});

describe('block 0 of a channel with deciders', () => {
  const deciders = { outOf: 2, mspIds: ['ExchangeMSP', 'CsdMSP', 'CcpMSP'] };
  const group = groupOf('Application', { deciders, blockReaders: ['CsdMSP', 'AuditorMSP'] });

  function signersOf(policy: string): { readonly n: number; readonly roles: readonly (readonly [string, number])[] } {
    const bytes = group.getPoliciesMap().get(policy)?.getPolicy()?.getValue_asU8() ?? new Uint8Array();
    const envelope = common.SignaturePolicyEnvelope.deserializeBinary(bytes);
    const roles = envelope.getIdentitiesList().map((principal) => {
      const role = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8());
      return [role.getMspIdentifier(), role.getRole()] as const;
    });
    return { n: envelope.getRule()?.getNOutOf()?.getN() ?? 0, roles };
  }

  test.each(['Endorsement', 'LifecycleEndorsement'])('%s is the peers of so many of them', (policy) => {
    const role = msp.MSPRole.MSPRoleType.PEER;
    expect(signersOf(policy)).toEqual({ n: 2, roles: deciders.mspIds.map((mspId) => [mspId, role]) });
  });

  test('the configuration is changed by so many of their administrators', () => {
    const role = msp.MSPRole.MSPRoleType.ADMIN;
    expect(signersOf('Admins')).toEqual({ n: 2, roles: deciders.mspIds.map((mspId) => [mspId, role]) });
  });

  test('whole blocks, and private data with them, are for the block readers', () => {
    const acls = peer.ACLs.deserializeBinary(valueOf(group, 'ACLs'));
    expect(acls.getAclsMap().get('event/Block')?.getPolicyRef()).toBe('/Channel/Application/BlockReaders');
    expect(signersOf('BlockReaders').roles.map(([mspId]) => mspId)).toEqual(['CsdMSP', 'AuditorMSP']);
  });
});
