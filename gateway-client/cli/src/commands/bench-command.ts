import { availableParallelism, cpus } from 'node:os';
import type { Command } from 'commander';
import { type BenchReport, fullRound, resultsDocument, resultsText, runBench, scenarioNames } from '../bench';
import { CommandError } from '../terminal/command-error';
import {
  type CommandContext,
  type CommonOptions,
  undoing,
  networkProgress,
  requireEngine,
  withJson,
} from './command-context';
import { wholeNumber } from './whole-number';

interface BenchOptions extends CommonOptions {
  readonly engine: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly members?: number;
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
    .option('--rounds <number>', 'rounds, of some minutes each where all is measured', wholeNumber(1, 1_000), 5)
    .option(
      '--seconds <number>',
      'how long members place orders in each round of flow, flow-half and flow-hot',
      wholeNumber(1, 3_600),
      fullRound.flow.seconds,
    )
    .option(
      '--members <number>',
      'organisations in the market; those beyond the ones that ship have no node and are hosted by operators (default: those that ship)',
      wholeNumber(1, 1_000),
    )
    .addHelpText('after', examples)
    .action(
      undoing(context, async (scenarios: string[], { engine, rounds, seconds, members, json }: BenchOptions) => {
        requireScenarios(scenarios);
        const sizes = { ...fullRound, flow: { ...fullRound.flow, seconds } };
        const report = await runBench({
          ...{ engine: requireMeasurable(engine), scenarios, rounds, sizes },
          ...(members === undefined ? {} : { members }),
          signal: context.scope.signal,
          onStage: (name) => terminal.progress.step(name),
          onProgress: networkProgress(terminal.progress),
        });
        const { load, results, setup } = report;
        const machine = { cpus: availableParallelism(), model: cpus()[0]?.model ?? 'unknown' };
        const document = { machine, rounds, engine, seconds, load: { ...load }, setup: { ...setup } };
        terminal.result(json === true, { ...document, results: resultsDocument(results) }, () => text(report, engine));
        return 0;
      }),
    );
}

const examples = `
flow-half runs flow before it: half of a speed is known when that speed has been reached.

Examples:
  kessai bench
  kessai bench instruct-100 cycle-1000 --rounds 3
  kessai bench flow flow-half --seconds 180 --rounds 1
  kessai bench cycle-1 cycle-1000 --members 100`;

function text({ results, rounds, load, setup }: BenchReport, engine: string): string {
  const machine = `${availableParallelism().toString()} cores, load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after`;
  const { members, collections, upSeconds, deploySeconds, foundSeconds } = setup;
  const made = `${members.toString()} organisations, ${collections.toString()} collections: up in ${upSeconds.toFixed(1)} s, deployed in ${deploySeconds.toFixed(1)} s, founded in ${foundSeconds.toFixed(1)} s.`;
  return `Engine ${engine}, ${rounds.toString()} rounds, ${machine}.\n${made}\n\n${resultsText(results)}`;
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
