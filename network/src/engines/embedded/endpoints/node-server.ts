import { createServer } from 'node:net';
import {
  Server,
  ServerCredentials,
  status,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { messageOf } from './rpc-error';

export interface NodeTls {
  /** PEM: the node's certificate, and after it those between it and the root. */
  readonly certificate: string;
  readonly key: string;
  /** PEM roots of which a client may show a certificate; undefined asks for none. */
  readonly clientRoots?: string;
  readonly clientAuthRequired?: boolean;
}

export interface NodeAddress {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

/** A port that another process holds. Stop that process, or give the node another port. */
export class PortInUse extends Error {
  readonly code = 'PortInUse';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number) {
    super(`port ${port.toString()} of ${host} is in use`);
    this.name = 'PortInUse';
    this.host = host;
    this.port = port;
  }
}

/** A node that could not listen for another reason: the host is not this machine's, or the certificate is unusable. */
export class ListenFailed extends Error {
  readonly code = 'ListenFailed';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, reason: string) {
    super(`cannot listen on port ${port.toString()} of ${host}: ${reason}`);
    this.name = 'ListenFailed';
    this.host = host;
    this.port = port;
  }
}

export interface Service {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

const SEND_BYTES = 100 * 1024 * 1024;
/** Of one connection, those beyond wait: so many messages at most are in the making for it. */
const CALLS_OVER_ONE_CONNECTION = 500;
const GRACE_MS = 1_000;

/** One node's gRPC server. A service that it does not have is answered with UNIMPLEMENTED by gRPC itself. */
export class NodeServer {
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /**
   * @param receiveBytes the largest message that is taken.
   * @throws PortInUse, ListenFailed
   */
  static async listen(
    address: NodeAddress,
    tls: NodeTls,
    services: readonly Service[],
    receiveBytes: number,
  ): Promise<NodeServer> {
    const server = new Server({
      'grpc.max_receive_message_length': receiveBytes,
      'grpc.max_send_message_length': SEND_BYTES,
      'grpc.max_concurrent_streams': CALLS_OVER_ONE_CONNECTION,
      // Two processes that share a port would share its clients at random.
      'grpc.so_reuseport': 0,
    });
    for (const { definition, implementation } of [...services, HEALTH]) {
      server.addService(definition, implementation);
    }
    const { host, port } = address;
    await probe(host, port);
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        const reason = messageOf(error);
        reject(reason.includes('EADDRINUSE') ? new PortInUse(host, port) : new ListenFailed(host, port, reason));
      };
      try {
        server.bindAsync(`${host}:${port.toString()}`, credentialsOf(tls), (error, bound) => {
          if (error === null) {
            resolve(new NodeServer(server, bound));
          } else {
            fail(error);
          }
        });
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Lets calls under way end, and cuts off those that have no end of their own. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, GRACE_MS);
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Asks for the port first: gRPC would complain on standard error before it lets us say so. */
async function probe(host: string, port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUse(host, port) : new ListenFailed(host, port, error.message));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

function credentialsOf(tls: NodeTls): ServerCredentials {
  const roots = tls.clientRoots === undefined ? null : Buffer.from(tls.clientRoots, 'utf8');
  const pair = { private_key: Buffer.from(tls.key, 'utf8'), cert_chain: Buffer.from(tls.certificate, 'utf8') };
  return ServerCredentials.createSsl(roots, [pair], roots !== null && tls.clientAuthRequired === true);
}

const SERVING = Buffer.from([0x08, 0x01]);

function bytes(value: Buffer): Buffer {
  return value;
}

/** grpc.health.v1: while the server answers at all, it serves. Its two messages are a name and a number. */
const HEALTH: Service = {
  definition: {
    check: {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  },
  implementation: {
    check: (
      call: { request: Buffer },
      reply: (error: { code: status; details: string } | null, value?: Buffer) => void,
    ) => {
      if (call.request.length === 0) {
        reply(null, SERVING);
      } else {
        reply({ code: status.NOT_FOUND, details: 'unknown service' });
      }
    },
  },
};
