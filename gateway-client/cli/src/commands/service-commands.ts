import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { down, endedByThemselves, openNetwork, uninterrupted, up } from '@kessai/network';
import type { Command } from 'commander';
import { schedulers } from '../schedulers';
import { installService, removeService } from '../service/systemd';
import { failureOf } from '../terminal/failure';
import {
  type CommandContext,
  type NetworkOptions,
  acting,
  dirHint,
  networkProgress,
  undoing,
  withNetwork,
} from './command-context';
import { wholeNumber } from './whole-number';

interface KeepOptions extends NetworkOptions {
  readonly every: number;
}

export function addServiceCommands(program: Command, context: CommandContext): void {
  addKeep(program, context);
  const service = program
    .command('service')
    .summary('a network that comes back with its machine, as a systemd service of this user');
  addInstall(service, context);
  addRemove(service, context);
}

function addKeep(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('keep'))
    .summary('run a network in the foreground, and start again what ends of it by itself')
    .description(
      'Starts the network of the directory, and starts again whatever of it ends by itself, schedulers among it, until it is told to end: then ' +
        'it stops the network. What kessai down has ended it leaves alone. For whatever keeps programs running, such as kessai service install.',
    )
    .option('--every <seconds>', 'how often it looks', wholeNumber(1, 3_600, 'of seconds'), 15)
    .addHelpText('after', '\nExample:\n  kessai keep')
    .action(
      undoing(context, async ({ dir, every }: KeepOptions) => {
        const { signal } = context.scope;
        // Asked anew each time: it becomes true while the others are waited for.
        const isToEnd = (): boolean => signal.aborted;
        const { directory } = openNetwork(dir).files;
        const note = keeperLog(context, directory);
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
          } catch (error) {
            // Another operation may be at it, or what lacks may come back: it is tried again.
            if (!isToEnd()) note(failureOf(error, directory).lines.join(' '));
          }
        }
        await uninterrupted(async () => down({ directory }));
        note('The network has been stopped.');
        return 0;
      }),
    );
}

/** In the form in which the network's own processes write theirs. */
function keeperLog({ terminal }: CommandContext, directory: string): (line: string) => void {
  const format = openNetwork(directory).record.logFormat ?? 'text';
  const log = terminal.log({ format, process: 'keep' });
  return (line) => log('info', line);
}

function addInstall(service: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(service.command('install'))
    .summary('have systemd run kessai keep for the network, from now on and whenever the machine starts')
    .description(
      'Writes a unit of this user for systemd, enables and starts it. So that it runs while the user is not logged in: loginctl enable-linger.',
    )
    .addHelpText('after', '\nExample:\n  kessai up && kessai service install')
    .action(
      acting(context, async ({ dir, json }: NetworkOptions) => {
        const { directory } = openNetwork(dir).files;
        const { unit, file } = await installService(resolve(directory));
        terminal.result(json === true, { unit, file }, () =>
          [
            `The network in ${directory} is kept running by ${unit} (${file}).`,
            `It also starts when nobody is logged in after: loginctl enable-linger`,
            `Its state: systemctl --user status ${unit}. To end it: kessai service remove${dirHint(dir)}`,
          ].join('\n'),
        );
        return 0;
      }),
    );
}

function addRemove(service: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(service.command('remove'))
    .summary('stop the network and remove its service; what it holds stays for the next up')
    .addHelpText('after', '\nExample:\n  kessai service remove')
    .action(
      acting(context, async ({ dir, json }: NetworkOptions) => {
        const { unit, removed } = await removeService(resolve(dir));
        terminal.result(json === true, { unit, removed }, () =>
          removed
            ? `${unit} has been stopped and removed.`
            : `There was no service for the network in ${resolve(dir)}.`,
        );
        return 0;
      }),
    );
}
