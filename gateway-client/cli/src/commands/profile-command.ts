import { existsSync } from 'node:fs';
import { exportProfile } from '@kessai/network';
import type { Command } from 'commander';
import { CommandError } from '../terminal/command-error';
import { writePrivateFile } from '../terminal/private-file';
import { type CommandContext, type NetworkOptions, acting, withNetwork } from './command-context';

interface ExportOptions extends NetworkOptions {
  readonly user?: string;
  readonly out?: string;
  readonly force?: true;
  readonly withoutKey?: true;
}

export function addProfileExport(program: Command, context: CommandContext): void {
  const profile = program
    .command('profile')
    .summary('profiles: all that a Fabric gateway client needs to act for a user');
  withNetwork(profile.command('export <mspId>'))
    .summary("write a user's profile, with its private key")
    .description(
      "Writes a user's profile as JSON: where its organisation's gateway is, its certificate, and its private key. Whoever has it acts as " +
        'the user, so --out makes a file that only its owner can read. Without --out it is printed.',
    )
    .option('--user <name>', 'the user (default: user1)')
    .option('--out <file>', 'a file that only its owner can read')
    .option('--force', 'replace a file that is there')
    .option(
      '--without-key',
      'leave the private key out, for a program that signs elsewhere: connect(profile, { signer })',
    )
    .addHelpText('after', '\nExample:\n  kessai profile export AlphaMSP --out alpha.json')
    .action(
      acting(context, async (mspId: string, { dir, user, out, force, withoutKey, json }: ExportOptions) => {
        if (force === true && out === undefined) {
          throw new CommandError('UsageInvalid', '--force is for --out.', 'Name the file with --out.', {
            option: '--force',
          });
        }
        const { key, ...rest } = exportProfile({ directory: dir, mspId, ...(user === undefined ? {} : { user }) });
        const text = JSON.stringify(withoutKey === true ? rest : { ...rest, key }, undefined, 2);
        if (out === undefined) {
          context.terminal.print(text);
          if (withoutKey !== true) warn(context);
          return 0;
        }
        if (force !== true) context.scope.once(`${out} is written`, () => existsSync(out));
        await writePrivateFile(out, `${text}\n`, force === true);
        const { endpoint } = rest;
        context.terminal.result(json === true, { file: out, mspId, endpoint }, () =>
          withoutKey === true
            ? `Wrote ${out}, without a key.`
            : `Wrote ${out}. Only its owner can read it: whoever has it acts as its user.`,
        );
        return 0;
      }),
    );
}

const exposures = {
  screen: 'This holds a private key, and stands on the screen. --out FILE writes it to a file that only you can read.',
  file: 'This holds a private key, in a file that others of this machine can read. --out FILE makes one that only you can read.',
} as const;

function warn({ terminal }: CommandContext): void {
  const { exposure } = terminal;
  if (exposure !== undefined) terminal.note(exposures[exposure]);
}
