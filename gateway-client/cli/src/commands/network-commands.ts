import {
  ENGINES,
  type DeployMarketResult,
  type NetworkStatus,
  type OrganisationStatus,
  type UpResult,
  deployMarket,
  down,
  prepare,
  purge,
  readTopology,
  status,
  up,
  upgradeMarket,
} from '@kessai/network';
import { type Command, Option } from 'commander';
import type { Json } from '@kessai/interface';
import type { LogFormat } from '@kessai/telemetry';
import { schedulers } from '../schedulers';
import { jsonText } from '../terminal/json-text';
import { resourcesText } from './resources-text';
import { textTable } from '../terminal/text-table';
import { type Sample, putSample, sampleOption } from './up-sample';
import { certificateWarnings } from './certificate-commands';
import { logFormatOption } from './telemetry-options';
import {
  type CommandContext,
  type NetworkOptions,
  acting,
  dirHint,
  networkProgress,
  requireEngine,
  undoing,
  withNetwork,
} from './command-context';

interface UpOptions extends NetworkOptions {
  readonly engine?: string;
  readonly topology?: string;
  readonly operate: boolean;
  readonly sample?: Sample;
  readonly logFormat?: LogFormat;
}

interface PrepareOptions extends NetworkOptions {
  readonly topology?: string;
}

interface DeployOptions extends NetworkOptions {
  readonly version?: string;
}

interface DownOptions extends NetworkOptions {
  readonly purge?: true;
}

/** Of `status` where not all of a network runs, as of the status of a system's service. */
const notWholeExit = 3;

const runningKeepTheirs =
  'Processes that run write their logs as before, until they are started again: kessai down, then kessai up.';

export function addNetworkCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const onProgress = networkProgress(terminal.progress);

  withNetwork(program.command('up'))
    .summary('start a network; it is healthy when the command returns')
    .description(
      'Starts a network, the one of the directory or a new one, and for each of its operators a scheduler, which makes the market’s ' +
        'cycles. On a running network it does nothing.',
    )
    .addOption(
      new Option('--engine <engine>', 'what runs it (default: the network’s own; embedded for a new one)').choices(
        ENGINES,
      ),
    )
    .option('--topology <file>', 'the organisations of a new network (default: the market that ships)')
    .option('--no-operate', 'start no schedulers: the market makes cycles when somebody runs kessai operate')
    .addOption(
      logFormatOption(
        'how the network’s processes write their logs, from now on (default: as before; text for a new one)',
      ),
    )
    .addOption(sampleOption())
    .addHelpText(
      'after',
      '\nExample:\n  kessai up && kessai deploy\n  kessai up --sample\n  kessai up --dir second --topology mine.yaml',
    )
    .action(
      undoing(context, async ({ engine, topology, operate, sample, logFormat, dir, json }: UpOptions) => {
        const chosen = {
          ...(engine === undefined ? {} : { engine: requireEngine(engine) }),
          ...(logFormat === undefined ? {} : { logFormat }),
        };
        const request = { ...chosen, ...(operate ? { schedulers } : {}), directory: dir, onProgress };
        const result = await up(topology === undefined ? request : { ...request, topology: readTopology(topology) });
        if (logFormat !== undefined && result.state === 'already-running') terminal.note(runningKeepTheirs);
        const put = sample && (await putSample(sample, result.directory, terminal.progress, onProgress));
        const next = put?.text ?? `Next: kessai deploy${dirHint(dir)}`;
        terminal.result(json === true, { ...result, ...(put && { sample: put.sample }) }, () =>
          result.state === 'started' || put
            ? `The network in ${result.directory} runs (${processesText(result)}). ${touchText(result)}${next}`
            : `The network in ${result.directory} runs already (${processesText(result)}). ${touchText(result)}`.trim(),
        );
        return 0;
      }),
    );

  addPrepare(program, context);

  withNetwork(program.command('down'))
    .summary('stop a network; what it holds stays for the next up')
    .option('--purge', 'remove the network too, with its keys and its ledger')
    .addHelpText('after', '\nExample:\n  kessai down\n  kessai down --purge')
    .action(
      undoing(context, async ({ dir, json, purge: wanted }: DownOptions) => {
        const stopped = await down({ directory: dir, onProgress });
        const removed = wanted === true ? await purge({ directory: dir }) : undefined;
        terminal.result(json === true, { ...stopped, ...removed }, () => {
          const said = stopped.state === 'stopped' ? 'The network has been stopped.' : 'No network was running.';
          return removed?.removed === true ? `${said} Its directory has been removed.` : said;
        });
        return 0;
      }),
    );

  withNetwork(program.command('status'))
    .summary('whether a network runs, its chaincode and its organisations')
    .addHelpText(
      'after',
      '\nExit code 0: all of it runs; 3: it does not, or not all of it.\n\nExample:\n  kessai status --json',
    )
    .action(
      acting(context, async ({ dir, json }: NetworkOptions) => {
        const found = await status({ directory: dir });
        terminal.result(json === true, JSON.parse(JSON.stringify(found)) as Json, () => statusText(found, dir));
        return found.state === 'running' ? 0 : notWholeExit;
      }),
    );

  withNetwork(program.command('deploy'))
    .summary('deploy the market chaincode; repeated, it does nothing')
    .option('--version <version>', 'upgrade: take what is installed now as this version of the chaincode')
    .addHelpText('after', '\nExample:\n  kessai deploy\n  kessai deploy --version 2')
    .action(
      undoing(context, async ({ dir, json, version }: DeployOptions) => {
        const request = { directory: dir, onProgress };
        const deployed = version === undefined ? deployMarket(request) : upgradeMarket({ ...request, version });
        const { approvals, ...result } = await deployed;
        terminal.result(json === true, { ...result, approvals: Object.fromEntries(approvals) }, () =>
          deployedText({ ...result, approvals }, version),
        );
        return 0;
      }),
    );
}

