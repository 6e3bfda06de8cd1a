import { networkCommand } from '@kessai/network';
import type { Command } from 'commander';
import type { DayRecord } from '../day';
import { runDemo } from '../demo/run-demo';
import { sampleDay } from '../demo/sample-market';
import { makeReport, reportDocument, reportSummary, reportText } from '../report';
import { seconds } from '../terminal/number-format';
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
    .addHelpText('after', '\nExample:\n  kessai demo\n  kessai demo --input my-day --dir my-network --keep')
    .action(
      undoing(context, async ({ input, engine, dir, keep, full, json }: DemoOptions) => {
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
        terminal.result(json === true, { ...reportDocument(report), elapsedMs, ...network }, () =>
          full === true ? reportText(report) : `${reportSummary(report)}\nThe whole report: kessai demo --full`,
        );
        const included = keep === true ? ", the network's start included" : ", the network's start and end included";
        terminal.note(`Done in ${seconds(elapsedMs)} seconds${running && keep !== true ? '' : included}.`);
        if (running) terminal.note(afterwards(directory, record));
        return 0;
      }),
    );
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
