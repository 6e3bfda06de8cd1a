import { deploy } from '../admin';
import type { DeployResult } from '../admin';
import { accepts, chaincodeAtPeers } from '../engines/fabric';
import { tellingDiskFull } from './disk-space';
import { decidersOf } from '../topology';
import { endOfLog } from './log-end';
import { marketDefinition, marketPackage } from './market-package';
import { NetworkError } from './network-error';
import { chaincodePorts } from './network-record';
import { administratorOf, openNetwork, requireRunning } from './open-network';
import type { OpenNetwork } from './open-network';
import { poll } from './poll';
import type { OnProgress } from './progress';

const SERVICE_MS = 30_000;

export interface DeployMarketRequest {
  readonly directory: string;
  readonly onProgress?: OnProgress;
}

/**
 * Deploys the topology's chaincode on a running network, and returns when its service can be called. Repeated, it does nothing.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkNotRunning`, `ChaincodeNotReady`, `DiskFull`; AdministrationError.
 */
export async function deployMarket({ directory, onProgress }: DeployMarketRequest): Promise<DeployResult> {
  const network = openNetwork(directory);
  requireRunning(network);
  return tellingDiskFull(network.files.directory, async () => deployOn(network, onProgress));
}

/** The same for a network that is known to run. */
export async function deployOn(network: OpenNetwork, onProgress?: OnProgress): Promise<DeployResult> {
  const { topology } = network.record;
  onProgress?.({ step: 'installing-chaincode' });
  const result = await deploy({
    channel: topology.channel,
    organisations: topology.organisations.map((organisation) => administratorOf(network, organisation)),
    definition: marketDefinition(topology),
    chaincode: marketPackage(topology),
    deciders: decidersOf(topology),
    ...(onProgress === undefined ? {} : { onStep: onProgress }),
  });
  onProgress?.({ step: 'starting-chaincode' });
  await servicesReady(network);
  // Where peers are processes of their own, each tells the others what it can run.
  if (network.record.engine !== 'embedded') await chaincodeAtPeers(network);
  return result;
}

/** Returns when every chaincode service can be called. @throws NetworkError `ChaincodeNotReady`. */
export async function servicesReady(network: OpenNetwork): Promise<void> {
  const services = [...chaincodePorts(network.record)];
  await Promise.all(services.map(async ([name, port]) => serviceReady(network, name, port)));
}

async function serviceReady(network: OpenNetwork, name: string, port: number): Promise<void> {
  if (await poll(SERVICE_MS, async () => accepts(port))) return;
  const log = network.record.engine === 'embedded' ? network.files.chaincodeLog : network.files.nodeLog(name);
  const lines = endOfLog(log);
  throw new NetworkError(
    'ChaincodeNotReady',
    `the chaincode service did not answer on port ${port.toString()}\nThe end of its log:\n${lines.join('\n')}`,
    `Read ${log} and mend what it names; the service is started again by itself.`,
    { log, port, lines },
  );
}
