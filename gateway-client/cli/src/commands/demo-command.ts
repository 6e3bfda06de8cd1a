import { networkCommand } from '@kessai/network';
import type { Command } from 'commander';
import type { DayRecord } from '../day';
import { runDemo } from '../demo/run-demo';
import { sampleDay } from '../demo/sample-market';
import { makeReport, reportDocument, reportPage, reportSummary, reportText } from '../report';
import { CommandError } from '../terminal/command-error';
import { seconds } from '../terminal/number-format';
import { requireWritable, writePrivateFile } from '../terminal/private-file';
import {
  type CommandContext,
  type CommonOptions,
  undoing,
  networkProgress,
  requireEngine,
  withJson,
} from './command-context';
import { engineOption } from './network-commands';

interface DemoOptions extends CommonOptions {
  readonly input: string;
  readonly engine: string;
  readonly dir?: string;
  readonly keep?: true;
  readonly full?: true;
  readonly html?: string;
  readonly force?: true;
}

export function addDemo(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withJson(program.command('demo'))
    .summary("run a market's day from input files and print its report")
    .description(
      "Starts a network, deploys, runs a market's day from input files (CSV and JSON; samples/market-day/README.md documents them), " +
        'prints the report of the day, and stops the network. A network that runs in the usual directory, with the chaincode and no ' +
        'market yet, is taken as it is, and runs on.',
    )
    .option('--input <directory>', 'the input files of another day', sampleDay)
    .addOption(engineOption())
    .option('--dir <directory>', 'keep the network there (default: the one that runs here, else a temporary directory)')
    .option('--keep', 'leave the network running')
    .option('--full', 'print the whole report; by default what matters of it')
    .option('--html <file>', 'write the whole report as a page with charts, which only its owner can read')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      '\nExample:\n  kessai demo --html day.html\n  kessai demo --input my-day --dir my-network --keep',
    )
    .action(
      undoing(context, async ({ input, engine, dir, keep, full, html, force, json }: DemoOptions) => {
        // A day is not run for a page that has no place.
        if (html !== undefined) await requireWritable(html, force === true);
        else if (force === true) throw forceWithoutFile();
        const start = performance.now();
        const { record, directory, running } = await runDemo({
          input,
          engine: requireEngine(engine),
          directory: dir,
          keep: keep === true,
          signal: context.scope.signal,
          onStage: (name) => terminal.progress.step(name),
          onProgress: networkProgress(terminal.progress),
        });
        const elapsedMs = Math.round(performance.now() - start);
        const report = makeReport(record);
        const network = running ? { network: { directory, running } } : {};
        const write = async (): Promise<void> => {
          if (html !== undefined) await writePrivateFile(html, reportPage(report), force === true);
        };
        // A text, and how to end the network, are told whatever becomes of the page; of JSON there is one document, which tells of it too.
        if (json === true) await write();
        const page = html === undefined ? {} : { html };
        terminal.result(json === true, { ...reportDocument(report), elapsedMs, ...network, ...page }, () =>
          full === true ? reportText(report) : reportSummary(report),
        );
        const included = keep === true ? ", the network's start included" : ", the network's start and end included";
        terminal.note(`Done in ${seconds(elapsedMs)} seconds${running && keep !== true ? '' : included}.`);
        if (running) terminal.note(afterwards(directory, record));
        if (html === undefined && full !== true) terminal.note(moreToRead);
        if (json !== true) await write();
        if (html !== undefined) terminal.note(`Wrote ${html}, the whole report as a page. Only its owner can read it.`);
        return 0;
      }),
    );
}

const moreToRead = 'The whole report: kessai demo --full; as a page with charts: kessai demo --html FILE';

function forceWithoutFile(): CommandError {
  return new CommandError('UsageInvalid', '--force is for --html.', 'Name the file with --html.', {
    option: '--force',
  });
}

function afterwards(directory: string, { day }: DayRecord): string {
  const isin = day.instruments[0]?.isin ?? '';
  const operator = day.members.find(({ role }) => role === 'operator')?.mspId ?? '';
  return [
    'The network runs on. Look around, then stop it:',
    `  ${networkCommand(directory, 'registry', 'show', isin, '--as', operator)}`,
    `  ${networkCommand(directory, 'down', '--purge')}`,
  ].join('\n');
}
