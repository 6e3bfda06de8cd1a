import { readTopology } from '@kessai/network';
import type { Command } from 'commander';
import { type Check, type Readiness, readinessOf } from '../doctor/check';
import { examine } from '../doctor/examine';
import { textTable } from '../terminal/text-table';
import { type CommandContext, type NetworkOptions, acting, withNetwork } from './command-context';

interface DoctorOptions extends NetworkOptions {
  readonly topology?: string;
}

export function addDoctor(program: Command, context: CommandContext): void {
  withNetwork(program.command('doctor'))
    .summary('what this machine has and lacks, each with its remedy')
    .description(
      'Looks at what each engine needs, and changes nothing. Exit code 0: the embedded engine runs here; the native and the docker ' +
        'engine are told apart.',
    )
    .option('--topology <file>', 'the topology whose ports are looked at (default: the market that ships)')
    .addHelpText('after', '\nExample:\n  kessai doctor')
    .action(
      acting(context, async ({ json, dir, topology }: DoctorOptions) => {
        context.terminal.progress.step('Looking at this machine');
        const chosen = topology === undefined ? {} : { topology: readTopology(topology) };
        const checks = await examine({ directory: dir, ...chosen });
        const engines = readinessOf(checks);
        const ready = engines.some((engine) => engine.engine === 'embedded' && engine.ready);
        const told = {
          ready,
          engines: engines.map((engine) => ({ ...engine })),
          checks: checks.map((check) => ({ ...check })),
        };
        context.terminal.result(json === true, told, () => doctorText(checks, engines));
        return ready ? 0 : 1;
      }),
    );
}

function doctorText(checks: readonly Check[], engines: readonly Readiness[]): string {
  const columns = ['', 'What', 'Found', 'For'].map((title) => ({ title }));
  const rows = checks.map(({ name, state, found, engines: users, needed }) => [
    state,
    name,
    found,
    `${users.length === engines.length ? 'every engine' : users.join(', ')}${needed ? '' : ' (advice)'}`,
  ]);
  const remedies = checks.flatMap(({ name, remedy }) => (remedy === undefined ? [] : [`${name}: ${remedy}`]));
  const parts = [
    textTable(columns, rows),
    engines.map(readinessText).join('\n'),
    ...(remedies.length === 0 ? [] : [`What to do:\n${remedies.map((line) => `  ${line}`).join('\n')}`]),
  ];
  return parts.join('\n\n');
}

function readinessText({ engine, lacks, advice }: Readiness): string {
  const better = advice.length === 0 ? '' : `; better mended: ${advice.join(', ')}`;
  return `${engine}: ${lacks.length === 0 ? 'ready' : `lacks ${lacks.join(', ')}`}${better}`;
}
