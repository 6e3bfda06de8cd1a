import { freeText } from '@kessai/interface';
import { collectionsOf, inboxName } from './collections';
import { hostIn, hostOf } from './host';
import { checkHosting, placeIn } from './hosting';
import { nodeOf, PEER_HOST } from './organisation-fields';
import { DOMAIN, topologyText, usersOf } from './parse-topology';
import { hasPeer, nodesOf, ORGANISATION_ROLES } from './topology';
import type { Node, Organisation, OrganisationRole, Topology, User } from './topology';
import { YamlField } from './yaml-field';

/** What is said of an organisation that joins. The rest it has as the others have it. */
export interface OrganisationChoice {
  readonly mspId: string;
  readonly name: string;
  /** `institution` unless told. */
  readonly role?: string;
  /** Beside the others' domains unless told: of DeltaMSP among alpha.market.example and others, delta.market.example. */
  readonly domain?: string;
  /** The MSP id of the operator at whose peer its users act; unless told it has a peer of its own. */
  readonly hostedBy?: string;
}

// It names a group of the channel's configuration, where Fabric takes no underscore.
const MSP_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
const DEFAULT_ROLE: OrganisationRole = 'institution';

/**
 * An organisation that joins a network of the topology, from a file: an entry of the topology file's `organisations`, where `role`,
 * `domain` and `peer` may be left out, and `users` adds to the users that all organisations have.
 *
 * @throws TopologyError naming the field, its place in the file and what to do.
 */
export function readNewOrganisation(file: string, topology: Topology): Organisation {
  const text = topologyText(file, 'Give the path of a readable file with one organisation, as in the topology file.');
  return organisationOf(YamlField.parse(text, file), topology);
}

/** The same from single values; `source` says in errors where they were said. @throws TopologyError. */
export function newOrganisation(choice: OrganisationChoice, topology: Topology, source = 'arguments'): Organisation {
  return organisationOf(YamlField.of(choice, source), topology);
}

/** The topology with one more organisation, the last. */
export function withOrganisation(topology: Topology, organisation: Organisation): Topology {
  return { ...topology, organisations: [...topology.organisations, organisation] };
}

function organisationOf(field: YamlField, topology: Topology): Organisation {
  const found = field.fields(['mspId', 'name'], ['role', 'domain', 'host', 'peer', 'hostedBy', 'orderer', 'users']);
  const mspId = found.mspId.matching(MSP_ID, 'an MSP id (letters, digits and -)');
  // An organisation that has joined already is none of the others: what it has does not depend on that.
  const others = topology.organisations.filter((other) => other.mspId !== mspId);
  const role = found.role?.oneOf(ORGANISATION_ROLES) ?? DEFAULT_ROLE;
  const domain =
    found.domain?.matching(DOMAIN, 'a domain name in lower case, e.g. delta.market.example') ??
    defaultDomain(mspId, others, field);
  const organisation: Organisation = {
    mspId,
    name: found.name.decoded(freeText(100)),
    role,
    domain,
    ...placeOf(field, found, { mspId, role, domain }, others),
    orderer: undefined,
    users: withUsers(defaultUsers(others, role), usersOf(found.users?.items() ?? [], role), found.users ?? field),
  };
  checkHosting(topology, organisation, found.hostedBy ?? field);
  requireJoinable(organisation, topology, found.role ?? field);
  found.orderer?.fail(
    'FieldValue',
    'an organisation that runs an orderer cannot join a network that runs',
    'Remove the field; or make the network anew with the organisation in its topology.',
  );
  requireApart(organisation, { ...topology, organisations: others }, { ...found, field });
  return organisation;
}

/** Who endorses is part of every policy of the channel, the chaincode and its collections: that does not change while they serve. */
function requireJoinable({ role }: Organisation, { chaincode }: Topology, at: YamlField): void {
  if (role !== chaincode.endorsement.role) return;
  const able = ORGANISATION_ROLES.filter((other) => other !== role).join(', ');
  at.fail(
    'FieldValue',
    `the role ${role} endorses, and who endorses does not change while a network runs`,
    `Use one of: ${able}; or make the network anew with the organisation in its topology.`,
  );
}

