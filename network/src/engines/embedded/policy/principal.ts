import { msp } from '@hyperledger/fabric-protos';
import { IdentityError, type ChannelMsps, type MemberIdentity } from '../msp';
import type { NodeRole } from '../ports';
import { PolicyError } from './policy-error';

/** Whom a signature policy names: a role in an organisation, one identity, or an organisational unit. */
export interface Principal {
  readonly mspId: string;
  matches(identity: MemberIdentity): boolean;
}

const { Classification } = msp.MSPPrincipal;
const { MSPRoleType } = msp.MSPRole;

const nodeRoles = new Map<number, NodeRole>([
  [MSPRoleType.ADMIN, 'admin'],
  [MSPRoleType.CLIENT, 'client'],
  [MSPRoleType.PEER, 'peer'],
  [MSPRoleType.ORDERER, 'orderer'],
]);

/** @throws PolicyError for kinds of principal that are not built here, or are unknown. */
export function principalOf(message: msp.MSPPrincipal, msps: ChannelMsps): Principal {
  const bytes = message.getPrincipal_asU8();
  switch (message.getPrincipalClassification()) {
    case Classification.ROLE:
      return roleOf(msp.MSPRole.deserializeBinary(bytes), msps);
    case Classification.IDENTITY:
      return exactIdentity(bytes, msps);
    case Classification.ORGANIZATION_UNIT:
      return unitOf(msp.OrganizationUnit.deserializeBinary(bytes));
    case Classification.ANONYMITY:
      throw new PolicyError('PolicyUnsupported', 'principals of classification ANONYMITY are not supported');
    case Classification.COMBINED:
      throw new PolicyError('PolicyUnsupported', 'principals of classification COMBINED are not supported');
    default:
      throw new PolicyError(
        'PolicyInvalid',
        `invalid principal type ${(message.getPrincipalClassification() as number).toString()}`,
      );
  }
}

function roleOf(message: msp.MSPRole, msps: ChannelMsps): Principal {
  const mspId = message.getMspIdentifier();
  const role = message.getRole();
  if (role === MSPRoleType.MEMBER) return { mspId, matches: (identity) => identity.mspId === mspId };
  const nodeRole = nodeRoles.get(role);
  if (nodeRole === undefined)
    throw new PolicyError('PolicyInvalid', `invalid MSP role type ${(role as number).toString()}`);
  return {
    mspId,
    matches: (identity) =>
      identity.mspId === mspId &&
      (identity.role === nodeRole || (nodeRole === 'admin' && msps.msp(mspId)?.isNamedAdmin(identity) === true)),
  };
}

function exactIdentity(serialized: Uint8Array, msps: ChannelMsps): Principal {
  try {
    const named = msps.member(serialized);
    return { mspId: named.mspId, matches: (identity) => identity.id === named.id };
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    // Fabric compiles such a policy as well; nobody ever matches it.
    return { mspId: error.mspId ?? '', matches: () => false };
  }
}

function unitOf(message: msp.OrganizationUnit): Principal {
  const mspId = message.getMspIdentifier();
  const unit = message.getOrganizationalUnitIdentifier();
  const certifiers = message.getCertifiersIdentifier_asU8();
  return {
    mspId,
    matches: (identity) =>
      identity.mspId === mspId && identity.units.includes(unit) && identity.certifiers.equals(certifiers),
  };
}
