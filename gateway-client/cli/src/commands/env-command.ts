import { commandLine, openNetwork, peerEnvironment } from '@kessai/network';
import type { Command } from 'commander';
import { type CommandContext, type NetworkOptions, acting, withNetwork } from './command-context';

export function addEnv(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('env <mspId>'))
    .summary("shell lines with which Fabric's own peer command works on this network")
    .description(
      "Prints the environment in which Fabric's own command peer acts as the organisation's administrator, at the peer at which its users " +
        'act. Of the embedded engine there is no process of its own for each peer, but its endpoints answer the same command.',
    )
    .addHelpText('after', '\nExample:\n  eval "$(kessai env AlphaMSP)"\n  peer channel getinfo -c market')
    .action(
      acting(context, async (mspId: string, { dir, json }: NetworkOptions) => {
        const environment = await peerEnvironment({ directory: dir, mspId });
        const { engine } = openNetwork(dir).record;
        terminal.result(json === true, { ...environment }, () => linesOf(environment, engine).join('\n'));
        return 0;
      }),
    );
}

function linesOf(environment: Readonly<Record<string, string>>, engine: string): readonly string[] {
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${commandLine(value)}`);
  if (engine !== 'embedded') return lines;
  return [
    '# The embedded engine runs no peer of Fabric: its endpoints answer the same command, and no log or ledger of a peer is behind them.',
    ...lines,
  ];
}
