import { commandLine } from '@kessai/network';
import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { addBench } from './commands/bench-command';
import { addBookReplay } from './commands/book-replay-command';
import { addCertificateCommands } from './commands/certificate-commands';
import type { CommandContext } from './commands/command-context';
import { CommandScope } from './commands/command-scope';
import { addCycles } from './commands/cycles-command';
import { addDemo } from './commands/demo-command';
import { addDoctor } from './commands/doctor-command';
import { addEnv } from './commands/env-command';
import { addLogs } from './commands/logs-command';
import { addMetrics } from './commands/metrics-command';
import { addInstructionCommands } from './commands/instruction-commands';
import { addMarketCommands } from './commands/market-commands';
import { addNetworkCommands } from './commands/network-commands';
import { addOperate } from './commands/operate-command';
import { addOrganisationCommands } from './commands/organisation-commands';
import { addServiceCommands } from './commands/service-commands';
import { addSnapshotCommands } from './commands/snapshot-commands';
import { CommandError } from './terminal/command-error';
import { Terminal, type TerminalStreams } from './terminal/terminal';

/** Runs one command. @returns the exit code: 0 done, 1 rejected or failed, 2 wrong usage, 3 of `status`: not all of it runs. */
export async function runCommand(args: readonly string[], streams?: TerminalStreams): Promise<number> {
  const terminal = new Terminal(streams);
  const asJson = args.includes('--json');
  const scope = new CommandScope({ terminal, asJson, again: commandLine('kessai', ...args) });
  const context: CommandContext = { terminal, words: args, exitCode: 0, scope };
  const complaints: string[] = [];
  const program = programOf(context);
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

function programOf(context: CommandContext): Command {
  const program = new Command('kessai')
    .description('The post-trade core of a securities market on Hyperledger Fabric.')
    .configureHelp({ sortSubcommands: false, helpWidth: 110 })
    .addHelpText('after', examples);
  addDemo(program, context);
  addNetworkCommands(program, context);
  addLogs(program, context);
  addMetrics(program, context);
  addServiceCommands(program, context);
  addSnapshotCommands(program, context);
  addOrganisationCommands(program, context);
  addCertificateCommands(program, context);
  addEnv(program, context);
  addMarketCommands(program, context);
  addInstructionCommands(program, context);
  addOperate(program, context);
  addCycles(program, context);
  addBookReplay(program, context);
  addBench(program, context);
  addDoctor(program, context);
  return program;
}

const examples = `
Examples:
  kessai demo                                           a market's day, with its report
  kessai up && kessai deploy                            a network of your own, in .kessai/network
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
