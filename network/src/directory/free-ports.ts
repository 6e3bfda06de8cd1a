import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LOOPBACK } from '../topology';
import { NetworkError } from './network-error';

export { LOOPBACK };

// Below the range from which systems take ports for outgoing connections, so that a network that is down finds its ports free
// when it comes up again.
const FIRST = 17_000;
const LAST = 32_000;

/** Whether nothing listens on the port of an address of this machine. */
export async function isFree(port: number, address: string = LOOPBACK): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error.code === 'EADDRNOTAVAIL' ? notOurs(address) : error);
    });
    server.listen({ port, host: address, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** So many ports on which nothing listens now, none of them among `taken`. */
export async function freePorts(count: number, taken: ReadonlySet<number>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let port = randomInt(FIRST, LAST), tried = 0; found.length < count; tried += 1) {
    if (tried > LAST - FIRST) {
      throw new NetworkError(
        'PortInUse',
        'no free port was found',
        'End programs that listen on many ports of this machine.',
      );
    }
    if (!taken.has(port) && (await isFree(port))) found.push(port);
    port = port >= LAST ? FIRST : port + 1;
  }
  return found;
}

/**
 * @param addressOf where an owner listens; on the loopback interface unless told.
 * @throws NetworkError `PortInUse` naming the first port on which another program listens.
 */
export async function requireFree(
  ports: ReadonlyMap<string, number>,
  addressOf: (owner: string) => string = () => LOOPBACK,
): Promise<void> {
  for (const [owner, port] of ports) {
    const address = addressOf(owner);
    if (await isFree(port, address)) continue;
    throw portInUse(port, owner, address);
  }
}

function notOurs(address: string): NetworkError {
  return new NetworkError(
    'AddressUnavailable',
    `this machine has no address ${address}`,
    `Give the machine the address ${address}, or another host to the organisation in the topology and make the network anew.`,
    { field: 'host', address },
  );
}

export function portInUse(port: number, owner: string, address: string = LOOPBACK): NetworkError {
  return new NetworkError(
    'PortInUse',
    `port ${port.toString()} on ${address}, which belongs to ${owner}, is used by another program`,
    `End the program that listens on port ${port.toString()}, or give ${owner} another port in the topology and make the network anew.`,
    { port, owner, address },
  );
}
