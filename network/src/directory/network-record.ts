import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LogFormat } from '@kessai/telemetry';
import { hasPeer, namedHostOf, nodesOf } from '../topology';
import type { Node, Organisation, PeerOrganisation, Topology } from '../topology';
import { ENGINES } from './engine';
import type { Engine } from './engine';
import { freePorts } from './free-ports';
import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';

const FORMAT = 2;

/** The name under which the port of the one chaincode service is kept; a host name has a dot, so it is nobody else's. */
export const CHAINCODE_SERVICE = 'chaincode';

/** The name of the embedded engine's one process, in which all of its peers and orderers are. */
export const ENGINE_PROCESS = 'engine';

/** A network as it was made: its topology, with a port for each node. */
export interface NetworkRecord {
  readonly format: typeof FORMAT;
  readonly engine: Engine;
  readonly topology: Topology;
  /** Host name of a node, or of what `portNames` names, to its port. */
  readonly ports: Readonly<Record<string, number>>;
  /** Whose part of the network the directory is, by MSP id; undefined: all of it. */
  readonly present?: readonly string[];
  /** How its processes write their logs; undefined: as text. */
  readonly logFormat?: LogFormat;
}

/** The names of the ports that a node has besides its own, and of the chaincode service of an organisation. */
export const portNames = {
  /** Where an orderer is administered. */
  administration: (node: Pick<Node, 'hostname'>): string => `admin.${node.hostname}`,
  /** Where a node tells of its health. */
  operations: (node: Pick<Node, 'hostname'>): string => `operations.${node.hostname}`,
  chaincode: (organisation: Pick<Organisation, 'domain'>): string => `chaincode.${organisation.domain}`,
  /** Where a process of ours tells its metrics. */
  metrics: (process: { readonly name: string }): string => `metrics.${process.name}`,
};

/** The process that keeps a network running, where one does: it has a port from when it first ran. */
export const KEEP = 'keep';

/** The name of an operator's scheduler. */
export function schedulerName({ domain }: Pick<Organisation, 'domain'>): string {
  return `scheduler.${domain}`;
}

/** A record of the topology with a free port wherever it names none. */
export async function makeRecord(topology: Topology, engine: Engine = 'embedded'): Promise<NetworkRecord> {
  return { format: FORMAT, engine, topology, ports: await assigned(wantedOf(topology, engine), []) };
}

/** Ports for what the record has none for, as of a network that was made by an earlier release. */
export async function missingPorts({ engine, topology, ports }: NetworkRecord): Promise<NetworkRecord['ports']> {
  return missingOf(ports, wantedOf(topology, engine));
}

/** The same for the metrics of `keep`, as of a network that nobody has had it keep. */
export async function missingPortOfKeep({ ports }: NetworkRecord): Promise<NetworkRecord['ports']> {
  return missingOf(ports, [[portNames.metrics({ name: KEEP }), undefined]]);
}

async function missingOf(
  ports: NetworkRecord['ports'],
  wanted: readonly WantedPort[],
): Promise<NetworkRecord['ports']> {
  const missing = wanted.filter(([name]) => ports[name] === undefined);
  return missing.length === 0 ? {} : assigned(missing, Object.values(ports));
}

/** Ports for an organisation that joins a network where every node is a process of its own: none that the network has. */
export async function portsOfJoining(
  { topology, ports }: NetworkRecord,
  organisation: Organisation,
): Promise<NetworkRecord['ports']> {
  const alone = { ...topology, organisations: [organisation] };
  return assigned([...wantedNodes(alone), ...furtherOf(alone)], Object.values(ports));
}

async function assigned(wanted: readonly WantedPort[], taken: readonly number[]): Promise<NetworkRecord['ports']> {
  const given = wanted.flatMap(([, port]) => port ?? []);
  const fresh = [...(await freePorts(wanted.length - given.length, new Set([...given, ...taken])))];
  return Object.fromEntries(wanted.map(([name, port]): [string, number] => [name, port ?? fresh.shift() ?? 0]));
}

