import { existsSync, readFileSync } from 'node:fs';
import type { Node, Organisation, Topology } from '../topology';
import { freePorts } from './free-ports';
import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';

const FORMAT = 1;

/** The name under which the chaincode service's port is kept; a host name has a dot, so it is nobody else's. */
export const CHAINCODE_SERVICE = 'chaincode';

/** A network as it was made: its topology, with a port for each node. */
export interface NetworkRecord {
  readonly format: typeof FORMAT;
  readonly topology: Topology;
  /** Host name of a node, or `chaincode`, to its port. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A record of the topology with a free port wherever it names none. */
export async function makeRecord(topology: Topology): Promise<NetworkRecord> {
  const wanted = nodesOf(topology);
  const given = wanted.flatMap(([, port]) => port ?? []);
  const fresh = [...(await freePorts(wanted.length - given.length, new Set(given)))];
  const ports = wanted.map(([name, port]): [string, number] => [name, port ?? fresh.shift() ?? 0]);
  return { format: FORMAT, topology, ports: Object.fromEntries(ports) };
}

function nodesOf(topology: Topology): readonly [string, number | undefined][] {
  const nodes = topology.organisations.flatMap(({ peer, orderer }) =>
    orderer === undefined ? [peer] : [peer, orderer],
  );
  return [
    ...nodes.map(({ hostname, port }): [string, number | undefined] => [hostname, port]),
    [CHAINCODE_SERVICE, topology.chaincode.port],
  ];
}

/**
 * The record of a network directory, or undefined where there is no directory or an empty one.
 *
 * @throws NetworkError `NetworkDirectoryIncomplete` where the directory's record is missing or broken.
 */
export function readRecord(files: NetworkFiles): NetworkRecord | undefined {
  if (!existsSync(files.directory)) return undefined;
  let text: string;
  try {
    text = readFileSync(files.record, 'utf8');
  } catch (error) {
    throw incomplete(files.directory, `it has no readable ${files.record}`, error);
  }
  try {
    const record = JSON.parse(text) as NetworkRecord;
    if ((record.format as number) === FORMAT) return record;
  } catch (error) {
    throw incomplete(files.directory, `${files.record} is broken`, error);
  }
  throw incomplete(files.directory, `${files.record} is of another version of Kessai`);
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

export function chaincodePort(record: NetworkRecord): number {
  return portOf(record, { hostname: CHAINCODE_SERVICE });
}

/** @throws NetworkError `OrganisationUnknown`. */
export function requireOrganisation(record: NetworkRecord, mspId: string): Organisation {
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
