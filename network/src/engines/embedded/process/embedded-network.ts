import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChaincodeServiceFiles } from '../../../identities';
import { LOOPBACK } from '../../../directory/free-ports';
import { marketPackage, packageVariables } from '../../../directory/market-package';
import { chaincodePort } from '../../../directory/network-record';
import type { OpenNetwork } from '../../../directory/open-network';
import { organisationsWithRole } from '../../../topology';
import type { Engine } from '..';
import { ChaincodeService } from './chaincode-service';
import { launchEngine } from './launch-engine';

/** The embedded engine and the chaincode service beside it, at work. */
export interface RunningNetwork {
  /** The chaincode process that serves now, if there is one. */
  readonly chaincodePid: number | undefined;
  /** The engine, which runs in this process. */
  readonly engine: Pick<Engine, 'holdBlocks' | 'cutBlock' | 'ledger'>;
  close(): Promise<void>;
}

/**
 * Runs the engine of a network directory in this process, and its chaincode service as a child of this process. The service is
 * started with the engine, so that it is ready when a deployment is.
 *
 * @param chaincodeProgram undefined runs Kessai's own chaincode.
 * @param onFailure told when the engine can commit no more; a warning of the process unless told.
 * @throws NetworkError `PortInUse`.
 */
export async function runEmbeddedNetwork(
  network: OpenNetwork,
  chaincodeProgram?: string,
  onFailure?: (failure: Error) => void,
): Promise<RunningNetwork> {
  const { files, record } = network;
  const { topology } = record;
  const tls = new ChaincodeServiceFiles(files.directory);
  const address = `${LOOPBACK}:${chaincodePort(record).toString()}`;
  // By its name, since the TLS name that the peers' side of the stream sends must not be an IP address.
  const named = `localhost:${chaincodePort(record).toString()}`;
  const engine = await launchEngine(network, packageVariables(named, tls), onFailure);
  mkdirSync(dirname(files.chaincodeLog), { recursive: true });
  const { packageId } = marketPackage(topology);
  const service = new ChaincodeService({
    program: chaincodeProgram,
    packageId,
    address,
    tls,
    founders: organisationsWithRole(topology, [topology.chaincode.endorsement.role]),
    log: files.chaincodeLog,
    record,
    onEnded: () => {
      engine.serviceEnded(packageId);
    },
  });
  service.start();
  return {
    engine,
    get chaincodePid() {
      return service.pid;
    },
    async close() {
      await Promise.all([engine.close(), service.stop()]);
    },
  };
}
