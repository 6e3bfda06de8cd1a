import { connect } from 'node:net';
import { deploy } from '../admin';
import type { DeployResult } from '../admin';
import { LOOPBACK } from './free-ports';
import { endOfLog } from './log-end';
import { marketDefinition, marketPackage } from './market-package';
import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';
import { chaincodePort } from './network-record';
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
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkNotRunning`, `ChaincodeNotReady`; AdministrationError.
 */
export async function deployMarket({ directory, onProgress }: DeployMarketRequest): Promise<DeployResult> {
  const network = openNetwork(directory);
  requireRunning(network);
  return deployOn(network, onProgress);
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
    ...(onProgress === undefined ? {} : { onStep: onProgress }),
  });
  onProgress?.({ step: 'starting-chaincode' });
  await serviceReady(network.files, chaincodePort(network.record));
  return result;
}

async function serviceReady(files: NetworkFiles, port: number): Promise<void> {
  if (await poll(SERVICE_MS, async () => accepts(port))) return;
  const lines = endOfLog(files.chaincodeLog);
  throw new NetworkError(
    'ChaincodeNotReady',
    `the chaincode service did not answer on port ${port.toString()}\nThe end of its log:\n${lines.join('\n')}`,
    `Read ${files.chaincodeLog} and mend what it names; the engine starts the service again by itself.`,
    { log: files.chaincodeLog, port, lines },
  );
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
}
