import { tellingDiskFull } from '../../directory/disk-space';
import { NetworkError } from '../../directory/network-error';
import { networkNodes } from '../../directory/network-nodes';
import { writeRecord } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import type { OnProgress } from '../../directory/progress';
import { safePoint, uninterrupted } from '../../interruption';
import { endNodes } from '../network/down';
import { requireRunning } from '../network/running';
import { starterOf } from '../network/up';
import { deployOn, servicesReady } from './deploy-market';
import type { DeployMarketResult } from './deploy-market';

// What Fabric takes in a package's label and a definition.
const VERSION = /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}$/;

export interface UpgradeMarketRequest {
  readonly directory: string;
  /** The version under which the chaincode that is installed now is to be known. */
  readonly version: string;
  /** Another chaincode program than Kessai's. */
  readonly chaincodeProgram?: string;
  readonly onProgress?: OnProgress;
}

/**
 * Takes a running network to another version of its chaincode: every organisation installs its package and approves it at the
 * next sequence, the definition is committed, and the chaincode services are started anew from the program that is installed.
 * Until they are up again calls fail, and nothing is lost. Repeated, it completes what was cut off. In a part of a network the services
 * go on as they are until enough others have approved it: then it is to be repeated.
 *
 * @throws NetworkError `VersionInvalid`, and as `deployMarket` and `up` do; AdministrationError.
 */
export async function upgradeMarket(request: UpgradeMarketRequest): Promise<DeployMarketResult> {
  requireVersion(request.version);
  const network = openNetwork(request.directory);
  requireRunning(network);
  const { files, record } = network;
  if (record.topology.chaincode.version === request.version) {
    return tellingDiskFull(files.directory, async () => deployOn(network, request.onProgress));
  }
  const next = { files, record: withVersion(record, request.version) };
  return withLock(files, async () => tellingDiskFull(files.directory, async () => upgrade(network, next, request)));
}

async function upgrade(
  current: OpenNetwork,
  next: OpenNetwork,
  request: UpgradeMarketRequest,
): Promise<DeployMarketResult> {
  const { onProgress } = request;
  const start = await starterOf({ ...request, engine: current.record.engine });
  const result = await deployOn(next, onProgress);
  // Until others have approved it, what stands is run.
  if (result.awaiting !== undefined) return result;
  safePoint();
  await uninterrupted(async () => {
    // They are ended before the record names the new version: whatever starts them afterwards starts the right ones.
    await endServices(current);
    writeRecord(next.files, next.record);
    onProgress?.({ step: 'starting-chaincode' });
    await start(next);
    await servicesReady(next);
  });
  return result;
}

async function endServices(network: OpenNetwork): Promise<void> {
  const services = networkNodes(network.record).filter(({ kind }) => kind === 'chaincode');
  return endNodes(
    network,
    services.map(({ name }) => name),
  );
}

function withVersion(record: NetworkRecord, version: string): NetworkRecord {
  const { topology } = record;
  return { ...record, topology: { ...topology, chaincode: { ...topology.chaincode, version } } };
}

function requireVersion(version: string): void {
  if (VERSION.test(version)) return;
  throw new NetworkError(
    'VersionInvalid',
    `'${version}' is no version of a chaincode`,
    'Use up to 64 letters, digits, dots, dashes, plus signs and underscores, a letter or digit first.',
    { field: 'version', version },
  );
}
