import { join } from 'node:path';
import { connect } from '@kessai/gateway-client';
import { exportProfile, schedulerTelemetry } from '@kessai/network';
import {
  type ListenAddress,
  type Log,
  type LogFormat,
  type LogSettings,
  logUncaught,
  logWarnings,
} from '@kessai/telemetry';
import { processMetrics, serveMetrics } from '@kessai/telemetry/metrics';
import type { Command } from 'commander';
import {
  DayDuty,
  type SchedulerObserver,
  type SchedulerStatus,
  checkpointFile,
  dayPlanOf,
  dayPort,
  startScheduler,
} from '../operate';
import { nothingYet } from '../operate/options';
import { schedulerMetrics } from '../operate/scheduler-metrics';
import { type CommandContext, type NetworkOptions, acting, withNetwork } from './command-context';
import { logFormatOption, metricsOption } from './telemetry-options';
import { untilEnding } from './until-ending';

interface OperateOptions extends NetworkOptions {
  readonly as: string;
  readonly user?: string;
  readonly day?: string;
  readonly zone: string;
  readonly logFormat?: LogFormat;
  readonly metrics?: ListenAddress;
}

/** A chaincode that runs for twenty seconds is ended; what is asked of it then fails. */
const endorseMs = 25_000;

export function addOperate(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('operate'))
    .summary("make the market's cycles, as one of its operators, until it is ended")
    .description(
      'Takes what members seal, in the order of the ledger, and makes cycles of it. Every operator may run one: whoever made the last cycle ' +
        'goes on, and another one takes over within seconds when it ends. It waits for a network, a chaincode and a market that are not ' +
        'there yet, tells on standard error what is worth knowing, and ends with SIGTERM, SIGINT or SIGHUP.',
    )
    .requiredOption('--as <mspId>', 'the operator, such as ExchangeMSP')
    .option('--user <name>', 'its user (default: user1)')
    .option(
      '--day <plan>',
      "lead the market through its business days: when its phases begin, such as 'open=09:00,matching=15:00,settlement=15:15,closed=16:00'",
    )
    .option('--zone <name>', 'the time zone of these times', 'UTC')
    .addOption(logFormatOption('how it writes its log (default: as the network’s other processes)'))
    .addOption(metricsOption())
    .addHelpText(
      'after',
      "\nExample:\n  kessai operate --as ExchangeMSP\n  kessai operate --as ExchangeMSP --zone Asia/Tokyo --day 'open=09:00,matching=15:00,settlement=15:15,closed=16:00'",
    )
    .action(
      acting(context, async ({ as, user, dir, json, day, zone, logFormat, metrics }: OperateOptions) => {
        const telemetry = schedulerTelemetry({ directory: dir, mspId: as });
        const log = logOf(context, { ...telemetry.log, ...(logFormat === undefined ? {} : { format: logFormat }) });
        const plan = day === undefined ? undefined : dayPlanOf(day, zone);
        const profile = exportProfile({ directory: dir, mspId: as, ...(user === undefined ? {} : { user }) });
        // What fails is tried in another way here: with fewer submissions, or with another number.
        const market = await connect(profile, { attempts: 1, conflictAttempts: 1, deadlines: { endorseMs } });
        const observed = observedAt(metrics ?? telemetry.metrics, log);
        const scheduler = startScheduler(market, {
          chaincode: profile.chaincode,
          checkpoints: checkpointFile(join(dir, `operate-${as}.json`)),
          duties: plan === undefined ? [] : [new DayDuty(dayPort(market), plan)],
          log,
          observer: observed.observer,
        });
        observed.follow(() => scheduler.status);
        // What it tells may be read by nobody any more, and cycles are made all the same.
        terminal.goOnUnread();
        await untilEnding(context.scope.waiting(), async () => {
          await Promise.all([scheduler.close(), market.close()]);
        });
        const { cycles, submissions, waiting } = scheduler.status;
        terminal.result(json === true, { cycles, submissions, waiting }, () => {
          return `Made ${cycles.toString()} cycles of ${submissions.toString()} submissions.`;
        });
        return 0;
      }),
    );
}

/** A log in which all is told where it is JSON, also what this process's runtime tells. */
function logOf({ terminal }: CommandContext, settings: LogSettings): Log {
  const log = terminal.log(settings);
  if (settings.format === 'json') {
    logUncaught(log);
    logWarnings(log);
  }
  return log;
}

interface Observed {
  readonly observer: SchedulerObserver;
  /** Tells the metrics whose standing they tell. */
  follow(status: () => SchedulerStatus): void;
}

/** Serves the metrics of a scheduler that is about to be started; undefined: nowhere. */
function observedAt(address: ListenAddress | undefined, log: Log): Observed {
  let status = (): SchedulerStatus => nothingYet;
  const registry = processMetrics();
  const observer = schedulerMetrics(registry, () => status());
  if (address) serveMetrics({ address, read: async () => registry.metrics(), log });
  return { observer, follow: (told) => (status = told) };
}
