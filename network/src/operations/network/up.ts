import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LogFormat } from '@kessai/telemetry';
import { tellingDiskFull } from '../../directory/disk-space';
import type { Engine } from '../../directory/engine';
import { isFree, requireFree } from '../../directory/free-ports';
import { requireGoodCertificates } from '../../directory/good-certificates';
import { openOrMake } from '../../directory/make-directory';
import { NetworkError } from '../../directory/network-error';
import { NetworkFiles } from '../../directory/network-files';
import { requireEngineForHosts, requireNodes, requireOneMachine } from '../../directory/network-part';
import { ENGINE_PROCESS, readRecord, requireRestored, servingPorts } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import { removeProcessRecord } from '../../directory/process-record';
import type { OnProgress } from '../../directory/progress';
import { requireConsenters } from '../../directory/require-consenters';
import { withChosenPorts, withEveryPort, withKeeperPorts } from '../../directory/with-chosen-ports';
import { withLogFormat } from '../../directory/with-log-format';
import { findDockerTools, startDocker } from '../../engines/docker';
import { othersInTouch } from '../../engines/fabric';
import { findFabricPrograms, startNative } from '../../engines/native';
import { safePoint } from '../../interruption';
import { poll } from '../../poll';
import { readTopology } from '../../topology';
import type { Topology } from '../../topology';
import { forgetEnded, requireSchedulerProgram, runningSchedulers, startSchedulers } from '../schedulers/schedulers';
import type { Schedulers } from '../schedulers/schedulers';
import { endNodes } from './down';
import { runningOf } from './running';
import { startEngineProcess } from './start-engine-process';

export interface UpRequest {
  /** Undefined takes the directory's own, and `embedded` for a new one. */
  readonly engine?: Engine;
  readonly directory: string;
  /** Undefined takes the directory's own topology, and the market's for a new one. */
  readonly topology?: Topology;
  /** Another chaincode program than Kessai's. */
  readonly chaincodeProgram?: string;
  /** What runs the schedulers of the directory's operators; undefined starts none, and leaves those that run as they are. */
  readonly schedulers?: Schedulers;
  /** How processes write their logs that are started from now on, by this operation or another one; undefined leaves it as it is. */
  readonly logFormat?: LogFormat;
  readonly onProgress?: OnProgress;
}

export interface UpResult {
  readonly state: 'started' | 'already-running';
  /** Whether the directory and its identities were made now. */
  readonly made: boolean;
  readonly directory: string;
  /** The engine's process, where it has one. */
  readonly pid?: number;
  /** Process numbers by node, where each node is a process of its own. */
  readonly nodes?: Readonly<Record<string, number>>;
  /** Process numbers of the schedulers that run, by name. */
  readonly schedulers?: Readonly<Record<string, number>>;
  /** Of a part of a network: the MSP ids of organisations elsewhere with whose peers it is not in touch yet. */
  readonly outOfTouch?: readonly string[];
}

const PORTS_MS = 1_000;
const PORTS_AFTER_KILL_MS = 5_000;

/**
 * Brings a network up and returns when it serves. On a running network it does nothing and says so; of one that lost some of its
 * processes, schedulers among them, it starts those.
 *
 * Of a network whose organisations are on different machines it brings up the part that the directory is, and does not wait for machines
 * that are not there yet.
 *
 * @throws NetworkError `EngineUnsupported`, `EngineDiffers`, `HostsDiffer`, `AddressUnavailable`, `NodesElsewhere`, `NetworkDirectoryIncomplete`,
 * `RestoreUnfinished`, `TopologyDiffers`, `PortInUse`, `EngineStartFailed`, `DiskFull`, `CertificateExpired`, `CertificateNotYetValid`, `CertificateForeign`, `SchedulerProgramMissing`; native:
 * `FabricMissing`, `FabricTooOld`; docker: `DockerMissing`, `DockerUnreachable`,
 * `ComposeMissing`, `ImageMissing`, `DockerFailed`; both: `ConsentersTooFew`, `NodeNotReady`, and AdministrationError.
 */
export async function up(request: UpRequest): Promise<UpResult> {
  return tellingDiskFull(resolve(request.directory), async () => bringUp(request));
}

