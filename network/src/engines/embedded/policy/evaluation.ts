import { IdentityError, type ChannelMsps, type MemberIdentity } from '../msp';
import type { Policy, SignedData } from '../ports';

/** A policy that can be asked with identities whose signatures were checked before, so that several policies share the check. */
export interface IdentityPolicy extends Policy {
  satisfiedByIdentities(identities: readonly MemberIdentity[]): boolean;
}

/** The distinct identities with a good signature, in order. What is not one of the channel's, or has a bad signature, is passed over. */
export function signersOf(signed: readonly SignedData[], msps: ChannelMsps): readonly MemberIdentity[] {
  const signers = new Map<string, MemberIdentity>();
  for (const { data, identity: serialized, signature } of signed) {
    const identity = memberOrNobody(serialized, msps);
    // Known identities are passed over before their signature is checked, so that repeating one costs nothing.
    if (identity === undefined || signers.has(identity.id)) continue;
    if (identity.verifies(data, signature)) signers.set(identity.id, identity);
  }
  return [...signers.values()];
}

function memberOrNobody(serialized: Uint8Array, msps: ChannelMsps): MemberIdentity | undefined {
  try {
    return msps.member(serialized);
  } catch (error) {
    if (error instanceof IdentityError) return undefined;
    throw error;
  }
}

/** The base of all policies: checks the signatures, then asks with the identities. */
export abstract class CheckedPolicy implements IdentityPolicy {
  readonly #msps: ChannelMsps;

  constructor(msps: ChannelMsps) {
    this.#msps = msps;
  }

  satisfiedBy(signed: readonly SignedData[]): boolean {
    return this.satisfiedByIdentities(signersOf(signed, this.#msps));
  }

  abstract satisfiedByIdentities(identities: readonly MemberIdentity[]): boolean;

  abstract organisationSets(): readonly (readonly string[])[];
}

/** What Fabric evaluates where a named policy does not exist. */
export class RejectingPolicy implements IdentityPolicy {
  satisfiedBy(): boolean {
    return false;
  }

  satisfiedByIdentities(): boolean {
    return false;
  }

  organisationSets(): readonly (readonly string[])[] {
    return [];
  }
}
