/** What an organisation is in the market. It decides what its people may do and which collections its peer holds. */
export const ORGANISATION_ROLES = ['operator', 'institution', 'settlement-bank', 'issuer', 'auditor'] as const;
export type OrganisationRole = (typeof ORGANISATION_ROLES)[number];

/** What a user's certificate says in its node OU: an admin administers the organisation's nodes, a client acts in the market. */
export const USER_KINDS = ['admin', 'client'] as const;
export type UserKind = (typeof USER_KINDS)[number];

export interface Node {
  /** The host name in the node's certificate, e.g. `peer0.alpha.market.example`. */
  readonly hostname: string;
  /** The TCP port; undefined lets a free one be chosen when the network is made. */
  readonly port: number | undefined;
}

export interface User {
  readonly name: string;
  readonly kind: UserKind;
  /** The attribute `kessai.role` of the certificate. */
  readonly role: string;
}

export interface Organisation {
  readonly mspId: string;
  /** The name that people read. */
  readonly name: string;
  readonly role: OrganisationRole;
  /** The DNS domain of its nodes and users. */
  readonly domain: string;
  /** The DNS name or IPv4 address by which others reach its nodes; undefined: all are on one machine, on its loopback interface. */
  readonly host?: string;
  /** Undefined: it has no node, and its users act at the peer of the operator that hosts it. */
  readonly peer: Node | undefined;
  /** The MSP id of that operator, where it has no peer. */
  readonly hostedBy?: string;
  /** The orderer that it runs, if it does. */
  readonly orderer: Node | undefined;
  readonly users: readonly User[];
}

/** An organisation with a peer of its own. */
export type PeerOrganisation = Organisation & { readonly peer: Node };

export function hasPeer(organisation: Organisation): organisation is PeerOrganisation {
  return organisation.peer !== undefined;
}

/** Endorsement by the peers of any `outOf` organisations with the role. */
export interface EndorsementRule {
  readonly outOf: number;
  readonly role: OrganisationRole;
}

export interface SharedCollection {
  readonly name: string;
  readonly roles: readonly OrganisationRole[];
  /** Further members by MSP id. */
  readonly organisations: readonly string[];
}

/** One collection for each organisation with one of the roles; the readers hold it too. */
export interface OwnedCollections {
  readonly roles: readonly OrganisationRole[];
  readonly readers: readonly OrganisationRole[];
}

export interface CollectionRules {
  readonly own: OwnedCollections;
  /** Where instructions wait for a cycle. */
  readonly inbox: OwnedCollections;
  readonly shared: readonly SharedCollection[];
}

export interface Topology {
  readonly channel: string;
  readonly chaincode: {
    readonly name: string;
    readonly version: string;
    /** The port of the chaincode service; undefined lets the first `up` choose a free one. */
    readonly port: number | undefined;
    readonly endorsement: EndorsementRule;
  };
  readonly collections: CollectionRules;
  readonly organisations: readonly Organisation[];
}

/** The organisation with this MSP id, or undefined. */
export function findOrganisation(topology: Topology, mspId: string): Organisation | undefined {
  return topology.organisations.find((organisation) => organisation.mspId === mspId);
}

/** The MSP ids of the organisations with one of the roles, in the topology's order. */
export function organisationsWithRole(topology: Topology, roles: readonly OrganisationRole[]): readonly string[] {
  return topology.organisations
    .filter((organisation) => roles.includes(organisation.role))
    .map((organisation) => organisation.mspId);
}

/** The organisation at whose peer an organisation's users act, and which endorses for it: itself, or the operator that hosts it. */
export function servedBy(
  { organisations }: Pick<Topology, 'organisations'>,
  organisation: Organisation,
): PeerOrganisation {
  if (hasPeer(organisation)) return organisation;
  const host = organisations.find(({ mspId }) => mspId === organisation.hostedBy);
  if (host !== undefined && hasPeer(host)) return host;
  throw new RangeError(`${organisation.mspId} has neither a peer nor a host with one`);
}

/** An organisation's peer and orderer, as far as it has them. */
export function nodesOf({ peer, orderer }: Pick<Organisation, 'peer' | 'orderer'>): readonly Node[] {
  return [peer, orderer].filter((node) => node !== undefined);
}
