import { common, msp, peer } from '@hyperledger/fabric-protos';
import type { Topology } from './topology';
import { organisationsWithRole } from './topology';

/** A node OU that a policy asks of a signer. */
export type Principal = 'member' | 'peer';

const ROLE_TYPES = { member: msp.MSPRole.MSPRoleType.MEMBER, peer: msp.MSPRole.MSPRoleType.PEER } as const;

/** The policy "signed by `outOf` of these organisations", each by one of its identities of the principal. */
export function outOfPolicy(
  outOf: number,
  mspIds: readonly string[],
  principal: Principal,
): common.SignaturePolicyEnvelope {
  const rules = mspIds.map((_, index) => {
    const rule = new common.SignaturePolicy();
    rule.setSignedBy(index);
    return rule;
  });
  const several = new common.SignaturePolicy.NOutOf();
  several.setN(outOf);
  several.setRulesList(rules);
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(several);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setVersion(0);
  envelope.setRule(rule);
  envelope.setIdentitiesList(mspIds.map((mspId) => principalOf(mspId, principal)));
  return envelope;
}

function principalOf(mspId: string, principal: Principal): msp.MSPPrincipal {
  const role = new msp.MSPRole();
  role.setMspIdentifier(mspId);
  role.setRole(ROLE_TYPES[principal]);
  const message = new msp.MSPPrincipal();
  message.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  message.setPrincipal(role.serializeBinary());
  return message;
}

/** The chaincode's endorsement policy, as `_lifecycle` and the collections carry it. */
export function endorsementPolicy(topology: Topology): peer.ApplicationPolicy {
  const { outOf, role } = topology.chaincode.endorsement;
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(outOfPolicy(outOf, organisationsWithRole(topology, [role]), 'peer'));
  return policy;
}

/**
 * The same as the channel's configuration has it, where those who endorse decide: two words in the place of all their names. A peer reads
 * the whole definition again for every private key that is written, so that what a collection does not repeat is saved as often.
 */
export function channelEndorsementPolicy(): peer.ApplicationPolicy {
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference('/Channel/Application/Endorsement');
  return policy;
}

/** Endorsement by an organisation's peer alone. */
export function peerPolicy(mspId: string): peer.ApplicationPolicy {
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(outOfPolicy(1, [mspId], 'peer'));
  return policy;
}

/** Who decides on the chaincode: those who endorse for it. */
export function decidersOf(topology: Topology): { readonly outOf: number; readonly mspIds: readonly string[] } {
  const { outOf, role } = topology.chaincode.endorsement;
  return { outOf, mspIds: organisationsWithRole(topology, [role]) };
}

/** Who may ask peers for whole blocks, and for private data with them. */
export function blockReadersOf(topology: Topology): readonly string[] {
  return organisationsWithRole(topology, ['operator', 'auditor']);
}

/** The same policy in the words of Fabric's policy language, for people and for the `peer` command. */
export function endorsementPolicyText(topology: Topology): string {
  const { outOf, role } = topology.chaincode.endorsement;
  const peers = organisationsWithRole(topology, [role]).map((mspId) => `'${mspId}.peer'`);
  return `OutOf(${outOf.toString()}, ${peers.join(', ')})`;
}

/**
 * Organisations that a client asks to endorse: the fewest that satisfy the policy, and an endorsing organisation first asks itself.
 * A gateway cannot infer them where the proposal has private data, so the client names them.
 */
export function endorsingOrganisations(topology: Topology, clientMspId: string): readonly string[] {
  const { outOf, role } = topology.chaincode.endorsement;
  const able = organisationsWithRole(topology, [role]);
  const ownFirst = able.includes(clientMspId) ? [clientMspId, ...able.filter((mspId) => mspId !== clientMspId)] : able;
  return ownFirst.slice(0, outOf);
}
