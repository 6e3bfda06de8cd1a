import { type Snapshot, removeSnapshot, restore, snapshot, snapshots } from '@kessai/network';
import type { Command } from 'commander';
import { CommandError } from '../terminal/command-error';
import { seconds } from '../terminal/number-format';
import { textTable } from '../terminal/text-table';
import {
  type CommandContext,
  type NetworkOptions,
  undoing,
  dirHint,
  networkProgress,
  withNetwork,
} from './command-context';

interface SnapshotOptions extends NetworkOptions {
  readonly list?: true;
  readonly remove?: true;
}

interface RestoreOptions extends NetworkOptions {
  readonly together?: true;
}

export function addSnapshotCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const onProgress = networkProgress(terminal.progress);

  withNetwork(program.command('snapshot'))
    .summary('copy the whole network, to be restored later')
    .description(
      'Copies all that the network is: its record, identities and every node’s data. A network that runs is stopped while it is ' +
        'copied, and started again. The copy holds private keys; it lies below the network’s directory, and goes with it.',
    )
    .argument('[name]', 'what to call it: letters, digits, dots, dashes and underscores')
    .option('--list', 'list the snapshots that there are')
    .option('--remove', 'remove the snapshot of that name')
    .addHelpText('after', '\nExample:\n  kessai snapshot before-upgrade\n  kessai snapshot --list')
    .action(
      undoing(context, async (name: string | undefined, { dir, list, remove, json }: SnapshotOptions) => {
        if (list === true) {
          const found = snapshots({ directory: dir });
          terminal.result(json === true, { snapshots: found.map((one) => ({ ...one })) }, () => listText(found, dir));
        } else if (remove === true) {
          await removeSnapshot({ directory: dir, name: required(name) });
          terminal.result(
            json === true,
            { name: required(name), removed: true },
            () => 'The snapshot has been removed.',
          );
        } else {
          const taken = await snapshot({ directory: dir, name: required(name), onProgress });
          const pause =
            taken.stoppedMs === undefined ? '' : ` The network was stopped for ${seconds(taken.stoppedMs)} seconds.`;
          terminal.result(
            json === true,
            { ...taken },
            () => `The snapshot ${taken.name} lies in ${taken.place}.${pause}`,
          );
        }
        return 0;
      }),
    );

  withNetwork(program.command('restore'))
    .summary('make a stopped network what it was at a snapshot')
    .description(
      'Checks the snapshot and puts it in the place of what is there. What happened since then is lost. The network must be stopped.',
    )
    .argument('<name>', 'the snapshot')
    .option('--together', 'of a part of a network: all other parts go back to snapshots of the same time too')
    .addHelpText('after', '\nExample:\n  kessai down && kessai restore before-upgrade && kessai up')
    .action(
      undoing(context, async (name: string, { dir, json, together }: RestoreOptions) => {
        const done = await restore({ directory: dir, name, together: together === true, onProgress });
        terminal.result(
          json === true,
          { ...done },
          () => `The network is what it was at ${done.takenAt}. Start it: kessai up${dirHint(dir)}`,
        );
        return 0;
      }),
    );
}

function required(name: string | undefined): string {
  if (name !== undefined) return name;
  throw new CommandError(
    'UsageInvalid',
    'The name of the snapshot is missing.',
    'Name it: kessai snapshot NAME, or use --list.',
    {
      argument: 'name',
    },
  );
}

function listText(found: readonly Snapshot[], dir: string): string {
  if (found.length === 0) return `There is no snapshot. Take one: kessai snapshot NAME${dirHint(dir)}`;
  const columns = [
    { title: 'Snapshot' },
    { title: 'Taken at' },
    { title: 'Bytes', numeric: true as const },
    { title: 'Place' },
  ];
  return textTable(
    columns,
    found.map(({ name, state, takenAt, bytes, place }) => [name, takenAt ?? state, bytes?.toString() ?? '', place]),
  );
}
