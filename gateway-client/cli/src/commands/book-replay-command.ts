import { Option, type Command } from 'commander';
import { REPLAY_FORMATS, type ReplayReport, replayFile } from '../book-replay';
import { grouped } from '../terminal/number-format';
import { textTable } from '../terminal/text-table';
import { type CommandContext, type CommonOptions, acting, withJson } from './command-context';

interface ReplayOptions extends CommonOptions {
  readonly format: string;
}

export function addBookReplay(program: Command, context: CommandContext): void {
  const book = program.command('book').summary('the matching core, without a network');
  withJson(book.command('replay <file>'))
    .summary("replay a real exchange's messages and compare who was executed")
    .addOption(new Option('--format <format>', "the file's format").choices(REPLAY_FORMATS).default('lobster'))
    .addHelpText('after', '\nExample:\n  kessai book replay AAPL_message.csv --format lobster')
    .action(
      acting(context, async (file: string, { format, json }: ReplayOptions) => {
        const report = await replayFile(file, format);
        context.terminal.result(json === true, JSON.parse(JSON.stringify(report)) as never, () => replayText(report));
        return 0;
      }),
    );
}

function replayText({ messages, executions, predicted, mismatches, unknown, perSecond }: ReplayReport): string {
  const summary = [
    `${grouped(messages)} messages, ${grouped(perSecond)} a second through the matching core.`,
    `Price-time priority chose the executed order in ${grouped(predicted)} of ${grouped(executions)} executions.`,
    `${grouped(unknown)} orders stood before the file begins.`,
  ];
  if (mismatches.length === 0) return summary.join('\n');
  const columns = [
    { title: 'Line', numeric: true as const },
    { title: 'Expected' },
    { title: 'Chosen' },
    { title: 'Why' },
  ];
  const rows = mismatches.map(({ line, expected, chosen, why }) => [grouped(line), expected, chosen, why]);
  return [...summary, '', textTable(columns, rows)].join('\n');
}
