import { common } from '@hyperledger/fabric-protos';
import type { ChannelMsps, MemberIdentity } from '../msp';
import { CheckedPolicy, type IdentityPolicy } from './evaluation';
import { chooseSets, type OrganisationSet } from './organisation-sets';
import { PolicyError } from './policy-error';

const { Rule } = common.ImplicitMetaPolicy;

/** ANY, ALL or MAJORITY of the policies of one name in the groups below; a group without that policy counts as never satisfied. */
export class ImplicitMetaPolicy extends CheckedPolicy {
  readonly #threshold: number;
  readonly #policies: readonly IdentityPolicy[];

  constructor(definition: common.ImplicitMetaPolicy, policies: readonly IdentityPolicy[], msps: ChannelMsps) {
    super(msps);
    this.#policies = policies;
    this.#threshold = policies.length === 0 ? 0 : threshold(definition.getRule(), policies.length);
  }

  satisfiedByIdentities(identities: readonly MemberIdentity[]): boolean {
    let satisfied = 0;
    for (const policy of this.#policies) {
      if (satisfied >= this.#threshold) break;
      if (policy.satisfiedByIdentities(identities)) satisfied += 1;
    }
    return satisfied >= this.#threshold;
  }

  organisationSets(): readonly OrganisationSet[] {
    return chooseSets(
      this.#threshold,
      this.#policies.map((policy) => policy.organisationSets()),
    );
  }
}

function threshold(rule: number, count: number): number {
  switch (rule) {
    case Rule.ANY:
      return 1;
    case Rule.ALL:
      return count;
    case Rule.MAJORITY:
      return Math.floor(count / 2) + 1;
    default:
      throw new PolicyError('PolicyInvalid', `unknown implicit meta policy rule ${rule.toString()}`);
  }
}
