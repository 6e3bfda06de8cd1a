import { deploy } from '../../admin';
import type { DeployResult, PeerAccess } from '../../admin';
import { quorum } from '../../channel';
import { tellingDiskFull } from '../../directory/disk-space';
import { endOfLog } from '../../directory/log-end';
import { marketDefinition, marketPackage } from '../../directory/market-package';
import { NetworkError } from '../../directory/network-error';
import { organisationsElsewhere } from '../../directory/network-part';
import { chaincodePorts, presentOrganisations, presentPeers } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { administratorOf, guestAt } from '../../directory/peer-access';
import type { OnProgress } from '../../directory/progress';
import {
  accepts,
  chaincodeAtPeers,
  chaincodeElsewhere,
  knownEverywhere,
  nodesInReach,
  othersInTouch,
} from '../../engines/fabric';
import { poll } from '../../poll';
import { decidersOf, hasPeer } from '../../topology';
import { requireRunning } from '../network/running';

const SERVICE_MS = 30_000;

export interface DeployMarketResult extends DeployResult {
  /** Of a part of a network: the MSP ids of organisations elsewhere whose peers cannot run the chaincode yet, as far as is known here. */
  readonly undeployed?: readonly string[];
}

export interface DeployMarketRequest {
  readonly directory: string;
  readonly onProgress?: OnProgress;
}

/**
 * Deploys the topology's chaincode on a running network, and returns when its service can be called. Repeated, it does nothing.
 * In a part of a network it does so for the organisations that are there, and commits the definition when enough others have approved it.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkNotRunning`, `ChaincodeNotReady`, `QuorumMissing`, `DiskFull`;
 * AdministrationError.
 */
export async function deployMarket({ directory, onProgress }: DeployMarketRequest): Promise<DeployMarketResult> {
  const network = openNetwork(directory);
  requireRunning(network);
  return tellingDiskFull(network.files.directory, async () => deployOn(network, onProgress));
}

/** The same for a network that is known to run. */
export async function deployOn(network: OpenNetwork, onProgress?: OnProgress): Promise<DeployMarketResult> {
  const { topology } = network.record;
  const isPart = organisationsElsewhere(network.record).length > 0;
  if (isPart) await requireQuorum(network);
  onProgress?.({ step: 'installing-chaincode' });
  const result = await deploy({
    channel: topology.channel,
    organisations: presentPeers(network.record).map((organisation) => administratorOf(network, organisation)),
    definition: marketDefinition(topology),
    chaincode: marketPackage(topology),
    deciders: decidersOf(topology),
    ...(isPart ? { elsewhere: decidersElsewhere(network) } : {}),
    ...(onProgress === undefined ? {} : { onStep: onProgress }),
  });
  onProgress?.({ step: 'starting-chaincode' });
  await servicesReady(network);
  if (result.awaiting !== undefined) return result;
  // Where peers are processes of their own, each tells the others what it can run.
  if (network.record.engine !== 'embedded') await chaincodeAtPeers(network);
  return isPart ? { ...result, undeployed: await undeployedElsewhere(network, result) } : result;
}

/** Access to the peers of deciders on other machines, in the name of an organisation that is here. */
function decidersElsewhere(network: OpenNetwork): readonly PeerAccess[] {
  const { mspIds } = decidersOf(network.record.topology);
  const [guest] = presentOrganisations(network.record);
  if (guest === undefined) return [];
  const deciding = organisationsElsewhere(network.record)
    .filter(hasPeer)
    .filter(({ mspId }) => mspIds.includes(mspId));
  return deciding.map((organisation) => guestAt(network, organisation, guest));
}

/**
 * Those elsewhere whose peers are not known to run the chaincode. Who has approved by now is waited for, since that shows soon; and that
 * the others know the same of the peers here.
 */
async function undeployedElsewhere(network: OpenNetwork, { approvals }: DeployResult): Promise<readonly string[]> {
  const elsewhere = organisationsElsewhere(network.record)
    .filter(hasPeer)
    .map(({ mspId }) => mspId);
  await othersInTouch(network);
  await chaincodeElsewhere(
    network,
    elsewhere.filter((mspId) => approvals.get(mspId) === true),
  );
  const able = await knownEverywhere(network, network.record.topology.chaincode.name);
  return elsewhere.filter((mspId) => !able.has(mspId));
}

/** Without a quorum of orderers nothing is approved, and whoever waits would not know why. @throws NetworkError `QuorumMissing`. */
async function requireQuorum(network: OpenNetwork): Promise<void> {
  const orderers = (await nodesInReach(network)).filter(({ kind }) => kind === 'orderer');
  const those = (answering: boolean): string[] =>
    orderers.filter(({ answers }) => answers === answering).map(({ mspId }) => mspId);
  const [answering, silent] = [those(true), those(false)];
  const needed = quorum(answering.length + silent.length);
  if (answering.length >= needed) return;
  throw new NetworkError(
    'QuorumMissing',
    `of the orderers ${needed.toString()} are needed, and ${answering.length.toString()} can be reached from here; not those of ${silent.join(', ')}`,
    `Have ${silent.join(', ')} run kessai up, and see that their hosts and ports can be reached; then deploy again.`,
    { needed, reached: answering, unreached: silent },
  );
}

/** Returns when every chaincode service can be called. @throws NetworkError `ChaincodeNotReady`. */
export async function servicesReady(network: OpenNetwork): Promise<void> {
  const services = [...chaincodePorts(network.record)];
  await Promise.all(services.map(async ([name, port]) => serviceReady(network, name, port)));
}

async function serviceReady(network: OpenNetwork, name: string, port: number): Promise<void> {
  if (await poll(SERVICE_MS, async () => accepts(port))) return;
  const log = network.record.engine === 'embedded' ? network.files.chaincodeLog : network.files.nodeLog(name);
  const lines = endOfLog(log);
  throw new NetworkError(
    'ChaincodeNotReady',
    `the chaincode service did not answer on port ${port.toString()}\nThe end of its log:\n${lines.join('\n')}`,
    `Read ${log} and mend what it names; the service is started again by itself.`,
    { log, port, lines },
  );
}
