import { NetworkError, toRecord } from '../../../directory/network-error';
import { NetworkFiles } from '../../../directory/network-files';
import { openNetwork } from '../../../directory/open-network';
import { identify } from '../../../directory/process-identity';
import { removeProcessRecord, writeProcessRecord } from '../../../directory/process-record';
import type { EngineMessage } from './engine-message';
import { endAfterFailure } from './end-after-failure';
import { runEmbeddedNetwork } from './embedded-network';

// The engine's own process: arguments are the network directory and, where it is not Kessai's, the chaincode program.

async function main(directory: string, chaincodeProgram: string | undefined): Promise<void> {
  // Until it serves, it ends with the process that started it; afterwards it stands alone.
  const endWithStarter = (): void => {
    process.exit(1);
  };
  process.once('disconnect', endWithStarter);
  const network = openNetwork(directory);
  const starting = runEmbeddedNetwork(network, chaincodeProgram, (failure) => {
    endAfterFailure(failure, async () => (await starting).close());
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
  noteProcess(network.files);
  process.off('disconnect', endWithStarter);
  say({ ready: true });
}

function noteProcess(files: NetworkFiles): void {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error('this process cannot be identified by the system');
  writeProcessRecord(files, { ...identity, engine: 'embedded', readyAt: new Date().toISOString() });
  console.log(`${new Date().toISOString()} ready, process ${process.pid.toString()}`);
}

function say(message: EngineMessage, then?: () => void): void {
  if (process.send === undefined) then?.();
  else process.send(message, undefined, undefined, then);
}

function fail(error: unknown): void {
  console.error(error);
  const end = (): void => {
    process.exit(1);
  };
  if (error instanceof NetworkError) say({ failed: toRecord(error) }, end);
  else end();
}

// Ledgers, private data and logs are for its user alone.
process.umask(0o077);
const [directory, chaincodeProgram] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: main.js DIRECTORY [CHAINCODE-PROGRAM]');
  process.exit(2);
}
main(directory, chaincodeProgram).catch(fail);
