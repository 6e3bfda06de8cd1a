import { join } from 'node:path';
import { freeText } from '@kessai/interface';
import { inboxName } from './collections';
import { checkHosts, hostOf, LOOPBACK } from './host';
import { checkHosting, placeIn } from './hosting';
import { nodeOf, organisationFields } from './organisation-fields';
import type { CollectionRules, Organisation, OwnedCollections, SharedCollection, Topology, User } from './topology';
import { ORGANISATION_ROLES, organisationsWithRole, USER_KINDS } from './topology';
import { NotUtf8Error, readTextFile } from './text-file';
import { TopologyError } from './topology-error';
import { YamlField } from './yaml-field';

// Fabric's own forms: a channel id, a chaincode or collection name and an MSP id become file names, URL parts and policy principals.
const CHANNEL = /^[a-z][a-z0-9.-]{0,248}$/;
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const VERSION = /^[A-Za-z0-9_.+-]{1,64}$/;
export const DOMAIN = /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;
const ROLE_ATTRIBUTE = /^[a-z][a-z0-9-]{0,63}$/;

/** Whoever may instruct has an inbox, which the operators empty and the auditors read. */
const DEFAULT_INBOX: OwnedCollections = {
  roles: ['operator', 'institution', 'settlement-bank', 'issuer'],
  readers: ['operator', 'auditor'],
};

const ORDERER_HOST = 'orderer0';

/** The topology of the market that ships with Kessai. */
export const DEFAULT_TOPOLOGY_FILE = join(__dirname, '..', '..', 'topology.yaml');

/** @throws TopologyError naming the field, its place in the file and what to do. */
export function readTopology(file: string = DEFAULT_TOPOLOGY_FILE): Topology {
  return parseTopology(topologyText(file, 'Give the path of a readable topology file.'), file);
}

/** @throws TopologyError `TopologyUnreadable` */
export function topologyText(file: string, remedy: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    const place = error instanceof NotUtf8Error ? { file, line: error.line } : { file };
    const message = `cannot be read: ${(error as Error).message}`;
    throw new TopologyError({ code: 'TopologyUnreadable', path: '', message, remedy, place });
  }
}

/** @throws TopologyError naming the field, its place in the text and what to do. */
export function parseTopology(text: string, file = 'topology'): Topology {
  const top = YamlField.parse(text, file).fields(['channel', 'chaincode', 'collections', 'organisations'], ['users']);
  const shared = top.users?.items() ?? [];
  const organisations = top.organisations.items().map((field) => organisationOf(field, shared));
  const topology: Topology = {
    channel: top.channel.matching(CHANNEL, 'a channel name (lower case letters, digits, dots and dashes)'),
    chaincode: chaincodeOf(top.chaincode),
    collections: collectionsOf(top.collections),
    organisations,
  };
  checkOrganisations(topology, top.organisations);
  checkHosts(topology, top.organisations);
  checkPorts(topology, top.organisations, top.chaincode);
  checkEndorsement(topology, top.chaincode);
  checkCollections(topology, top.collections);
  return topology;
}

function chaincodeOf(field: YamlField): Topology['chaincode'] {
  const { name, version, endorsement, port } = field.fields(['name', 'version', 'endorsement'], ['port']);
  const rule = endorsement.fields(['outOf', 'role']);
  return {
    name: name.matching(NAME, 'a chaincode name (letters, digits, _ and -)'),
    version: version.matching(VERSION, 'a chaincode version (letters, digits, _ . + and -)'),
    port: port?.integer(1, 65_535),
    endorsement: { outOf: rule.outOf.integer(1, 1_000), role: rule.role.oneOf(ORGANISATION_ROLES) },
  };
}

function collectionsOf(field: YamlField): CollectionRules {
  const { own, inbox, shared } = field.fields(['own', 'shared'], ['inbox']);
  return {
    own: ownedOf(own),
    inbox: inbox === undefined ? DEFAULT_INBOX : ownedOf(inbox),
    shared: shared.items().map(sharedOf),
  };
}

function ownedOf(field: YamlField): OwnedCollections {
  const { roles, readers } = field.fields(['roles', 'readers']);
  return { roles: rolesOf(roles), readers: rolesOf(readers) };
}

function sharedOf(field: YamlField): SharedCollection {
  const { name, roles, organisations } = field.fields(['name', 'roles'], ['organisations']);
  return {
    name: name.matching(NAME, 'a collection name (letters, digits, _ and -)'),
    roles: rolesOf(roles),
    organisations: organisations?.items().map((item) => item.text()) ?? [],
  };
}

function rolesOf(field: YamlField): (typeof ORGANISATION_ROLES)[number][] {
  return field.items().map((item) => item.oneOf(ORGANISATION_ROLES));
}

function organisationOf(field: YamlField, sharedUsers: readonly YamlField[]): Organisation {
  const found = organisationFields(field);
  const role = found.role.oneOf(ORGANISATION_ROLES);
  const domain = found.domain.matching(DOMAIN, 'a domain name in lower case, e.g. alpha.market.example');
  const mspId = found.mspId.matching(NAME, 'an MSP id (letters, digits, _ and -)');
  return {
    mspId,
    name: found.name.decoded(freeText(100)),
    role,
    domain,
    ...placeIn(field, found, { mspId, role, domain }),
    orderer: found.orderer === undefined ? undefined : nodeOf(found.orderer, `${ORDERER_HOST}.${domain}`),
    users: usersOf([...sharedUsers, ...(found.users?.items() ?? [])], role),
  };
}

