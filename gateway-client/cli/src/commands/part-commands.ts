import {
  exportOrganisations,
  gatherOrganisations,
  makeOrganisations,
  publishOrganisations,
  readTopology,
  standingOf,
} from '@kessai/network';
import type { Command } from 'commander';
import {
  type CommandContext,
  type NetworkOptions,
  acting,
  dirHint,
  networkProgress,
  undoing,
  withNetwork,
} from './command-context';

interface MakeOptions extends NetworkOptions {
  readonly topology: string;
}

interface ExportOptions extends NetworkOptions {
  readonly to: string;
}

/** How organisations on different machines come to a network of which each runs its own part. */
export function addPartCommands(organisation: Command, context: CommandContext): void {
  addMake(organisation, context);
  addPublish(organisation, context);
  addGather(organisation, context);
  addExport(organisation, context);
}

function addMake(organisation: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(organisation.command('make'))
    .summary('make the keys of organisations where they are kept, before there is a network')
    .description(
      'Makes a network directory with the keys of the named organisations alone. What it publishes goes to the keepers of all others, and ' +
        'what they publish is gathered here; then the network is started. Nobody has keys but those of their own organisations.',
    )
    .argument('<mspId...>', 'the organisations that this machine runs')
    .requiredOption('--topology <file>', 'the organisations of the network: the same file at every one of them')
    .addHelpText(
      'after',
      '\nExample:\n  kessai organisation make AlphaMSP --topology market.yaml --dir alpha\n' +
        '  kessai organisation publish --dir alpha > alpha.json\n  kessai organisation gather *.json --dir alpha\n  kessai up --dir alpha',
    )
    .action(
      undoing(context, async (mspIds: string[], { dir, topology, json }: MakeOptions) => {
        const onProgress = networkProgress(terminal.progress);
        const result = await makeOrganisations({
          directory: dir,
          mspIds,
          topology: readTopology(topology),
          onProgress,
        });
        terminal.result(json === true, { ...result }, () => {
          const { made, organisations, elsewhere, directory } = result;
          const keys = `the keys of ${organisations.join(', ')}`;
          const done = made ? `Made ${keys} in ${directory}.` : `${directory} had ${keys} already.`;
          const others = elsewhere.length === 0 ? 'nobody else' : elsewhere.join(', ');
          return `${done} Next, for ${others}: kessai organisation publish${dirHint(dir)} > FILE`;
        });
        return 0;
      }),
    );
}

function addPublish(organisation: Command, context: CommandContext): void {
  withNetwork(organisation.command('publish'))
    .summary('print what the keepers of all other organisations need, as JSON; no secret is in it')
    .addHelpText('after', '\nExample:\n  kessai organisation publish --dir alpha > alpha.json')
    .action(
      acting(context, async ({ dir }: NetworkOptions) => {
        context.terminal.print(JSON.stringify(publishOrganisations({ directory: dir }), undefined, 2));
        return Promise.resolve(0);
      }),
    );
}

function addGather(organisation: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(organisation.command('gather'))
    .summary("take in what all organisations have published, and make the channel's first block of it")
    .description(
      "Completes a directory of kessai organisation make with the certificates of all others, and makes the channel's first block. Everybody " +
        'makes it, and it is the same at everybody who gathered the same: compare its hash by another way than that of the files.',
    )
    .argument('<file...>', 'what the others have published; this one’s own may be among it')
    .addHelpText('after', '\nExample:\n  kessai organisation gather exchange.json csd.json beta.json --dir alpha')
    .action(
      undoing(context, async (files: string[], { dir, json }: NetworkOptions) => {
        const result = await gatherOrganisations({ directory: dir, files });
        terminal.result(json === true, { ...result }, () => {
          const { state, organisations, elsewhere, firstBlock } = result;
          const count = organisations.length + elsewhere.length;
          const done = state === 'gathered' ? 'are gathered' : 'had been gathered already';
          return [
            `The certificates of all ${count.toString()} organisations ${done}. The channel's first block:`,
            `  ${firstBlock}`,
            `Whoever has another one was told something else: compare it with the other keepers before you run kessai up${dirHint(dir)}`,
          ].join('\n');
        });
        return 0;
      }),
    );
}

function addExport(organisation: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(organisation.command('export'))
    .summary('write the part of a prepared network that one machine is to run')
    .description(
      'Writes a network directory with the keys of the named organisations, and of all others with what everybody may know. On its ' +
        'machine: kessai up. It holds private keys: hand it over encrypted, and leave no copy.',
    )
    .argument('<mspId...>', 'the organisations that the machine runs')
    .requiredOption('--to <directory>', 'where the part is written; absent or empty')
    .addHelpText(
      'after',
      '\nExample:\n  kessai prepare --topology market.yaml --dir making\n  kessai organisation export AlphaMSP BetaMSP --dir making --to third-machine',
    )
    .action(
      undoing(context, async (mspIds: string[], { dir, to, json }: ExportOptions) => {
        context.scope.once(`The part lies whole in ${to}`, () => standingOf(to).made);
        const result = await exportOrganisations({ directory: dir, mspIds, to });
        terminal.result(json === true, { ...result }, () => {
          const { organisations, elsewhere, directory } = result;
          const others = elsewhere.length === 0 ? '' : ` Of ${elsewhere.join(', ')} it has certificates alone.`;
          return `The part of ${organisations.join(', ')} lies in ${directory}.${others} On its machine: kessai up --dir DIRECTORY`;
        });
        return 0;
      }),
    );
}
