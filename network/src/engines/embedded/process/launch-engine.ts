import { createServer } from 'node:net';
import type { ChaincodeServiceFiles } from '../../../identities';
import type { OpenNetwork } from '../../../operations/open-network';

export async function launchEngine(network: OpenNetwork, address: string, tls: ChaincodeServiceFiles): Promise<{ close(): Promise<void> }> {
  void tls;
  const servers = Object.values(network.record.ports)
    .filter((port) => !address.endsWith(`:${port.toString()}`))
    .map((port) => createServer().listen(port, '127.0.0.1'));
  return Promise.resolve({ close: async () => { for (const s of servers) s.close(); return Promise.resolve(); } });
}
