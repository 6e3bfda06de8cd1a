import { inspect } from 'node:util';
import { logTo, logUncaught, logWarnings, plainLog, wholeError } from '@kessai/telemetry';
import type { Log } from '@kessai/telemetry';
import { serveMetrics } from '@kessai/telemetry/metrics';
import { NetworkError, toRecord } from '../../../directory/network-error';
import { NetworkFiles } from '../../../directory/network-files';
import { ENGINE_PROCESS } from '../../../directory/network-record';
import { openNetwork } from '../../../directory/open-network';
import { telemetryOf } from '../../../directory/telemetry-settings';
import { identify } from '../../../directory/process-identity';
import { removeProcessRecord, writeProcessRecord } from '../../../directory/process-record';
import type { EngineMessage } from './engine-message';
import { endAfterFailure } from './end-after-failure';
import { runEmbeddedNetwork } from './embedded-network';
import { engineMetrics } from './engine-metrics';

// The engine's own process: arguments are the network directory and, where it is not Kessai's, the chaincode program.

async function main(directory: string, chaincodeProgram: string | undefined): Promise<void> {
  // Until it serves, it ends with the process that started it; afterwards it stands alone.
  const endWithStarter = (): void => {
    process.exit(1);
  };
  process.once('disconnect', endWithStarter);
  const network = openNetwork(directory);
  const telemetry = telemetryOf(network.record, ENGINE_PROCESS);
  log = logTo(process.stderr, telemetry.log);
  logUncaught(log, wholeError);
  logWarnings(log);
  const starting = runEmbeddedNetwork(network, chaincodeProgram, (failure) => {
    endAfterFailure(failure, async () => (await starting).close(), log);
  });
  const running = await starting;
  const end = (): void => {
    void running.close().then(() => {
      removeProcessRecord(network.files);
      process.exit(0);
    }, fail);
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  const registry = engineMetrics(running.engine.ledger);
  if (telemetry.metrics) serveMetrics({ address: telemetry.metrics, read: async () => registry.metrics(), log });
  noteProcess(network.files);
  process.off('disconnect', endWithStarter);
  say({ ready: true });
}

function noteProcess(files: NetworkFiles): void {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error('this process cannot be identified by the system');
  writeProcessRecord(files, { ...identity, engine: 'embedded', readyAt: new Date().toISOString() });
  log('info', `ready, process ${process.pid.toString()}`);
}

function say(message: EngineMessage, then?: () => void): void {
  if (process.send === undefined) then?.();
  else process.send(message, undefined, undefined, then);
}

function fail(error: unknown): void {
  log('error', `the engine ends: ${inspect(error)}`);
  const end = (): void => {
    process.exit(1);
  };
  if (error instanceof NetworkError) say({ failed: toRecord(error) }, end);
  else end();
}

// Until the network's record says how.
let log: Log = logTo(process.stderr, plainLog);
// Ledgers, private data and logs are for its user alone.
process.umask(0o077);
const [directory, chaincodeProgram] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: main.js DIRECTORY [CHAINCODE-PROGRAM]');
  process.exit(2);
}
main(directory, chaincodeProgram).catch(fail);
