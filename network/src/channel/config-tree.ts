import { common, msp } from '@hyperledger/fabric-protos';

/** The policy that changes a part of the configuration, unless another is named. */
export const ADMINS = 'Admins';

const MSP_ROLES = {
  member: msp.MSPRole.MSPRoleType.MEMBER,
  admin: msp.MSPRole.MSPRoleType.ADMIN,
  peer: msp.MSPRole.MSPRoleType.PEER,
} as const;

/** A group of a channel's configuration that its administrators may change. */
export function newGroup(): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setModPolicy(ADMINS);
  return group;
}

export function addPolicy(group: common.ConfigGroup, name: string, policy: common.Policy): void {
  const configured = new common.ConfigPolicy();
  configured.setPolicy(policy);
  configured.setModPolicy(ADMINS);
  group.getPoliciesMap().set(name, configured);
}

export function addValue(group: common.ConfigGroup, name: string, message: { serializeBinary(): Uint8Array }): void {
  const value = new common.ConfigValue();
  value.setValue(message.serializeBinary());
  value.setModPolicy(ADMINS);
  group.getValuesMap().set(name, value);
}

const MEMBER_POLICIES = ['Readers', 'Writers'] as const;

/** Who may read, write and administer the channel: what the groups below say. */
export function addRolePolicies(group: common.ConfigGroup): void {
  for (const name of MEMBER_POLICIES) addPolicy(group, name, implicitMeta('ANY', name));
  addPolicy(group, ADMINS, implicitMeta('MAJORITY', ADMINS));
}

/**
 * Who may read and write a group, and who administers it, where these organisations are below it: any of their members, and a majority of their
 * administrators. A node that asks each organisation's own policy verifies the same signature again for each, at every message of
 * gossip, proposal and envelope; the members in one policy cost one verification.
 */
export function addOrganisationPolicies(group: common.ConfigGroup, mspIds: readonly string[]): void {
  for (const name of MEMBER_POLICIES) addPolicy(group, name, signedByRoles(1, mspIds, 'member'));
  addPolicy(group, ADMINS, implicitMeta('MAJORITY', ADMINS));
}

/** Has these organisations' members, and no others, read and write a group. One that asks each organisation's own policy stays as it is. */
export function setMembers(group: common.ConfigGroup, mspIds: readonly string[]): void {
  for (const name of MEMBER_POLICIES) {
    const type = group.getPoliciesMap().get(name)?.getPolicy()?.getType();
    if (type === common.Policy.PolicyType.SIGNATURE) addPolicy(group, name, signedByRoles(1, mspIds, 'member'));
  }
}

/** The policy of so many of the groups below, each by its own policy of the name. */
export function implicitMeta(rule: 'ANY' | 'MAJORITY', subPolicy: string): common.Policy {
  const meta = new common.ImplicitMetaPolicy();
  meta.setRule(common.ImplicitMetaPolicy.Rule[rule]);
  meta.setSubPolicy(subPolicy);
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.IMPLICIT_META);
  policy.setValue(meta.serializeBinary());
  return policy;
}

/** The policy "signed by one identity of the organisation with this node OU". */
export function signedByRole(mspId: string, role: keyof typeof MSP_ROLES): common.Policy {
  return signedByRoles(1, [mspId], role);
}

/** The policy "signed by `count` of these organisations, each by an identity with this node OU". */
export function signedByRoles(count: number, mspIds: readonly string[], role: keyof typeof MSP_ROLES): common.Policy {
  const principals = mspIds.map((mspId) => {
    const required = new msp.MSPRole();
    required.setMspIdentifier(mspId);
    required.setRole(MSP_ROLES[role]);
    return { classification: msp.MSPPrincipal.Classification.ROLE, bytes: required.serializeBinary() };
  });
  return signedBy(count, principals);
}

/** The policy "signed by `count` of these very identities". */
export function signedByIdentities(
  count: number,
  identities: readonly { readonly mspId: string; readonly certificate: string }[],
): common.Policy {
  const principals = identities.map(({ mspId, certificate }) => {
    const identity = new msp.SerializedIdentity();
    identity.setMspid(mspId);
    identity.setIdBytes(Buffer.from(certificate));
    return { classification: msp.MSPPrincipal.Classification.IDENTITY, bytes: identity.serializeBinary() };
  });
  return signedBy(count, principals);
}

interface Principal {
  readonly classification: msp.MSPPrincipal.ClassificationMap[keyof msp.MSPPrincipal.ClassificationMap];
  readonly bytes: Uint8Array;
}

function signedBy(count: number, principals: readonly Principal[]): common.Policy {
  const several = new common.SignaturePolicy.NOutOf();
  several.setN(count);
  several.setRulesList(
    principals.map((_, index) => {
      const one = new common.SignaturePolicy();
      one.setSignedBy(index);
      return one;
    }),
  );
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(several);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(rule);
  envelope.setIdentitiesList(
    principals.map(({ classification, bytes }) => {
      const principal = new msp.MSPPrincipal();
      principal.setPrincipalClassification(classification);
      principal.setPrincipal(bytes);
      return principal;
    }),
  );
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.SIGNATURE);
  policy.setValue(envelope.serializeBinary());
  return policy;
}

export function capabilities(name: string): common.Capabilities {
  const message = new common.Capabilities();
  message.getCapabilitiesMap().set(name, new common.Capability());
  return message;
}
