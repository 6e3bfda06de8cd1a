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
  readonly peer: Node;
  /** The orderer that it runs, if it does. */
  readonly orderer: Node | undefined;
  readonly users: readonly User[];
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

export interface CollectionRules {
  readonly own: { readonly roles: readonly OrganisationRole[]; readonly readers: readonly OrganisationRole[] };
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
