import {
  type RestoreResult,
  type Snapshot,
  type SnapshotResult,
  checkSnapshot,
  removeSnapshot,
  restore,
  snapshot,
  snapshots,
} from '@kessai/network';
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
  readonly check?: true;
  readonly keysOnly?: true;
  readonly running?: true;
}

interface RestoreOptions extends NetworkOptions {
  readonly together?: boolean;
  readonly keysOnly?: boolean;
}

export function addSnapshotCommands(program: Command, context: CommandContext): void {
  addSnapshot(program, context);
  addRestore(program, context);
}

function addSnapshot(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('snapshot'))
    .summary('copy the whole network, or its keys alone, to be restored later')
    .description(
      'Copies all that the network is: its record, identities and every node’s data. A network that runs is stopped while it is ' +
        'copied, and started again; with --running its nodes are held together for a moment, and go on while they are copied. ' +
        'The copy holds private keys; it lies below the network’s directory, and goes with it.',
    )
    .argument('[name]', 'what to call it: letters, digits, dots, dashes and underscores')
    .option('--running', 'copy a network that runs without stopping it')
    .option('--keys-only', 'leave the ledgers out: keys, certificates and topology, which cannot be made again')
    .option('--list', 'list the snapshots that there are')
    .option('--check', 'read the snapshot of that name, and compare each file with the digest that was noted')
    .option('--remove', 'remove the snapshot of that name')
    .addHelpText(
      'after',
      '\nExample:\n  kessai snapshot before-upgrade\n  kessai snapshot noon --running\n  kessai snapshot keys --keys-only\n  kessai snapshot --list',
    )
    .action(
      undoing(context, async (name: string | undefined, { dir, json, ...options }: SnapshotOptions) => {
        requireOne(options);
        if (options.list === true) {
          const found = snapshots({ directory: dir });
          terminal.result(json === true, { snapshots: found.map((one) => ({ ...one })) }, () => listText(found, dir));
          return 0;
        }
        const request = { directory: dir, name: required(name) };
        if (options.remove === true) {
          context.scope.once(`The snapshot ${request.name} is removed`, () => !isThere(request));
          await removeSnapshot(request);
          terminal.result(json === true, { name: request.name, removed: true }, () => 'The snapshot has been removed.');
        } else if (options.check === true) {
          const checked = await checkSnapshot(request);
          terminal.result(json === true, { ...checked }, () => `The snapshot ${request.name} is what was noted.`);
        } else {
          context.scope.once(`The snapshot ${request.name} is complete`, () => isThere(request));
          const { keysOnly = false, running = false } = options;
          const onProgress = networkProgress(terminal.progress);
          const taken = await snapshot({ ...request, keysOnly, whileRunning: running, onProgress });
          terminal.result(json === true, { ...taken }, () => takenText(taken));
        }
        return 0;
      }),
    );
}

function addRestore(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('restore'))
    .summary('make a stopped network what it was at a snapshot')
    .description(
      'Checks the snapshot and puts it in the place of what is there. What happened since then is lost. The network must be stopped. ' +
        'Of a snapshot of keys alone the keys are put back, and the nodes’ data stays.',
    )
    .argument('<name>', 'the snapshot')
    .option('--together', 'of a part of a network: all other parts go back to snapshots of the same time too')
    .option('--keys-only', 'put the keys back alone, also from a snapshot of the whole network')
    .addHelpText('after', '\nExample:\n  kessai down && kessai restore before-upgrade && kessai up')
    .action(
      undoing(context, async (name: string, { dir, json, together = false, keysOnly = false }: RestoreOptions) => {
        const onProgress = networkProgress(terminal.progress);
        const done = await restore({ directory: dir, name, together, keysOnly, onProgress });
        terminal.result(json === true, { ...done }, () => restoredText(done, dir));
        return 0;
      }),
    );
}

/** Whether there is a snapshot of the name: it comes and goes whole. */
function isThere({ directory, name }: { readonly directory: string; readonly name: string }): boolean {
  try {
    return snapshots({ directory }).some((one) => one.name === name);
  } catch {
    // There is no network.
    return false;
  }
}

function takenText({ name, place, holds, stoppedMs, heldMs }: SnapshotResult): string {
  const lies = `The snapshot ${name} lies in ${place}.`;
  if (holds === 'keys') {
    return `${lies} It holds keys, certificates and the topology, and no ledger: copy it to another machine, encrypted.`;
  }
  if (heldMs !== undefined) return `${lies} The network went on; its nodes were held for ${seconds(heldMs)} seconds.`;
  return stoppedMs === undefined ? lies : `${lies} The network was stopped for ${seconds(stoppedMs)} seconds.`;
}

function restoredText({ takenAt, restored, ledgers }: RestoreResult, dir: string): string {
  const up = `kessai up${dirHint(dir)}`;
  if (restored === 'network') return `The network is what it was at ${takenAt}. Start it: ${up}`;
  const keys = `The keys are what they were at ${takenAt}.`;
  switch (ledgers) {
    case 'kept':
    case 'restored':
      return `${keys} The nodes' data has stayed as it was. Start it: ${up}`;
    case 'elsewhere':
      return `${keys} The ledgers come back from the nodes of the other members. Start it, then deploy: ${up} && kessai deploy${dirHint(dir)}`;
    case 'none':
      return `${keys} No ledger is here, and nobody else has nodes of this network: ${up} begins with an empty one. Restore a snapshot of the whole network where there is one.`;
  }
}

const choices = {
  list: '--list',
  check: '--check',
  remove: '--remove',
  keysOnly: '--keys-only',
  running: '--running',
} as const;

/** @throws CommandError `UsageInvalid` where two things are asked for. */
function requireOne(options: Partial<Record<keyof typeof choices, true>>): void {
  const given = Object.entries(choices).filter(([name]) => name in options);
  if (given.length <= 1) return;
  const [first, second] = given.map(([, option]) => option);
  throw new CommandError(
    'UsageInvalid',
    `${first ?? ''} and ${second ?? ''} do not go together.`,
    'Give one of them. Keys are copied without stopping the network in any case.',
    { options: given.map(([, option]) => option) },
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
    { title: 'Holds' },
    { title: 'Taken at' },
    { title: 'Bytes', numeric: true as const },
    { title: 'Place' },
  ];
  return textTable(
    columns,
    found.map(({ name, state, holds, takenAt, bytes, place }) => [
      name,
      holds ?? '',
      takenAt ?? state,
      bytes?.toString() ?? '',
      place,
    ]),
  );
}