function addPrepare(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('prepare'))
    .summary('make a network for several machines, and start nothing')
    .description(
      "Makes a network's directory with every organisation's keys and the channel's first block, and starts nothing. Each machine's " +
        'part of it is then written by kessai organisation export.',
    )
    .option('--topology <file>', 'the organisations of a new network, each with its host')
    .addHelpText('after', '\nExample:\n  kessai prepare --topology market.yaml --dir making')
    .action(
      undoing(context, async ({ topology, dir, json }: PrepareOptions) => {
        const request = { directory: dir, onProgress: networkProgress(terminal.progress) };
        const result = await prepare(
          topology === undefined ? request : { ...request, topology: readTopology(topology) },
        );
        const next = `Next, for each machine: kessai organisation export MSPID... --to DIRECTORY${dirHint(dir)}`;
        terminal.result(json === true, { ...result }, () =>
          result.made
            ? `The network is prepared in ${result.directory}. ${next}`
            : `The network in ${result.directory} was prepared already. ${next}`,
        );
        return 0;
      }),
    );
}

/** Who of other machines is not there yet, as a sentence. */
function touchText({ outOfTouch = [] }: Pick<UpResult, 'outOfTouch'>): string {
  return outOfTouch.length === 0 ? '' : `Not in touch yet with ${outOfTouch.join(', ')}. `;
}

function deployedText(
  { state, sequence, approvals, awaiting, undeployed = [] }: DeployMarketResult,
  version: string | undefined,
): string {
  const command = version === undefined ? 'kessai deploy' : `kessai deploy --version ${version}`;
  if (awaiting !== undefined) {
    return (
      `The chaincode is approved here, and not committed yet (sequence ${sequence}). ` +
      `Still to approve it, by ${command}: ${awaiting.join(', ')}.`
    );
  }
  const approving = [...approvals.values()].filter(Boolean).length;
  const done =
    state === 'unchanged'
      ? `The chaincode is deployed already (sequence ${sequence}).`
      : `The chaincode is deployed (sequence ${sequence}, approved by ${approving} organisations).`;
  return undeployed.length === 0 ? done : `${done} Still to run ${command}: ${undeployed.join(', ')}.`;
}