async function bringUp(request: UpRequest): Promise<UpResult> {
  const { topology, schedulers, logFormat, onProgress } = request;
  const files = new NetworkFiles(resolve(request.directory));
  const recorded = existsSync(files.record) ? readRecord(files) : undefined;
  const engine = request.engine ?? recorded?.engine ?? 'embedded';
  // Before anything is made: what lacks is said at once.
  if (recorded !== undefined) requireNodes(recorded);
  if (schedulers !== undefined) requireSchedulerProgram(schedulers);
  if (recorded === undefined) {
    requireEngineForHosts(topology ?? readTopology(), engine);
    requireOneMachine({ topology: topology ?? readTopology() });
  }
  const start = await starterOf({ ...request, engine });
  if (recorded === undefined) {
    if (engine !== 'embedded') requireConsenters(topology ?? readTopology());
    onProgress?.({ step: 'making-identities' });
  }
  const opened = await openOrMake(files.directory, topology, () => readTopology(), engine);
  const { made } = opened;
  requireOneMachine(opened.record);
  requireNodes(opened.record);
  if (!made) requireGoodCertificates({ files, record: opened.record });
  safePoint();
  return withLock(files, async () => {
    requireRestored(files);
    const complete = withLogFormat(files, await withEveryPort(files, opened.record), logFormat);
    const record = await withKeeperPorts(files, complete);
    onProgress?.({ step: 'starting-engine' });
    const nodes = await withChosenPorts(files, made, record, async (chosen) => start({ files, record: chosen }));
    const scheduled = await orEnding({ files, record }, nodes, async () =>
      withSchedulers({ files, record }, schedulers, onProgress),
    );
    const running = runningOf(files, record);
    const part = record.present === undefined ? {} : { outOfTouch: await othersInTouch({ files, record }) };
    return {
      state: nodes.length > 0 || scheduled ? 'started' : 'already-running',
      made,
      directory: files.directory,
      ...(running?.pid === undefined ? {} : { pid: running.pid }),
      ...(running?.nodes === undefined ? {} : { nodes: Object.fromEntries(running.nodes) }),
      ...schedulersNow(files),
      ...part,
    };
  });
}

/** Does what completes a start; where it fails, the nodes that were started are ended. */
async function orEnding<Result>(
  network: OpenNetwork,
  started: readonly string[],
  complete: () => Promise<Result>,
): Promise<Result> {
  try {
    return await complete();
  } catch (error) {
    if (started.length > 0) await endNodes(network, started);
    throw error;
  }
}

/** Starts the schedulers that are asked for and do not run. @returns whether there was any. */
async function withSchedulers(
  network: OpenNetwork,
  schedulers: Schedulers | undefined,
  onProgress: OnProgress | undefined,
): Promise<boolean> {
  if (schedulers === undefined) {
    forgetEnded(network.files);
    return false;
  }
  return (await startSchedulers(network, schedulers, onProgress)).length > 0;
}

function schedulersNow(files: NetworkFiles): Pick<UpResult, 'schedulers'> {
  const running = [...runningSchedulers(files).values()].map(({ name, pid }) => [name, pid] as const);
  return running.length === 0 ? {} : { schedulers: Object.fromEntries(running) };
}

/** With what a network is started. */
export type StartRequest = Pick<UpRequest, 'chaincodeProgram' | 'onProgress'> & { readonly engine: Engine };

/**
 * Starts what does not run of a network, and returns the names of the nodes that it started when all of it serves.
 * Where an organisation's MSP id is given, that one's nodes alone, while the others serve: the embedded engine knows nothing of it.
 */
export type Starter = (network: OpenNetwork, organisation?: string) => Promise<readonly string[]>;

export async function starterOf({ engine, chaincodeProgram, onProgress }: StartRequest): Promise<Starter> {
  switch (engine) {
    case 'embedded':
      return async ({ files, record }) => {
        if (runningOf(files, record) !== undefined) return [];
        await settle(files, record);
        await startEngineProcess(files, chaincodeProgram);
        return [ENGINE_PROCESS];
      };
    case 'native': {
      const options = {
        programs: await findFabricPrograms(),
        ...(chaincodeProgram === undefined ? {} : { chaincodeProgram }),
        ...(onProgress === undefined ? {} : { onProgress }),
      };
      return async (network, organisation) => startNative(network, options, organisation);
    }
    case 'docker': {
      if (chaincodeProgram !== undefined) throw ownChaincodeOnly(chaincodeProgram);
      const tools = await findDockerTools(onProgress);
      return async (network, organisation) => startDocker(network, tools, organisation);
    }
  }
}

function ownChaincodeOnly(chaincodeProgram: string): NetworkError {
  return new NetworkError(
    'EngineUnsupported',
    "the engine 'docker' runs Kessai's chaincode only",
    'Leave the chaincode program out, or use --engine embedded or --engine native.',
    { engine: 'docker', chaincodeProgram },
  );
}

// An engine that was killed takes its chaincode process with it, a moment later, and one whose starter was killed ends itself: their
// ports come free by themselves.
async function settle(files: NetworkFiles, record: NetworkRecord): Promise<void> {
  const ports = servingPorts(record);
  const wait = existsSync(files.process) ? PORTS_AFTER_KILL_MS : PORTS_MS;
  await poll(wait, async () =>
    (await Promise.all([...ports.values()].map(async (port) => isFree(port)))).every(Boolean),
  );
  removeProcessRecord(files);
  await requireFree(ports);
}
