import { LOG_FORMAT_VARIABLE, logTo, logUncaught, logWarnings, wholeError } from '@kessai/telemetry';
import { ConfigurationError, readConfiguration, readLogSettings } from './configuration';
import { tellSupervisor } from './heartbeat';
import { Supervisor } from './supervisor';
import { SupervisorMetrics } from './supervisor-metrics';

const wrongUsage = 2;
/** Longer than a worker takes to answer what is in flight, shorter than what ends the supervisor itself by force. */
const graceMs = 4_000;

/** The process that keeps a worker alive until it is asked to end. @param program the worker's, which calls `runWorker` */
export function runSupervisor(program: string): void {
  try {
    start(program);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    complain(error);
    process.exitCode = wrongUsage;
  }
}

function complain({ message, variable }: ConfigurationError): void {
  if (process.env[LOG_FORMAT_VARIABLE] === 'json') {
    logTo(process.stderr, readLogSettings(process.env))('error', message, { variable });
  } else {
    process.stderr.write(`kessai-chaincode: ${message}\n`);
  }
}

function start(program: string): void {
  const { address, watchdogMs, instructionMs, founders, metrics: metricsAddress } = readConfiguration(process.env);
  const log = logTo(process.stderr, readLogSettings(process.env));
  logUncaught(log, wholeError);
  logWarnings(log);
  const metrics = new SupervisorMetrics(() => supervisor);
  const supervisor = new Supervisor({
    program,
    environment: process.env,
    watchdogMs,
    instructionMs,
    graceMs,
    log,
    onListening: (port) => {
      const pid = String(supervisor.workerPid);
      log('info', `process ${pid} serves on port ${port.toString()} (${address}); founders: ${founders.join(', ')}`, {
        port,
      });
      tellSupervisor({ kind: 'listening', port });
    },
    onEnded: () => {
      metrics.workerEnded();
      tellSupervisor({ kind: 'ended' });
    },
  });
  supervisor.start();
  if (metricsAddress) metrics.serve(metricsAddress, log);
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
