import { resolve } from 'node:path';
import { AdministrationError, ChannelClient, LifecycleClient } from '../../admin';
import type { Engine } from '../../directory/engine';
import { LOOPBACK } from '../../directory/free-ports';
import { expiringWithin } from '../../directory/good-certificates';
import { marketDefinition } from '../../directory/market-package';
import { NetworkFiles } from '../../directory/network-files';
import { networkNodes } from '../../directory/network-nodes';
import { awaitedOrganisations, organisationsElsewhere } from '../../directory/network-part';
import {
  chaincodePorts,
  endpointOf,
  presentOrganisations,
  presentPeers,
  readRecord,
} from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { administratorOf } from '../../directory/peer-access';
import { peersOf } from '../../engines/fabric';
import type { CertificateFacts } from '../../identities';
import { hasPeer } from '../../topology';
import type { OrganisationRole } from '../../topology';
import { schedulersOf } from '../schedulers/schedulers';
import { resourceUse } from './resource-use';
import type { ResourceUse } from './resource-use';
import { runningOf } from './running';
import type { Running } from './running';

export interface OrganisationStatus {
  readonly mspId: string;
  readonly name: string;
  readonly role: OrganisationRole;
  /** Host and port; undefined where it has none. */
  readonly peer: string | undefined;
  /** The MSP id of the operator at whose peer its users act, where it has none. */
  readonly hostedBy?: string;
  readonly orderer: string | undefined;
  /** Of a part of a network: whether it is this one's. */
  readonly here?: boolean;
}

export interface NetworkStatus {
  readonly directory: string;
  /** `unresponsive`: processes run, and the first peer does not answer; `degraded`: it answers, and some process does not run. */
  readonly state: 'absent' | 'stopped' | 'running' | 'degraded' | 'unresponsive';
  readonly engine?: Engine;
  readonly pid?: number;
  /** Where each node is a process of its own: its number, or null where it does not run. */
  readonly nodes?: Readonly<Record<string, number | null>>;
  /** The process number of every scheduler that was started, by name, or null where it has ended by itself. */
  readonly schedulers?: Readonly<Record<string, number | null>>;
  /** ISO 8601: since when it has served. */
  readonly since?: string;
  readonly channel?: string;
  readonly chaincode?: {
    readonly name: string;
    /** Host and port of the services that peers call, by name. */
    readonly services: Readonly<Record<string, string>>;
    /** What is committed on the running channel. */
    readonly committed?: { readonly version: string; readonly sequence: number };
  };
  readonly organisations: readonly OrganisationStatus[];
  /** Of a part of a network that runs: the MSP ids of organisations elsewhere with whose peers its first peer is not in touch. */
  readonly outOfTouch?: readonly string[];
  /** Of a part of a network: the MSP ids of organisations elsewhere whose certificates are still to be gathered. */
  readonly awaited?: readonly string[];
  readonly resources?: ResourceUse;
  /** Certificates that expire within 30 days, or have expired. */
  readonly expiring?: readonly CertificateFacts[];
}

const ANSWER_MS = 5_000;

/** @throws NetworkError `NetworkDirectoryIncomplete`. */
export async function status({ directory }: { readonly directory: string }): Promise<NetworkStatus> {
  const files = new NetworkFiles(resolve(directory));
  const record = readRecord(files);
  if (record === undefined) return { directory: files.directory, state: 'absent', organisations: [] };
  const running = runningOf(files, record);
  const [answer, resources] = await Promise.all([
    running === undefined ? undefined : committedDefinition(files, record),
    resourceUse(files, record, running),
  ]);
  const { channel, chaincode, organisations } = record.topology;
  const here = presentOrganisations(record);
  const answered = running !== undefined && answer !== 'no answer';
  const known = answered && record.present !== undefined ? await knownToFirst({ files, record }) : undefined;
  const expiring = expiringWithin({ files, record });
  const awaited = awaitedOrganisations({ files, record });
  const nodes = record.engine === 'embedded' ? undefined : nodesOf(record, running);
  const schedulers = schedulersOf(files);
  return {
    directory: files.directory,
    state: stateOf({ ...nodes, ...schedulers }, running, answer),
    ...(running === undefined
      ? {}
      : { engine: running.engine, ...(running.pid === undefined ? {} : { pid: running.pid }), since: running.since }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(Object.keys(schedulers).length === 0 ? {} : { schedulers }),
    channel,
    chaincode: {
      name: chaincode.name,
      services: Object.fromEntries(
        [...chaincodePorts(record)].map(([name, port]) => [name, `${LOOPBACK}:${port.toString()}`]),
      ),
      ...(typeof answer === 'object' ? { committed: answer } : {}),
    },
    organisations: organisations.map((organisation) => ({
      mspId: organisation.mspId,
      name: organisation.name,
      role: organisation.role,
      peer: organisation.peer === undefined ? undefined : endpointOf(record, organisation, organisation.peer),
      ...(organisation.hostedBy === undefined ? {} : { hostedBy: organisation.hostedBy }),
      orderer: organisation.orderer === undefined ? undefined : endpointOf(record, organisation, organisation.orderer),
      ...(record.present === undefined ? {} : { here: here.includes(organisation) }),
    })),
    ...(known === undefined ? {} : { outOfTouch: elsewhere(record).filter((mspId) => !known.has(mspId)) }),
    ...(awaited.length === 0 ? {} : { awaited }),
    resources,
    ...(expiring.length === 0 ? {} : { expiring }),
  };
}

/** The organisations with whose peers the directory's first peer is in touch. */
async function knownToFirst(network: OpenNetwork): Promise<ReadonlySet<string>> {
  const [first] = presentPeers(network.record);
  if (first === undefined) return new Set();
  const client = new ChannelClient({ ...administratorOf(network, first), timeoutMs: ANSWER_MS });
  try {
    return new Set((await peersOf(client, network.record.topology.channel)).map(({ mspId }) => mspId));
  } finally {
    client.close();
  }
}

function elsewhere(record: NetworkRecord): readonly string[] {
  return organisationsElsewhere(record)
    .filter(hasPeer)
    .map(({ mspId }) => mspId);
}

type Nodes = Readonly<Record<string, number | null>>;

function nodesOf(record: NetworkRecord, running: Running | undefined): Nodes {
  return Object.fromEntries(networkNodes(record).map(({ name }) => [name, running?.nodes?.get(name) ?? null]));
}

function stateOf(
  processes: Nodes,
  running: Running | undefined,
  answer: Awaited<ReturnType<typeof committedDefinition>>,
): NetworkStatus['state'] {
  if (running === undefined) return 'stopped';
  if (answer === 'no answer') return 'unresponsive';
  return Object.values(processes).includes(null) ? 'degraded' : 'running';
}

async function committedDefinition(
  files: NetworkFiles,
  record: NetworkRecord,
): Promise<{ version: string; sequence: number } | undefined | 'no answer'> {
  const { topology } = record;
  const [first] = presentPeers(record);
  if (first === undefined) return undefined;
  // With an expired certificate nobody is answered; that is told beside.
  if (expiringWithin({ files, record }, 0).some(({ mspId }) => mspId === first.mspId)) return 'no answer';
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
