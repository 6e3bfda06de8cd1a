import './quiet-shim';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeInterface } from 'fabric-shim';
import ChaincodeServer from 'fabric-shim/lib/server.js';
import type { Log } from './log';
import { PeerStream } from './peer-stream';
import { StreamCounts } from './stream-counts';

/** What a peer takes and sends in one message; grpc-js would refuse requests above 4 MiB. */
const maxMessageBytes = 100 * 1024 * 1024;

export interface TlsFiles {
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** Who issues the certificates of peers: only a peer that shows one is served. */
  readonly clientAuthority: Buffer;
}

export interface ServerOptions {
  /** The package id under which peers know the chaincode. */
  readonly packageId: string;
  /** `host:port`; with port 0 the system chooses one. */
  readonly address: string;
  /** Undefined: plaintext. */
  readonly tls: TlsFiles | undefined;
  /** False: many keys in a message are not used even where the peer offers it. Undefined: they are. */
  readonly batchedIo?: boolean;
  /** Where the messages of each transaction are counted; undefined: they are not. */
  readonly streamLog?: Log | undefined;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no more connections and ends those that there are. */
  close(): void;
}

/** Serves the chaincode to peers. @throws Error where the address cannot be bound */
export async function serve(chaincode: ChaincodeInterface, options: ServerOptions): Promise<RunningServer> {
  const { packageId, address, tls } = options;
  const server = new MarketServer(chaincode, options, {
    ccid: packageId,
    address,
    ...(tls ? { tlsProps: { key: tls.key, cert: tls.certificate, clientCACerts: tls.clientAuthority } } : {}),
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
  });
  const port = await server.bind(address);
  return { port, close: () => server.close() };
}

/** The shim's server, with a stream to each peer that knows what the peer offers. */
class MarketServer extends ChaincodeServer {
  readonly #options: ServerOptions;

  constructor(
    chaincode: ChaincodeInterface,
    options: ServerOptions,
    shimOptions: ConstructorParameters<typeof ChaincodeServer>[1],
  ) {
    super(chaincode, shimOptions);
    this.#options = options;
  }

  override connect(stream: ServerDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>): void {
    const { batchedIo = true, streamLog } = this.#options;
    super.connect(new PeerStream(stream, { batchedIo, counts: streamLog && new StreamCounts(streamLog) }));
  }

  bind(address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this._server.bindAsync(address, this._credentials, (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
  }

  close(): void {
    this._server.forceShutdown();
  }
}
