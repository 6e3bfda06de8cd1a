import { ConfigurationError, readConfiguration } from './configuration';
import { tellSupervisor } from './heartbeat';
import { logTo } from './log';
import { Supervisor } from './supervisor';

const wrongUsage = 2;
/** Longer than a worker takes to answer what is in flight, shorter than what ends the supervisor itself by force. */
const graceMs = 4_000;

/** The process that keeps a worker alive until it is asked to end. @param program the worker's, which calls `runWorker` */
export function runSupervisor(program: string): void {
  try {
    start(program);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`kessai-chaincode: ${error.message}\n`);
    process.exitCode = wrongUsage;
  }
}

function start(program: string): void {
  const log = logTo(process.stderr);
  const { address, watchdogMs, instructionMs, founders } = readConfiguration(process.env);
  const supervisor = new Supervisor({
    program,
    environment: process.env,
    watchdogMs,
    instructionMs,
    graceMs,
    log,
    onListening: (port) => {
      const pid = String(supervisor.workerPid);
      log('info', `process ${pid} serves on port ${port.toString()} (${address}); founders: ${founders.join(', ')}`);
      tellSupervisor({ kind: 'listening', port });
    },
    onEnded: () => tellSupervisor({ kind: 'ended' }),
  });
  supervisor.start();
  let ending = false;
  const end = (why: string) => {
    if (ending) return;
    ending = true;
    log('info', `ending: ${why}`);
    void supervisor.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  // Only where a parent opened a channel: the chaincode ends with it.
  process.on('disconnect', () => end('the parent process has gone'));
}
