import { existsSync } from 'node:fs';
import { nodesOf } from '../topology';
import { freePorts, isFree } from './free-ports';
import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';
import {
  keeperPortNames,
  makeRecord,
  missingPortOfKeep,
  missingPorts,
  portOf,
  presentOrganisations,
  writeRecord,
} from './network-record';
import type { NetworkRecord } from './network-record';

const ATTEMPTS = 5;

/**
 * Starts a network. Where it was made just now, so that nobody knows its ports yet, a port that another program took meanwhile is
 * chosen anew; a port that the topology gives, or that a network had before, is not.
 */
export async function withChosenPorts<Result>(
  files: NetworkFiles,
  made: boolean,
  record: NetworkRecord,
  start: (record: NetworkRecord) => Promise<Result>,
): Promise<Result> {
  let current = record;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(current);
    } catch (error) {
      const lost = error instanceof NetworkError && error.code === 'PortInUse' ? error.payload['port'] : undefined;
      if (!made || lost === undefined || attempt === ATTEMPTS || isGiven(current, Number(lost))) throw error;
      current = { ...current, ports: (await makeRecord(current.topology, current.engine)).ports };
      writeRecord(files, current);
    }
  }
}

/** The record with a port for all that it has none for yet: a network that an earlier release made knows fewer. */
export async function withEveryPort(files: NetworkFiles, record: NetworkRecord): Promise<NetworkRecord> {
  return withAdded(files, record, await missingPorts(record));
}

/** The record with a port for the metrics of `keep`. */
export async function withPortOfKeep(files: NetworkFiles, record: NetworkRecord): Promise<NetworkRecord> {
  return withAdded(files, record, await missingPortOfKeep(record));
}

function withAdded(files: NetworkFiles, record: NetworkRecord, missing: NetworkRecord['ports']): NetworkRecord {
  if (Object.keys(missing).length === 0) return record;
  const complete = { ...record, ports: { ...record.ports, ...missing } };
  writeRecord(files, complete);
  return complete;
}

/**
 * The record of a part of a network that is to be started for the first time on this machine. It was made on another one: ports that
 * only the part's keeper knows, and that are taken here, are chosen anew.
 */
export async function withKeeperPorts(files: NetworkFiles, record: NetworkRecord): Promise<NetworkRecord> {
  if (record.present === undefined || existsSync(files.data)) return record;
  const names = presentOrganisations(record).flatMap(keeperPortNames);
  const free = await Promise.all(names.map(async (name) => isFree(portOf(record, { hostname: name }))));
  const taken = names.filter((_, index) => free[index] === false);
  if (taken.length === 0) return record;
  const fresh = await freePorts(taken.length, new Set(Object.values(record.ports)));
  const chosen = taken.map((name, index): [string, number] => [name, fresh[index] ?? 0]);
  const changed = { ...record, ports: { ...record.ports, ...Object.fromEntries(chosen) } };
  writeRecord(files, changed);
  return changed;
}

function isGiven({ topology }: NetworkRecord, port: number): boolean {
  const nodes = topology.organisations.flatMap(nodesOf).map((node) => node.port);
  return [topology.chaincode.port, ...nodes].includes(port);
}
