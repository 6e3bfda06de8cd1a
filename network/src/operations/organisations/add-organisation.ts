import { updateChannel } from '../../admin';
import type { DeployResult } from '../../admin';
import { rootCertificatesOf, withApplicationOrganisation, withBlockReaders } from '../../channel';
import { requireFree } from '../../directory/free-ports';
import { NetworkError } from '../../directory/network-error';
import { networkNodes } from '../../directory/network-nodes';
import { requireAllHere } from '../../directory/network-part';
import { endpointOf } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import { orderingAccesses } from '../../directory/ordering-access';
import { administratorOf } from '../../directory/peer-access';
import type { OnProgress } from '../../directory/progress';
import { channelOrganisation } from '../../engines/fabric/market-channel';
import { safePoint } from '../../interruption';
import { blockReadersOf, decidersOf, findOrganisation, hasPeer, servedBy } from '../../topology';
import type { Organisation, Topology } from '../../topology';
import { deployOn } from '../market/deploy-market';
import { requireRunning } from '../network/running';
import { starterOf } from '../network/up';
import { prepareJoining, recordJoined } from './joining-organisation';

export interface AddOrganisationRequest {
  readonly directory: string;
  /** Who joins, among the organisations that are there: `newOrganisation` and `readNewOrganisation` make it. */
  readonly organisation: (topology: Topology) => Organisation;
  /** Another chaincode program than Kessai's. */
  readonly chaincodeProgram?: string;
  readonly onProgress?: OnProgress;
}

export interface AddOrganisationResult {
  /** `unchanged`: it had joined already, with all that belongs to it. */
  readonly state: 'added' | 'unchanged';
  readonly organisation: Organisation;
  /** Host and port of the peer at which its users act. */
  readonly peer: string;
  /** The nodes that were started: its peer and its chaincode service; none where an operator hosts it. */
  readonly started: readonly string[];
  readonly chaincode: DeployResult;
}

/**
 * Adds an organisation to a network that runs: identities and ports, a place in the channel's configuration, a peer, a chaincode service,
 * and a chaincode definition with its collections. The processes of the others go on, and so do their transactions. Each step is done
 * only where it lacks, so that an addition that was cut off is completed by running it again; from the moment the network's record
 * has the organisation, `up` and `deployMarket` complete it too.
 *
 * @throws TopologyError where the organisation does not fit; NetworkError `EngineUnsupported`, `NetworkPartial`, `NetworkDirectoryAbsent`,
 * `NetworkNotRunning`, `NetworkDegraded`, `OrganisationDiffers`, `PortInUse`, `FabricMissing`, `NodeNotReady`; docker: as `up`; AdministrationError.
 */
export async function addOrganisation(request: AddOrganisationRequest): Promise<AddOrganisationResult> {
  const { directory, onProgress } = request;
  const { files, record } = openNetwork(directory);
  requireFabric(record);
  requireAllHere(record, 'and an organisation is added where all of them are');
  const start = await starterOf({ ...request, engine: record.engine });
  return withLock(files, async () => {
    // What another operation has changed until now counts.
    const network = openNetwork(directory);
    const { topology } = network.record;
    const organisation = request.organisation(topology);
    requireOthersRunning(network, organisation);
    onProgress?.({ step: 'making-identities' });
    const joined = await prepareJoining(network, organisation);
    if (findOrganisation(topology, organisation.mspId) === undefined) {
      await requireFree(portsOf(joined, network));
      safePoint();
      onProgress?.({ step: 'updating-channel' });
      await enterChannel(network, joined, organisation);
      await recordJoined(joined, organisation);
    }
    safePoint();
    onProgress?.({ step: 'starting-organisation' });
    const started = await start(joined, organisation.mspId);
    const chaincode = await deployOn(joined, onProgress);
    const server = servedBy(joined.record.topology, organisation);
    return {
      state: started.length === 0 && chaincode.state === 'unchanged' ? 'unchanged' : 'added',
      organisation,
      peer: endpointOf(joined.record, server, server.peer),
      started,
      chaincode,
    };
  });
}

function requireFabric({ engine }: NetworkRecord): void {
  if (engine !== 'embedded') return;
  throw new NetworkError(
    'EngineUnsupported',
    `a network of the engine '${engine}' has the organisations that it was made with`,
    'Add the organisation to the topology file and make the network anew; or use a network of the engine native or docker.',
    { engine },
  );
}

/** @throws NetworkError `NetworkNotRunning`, `NetworkDegraded`. */
function requireOthersRunning(network: OpenNetwork, joining: Organisation): void {
  const { nodes: running } = requireRunning(network);
  const { files, record } = network;
  const others = networkNodes(record).filter(({ mspId }) => mspId !== joining.mspId);
  const ended = others.map(({ name }) => name).filter((name) => running?.has(name) !== true);
  if (ended.length === 0) return;
  throw new NetworkError('NetworkDegraded', `of the network ${ended.join(', ')} does not run`, 'Run up first.', {
    directory: files.directory,
    ended,
  });
}

/** The ports that one network has and the other has not. */
function portsOf(joined: OpenNetwork, before: OpenNetwork): ReadonlyMap<string, number> {
  return new Map(Object.entries(joined.record.ports).filter(([name]) => before.record.ports[name] === undefined));
}

/** Has the channel's deciders sign the organisation's place in its configuration. */
async function enterChannel(before: OpenNetwork, joined: OpenNetwork, organisation: Organisation): Promise<void> {
  const { topology } = before.record;
  const entry = channelOrganisation(joined, organisation, organisation.peer);
  const { outOf, mspIds } = decidersOf(topology);
  const deciding = topology.organisations.filter(({ mspId }) => mspIds.slice(0, outOf).includes(mspId));
  const blockReaders = blockReadersOf(joined.record.topology);
  await updateChannel({
    channel: topology.channel,
    peers: topology.organisations.filter(hasPeer).map((other) => administratorOf(before, other)),
    orderers: orderingAccesses(before),
    administrators: deciding.map((decider) => administratorOf(before, decider).signer),
    change: (group) => {
      const roots = rootCertificatesOf(group, organisation.mspId);
      if (roots !== undefined && !roots.includes(entry.rootCert)) throw known(organisation);
      const added = withApplicationOrganisation(group, entry);
      return blockReaders.includes(organisation.mspId) ? withBlockReaders(added, blockReaders) : added;
    },
  });
}

function known({ mspId }: Organisation): NetworkError {
  const remedy = 'Choose another MSP id.';
  return new NetworkError('OrganisationDiffers', `the channel has another organisation called ${mspId}`, remedy, {
    mspId,
  });
}
