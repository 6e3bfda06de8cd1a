import { resolve } from 'node:path';
import { AdministrationError, LifecycleClient } from '../admin';
import type { OrganisationRole } from '../topology';
import { LOOPBACK } from './free-ports';
import { marketDefinition } from './market-package';
import { NetworkFiles } from './network-files';
import { chaincodePort, portOf, readRecord } from './network-record';
import type { NetworkRecord } from './network-record';
import { administratorOf } from './open-network';
import { runningProcess } from './process-record';

export interface OrganisationStatus {
  readonly mspId: string;
  readonly name: string;
  readonly role: OrganisationRole;
  /** Host and port. */
  readonly peer: string;
  readonly orderer: string | undefined;
}

export interface NetworkStatus {
  readonly directory: string;
  /** `unresponsive`: the engine process runs, and its peers do not answer. */
  readonly state: 'absent' | 'stopped' | 'running' | 'unresponsive';
  readonly engine?: string;
  readonly pid?: number;
  /** ISO 8601: since when it has served. */
  readonly since?: string;
  readonly channel?: string;
  readonly chaincode?: {
    readonly name: string;
    /** Host and port of the service that peers call. */
    readonly service: string;
    /** What is committed on the running channel. */
    readonly committed?: { readonly version: string; readonly sequence: number };
  };
  readonly organisations: readonly OrganisationStatus[];
}

const ANSWER_MS = 5_000;

/** @throws NetworkError `NetworkDirectoryIncomplete`. */
export async function status({ directory }: { readonly directory: string }): Promise<NetworkStatus> {
  const files = new NetworkFiles(resolve(directory));
  const record = readRecord(files);
  if (record === undefined) return { directory: files.directory, state: 'absent', organisations: [] };
  const running = runningProcess(files);
  const answer = running === undefined ? undefined : await committedDefinition(files, record);
  const { channel, chaincode, organisations } = record.topology;
  return {
    directory: files.directory,
    state: running === undefined ? 'stopped' : answer === 'no answer' ? 'unresponsive' : 'running',
    ...(running === undefined ? {} : { engine: running.engine, pid: running.pid, since: running.readyAt }),
    channel,
    chaincode: {
      name: chaincode.name,
      service: endpoint(chaincodePort(record)),
      ...(typeof answer === 'object' ? { committed: answer } : {}),
    },
    organisations: organisations.map(({ mspId, name, role, peer, orderer }) => ({
      mspId,
      name,
      role,
      peer: endpoint(portOf(record, peer)),
      orderer: orderer === undefined ? undefined : endpoint(portOf(record, orderer)),
    })),
  };
}

function endpoint(port: number): string {
  return `${LOOPBACK}:${port.toString()}`;
}

async function committedDefinition(
  files: NetworkFiles,
  record: NetworkRecord,
): Promise<{ version: string; sequence: number } | undefined | 'no answer'> {
  const { topology } = record;
  const [first] = topology.organisations;
  if (first === undefined) return undefined;
  const client = new LifecycleClient(topology.channel, {
    ...administratorOf({ files, record }, first),
    timeoutMs: ANSWER_MS,
  });
  try {
    const found = await client.queryCommitted(marketDefinition(topology));
    return found === undefined ? undefined : { version: found.version, sequence: found.sequence };
  } catch (error) {
    if (error instanceof AdministrationError && error.code === 'PeerUnreachable') return 'no answer';
    throw error;
  } finally {
    client.close();
  }
}
