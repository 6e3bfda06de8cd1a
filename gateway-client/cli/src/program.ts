import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { commandList } from './command-list';
import type { CommandContext } from './commands/command-context';
import { RunningCommand } from './commands/running-command';
import { CommandError } from './terminal/command-error';
import { Terminal, type TerminalStreams } from './terminal/terminal';

type Add = (program: Command, context: CommandContext) => void;

// A command loads what it needs when it is asked for: help, a version and a completion need none of it.
const load = createRequire(__filename);

/** Where the commands are, by the groups in which help lists them. */
const groups: Readonly<Record<string, () => Add>> = {
  demo: () => (load('./commands/demo-command') as typeof import('./commands/demo-command')).addDemo,
  network: () =>
    (load('./commands/network-commands') as typeof import('./commands/network-commands')).addNetworkCommands,
  metrics: () => (load('./commands/metrics-command') as typeof import('./commands/metrics-command')).addMetrics,
  service: () =>
    (load('./commands/service-commands') as typeof import('./commands/service-commands')).addServiceCommands,
  env: () => (load('./commands/env-command') as typeof import('./commands/env-command')).addEnv,
  logs: () => (load('./commands/logs-command') as typeof import('./commands/logs-command')).addLogs,
  snapshots: () =>
    (load('./commands/snapshot-commands') as typeof import('./commands/snapshot-commands')).addSnapshotCommands,
  organisations: () =>
    (load('./commands/organisation-commands') as typeof import('./commands/organisation-commands'))
      .addOrganisationCommands,
  certificates: () =>
    (load('./commands/certificate-commands') as typeof import('./commands/certificate-commands'))
      .addCertificateCommands,
  market: () => (load('./commands/market-commands') as typeof import('./commands/market-commands')).addMarketCommands,
  instructions: () =>
    (load('./commands/instruction-commands') as typeof import('./commands/instruction-commands'))
      .addInstructionCommands,
  operate: () => (load('./commands/operate-command') as typeof import('./commands/operate-command')).addOperate,
  cycles: () => (load('./commands/cycles-command') as typeof import('./commands/cycles-command')).addCycles,
  book: () => (load('./commands/book-replay-command') as typeof import('./commands/book-replay-command')).addBookReplay,
  bench: () => (load('./commands/bench-command') as typeof import('./commands/bench-command')).addBench,
  doctor: () => (load('./commands/doctor-command') as typeof import('./commands/doctor-command')).addDoctor,
  completion: () =>
    (load('./commands/completion-command') as typeof import('./commands/completion-command')).addCompletion,
};

/** Runs one command. @returns the exit code: 0 done, 1 rejected or failed, 2 wrong usage, 3 of `status`: not all of it runs. */
export async function runCommand(args: readonly string[], streams?: TerminalStreams): Promise<number> {
  const terminal = new Terminal(streams);
  const asJson = args.includes('--json');
  const context = new RunningCommand(terminal, args);
  const complaints: string[] = [];
  const program = programOf(context, args);
  configure(program, {
    writeOut: (text) => terminal.print(text),
    // A usage error is told once, in the form that was asked for.
    writeErr: (text) => complaints.push(text),
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return terminal.fail(asJson, error);
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') {
      // A command that needs another word after it: its help says which.
      if (asJson) return terminal.fail(true, usageError('A command is missing.'));
      terminal.note(complaints.join(''));
      return 2;
    }
    return terminal.fail(asJson, usageError(error.message.replace(/^error: /, '')));
  }
}

function usageError(message: string): CommandError {
  return new CommandError('UsageInvalid', message, 'See kessai --help, or --help after the command.');
}

/** The whole command with everything that it can do, for whoever describes it. */
export function wholeProgram(): { readonly program: Command; readonly groupOf: ReadonlyMap<string, string> } {
  const program = emptyProgram();
  const groupOf = new Map<string, string>();
  const context = new RunningCommand(new Terminal(), []);
  for (const [group, add] of Object.entries(groups)) {
    add()(program, context);
    for (const command of program.commands) if (!groupOf.has(command.name())) groupOf.set(command.name(), group);
  }
  return { program, groupOf };
}

function emptyProgram(): Command {
  return new Command('kessai')
    .description('The post-trade core of a securities market on Hyperledger Fabric.')
    .version(versionOf(), '-V, --version', 'print the version')
    .configureHelp({ sortSubcommands: false, helpWidth: 110 })
    .addHelpText('after', examples);
}

/** The command that is asked for, with what it can do, among the others, of which only a line is known. */
function programOf(context: CommandContext, args: readonly string[]): Command {
  const asked = args.find((argument) => !argument.startsWith('-'));
  const wanted = commandList.find(({ name }) => name === asked)?.group;
  const program = emptyProgram();
  // A command that the list does not know may be one that was added since it was made.
  if (asked !== undefined && wanted === undefined) {
    for (const add of Object.values(groups)) add()(program, context);
    return program;
  }
  let isLoaded = false;
  for (const { name, group, summary } of commandList) {
    if (group !== wanted) program.command(name).summary(summary);
    else if (!isLoaded) {
      isLoaded = true;
      groups[group]?.()(program, context);
    }
  }
  return program;
}

function versionOf(): string {
  const manifest = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

const examples = `
Examples:
  kessai demo                                           a market's day, with its report
  kessai up --sample                                    a network of your own with a market on it, in .kessai/network
  kessai call Registry:Members --as AlphaMSP            one call, as a user of an organisation
  kessai registry show JP3371200001 --as ShinEtsuMSP    who owns a security
  kessai down                                           stop the network

With --json a command prints one JSON document; progress goes to standard error.
Exit code 0: done; 1: rejected or failed, with the reason; 2: wrong usage; 3: of status, not all of it runs.`;

/** Commander's settings are each command's own. */
function configure(command: Command, output: OutputConfiguration): void {
  command.exitOverride().configureOutput(output).helpCommand(false);
  for (const subcommand of command.commands) configure(subcommand, output);
}
