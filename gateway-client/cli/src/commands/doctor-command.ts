import type { Command } from 'commander';
import { type Check, examine } from '../doctor/examine';
import { textTable } from '../terminal/text-table';
import { type CommandContext, type CommonOptions, acting, withJson } from './command-context';

export function addDoctor(program: Command, context: CommandContext): void {
  withJson(program.command('doctor'))
    .summary('what this machine has and lacks, each with its remedy')
    .addHelpText('after', '\nExample:\n  kessai doctor')
    .action(
      acting(context, async ({ json }: CommonOptions) => {
        context.terminal.progress.step('Looking at this machine');
        const checks = await examine();
        const ready = checks.every(({ state, needed }) => state === 'ok' || !needed);
        const told = checks.map((check) => ({ ...check }));
        context.terminal.result(json === true, { ready, checks: told }, () => doctorText(checks, ready));
        return ready ? 0 : 1;
      }),
    );
}

function doctorText(checks: readonly Check[], ready: boolean): string {
  const columns = ['', 'What', 'Found', 'Needed for', 'What to do'].map((title) => ({ title }));
  const rows = checks.map(({ name, state, found, neededFor, remedy }) => [
    state === 'ok' ? 'ok' : state,
    ...[name, found, neededFor, remedy ?? ''],
  ]);
  const native = checks.every(({ state, neededFor }) => state === 'ok' || neededFor !== 'native engine');
  const engines = native ? 'the embedded and the native engine' : 'the embedded engine';
  const verdict = ready ? `This machine runs ${engines}.` : 'Something that is needed is missing: see above.';
  return `${textTable(columns, rows)}\n\n${verdict}`;
}