export function usersOf(fields: readonly YamlField[], organisationRole: string): readonly User[] {
  const users: User[] = [];
  for (const field of fields) {
    const { name, kind, role } = field.fields(['name', 'kind'], ['role']);
    const user = name.matching(NAME, 'a user name (letters, digits, _ and -)');
    if (users.some((other) => other.name === user)) {
      name.fail('FieldDuplicate', `two users of one organisation are called '${user}'`, 'Give each user its own name.');
    }
    users.push({
      name: user,
      kind: kind.oneOf(USER_KINDS),
      role: role?.matching(ROLE_ATTRIBUTE, 'a role (lower case letters, digits and dashes)') ?? organisationRole,
    });
  }
  return users;
}

function checkOrganisations(topology: Topology, field: YamlField): void {
  for (const key of ['mspId', 'domain'] as const) {
    const seen = new Set<string>();
    for (const [index, organisation] of topology.organisations.entries()) {
      const value = organisation[key];
      if (seen.has(value)) {
        const at = field.items()[index] ?? field;
        at.fail(
          'FieldDuplicate',
          `a second organisation has the ${key} ${value}`,
          `Give each organisation its own ${key}.`,
        );
      }
      seen.add(value);
    }
  }
  for (const [index, organisation] of topology.organisations.entries()) {
    if (organisation.users.some((user) => user.kind === 'admin')) continue;
    const at = field.items()[index] ?? field;
    at.fail('FieldMissing', `${organisation.mspId} has no user of kind admin`, 'Add an admin under users.');
  }
  for (const [index, organisation] of topology.organisations.entries()) {
    const at = field.items()[index] ?? field;
    checkHosting(topology, organisation, organisationFields(at).hostedBy ?? at);
  }
  if (!topology.organisations.some((organisation) => organisation.orderer !== undefined)) {
    field.fail('OrdererMissing', 'no organisation runs an orderer', 'Add `orderer: {}` to at least one organisation.');
  }
}

function checkPorts(topology: Topology, field: YamlField, chaincode: YamlField): void {
  const taken = new Map<string, string>();
  const claim = (host: string, port: number | undefined, owner: string, at: YamlField | undefined): void => {
    if (port === undefined) return;
    const place = `${host}:${port.toString()}`;
    const other = taken.get(place);
    if (other !== undefined) {
      (at ?? field).fail(
        'PortShared',
        `${owner} and ${other} both have port ${port.toString()}`,
        'Give each its own port, or none.',
      );
    }
    taken.set(place, owner);
  };
  const nodes = field.items().map(organisationFields);
  for (const [index, organisation] of topology.organisations.entries()) {
    const { peer, orderer } = organisation;
    const host = hostOf(organisation);
    if (peer !== undefined) claim(host, peer.port, peer.hostname, nodes[index]?.peer);
    if (orderer !== undefined) claim(host, orderer.port, orderer.hostname, nodes[index]?.orderer);
  }
  claim(LOOPBACK, topology.chaincode.port, 'the chaincode service', chaincode);
}

function checkEndorsement(topology: Topology, field: YamlField): void {
  const { outOf, role } = topology.chaincode.endorsement;
  const able = organisationsWithRole(topology, [role]).length;
  if (able >= outOf) return;
  const asked = `asks for ${outOf.toString()} endorsements where ${able.toString()} organisation(s) have the role ${role}`;
  field
    .fields(['endorsement'], ['name', 'version', 'port'])
    .endorsement.fail('EndorsementUnsatisfiable', asked, `Lower outOf, or give more organisations the role ${role}.`);
}

function checkCollections(topology: Topology, field: YamlField): void {
  const { own, inbox, shared } = field.fields(['own', 'shared'], ['inbox']);
  const { collections } = topology;
  requireOwners(topology, collections.own, own);
  if (inbox !== undefined) requireOwners(topology, collections.inbox, inbox);
  const names = new Set(organisationsWithRole(topology, collections.own.roles));
  for (const owner of organisationsWithRole(topology, collections.inbox.roles)) {
    const name = inboxName(owner);
    if (names.has(name)) {
      (inbox ?? own).fail(
        'FieldDuplicate',
        `${name} is an organisation's own collection and the inbox of ${owner}`,
        'Give one of the two organisations another MSP id.',
      );
    }
    names.add(name);
  }
  const items = shared.items();
  for (const [index, collection] of topology.collections.shared.entries()) {
    const at = items[index] ?? shared;
    if (names.has(collection.name)) {
      at.fail(
        'FieldDuplicate',
        `a second collection is called ${collection.name}`,
        'Give each collection its own name.',
      );
    }
    names.add(collection.name);
    const known = topology.organisations.map((organisation) => organisation.mspId);
    const stranger = collection.organisations.find((mspId) => !known.includes(mspId));
    if (stranger !== undefined) {
      at.fail(
        'OrganisationUnknown',
        `${stranger} is not an organisation of this file`,
        `Use one of: ${known.join(', ')}.`,
      );
    }
    if (organisationsWithRole(topology, collection.roles).length + collection.organisations.length === 0) {
      at.fail('CollectionEmpty', `${collection.name} has no member`, 'Name a role that an organisation has.');
    }
  }
}

function requireOwners(topology: Topology, { roles }: OwnedCollections, field: YamlField): void {
  if (roles.length === 0 || organisationsWithRole(topology, roles).length > 0) return;
  field.fail('CollectionEmpty', `no organisation has a role of ${roles.join(', ')}`, 'Remove the roles, or add one.');
}
