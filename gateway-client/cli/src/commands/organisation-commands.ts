import { connect } from '@kessai/gateway-client';
import {
  ORGANISATION_ROLES,
  type Organisation,
  type Topology,
  addOrganisation,
  exportProfile,
  networkCommand,
  newOrganisation,
  openNetwork,
  organisationsWithRole,
  readNewOrganisation,
} from '@kessai/network';
import { type Command, Option } from 'commander';
import { CommandError } from '../terminal/command-error';
import { seconds } from '../terminal/number-format';
import { type CommandContext, type NetworkOptions, undoing, networkProgress, withNetwork } from './command-context';
import { addPartCommands } from './part-commands';

interface AddOptions extends NetworkOptions {
  readonly msp?: string;
  readonly name?: string;
  readonly role?: string;
  readonly domain?: string;
  readonly admit?: true;
}

export function addOrganisationCommands(program: Command, context: CommandContext): void {
  const organisation = program.command('organisation').summary('organisations of a network');
  addAdd(organisation, context);
  addPartCommands(organisation, context);
}

function addAdd(organisation: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(organisation.command('add'))
    .summary('add an organisation to a network that runs')
    .description(
      "Adds an organisation to a network of real Fabric (native or docker) while the others trade: its identities, its place in the channel's configuration " +
        '(signed by as many operators as that asks for), its peer, its chaincode service, and its collection. What is done already stays as it is, ' +
        'so that an addition that was cut off is completed by the same command.',
    )
    .argument('[file]', 'one organisation, as an entry of `organisations` in a topology file')
    .option('--msp <mspId>', 'instead of a file: its MSP id, such as DeltaMSP')
    .option('--name <name>', 'its name, for people')
    .addOption(
      new Option('--role <role>', 'what it is in the market (default: institution)').choices(ORGANISATION_ROLES),
    )
    .option('--domain <domain>', "its domain (default: beside the others', such as delta.market.example)")
    .option('--admit', 'have two operators admit it to the market too')
    .addHelpText(
      'after',
      '\nExample:\n  kessai organisation add --msp DeltaMSP --name "Delta Securities" --admit\n  kessai organisation add delta.yaml',
    )
    .action(
      undoing(context, async (file: string | undefined, options: AddOptions) => {
        const begun = performance.now();
        const { dir, json, admit } = options;
        const {
          state,
          organisation: joined,
          peer,
          chaincode,
        } = await addOrganisation({
          directory: dir,
          organisation: chosen(file, options),
          onProgress: networkProgress(terminal.progress),
        });
        if (admit === true) terminal.progress.step('Admitting it to the market');
        const admitted = admit === true ? await admitMember(dir, joined) : undefined;
        const { mspId, name, role } = joined;
        const elapsedMs = Math.round(performance.now() - begun);
        const result = { state, mspId, name, role, peer, sequence: chaincode.sequence, elapsedMs };
        terminal.result(json === true, admitted === undefined ? result : { ...result, admitted }, () =>
          [
            state === 'added'
              ? `${name} (${mspId}) has joined in ${seconds(elapsedMs)} seconds: peer ${peer}, chaincode definition ${chaincode.sequence}.`
              : `${name} (${mspId}) had joined already: peer ${peer}.`,
            memberText(joined, admitted, dir),
          ].join('\n'),
        );
        return 0;
      }),
    );
}

function memberText({ mspId, name }: Organisation, admitted: boolean | undefined, dir: string): string {
  if (admitted === true) return 'It is a member of the market now.';
  if (admitted === false) return 'It was a member of the market already.';
  const again = networkCommand(dir, 'organisation', 'add', '--msp', mspId, '--name', name, '--admit');
  return `Next: have operators admit it to the market, when that is founded, by the same command with --admit, such as\n  ${again}`;
}

function chosen(
  file: string | undefined,
  { msp, name, role, domain }: AddOptions,
): (topology: Topology) => Organisation {
  const said = [msp, name, role, domain].some((value) => value !== undefined);
  if (file !== undefined && !said) return (topology) => readNewOrganisation(file, topology);
  if (file !== undefined || msp === undefined || name === undefined) {
    throw new CommandError(
      'UsageInvalid',
      file === undefined ? 'Who joins is missing.' : 'Who joins is said twice.',
      'Give a file, or --msp and --name.',
      { option: msp === undefined ? '--msp' : '--name' },
    );
  }
  const choice = {
    mspId: msp,
    name,
    ...(role === undefined ? {} : { role }),
    ...(domain === undefined ? {} : { domain }),
  };
  return (topology) => newOrganisation(choice, topology, 'the command line');
}

/** Has as many operators admit it as it takes, unless it is a member already. @returns whether it was admitted now. */
async function admitMember(directory: string, { mspId, name, role }: Organisation): Promise<boolean> {
  const { topology } = openNetwork(directory).record;
  const operators = organisationsWithRole(topology, [topology.chaincode.endorsement.role]);
  for (const operator of operators) {
    const market = await connect(exportProfile({ directory, mspId: operator }));
    try {
      const { members } = await market.registry.members({});
      if (members.some((member) => member.mspId === mspId)) return false;
      const { awaiting } = await market.registry.admitMember({ mspId, name, role });
      if (awaiting === undefined) return true;
    } finally {
      await market.close();
    }
  }
  throw new CommandError(
    'UsageInvalid',
    'The network has fewer operators than it takes to admit a member.',
    'Admit it with Registry:AdmitMember as two operators of the market.',
    { mspId },
  );
}
