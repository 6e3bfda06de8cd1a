import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../log';
import type { ListenAddress } from '../metrics-address';
import { METRICS_TYPE } from './process-metrics';

export interface MetricsServerOptions {
  readonly address: ListenAddress;
  /** The metrics now, in the text form of Prometheus. */
  readonly read: () => Promise<string>;
  readonly log: Log;
  /** How long it waits before it tries again to listen. */
  readonly retryMs?: number;
}

export interface MetricsServer {
  /** Where it listens; undefined while it cannot. */
  readonly port: number | undefined;
  close(): void;
}

const usualRetryMs = 5_000;

/**
 * Serves the metrics at `/metrics`. A process that works is worth more than its metrics: one whose port another program has says so, and
 * tries again until it has it. It keeps no process alive.
 */
export function serveMetrics(options: MetricsServerOptions): MetricsServer {
  return new RetryingServer(options);
}

class RetryingServer implements MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;
  #retry: NodeJS.Timeout | undefined;
  #told = false;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void answer(request, response, options));
    this.#server.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    this.#server.unref();
    this.#listen();
  }

  get port(): number | undefined {
    return this.#server.listening ? (this.#server.address() as AddressInfo).port : undefined;
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #listen(): void {
    const { host, port } = this.#options.address;
    this.#server.listen({ host, port, exclusive: true });
  }

  #failed({ code = 'Unexpected' }: NodeJS.ErrnoException): void {
    const { address, log, retryMs = usualRetryMs } = this.#options;
    if (this.#server.listening) return;
    const place = `${address.host}:${address.port.toString()}`;
    if (!this.#told) log('warn', `metrics cannot be served on ${place} (${code}); trying again`, { code });
    this.#told = true;
    this.#retry = setTimeout(() => this.#listen(), retryMs);
    this.#retry.unref();
  }
}

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  { read, log }: MetricsServerOptions,
): Promise<void> {
  if (url.split('?')[0] !== '/metrics') {
    end(response, 404, 'Metrics are at /metrics.\n');
    return;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    end(response, 405, 'Metrics are read with GET.\n');
    return;
  }
  try {
    const text = await read();
    response.setHeader('Content-Type', METRICS_TYPE);
    end(response, 200, text);
  } catch (error) {
    log('error', `metrics could not be read: ${error instanceof Error ? error.name : typeof error}`);
    end(response, 500, 'The metrics could not be read; the log says why.\n');
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.end(text);
}
