import { HeldPages } from '@kessai/ledger';
import { type Log, logTo, logUncaught, logWarnings } from '@kessai/telemetry';
import { type MetricsPart, metricsPart, processMetrics } from '@kessai/telemetry/metrics';
import { MarketChaincode } from './chaincode';
import { chaincodeMetrics } from './chaincode-metrics';
import { readConfiguration, readLogSettings } from './configuration';
import type { HostedContract } from './contracts';
import { ExecutionNotes } from './execution-record';
import { isSupervisorMessage, startBeating, tellSupervisor } from './heartbeat';
import { endWithParent } from './orphan-guard';
import { type RunningServer, serve } from './server';

/** Transactions in flight when the process is asked to end have so long to be answered. */
const drainMs = 3_000;

/** The process that serves the contracts, as its environment says, until it is asked to end or whoever started it has gone. */
export function runWorker(contracts: readonly HostedContract[]): void {
  const log = logTo(process.stderr, readLogSettings(process.env));
  logUncaught(log);
  logWarnings(log);
  start(contracts, log).catch((error: unknown) => {
    log('error', `the chaincode could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
}

async function start(contracts: readonly HostedContract[], log: Log): Promise<void> {
  const configuration = readConfiguration(process.env);
  // Whoever watched this process is gone, however it ended: a worker left behind would keep the port from the next one.
  process.once('disconnect', () => process.exit(0));
  if (process.connected) endWithParent();
  startBeating(Math.min(1_000, configuration.watchdogMs / 10));
  const registry = processMetrics({ process: 'worker' });
  const observer = chaincodeMetrics(registry, () => chaincode.inFlight);
  const chaincode = new MarketChaincode(contracts, {
    founders: configuration.founders,
    notes: ExecutionNotes.of(process.env),
    held: new HeldPages(),
    observer,
    log,
  });
  tellMetrics(async () => metricsPart(registry));
  const streamLog = configuration.streamCounts ? log : undefined;
  const server = await serve(chaincode, { ...configuration, streamLog, observer }, log);
  process.once('SIGTERM', () => void end(chaincode, server));
  tellSupervisor({ kind: 'listening', port: server.port });
}

async function end(chaincode: MarketChaincode, server: RunningServer): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, drainMs));
  await Promise.race([chaincode.idle(), late]);
  server.close();
  process.exit(0);
}

function tellMetrics(read: () => Promise<MetricsPart>): void {
  process.on('message', (message) => {
    if (isSupervisorMessage(message)) void read().then((metrics) => tellSupervisor({ kind: 'metrics', metrics }));
  });
}
