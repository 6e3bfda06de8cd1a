import { setTimeout as pause } from 'node:timers/promises';
import { down, endedByThemselves, keepTelemetry, openNetwork, uninterrupted, up } from '@kessai/network';
import type { ListenAddress } from '@kessai/telemetry';
import { processMetrics, serveMetrics } from '@kessai/telemetry/metrics';
import type { Command } from 'commander';
import { schedulers } from '../schedulers';
import { failureOf } from '../terminal/failure';
import { type CommandContext, type NetworkOptions, networkProgress, undoing, withNetwork } from './command-context';
import { keepMetrics } from './keep-metrics';
import { metricsOption } from './telemetry-options';
import { wholeNumber } from './whole-number';

interface KeepOptions extends NetworkOptions {
  readonly every: number;
  readonly metrics?: ListenAddress;
}

export function addKeep(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('keep'))
    .summary('run a network in the foreground, and start again what ends of it by itself')
    .description(
      'Starts the network of the directory, and starts again whatever of it ends by itself, schedulers among it, until it is told to end: then ' +
        'it stops the network. What kessai down has ended it leaves alone. For whatever keeps programs running, such as kessai service install.',
    )
    .option('--every <seconds>', 'how often it looks', wholeNumber(1, 3_600, 'of seconds'), 15)
    .addOption(metricsOption())
    .addHelpText('after', '\nExample:\n  kessai keep')
    .action(
      undoing(context, async ({ dir, every, metrics }: KeepOptions) => {
        const { signal } = context.scope;
        // Asked anew each time: it becomes true while the others are waited for.
        const isToEnd = (): boolean => signal.aborted;
        const { directory } = openNetwork(dir).files;
        const telemetry = await keepTelemetry({ directory });
        const log = terminal.log(telemetry.log);
        const note = (line: string): void => log('info', line);
        const registry = processMetrics();
        const counts = keepMetrics(registry);
        const address = metrics ?? telemetry.metrics;
        if (address) serveMetrics({ address, read: async () => registry.metrics(), log });
        const request = { directory, schedulers, onProgress: networkProgress(terminal.progress) };
        await up(request);
        note(`The network in ${directory} runs.`);
        while (!isToEnd()) {
          await pause(every * 1_000, undefined, { signal }).catch(() => undefined);
          if (isToEnd()) break;
          try {
            const ended = endedByThemselves(directory);
            if (ended.length === 0) continue;
            note(`Ended by themselves, and started again: ${ended.join(', ')}.`);
            await up(request);
            for (const process of ended) counts.startedAgain.inc({ process });
          } catch (error) {
            if (isToEnd()) break;
            // Another operation may be at it, or what lacks may come back: it is tried again.
            const { error: told, lines } = failureOf(error, directory);
            const { code } = told;
            counts.faults.inc({ code: typeof code === 'string' ? code : 'Unforeseen' });
            note(lines.join(' '));
          }
        }
        await uninterrupted(async () => down({ directory }));
        note('The network has been stopped.');
        return 0;
      }),
    );
}
