import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { logTo } from '@kessai/telemetry';
import type { Log } from '@kessai/telemetry';
import { childEnvironment } from '../../../directory/child-environment';
import { telemetryOf, telemetryVariables } from '../../../directory/telemetry-settings';
import { CHAINCODE_SERVICE } from '../../../directory/network-record';
import type { NetworkRecord } from '../../../directory/network-record';
import type { ChaincodeServiceFiles } from '../../../identities';

export interface ChaincodeServiceOptions {
  /** The program; undefined is Kessai's own chaincode. */
  readonly program: string | undefined;
  readonly packageId: string;
  /** Host and port where it serves. */
  readonly address: string;
  readonly tls: ChaincodeServiceFiles;
  /** MSP ids of the organisations that may found the market. */
  readonly founders: readonly string[];
  /** The file to which its output is appended. */
  readonly log: string;
  /** Of its network: how it tells of itself. */
  readonly record: NetworkRecord;
  /** Called each time a process that served has ended, before the next one is started. */
  readonly onEnded: () => void;
}

const HOST_PACKAGE = '@kessai/chaincode-host';
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const STEADY_MS = 10_000;
const STOP_MS = 5_000;
const PRELOAD = join(__dirname, 'end-with-engine.js');

/**
 * The chaincode as a service, a process of its own: contracts cannot disturb the engine, and it is the process that real peers
 * would call. It is started again when it ends, after growing pauses.
 */
export class ChaincodeService {
  readonly #options: ChaincodeServiceOptions;
  readonly #note: Log;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #stopped = false;

  constructor(options: ChaincodeServiceOptions) {
    this.#options = options;
    this.#note = logTo(
      { write: (line) => appendFileSync(options.log, line) },
      telemetryOf(options.record, CHAINCODE_SERVICE).log,
    );
  }

  /** The process that serves now, if there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const program = this.#options.program ?? chaincodeHostProgram();
    if (program === undefined || !existsSync(program)) {
      this.#note(
        'error',
        `the chaincode program ${program ?? HOST_PACKAGE} is not there; build it with: npm run build`,
      );
      this.#again();
      return;
    }
    const startedAt = Date.now();
    const log = openSync(this.#options.log, 'a');
    const child = spawn(process.execPath, ['--require', PRELOAD, program], {
      env: childEnvironment(this.#environment()),
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child = child;
    child.on('error', (error) => {
      this.#note('error', `the chaincode process could not be started: ${error.message}`);
    });
    // The program keeps a process that serves, and says when that one has ended.
    child.on('message', (message) => {
      if (isEnded(message)) this.#options.onEnded();
    });
    child.once('close', (code, signal) => {
      this.#child = undefined;
      if (this.#stopped) return;
      this.#options.onEnded();
      this.#note('error', `the chaincode process ended (${signal ?? `exit code ${String(code)}`})`);
      if (Date.now() - startedAt > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.#again();
    });
  }

  /** Ends the process and does not start it again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(force);
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.start();
    }, this.#pauseMs);
    this.#timer.unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #environment(): Record<string, string> {
    const { packageId, address, tls, founders, record } = this.#options;
    return {
      CHAINCODE_ID: packageId,
      CHAINCODE_SERVER_ADDRESS: address,
      CHAINCODE_TLS_KEY_FILE: tls.serverKey,
      CHAINCODE_TLS_CERT_FILE: tls.serverCertificate,
      CHAINCODE_TLS_CLIENT_CA_FILE: tls.rootCertificate,
      KESSAI_FOUNDERS: founders.join(','),
      ...telemetryVariables(record, CHAINCODE_SERVICE),
    };
  }
}

function isEnded(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ended';
}

/** Kessai's chaincode, wherever the package manager put it; undefined where it is not installed. */
function chaincodeHostProgram(): string | undefined {
  try {
    const manifest = createRequire(__filename).resolve(`${HOST_PACKAGE}/package.json`);
    return join(dirname(manifest), 'dist', 'main.js');
  } catch {
    return undefined;
  }
}
