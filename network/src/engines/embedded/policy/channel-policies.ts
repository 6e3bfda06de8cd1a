import { common, peer } from '@hyperledger/fabric-protos';
import type { ChannelMsps } from '../msp';
import { RejectingPolicy, type IdentityPolicy } from './evaluation';
import { ImplicitMetaPolicy } from './implicit-meta-policy';
import { PolicyError } from './policy-error';
import { SignaturePolicy } from './signature-policy';

const ROOT = '/Channel';

export const lifecycleEndorsementPolicy = '/Channel/Application/LifecycleEndorsement';
export const defaultEndorsementPolicy = '/Channel/Application/Endorsement';
export const blockValidationPolicy = '/Channel/Orderer/BlockValidation';

/** The policies of a channel's configuration, by path: `/Channel/Application/Writers`, `/Channel/Application/Org1MSP/Admins`. */
export class ChannelPolicies {
  readonly #policies = new Map<string, IdentityPolicy>();
  readonly #msps: ChannelMsps;

  /** @throws PolicyError when a policy of the configuration cannot be made ready. */
  constructor(channelGroup: common.ConfigGroup, msps: ChannelMsps) {
    this.#msps = msps;
    this.#addGroup(ROOT, channelGroup);
  }

  policy(path: string): IdentityPolicy | undefined {
    return this.#policies.get(path);
  }

  /**
   * A chaincode's or collection's endorsement policy. A reference to a policy that does not exist is never satisfied, as in Fabric.
   * @throws PolicyError
   */
  applicationPolicy(policy: peer.ApplicationPolicy | common.ApplicationPolicy): IdentityPolicy {
    const signaturePolicy = policy.getSignaturePolicy();
    if (signaturePolicy !== undefined) return this.signaturePolicy(signaturePolicy);
    const reference = policy.getChannelConfigPolicyReference();
    if (reference === '') throw new PolicyError('PolicyInvalid', 'unsupported policy type <nil>');
    return this.#policies.get(reference) ?? new RejectingPolicy();
  }

  /** @throws PolicyError */
  signaturePolicy(envelope: common.SignaturePolicyEnvelope): IdentityPolicy {
    return new SignaturePolicy(envelope, this.#msps);
  }

  #addGroup(path: string, group: common.ConfigGroup): void {
    const subgroups = [...group.getGroupsMap().entries()].map(([name, subgroup]) => ({
      path: `${path}/${name}`,
      subgroup,
    }));
    for (const { path: below, subgroup } of subgroups) this.#addGroup(below, subgroup);
    const below = subgroups.map((subgroup) => subgroup.path);
    for (const [name, policy] of group.getPoliciesMap().entries()) {
      const definition = policy.getPolicy();
      if (definition === undefined)
        throw new PolicyError('PolicyInvalid', `policy ${name} at path ${path.slice(1)} was nil`);
      this.#policies.set(`${path}/${name}`, this.#compile(definition, below));
    }
  }

  #compile(policy: common.Policy, below: readonly string[]): IdentityPolicy {
    switch (policy.getType()) {
      case common.Policy.PolicyType.SIGNATURE:
        return this.signaturePolicy(common.SignaturePolicyEnvelope.deserializeBinary(policy.getValue_asU8()));
      case common.Policy.PolicyType.IMPLICIT_META: {
        const definition = common.ImplicitMetaPolicy.deserializeBinary(policy.getValue_asU8());
        const name = definition.getSubPolicy();
        const policies = below.map((path) => this.#policies.get(`${path}/${name}`) ?? new RejectingPolicy());
        return new ImplicitMetaPolicy(definition, policies, this.#msps);
      }
      default:
        throw new PolicyError('PolicyInvalid', `unknown policy type: ${policy.getType().toString()}`);
    }
  }
}
