import { type Market, type Profile, connect, readProfile } from '@kessai/gateway-client';
import { exportProfile } from '@kessai/network';
import { type Command, Option } from 'commander';
import { CommandError } from '../terminal/command-error';
import { type NetworkOptions, withNetwork } from './command-context';

export interface CallerOptions extends NetworkOptions {
  readonly as?: string;
  readonly user?: string;
  readonly profile?: string;
}

/** Options that say who calls. */
export function withCaller(command: Command): Command {
  return withNetwork(command)
    .addOption(new Option('--as <mspId>', 'the organisation that calls, such as AlphaMSP').env('KESSAI_AS'))
    .option('--user <name>', 'its user (default: user1)')
    .option('--profile <file>', 'a profile file instead of --as, for a network elsewhere');
}

/** @throws CommandError UsageInvalid; NetworkError; ProfileError */
export async function connectAs(options: CallerOptions): Promise<Market> {
  return connect(await profileOf(options));
}

/** The profile of who calls. @throws CommandError UsageInvalid; NetworkError; ProfileError */
export async function profileOf({ as, user, profile, dir }: CallerOptions): Promise<Profile> {
  if (profile !== undefined) return readProfile(profile);
  if (as === undefined) {
    throw new CommandError(
      'UsageInvalid',
      'Who calls is missing.',
      'Name the organisation with --as, such as --as AlphaMSP, or in KESSAI_AS.',
      {
        option: '--as',
      },
    );
  }
  return exportProfile({ directory: dir, mspId: as, ...(user === undefined ? {} : { user }) });
}
