import './quiet-shim';
import type { ServerCredentials, ServerDuplexStream } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import type { Log } from '@kessai/telemetry';
import type { ChaincodeInterface } from 'fabric-shim';
import ChaincodeServer from 'fabric-shim/lib/server.js';
import type { ChaincodeObserver } from './chaincode-metrics';
import { PeerStream } from './peer-stream';
import { RenewedTls, type TlsFiles } from './renewed-tls';
import { StreamCounts } from './stream-counts';

/** What a peer takes and sends in one message; grpc-js would refuse requests above 4 MiB. */
const maxMessageBytes = 100 * 1024 * 1024;

/** A peer that is silent for so long is asked whether it is still there, and has as long as grpc-js allows to answer. */
const peerPingMs = 60_000;

/** How often the TLS files are looked at, so that renewed ones are taken. */
const renewalMs = 2_000;

export interface ServerOptions {
  /** The package id under which peers know the chaincode. */
  readonly packageId: string;
  /** `host:port`; with port 0 the system chooses one. */
  readonly address: string;
  /** Undefined: plaintext. */
  readonly tls: TlsFiles | undefined;
  /** Reads the TLS files again, so that renewed ones are taken without a restart; undefined: those of `tls` stay. */
  readonly readTls?: () => TlsFiles;
  /** False: many keys in a message are not used even where the peer offers it. Undefined: they are. */
  readonly batchedIo?: boolean;
  /** Where the messages of each transaction are counted; undefined: they are not. */
  readonly streamLog?: Log | undefined;
  /** Told how much crosses the streams. */
  readonly observer?: Pick<ChaincodeObserver, 'carried'>;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no more connections and ends those that there are. */
  close(): void;
}

/** Serves the chaincode to peers. @throws Error where the address cannot be bound */
export async function serve(
  chaincode: ChaincodeInterface,
  options: ServerOptions,
  log: Log = () => undefined,
): Promise<RunningServer> {
  const { packageId, address, tls, readTls = () => tls } = options;
  const server = new MarketServer(chaincode, options, {
    ccid: packageId,
    address,
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.keepalive_time_ms': peerPingMs,
  });
  const renewed = tls && new RenewedTls(tls, () => readTls() ?? tls, renewalMs, log);
  const close = () => {
    renewed?.close();
    server.close();
  };
  try {
    return { port: await server.bind(address, renewed?.credentials), close };
  } catch (error) {
    close();
    throw error;
  }
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
    const { batchedIo = true, streamLog, observer } = this.#options;
    const counts = streamLog && new StreamCounts(streamLog);
    super.connect(new PeerStream(stream, { batchedIo, counts, observer }));
  }

  /** Without credentials: in plaintext. */
  bind(address: string, credentials: ServerCredentials = this._credentials): Promise<number> {
    return new Promise((resolve, reject) => {
      this._server.bindAsync(address, credentials, (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
  }

  close(): void {
    this._server.forceShutdown();
  }
}
