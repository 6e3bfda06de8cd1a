import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { chaincodePackage, collectionConfigPackage, endorsementPolicy } from '@kessai/network';
import type { Deployment } from './twin-networks';
import { freePorts } from './twin-networks';
import { twinTopology } from './twin-topology';

/** The collection that only its members may read and write. */
export const closedCollection = 'closed';

export interface RunningMachine {
  readonly deployment: Deployment;
  stop(): Promise<void>;
}

/** Starts the chaincode that does what it is told, one process for the peers of both networks. */
export async function startMachine(): Promise<RunningMachine> {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port.toString()}`;
  const chaincode = chaincodePackage('machine_1', { address });
  const child = fork(join(__dirname, 'machine-chaincode.js'), [chaincode.packageId, address], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, CORE_CHAINCODE_LOGGING_LEVEL: 'fatal', CORE_CHAINCODE_LOGGING_SHIM: 'fatal' },
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The chaincode process ended with ${String(code)}`)));
  });
  const topology = twinTopology();
  const collections = collectionConfigPackage(topology);
  const [first] = collections.getConfigList();
  const closed = first?.clone();
  const config = closed?.getStaticCollectionConfig();
  config?.setName(closedCollection);
  config?.setMemberOnlyRead(true);
  config?.setMemberOnlyWrite(true);
  collections.setConfigList([...collections.getConfigList(), ...(closed ? [closed] : [])]);
  return {
    deployment: {
      definition: { name: 'machine', version: '1', endorsementPolicy: endorsementPolicy(topology), collections },
      package: chaincode,
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
