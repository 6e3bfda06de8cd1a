import { existsSync } from 'node:fs';
import { OrganisationFiles } from '../identities';
import { hasPeer, hostOf, isLoopback, nodesOf, servedBy } from '../topology';
import type { Organisation, Topology } from '../topology';
import type { Engine } from './engine';
import { NetworkError } from './network-error';
import { presentOrganisations, requireOrganisation } from './network-record';
import type { NetworkRecord } from './network-record';
import type { OpenNetwork } from './open-network';

/** The organisations of a network whose part lies in other directories, on other machines. */
export function organisationsElsewhere(record: NetworkRecord): readonly Organisation[] {
  const here = presentOrganisations(record);
  return record.topology.organisations.filter((organisation) => !here.includes(organisation));
}

/** The MSP ids of the organisations whose part the directory has, and of those whose parts lie elsewhere. */
export function whoIsWhere(record: NetworkRecord): {
  readonly organisations: readonly string[];
  readonly elsewhere: readonly string[];
} {
  const idsOf = (organisations: readonly Organisation[]): readonly string[] => organisations.map(({ mspId }) => mspId);
  return { organisations: idsOf(presentOrganisations(record)), elsewhere: idsOf(organisationsElsewhere(record)) };
}

/** An organisation whose part the directory has. @throws NetworkError `OrganisationUnknown`, `OrganisationElsewhere`. */
export function requireHere(record: NetworkRecord, mspId: string): Organisation {
  const organisation = requireOrganisation(record, mspId);
  const here = presentOrganisations(record).map((one) => one.mspId);
  if (here.includes(mspId)) return organisation;
  const host = hostOf(servedBy(record.topology, organisation));
  throw new NetworkError(
    'OrganisationElsewhere',
    `${mspId} has its own part of this network, at ${host}: its keys are there, and not here`,
    `Use one of: ${here.join(', ')}; or do it where the part of ${mspId} is, or with a profile that its keeper gives you.`,
    { mspId, host, known: here },
  );
}

/** @param what is not done, in words that follow a comma. @throws NetworkError `NetworkPartial`. */
export function requireAllHere(record: NetworkRecord, what: string): void {
  const elsewhere = organisationsElsewhere(record).map(({ mspId }) => mspId);
  if (elsewhere.length === 0) return;
  throw new NetworkError(
    'NetworkPartial',
    `${elsewhere.join(', ')} run their own parts of this network elsewhere, ${what}`,
    'Use a directory that has all organisations.',
    { elsewhere, present: presentOrganisations(record).map(({ mspId }) => mspId) },
  );
}

/** Refuses to run a directory whose organisations are all hosted by others. @throws NetworkError `NodesElsewhere`. */
export function requireNodes(record: NetworkRecord): void {
  const here = presentOrganisations(record);
  if (here.some((organisation) => nodesOf(organisation).length > 0)) return;
  const mspIds = here.map(({ mspId }) => mspId);
  const hosts = [...new Set(here.map((organisation) => servedBy(record.topology, organisation).mspId))];
  throw new NetworkError(
    'NodesElsewhere',
    `${mspIds.join(', ')} have no nodes of their own: ${hosts.join(', ')} runs those at which they act`,
    `There is nothing to start here; call the market with a profile: kessai profile export ${mspIds[0] ?? ''}.`,
    { mspIds, hosts },
  );
}

/** The MSP ids of organisations elsewhere whose certificates have not come to the directory yet. */
export function awaitedOrganisations({ files, record }: OpenNetwork): readonly string[] {
  // The first block is written when all that it is made of is there.
  if (existsSync(files.genesisBlock)) return [];
  return organisationsElsewhere(record)
    .filter((organisation) => !existsSync(new OrganisationFiles(files.directory, organisation).caCertificate))
    .map(({ mspId }) => mspId);
}

/** Refuses a directory that lacks the certificates of others. @throws NetworkError `OrganisationsAwaited`. */
export function requireGathered(network: OpenNetwork): void {
  const mspIds = awaitedOrganisations(network);
  if (mspIds.length === 0) return;
  const { directory } = network.files;
  throw new NetworkError(
    'OrganisationsAwaited',
    `${directory} has no certificates of ${mspIds.join(', ')} yet, and so no first block of the channel`,
    'Gather what all organisations have published: kessai organisation gather FILE...',
    { directory, mspIds },
  );
}

/** Before anything is made of a topology. @throws NetworkError `EngineUnsupported`. */
export function requireEngineForHosts({ organisations }: Topology, engine: Engine): void {
  const index = organisations.findIndex(({ host }) => host !== undefined);
  if (index < 0 || engine === 'native') return;
  const { mspId = '', host = '' } = organisations[index] ?? {};
  throw new NetworkError(
    'EngineUnsupported',
    `${mspId} is at ${host}, and a network of the engine '${engine}' is on the loopback interface of one machine`,
    'Use --engine native; or leave the field host out.',
    { engine, field: `organisations[${index.toString()}].host` },
  );
}

/** Before an organisation's part goes to a machine of its own. @throws NetworkError `HostMissing`. */
export function requireHosts({ organisations }: Topology): void {
  const index = organisations.findIndex((organisation) => organisation.host === undefined && hasPeer(organisation));
  const missing = organisations[index];
  if (missing === undefined) return;
  throw new NetworkError(
    'HostMissing',
    `${missing.mspId} has no host by which the organisations on other machines could reach it`,
    'Give every organisation a host in the topology, and make the network anew.',
    { field: `organisations[${index.toString()}].host`, mspId: missing.mspId },
  );
}

/** Refuses to run on one machine what the topology has on several. @throws NetworkError `HostsDiffer`. */
export function requireOneMachine({ topology, present }: Pick<NetworkRecord, 'topology' | 'present'>): void {
  // Whose parts were exported together are on one machine, whatever its names are.
  if (present !== undefined) return;
  const hosts = [...new Set(topology.organisations.map(hostOf).filter((host) => !isLoopback(host)))];
  if (hosts.length < 2) return;
  throw new NetworkError(
    'HostsDiffer',
    `the organisations of this network are at ${hosts.join(', ')}`,
    'Export the organisations of each machine: kessai organisation export MSPID... --to DIRECTORY; then up there.',
    { field: 'host', hosts },
  );
}