/** Puts the record in the place of the one before, in one step. */
export function writeRecord(files: NetworkFiles, record: NetworkRecord): void {
  const temporary = `${files.record}.new`;
  writeFileSync(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
  renameSync(temporary, files.record);
}

type WantedPort = [name: string, port: number | undefined];

function wantedOf(topology: Topology, engine: Engine): readonly WantedPort[] {
  return [...wantedNodes(topology), ...(engine === 'embedded' ? embeddedOf(topology) : furtherOf(topology))];
}

function wantedNodes(topology: Topology): readonly WantedPort[] {
  return topology.organisations.flatMap(nodesOf).map(({ hostname, port }): WantedPort => [hostname, port]);
}

function embeddedOf({ chaincode, organisations }: Topology): readonly WantedPort[] {
  const told = [ENGINE_PROCESS, CHAINCODE_SERVICE].map((name) => portNames.metrics({ name }));
  const further = [...told, ...organisations.flatMap(schedulerPortNames)];
  return [[CHAINCODE_SERVICE, chaincode.port], ...further.map((name): WantedPort => [name, undefined])];
}

function schedulerPortNames(organisation: Organisation): readonly string[] {
  return organisation.role === 'operator' ? [portNames.metrics({ name: schedulerName(organisation) })] : [];
}

// Where every node is a process of its own, it also has ports of its own for those who keep it, and every organisation its own
// chaincode service.
function furtherOf({ organisations }: Topology): readonly WantedPort[] {
  return organisations.flatMap(keeperPortNames).map((name): WantedPort => [name, undefined]);
}

/** The names of an organisation's ports that nobody else calls. */
export function keeperPortNames(organisation: Organisation): readonly string[] {
  const { peer, orderer } = organisation;
  const service = portNames.chaincode(organisation);
  return [
    ...(peer === undefined ? [] : [portNames.operations(peer), service, portNames.metrics({ name: service })]),
    ...(orderer === undefined ? [] : [portNames.operations(orderer), portNames.administration(orderer)]),
    ...schedulerPortNames(organisation),
  ];
}

/** The ports of all processes but the schedulers and `keep`, which may run while the others do not. */
export function servingPorts({ topology, ports }: NetworkRecord): ReadonlyMap<string, number> {
  const others = new Set([...topology.organisations.flatMap(schedulerPortNames), portNames.metrics({ name: KEEP })]);
  return new Map(Object.entries(ports).filter(([name]) => !others.has(name)));
}

/**
 * The record of a network directory, or undefined where there is no directory or an empty one.
 *
 * @throws NetworkError `NetworkDirectoryIncomplete` where the directory's record is missing or broken; `RestoreUnfinished`.
 */
export function readRecord(files: NetworkFiles): NetworkRecord | undefined {
  if (!existsSync(files.directory) || readdirSync(files.directory).length === 0) return undefined;
  if (existsSync(files.exchange)) throw restoreUnfinished(files);
  let text: string;
  try {
    text = readFileSync(files.record, 'utf8');
  } catch (error) {
    throw incomplete(files.directory, `it has no readable ${files.record}`, error);
  }
  try {
    const record = JSON.parse(text) as NetworkRecord;
    if ((record.format as number) === FORMAT && ENGINES.includes(record.engine)) return record;
  } catch (error) {
    throw incomplete(files.directory, `${files.record} is broken`, error);
  }
  throw incomplete(files.directory, `${files.record} is of another version of Kessai`);
}

function restoreUnfinished({ directory, exchange }: NetworkFiles): NetworkError {
  return new NetworkError(
    'RestoreUnfinished',
    `a snapshot was being restored in ${directory}, and that is not done`,
    'Run kessai restore again, with the same name or another: it completes what was cut off.',
    { directory, file: exchange },
  );
}

/**
 * Refuses to run what a snapshot was to replace: who restores it does not want the ledger that was there.
 *
 * @throws NetworkError `RestoreUnfinished`.
 */
export function requireRestored({ directory, restoring }: NetworkFiles): void {
  if (!existsSync(restoring)) return;
  throw new NetworkError(
    'RestoreUnfinished',
    `a snapshot was being restored in ${directory}, and that was cut off before anything was replaced`,
    `Run kessai restore again, with the same name or another; or, to go on with what is there, remove ${restoring}.`,
    { directory, file: restoring },
  );
}

/** The refusal of a directory that is not a whole network. Nothing in it is touched, since it may be somebody's. */
export function incomplete(directory: string, reason: string, cause?: unknown): NetworkError {
  return new NetworkError(
    'NetworkDirectoryIncomplete',
    `${directory} is not a whole network: ${reason}`,
    `Remove ${directory} if nothing in it is needed, or choose another directory with --dir; then run up again.`,
    { directory },
    cause,
  );
}

/** The port of a node. */
export function portOf(record: NetworkRecord, node: Pick<Node, 'hostname'>): number {
  const port = record.ports[node.hostname];
  if (port === undefined) throw new RangeError(`${node.hostname} has no port in the network's record`);
  return port;
}

/** Host and port by which others reach an organisation's node. */
export function endpointOf(record: NetworkRecord, organisation: Organisation, node: Pick<Node, 'hostname'>): string {
  return `${namedHostOf(organisation)}:${portOf(record, node).toString()}`;
}

/** The port of the one chaincode service of an embedded network. */
export function chaincodePort(record: NetworkRecord): number {
  return portOf(record, { hostname: CHAINCODE_SERVICE });
}

/** Name and port of every chaincode service of the directory. */
export function chaincodePorts(record: NetworkRecord): ReadonlyMap<string, number> {
  const names = record.engine === 'embedded' ? [CHAINCODE_SERVICE] : presentPeers(record).map(portNames.chaincode);
  return new Map(names.map((hostname) => [hostname, portOf(record, { hostname })]));
}

/** The organisations whose nodes and keys the directory has. */
export function presentOrganisations({ topology, present }: NetworkRecord): readonly Organisation[] {
  return topology.organisations.filter(({ mspId }) => present === undefined || present.includes(mspId));
}

/** Of those the organisations with a peer of their own. */
export function presentPeers(record: NetworkRecord): readonly PeerOrganisation[] {
  return presentOrganisations(record).filter(hasPeer);
}

/** @throws NetworkError `OrganisationUnknown`. */
export function requireOrganisation(record: Pick<NetworkRecord, 'topology'>, mspId: string): Organisation {
  const found = record.topology.organisations.find((organisation) => organisation.mspId === mspId);
  if (found !== undefined) return found;
  const known = record.topology.organisations.map((organisation) => organisation.mspId);
  throw new NetworkError(
    'OrganisationUnknown',
    `${mspId} is not an organisation of this network`,
    `Use one of: ${known.join(', ')}.`,
    {
      mspId,
      known,
    },
  );
}