function requireApart(
  organisation: Organisation,
  others: Topology,
  at: { readonly field: YamlField; readonly mspId: YamlField; readonly domain?: YamlField; readonly peer?: YamlField },
): void {
  const { mspId, domain, peer } = organisation;
  if (others.organisations.some((other) => other.domain === domain)) {
    const remedy = 'Give each organisation its own domain.';
    (at.domain ?? at.field).fail('FieldDuplicate', `another organisation has the domain ${domain}`, remedy);
  }
  const wanted = [mspId, inboxName(mspId)];
  const taken = collectionsOf(others).find(({ name }) => wanted.includes(name));
  if (taken !== undefined) {
    at.mspId.fail('FieldDuplicate', `a collection is called ${taken.name}`, 'Choose another MSP id.');
  }
  const beside = others.organisations.filter((other) => hostOf(other) === hostOf(organisation));
  const nodes = beside.flatMap(nodesOf);
  const sharing = nodes.find(({ port }) => port !== undefined && port === peer?.port);
  if (peer !== undefined && sharing !== undefined) {
    const shared = `${peer.hostname} and ${sharing.hostname} both have port ${String(peer.port)}`;
    (at.peer ?? at.field).fail('PortShared', shared, 'Give each its own port, or none.');
  }
}

/** A peer of its own unless somebody hosts it. */
function placeOf(
  field: YamlField,
  found: Parameters<typeof placeIn>[1],
  said: Parameters<typeof placeIn>[2],
  others: readonly Organisation[],
): ReturnType<typeof placeIn> {
  if (found.hostedBy !== undefined) return placeIn(field, found, said);
  const peer = found.peer === undefined ? defaultPeer(said.domain) : nodeOf(found.peer, `${PEER_HOST}.${said.domain}`);
  return { ...hostAmong(others, found.host), peer };
}

/** Without a host of its own it is on the others' machine, where they have one host. */
function hostAmong(others: readonly Organisation[], field: YamlField | undefined): Pick<Organisation, 'host'> {
  if (field !== undefined) return { host: hostIn(field) };
  const [host, ...further] = new Set(others.filter(hasPeer).map((other) => other.host));
  return host === undefined || further.length > 0 ? {} : { host };
}

function defaultPeer(domain: string): Node {
  return { hostname: `${PEER_HOST}.${domain}`, port: undefined };
}

/** A label of its own below what the others' domains share. */
function defaultDomain(mspId: string, others: readonly Organisation[], field: YamlField): string {
  const [parent, ...further] = new Set(others.map(({ domain }) => domain.slice(domain.indexOf('.') + 1)));
  const label = mspId
    .replace(/MSP$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  const domain = `${label}.${parent ?? ''}`;
  if (further.length > 0 || !DOMAIN.test(domain)) {
    field.fail('FieldMissing', 'the domain does not follow from those of the others', 'Add the field domain.');
  }
  return domain;
}

/** The users that every organisation has; one whose role is the organisation's everywhere has the new one's. */
function defaultUsers(others: readonly Organisation[], role: OrganisationRole): readonly User[] {
  const [first] = others;
  const common = first?.users.filter(({ name, kind }) =>
    others.every(({ users }) => users.some((user) => user.name === name && user.kind === kind)),
  );
  return (common ?? []).map((user) => ({ ...user, role: user.role === first?.role ? role : user.role }));
}

function withUsers(common: readonly User[], own: readonly User[], at: YamlField): readonly User[] {
  const users = [...common, ...own];
  const twice = users.find(({ name }, index) => users.findIndex((user) => user.name === name) !== index);
  if (twice !== undefined) {
    at.fail(
      'FieldDuplicate',
      `two users are called '${twice.name}'`,
      'Name only users that not all organisations have.',
    );
  }
  if (!users.some(({ kind }) => kind === 'admin')) {
    at.fail('FieldMissing', 'there is no user of kind admin', 'Add an admin under users.');
  }
  return users;
}
