import type { Node } from './topology';
import type { YamlField } from './yaml-field';

export const PEER_HOST = 'peer0';

const REQUIRED = ['mspId', 'name', 'role', 'domain'] as const;
const OPTIONAL = ['host', 'peer', 'hostedBy', 'orderer', 'users'] as const;

export type OrganisationFields = Record<(typeof REQUIRED)[number], YamlField> &
  Partial<Record<(typeof OPTIONAL)[number], YamlField>>;

/** The fields of an organisation, of which each may be read more than once. */
export function organisationFields(field: YamlField): OrganisationFields {
  return field.fields(REQUIRED, OPTIONAL);
}

/** A node with its port, where one is given. */
export function nodeOf(field: YamlField, hostname: string): Node {
  return { hostname, port: field.fields([], ['port']).port?.integer(1, 65_535) };
}
