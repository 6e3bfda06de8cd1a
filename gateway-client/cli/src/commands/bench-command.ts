import { availableParallelism, cpus } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { type BenchReport, fullRound, resultsDocument, resultsText, runBench, scenarioNames } from '../bench';
import { CommandError } from '../terminal/command-error';
import {
  type CommandContext,
  type CommonOptions,
  acting,
  networkProgress,
  requireEngine,
  withJson,
} from './command-context';

interface BenchOptions extends CommonOptions {
  readonly engine: string;
  readonly rounds: number;
}

export function addBench(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withJson(program.command('bench'))
    .summary('measure what the market costs on real Fabric, as ratios to a no-op')
    .description(
      'Starts a network of its own, founds a market on it, and measures in rounds: each scenario once a round, the no-op among them. ' +
        'The network is removed afterwards. Nothing else should run on the machine meanwhile.',
    )
    .argument('[scenarios...]', `what to measure beside the no-op: ${scenarioNames.slice(1).join(', ')} (default: all)`)
    .option('--engine <engine>', 'native or docker; the embedded engine is not there to be measured', 'native')
    .option('--rounds <number>', 'rounds, of about a minute each', roundCount, 5)
    .addHelpText('after', '\nExample:\n  kessai bench\n  kessai bench instruct-100 cycle-1000 --rounds 3')
    .action(
      acting(context, async (scenarios: string[], { engine, rounds, json }: BenchOptions) => {
        requireScenarios(scenarios);
        const report = await runBench({
          ...{ engine: requireMeasurable(engine), scenarios, rounds, sizes: fullRound },
          onStage: (name) => terminal.progress.step(name),
          onProgress: networkProgress(terminal.progress),
        });
        const { load, results } = report;
        const machine = { cpus: availableParallelism(), model: cpus()[0]?.model ?? 'unknown' };
        const document = { machine, rounds, engine, load: { ...load } };
        terminal.result(json === true, { ...document, results: resultsDocument(results) }, () => text(report, engine));
        return 0;
      }),
    );
}

function text({ results, rounds, load }: BenchReport, engine: string): string {
  const machine = `${availableParallelism().toString()} cores, load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after`;
  return `Engine ${engine}, ${rounds.toString()} rounds, ${machine}.\n\n${resultsText(results)}`;
}

function requireMeasurable(engine: string): ReturnType<typeof requireEngine> {
  const known = requireEngine(engine);
  if (known !== 'embedded') return known;
  throw new CommandError(
    'UsageInvalid',
    'The embedded engine is one process without consensus: its speed says nothing of a real network.',
    'Use --engine native.',
    { option: '--engine' },
  );
}

function requireScenarios(names: readonly string[]): void {
  const unknown = names.find((name) => !(scenarioNames as readonly string[]).includes(name));
  if (unknown === undefined) return;
  throw new CommandError(
    'UsageInvalid',
    `There is no scenario "${unknown}".`,
    `Use some of: ${scenarioNames.join(', ')}.`,
    { argument: 'scenarios', known: [...scenarioNames] },
  );
}

function roundCount(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1_000) return rounds;
  throw new InvalidArgumentError('It is a whole number from 1 to 1000.');
}
