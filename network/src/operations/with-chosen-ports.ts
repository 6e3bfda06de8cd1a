import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';
import { makeRecord, writeRecord } from './network-record';
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
      current = await makeRecord(current.topology, current.engine);
      writeRecord(files, current);
    }
  }
}

function isGiven({ topology }: NetworkRecord, port: number): boolean {
  const nodes = topology.organisations.flatMap(({ peer, orderer }) => [peer.port, orderer?.port]);
  return [topology.chaincode.port, ...nodes].includes(port);
}