export function engineOption(): Option {
  return new Option('--engine <engine>', 'what runs the network').choices(ENGINES).default('embedded');
}

/** The nodes whose process does not run, in words. */
function endedNodes(nodes: Readonly<Record<string, number | null>>): string {
  const ended = Object.keys(nodes).filter((name) => nodes[name] === null);
  return ended.length === 0 ? 'none' : ended.join(', ');
}

/** How many schedulers run, and which have ended by themselves, in words. */
function schedulersText(schedulers: Readonly<Record<string, number | null>>): string {
  const running = Object.values(schedulers).filter((pid) => pid !== null).length;
  const ended = endedNodes(schedulers);
  return ended === 'none' ? `${running} running` : `${running} running, ended: ${ended}`;
}

/** The process numbers of a network, in words. */
function processesText({ pid, nodes, schedulers: scheduled }: Pick<UpResult, 'pid' | 'nodes' | 'schedulers'>): string {
  const own = pid === undefined ? `${Object.keys(nodes ?? {}).length} processes` : `process ${pid}`;
  return scheduled === undefined ? own : `${own}, ${Object.keys(scheduled).length} schedulers`;
}

function statusText(found: NetworkStatus, dir: string): string {
  const { directory, state } = found;
  if (state === 'absent') return `There is no network in ${directory}. Start one: kessai up${dirHint(dir)}`;
  const { engine, pid, nodes, since, channel, chaincode } = found;
  const committed = chaincode?.committed;
  const summary = jsonText({
    directory,
    state,
    ...(engine === undefined ? {} : { engine: pid === undefined ? engine : `${engine}, process ${pid}` }),
    ...(nodes === undefined ? {} : { ended: endedNodes(nodes) }),
    ...(found.schedulers === undefined ? {} : { schedulers: schedulersText(found.schedulers) }),
    ...(since === undefined ? {} : { since }),
    ...(channel === undefined ? {} : { channel }),
    chaincode:
      committed === undefined
        ? `${chaincode?.name ?? 'none'}, ${state === 'running' || state === 'degraded' ? 'not deployed' : 'not known while stopped'}`
        : `${chaincode?.name ?? ''} ${committed.version}, sequence ${committed.sequence}`,
  });
  const isPart = found.organisations.some(({ here }) => here !== undefined);
  const titles = ['Organisation', 'Name', 'Role', 'Peer', 'Orderer', ...(isPart ? ['Runs'] : [])];
  const columns = titles.map((title) => ({ title }));
  const rows = found.organisations.map((organisation) => {
    const { mspId, name, role, peer, hostedBy, orderer } = organisation;
    const acts = peer ?? `hosted by ${hostedBy ?? ''}`;
    return [mspId, name, role, acts, orderer ?? '', ...(isPart ? [whereText(organisation, found)] : [])];
  });
  const use = found.resources === undefined ? '' : `\n\n${resourcesText(found.resources)}`;
  const warnings = certificateWarnings(found.expiring ?? [], dir).map((warning) => `\n${warning}`);
  return `${summary}\n\n${textTable(columns, rows)}${use}${warnings.join('')}`;
}

/** Of a part of a network: where an organisation runs. */
function whereText({ mspId, here }: OrganisationStatus, { outOfTouch, awaited }: NetworkStatus): string {
  if (here === true) return 'here';
  if (awaited?.includes(mspId) === true) return 'elsewhere, to be gathered';
  return outOfTouch?.includes(mspId) === true ? 'elsewhere, out of touch' : 'elsewhere';
}
