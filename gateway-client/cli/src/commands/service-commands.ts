import { resolve } from 'node:path';
import { openNetwork } from '@kessai/network';
import type { Command } from 'commander';
import { installService, removeService } from '../service/systemd';
import { type CommandContext, type NetworkOptions, acting, dirHint, withNetwork } from './command-context';
import { addKeep } from './keep-command';

export function addServiceCommands(program: Command, context: CommandContext): void {
  addKeep(program, context);
  const service = program
    .command('service')
    .summary('a network that comes back with its machine, as a systemd service of this user');
  addInstall(service, context);
  addRemove(service, context);
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
