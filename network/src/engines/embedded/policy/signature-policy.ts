import { common } from '@hyperledger/fabric-protos';
import type { ChannelMsps, MemberIdentity } from '../msp';
import { CheckedPolicy } from './evaluation';
import { chooseSets, type OrganisationSet } from './organisation-sets';
import { PolicyError } from './policy-error';
import { principalOf, type Principal } from './principal';

interface Rule {
  /** Marks in `used` the identities that it takes, when it succeeds. */
  evaluate(identities: readonly MemberIdentity[], used: boolean[]): boolean;
  organisationSets(): readonly OrganisationSet[];
}

/**
 * A SignaturePolicyEnvelope. As Fabric's cauthdsl: greedy, from left to right, each identity is taken for one principal; all rules of
 * an n-out-of are tried even when enough have succeeded.
 */
export class SignaturePolicy extends CheckedPolicy {
  readonly refusal = 'signature set did not satisfy policy';
  readonly #rule: Rule;

  /** @throws PolicyError */
  constructor(envelope: common.SignaturePolicyEnvelope, msps: ChannelMsps) {
    super(msps);
    if (envelope.getVersion() !== 0)
      throw new PolicyError(
        'PolicyUnsupported',
        `This evaluator only understands messages of version 0, but version was ${envelope.getVersion().toString()}`,
      );
    const principals = envelope.getIdentitiesList().map((principal) => principalOf(principal, msps));
    this.#rule = compile(envelope.getRule(), principals);
  }

  satisfiedByIdentities(identities: readonly MemberIdentity[]): boolean {
    return this.#rule.evaluate(
      identities,
      identities.map(() => false),
    );
  }

  organisationSets(): readonly OrganisationSet[] {
    return this.#rule.organisationSets();
  }
}

/** The organisations that a policy names: for a collection's member policy, those whose peers hold it. */
export function organisationsOf(envelope: common.SignaturePolicyEnvelope, msps: ChannelMsps): readonly string[] {
  return [...new Set(envelope.getIdentitiesList().map((principal) => principalOf(principal, msps).mspId))];
}

function compile(policy: common.SignaturePolicy | undefined, principals: readonly Principal[]): Rule {
  switch (policy?.getTypeCase()) {
    case common.SignaturePolicy.TypeCase.N_OUT_OF:
      return compileNOutOf(policy.getNOutOf(), principals);
    case common.SignaturePolicy.TypeCase.SIGNED_BY:
      return compileSignedBy(policy.getSignedBy(), principals);
    default:
      throw new PolicyError('PolicyInvalid', 'Empty policy element');
  }
}

function compileNOutOf(message: common.SignaturePolicy.NOutOf | undefined, principals: readonly Principal[]): Rule {
  const needed = message?.getN() ?? 0;
  const rules = (message?.getRulesList() ?? []).map((rule) => compile(rule, principals));
  return {
    evaluate(identities, used) {
      let satisfied = 0;
      for (const rule of rules) {
        const attempt = [...used];
        if (!rule.evaluate(identities, attempt)) continue;
        satisfied += 1;
        attempt.forEach((taken, index) => {
          used[index] = taken;
        });
      }
      return satisfied >= needed;
    },
    organisationSets: () =>
      chooseSets(
        needed,
        rules.map((rule) => rule.organisationSets()),
      ),
  };
}

function compileSignedBy(index: number, principals: readonly Principal[]): Rule {
  const principal = principals[index];
  if (principal === undefined)
    throw new PolicyError(
      'PolicyInvalid',
      `identity index out of range, requested ${index.toString()}, but identities length is ${principals.length.toString()}`,
    );
  return {
    evaluate(identities, used) {
      const found = identities.findIndex((identity, i) => used[i] !== true && principal.matches(identity));
      if (found < 0) return false;
      used[found] = true;
      return true;
    },
    organisationSets: () => [[principal.mspId]],
  };
}
