import {
  DEFAULT_DIRECTORY,
  ENGINES,
  type Engine,
  type OnProgress,
  type Progress as NetworkProgress,
  commandLine,
  directoryWords,
  standingOf,
} from '@kessai/network';
import type { Command } from 'commander';
import { CommandError } from '../terminal/command-error';
import type { Progress } from '../terminal/progress';
import type { Terminal } from '../terminal/terminal';
import { CommandScope } from './command-scope';
import { leftOfNetwork } from './left-of-network';

/** What every command is given, and where its exit code goes. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The words of the command, without its name `kessai`. */
  readonly words: readonly string[];
  exitCode: number;
  /** Of the command that runs. */
  scope: CommandScope;
}

export interface CommonOptions {
  readonly json?: true;
}

export interface NetworkOptions extends CommonOptions {
  readonly dir: string;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON document on standard output');
}

/** Options of commands that touch a network. */
export function withNetwork(command: Command): Command {
  return withJson(command).option(
    '--dir <directory>',
    'the directory that holds all of the network',
    DEFAULT_DIRECTORY,
  );
}

/**
 * Runs what a command does and tells its failure; when a signal ends it, what it leaves of its network. The options are the last of
 * commander's arguments but the command itself.
 */
export function acting<A extends readonly unknown[]>(
  context: CommandContext,
  run: (...args: A) => Promise<number | undefined>,
): (...args: [...A, Command]) => Promise<void> {
  return async (...all) => {
    const args = all.slice(0, -1) as unknown as A;
    const { json = false, dir } = args.at(-1) as { readonly json?: boolean; readonly dir?: string };
    const scope = new CommandScope({
      terminal: context.terminal,
      asJson: json,
      again: commandLine('kessai', ...context.words),
    });
    context.scope = scope;
    if (dir !== undefined) {
      const before = standingOf(dir);
      scope.leaves(() => leftOfNetwork(dir, before));
    }
    try {
      context.exitCode = await scope.run(async () => run(...args));
    } catch (error) {
      context.exitCode = context.terminal.fail(json, error, dir);
    } finally {
      context.terminal.progress.end();
    }
  };
}

/** The same for a command that undoes what it has begun when it is interrupted. */
export function undoing<A extends readonly unknown[]>(
  context: CommandContext,
  run: (...args: A) => Promise<number | undefined>,
): (...args: [...A, Command]) => Promise<void> {
  return acting(context, async (...args: A) => context.scope.undoing(async () => run(...args)));
}

/** @throws CommandError EngineUnavailable */
export function requireEngine(engine: string): Engine {
  const found = ENGINES.find((known) => known === engine);
  if (found !== undefined) return found;
  const known = ENGINES.join(', ');
  throw new CommandError('EngineUnavailable', `There is no engine "${engine}".`, `Use one of: ${known}.`, {
    engine,
    available: [...ENGINES],
  });
}

/** Shows what the network's administration is doing, in words. */
export function networkProgress(progress: Progress): OnProgress {
  return (told) => {
    const { step } = told;
    if (step === 'restarting-node') progress.step(`Restarting ${told.name}`);
    // Ten organisations that install and approve are one step to whoever waits.
    else if (step !== 'installed' && step !== 'approved') progress.step(stepTexts[step]);
  };
}

const stepTexts = {
  'making-identities': 'Making keys and certificates',
  'fetching-image': 'Fetching an image',
  'building-image': 'Making the image of the chaincode',
  'starting-engine': 'Starting the network',
  'updating-channel': 'Changing the channel’s configuration',
  'starting-organisation': 'Starting its peer and its chaincode',
  'installing-chaincode': 'Installing and approving the chaincode',
  committed: 'The chaincode definition is committed',
  'starting-chaincode': 'Starting the chaincode',
  'starting-schedulers': 'Starting the operators’ schedulers',
  'ending-schedulers': 'Ending the operators’ schedulers',
  'ending-engine': 'Ending the network',
  copying: 'Copying the network’s files',
  'renewing-certificates': 'Renewing certificates',
} as const satisfies Record<Exclude<NetworkProgress['step'], 'installed' | 'approved' | 'restarting-node'>, string>;

/** ` --dir D` for hints, where it is not the default one. */
export function dirHint(directory: string): string {
  const words = directoryWords(directory);
  return words.length === 0 ? '' : ` ${commandLine(...words)}`;
}
