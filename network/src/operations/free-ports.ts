import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { NetworkError } from './network-error';

export const LOOPBACK = '127.0.0.1';

// Below the range from which systems take ports for outgoing connections, so that a network that is down finds its ports free
// when it comes up again.
const FIRST = 17_000;
const LAST = 32_000;

/** Whether nothing listens on the port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
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

/** @throws NetworkError `PortInUse` naming the first port on which another program listens. */
export async function requireFree(ports: ReadonlyMap<string, number>): Promise<void> {
  for (const [owner, port] of ports) {
    if (await isFree(port)) continue;
    throw portInUse(port, owner);
  }
}

export function portInUse(port: number, owner: string): NetworkError {
  return new NetworkError(
    'PortInUse',
    `port ${port.toString()} on ${LOOPBACK}, which belongs to ${owner}, is used by another program`,
    `End the program that listens on port ${port.toString()}, or give ${owner} another port in the topology and make the network anew.`,
    { port, owner },
  );
}
