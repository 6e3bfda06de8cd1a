import { rmSync } from 'node:fs';
import { updateChannel } from '../../admin';
import type { PeerAccess } from '../../admin';
import { withRevocationList } from '../../channel';
import { requireHere } from '../../directory/network-part';
import { presentPeers } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import { orderingAccesses } from '../../directory/ordering-access';
import { administratorOf } from '../../directory/peer-access';
import { runningProcess } from '../../directory/process-record';
import type { OnProgress } from '../../directory/progress';
import { restartInTurn } from '../../engines/fabric';
import { localRevocationListFile, OrganisationFiles, reissueUser, revokeSerials } from '../../identities';
import { writePublic } from '../../identities/msp-folder';
import { servedBy } from '../../topology';
import type { Organisation, PeerOrganisation, User } from '../../topology';
import { restartEngine, restarterOf } from '../network/restart';
import { requireRunning, runningOf } from '../network/running';
import { renewAtSchedulers } from '../schedulers/schedulers';
import { currentSerial, revocationPlan, unfinishedPlan } from './revocation-plan';
import type { RevocationPlan } from './revocation-plan';

export interface RevokeCertificateRequest {
  readonly directory: string;
  /** Whose. */
  readonly mspId: string;
  /** A user's name, or the serial number of a certificate of the organisation's signing authority. */
  readonly target: string;
  readonly onProgress?: OnProgress;
}

export interface RevokeCertificateResult {
  readonly mspId: string;
  /** Serial numbers that are on the list for this, in hexadecimal. */
  readonly revoked: readonly string[];
  /** The file of the list: all that the organisation's authority has revoked. */
  readonly list: string;
  /** The user who has a new key, and a certificate for it; undefined where the certificate was nobody's of the directory. */
  readonly reissued?: string;
  /** Nodes and schedulers that were restarted for it. */
  readonly restarted: readonly string[];
}

/**
 * Takes certificates of one of an organisation's users back: puts them on its authority's revocation list, gives the user a new key and
 * certificate, and has the channel take the list, by an update of its configuration that the organisation's administrator signs. From then
 * on no peer and no orderer accepts what was revoked, from whomever it comes. An embedded engine is started again with the list. A
 * revocation that was cut off is completed by repeating it.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `OrganisationUnknown`, `OrganisationElsewhere`, `UserUnknown`, `CertificateNotRevocable`;
 * of real Fabric `NetworkNotRunning`, before anything is changed; AdministrationError; `NodesNotRunning`, `NodeNotReady`, when the channel
 * has the list, where nodes of the organisation must be restarted.
 */
export async function revokeCertificate(request: RevokeCertificateRequest): Promise<RevokeCertificateResult> {
  const { directory, mspId, target, onProgress } = request;
  const network = openNetwork(directory);
  const organisation = requireHere(network.record, mspId);
  const own = new OrganisationFiles(network.files.directory, organisation);
  return withLock(network.files, async () => {
    if (network.record.engine !== 'embedded') requireRunning(network);
    const begun = unfinishedPlan(own);
    if (begun !== undefined && begun.target !== target) await carryOut(network, organisation, begun, onProgress);
    const plan = begun?.target === target ? begun : revocationPlan(network, organisation, target);
    await writePublic(own.revoking, `${JSON.stringify(plan)}\n`);
    return carryOut(network, organisation, plan, onProgress);
  });
}

async function carryOut(
  network: OpenNetwork,
  organisation: Organisation,
  plan: RevocationPlan,
  onProgress: OnProgress | undefined,
): Promise<RevokeCertificateResult> {
  const own = new OrganisationFiles(network.files.directory, organisation);
  const user = organisation.users.find(({ name }) => name === plan.user);
  const list = await revokeSerials(own, plan.serials);
  // First, so that an administrator whose certificate is taken back signs the update with another one.
  if (user !== undefined && plan.serials.includes(currentSerial(network, organisation, user.name))) {
    await reissueUser(organisation, user, network.files.directory);
  }
  const restarted =
    network.record.engine === 'embedded'
      ? await takeAtEngine(network, onProgress)
      : await takeAtFabric(network, organisation, { list, user, onProgress });
  const schedulers = await renewAtSchedulers(network);
  rmSync(own.revoking, { force: true });
  return {
    mspId: organisation.mspId,
    revoked: plan.serials,
    list: own.revocationList,
    ...(user === undefined ? {} : { reissued: user.name }),
    restarted: [...restarted, ...schedulers],
  };
}

async function takeAtEngine(network: OpenNetwork, onProgress: OnProgress | undefined): Promise<readonly string[]> {
  if (runningProcess(network.files) === undefined) return [];
  await restartEngine(network, onProgress);
  return ['engine'];
}

interface Taking {
  readonly list: string;
  readonly user: User | undefined;
  readonly onProgress: OnProgress | undefined;
}

async function takeAtFabric(
  network: OpenNetwork,
  organisation: Organisation,
  { list, user, onProgress }: Taking,
): Promise<readonly string[]> {
  const { channel } = network.record.topology;
  const running = runningOf(network.files, network.record)?.nodes ?? new Map<string, number>();
  onProgress?.({ step: 'updating-channel' });
  await updateChannel({
    channel,
    peers: peersToTake(network, organisation, running),
    orderers: orderingAccesses(network),
    administrators: [administratorOf(network, organisation).signer],
    change: (group) => withRevocationList(group, organisation.mspId, list),
  });
  const nodes = await installAtNodes(network, organisation, list);
  // What is asked of a node apart from the channel it judges by what it has read when it started; that is for administrators alone.
  if (user?.kind === 'client' || nodes.length === 0) return [];
  return restartInTurn(network, await restarterOf(network), new Set(running.keys()), new Set(nodes), onProgress);
}

/** Those that do not run take the list with the blocks that they lack, when they do. */
function peersToTake(
  network: OpenNetwork,
  organisation: Organisation,
  running: ReadonlyMap<string, number>,
): readonly PeerAccess[] {
  const { record } = network;
  const serverOf = (one: Organisation): PeerOrganisation => servedBy(record.topology, one);
  const others = presentPeers(record).filter((other) => other !== serverOf(organisation));
  return [organisation, ...others]
    .filter((one) => running.has(serverOf(one).peer.hostname) || !presentPeers(record).includes(serverOf(one)))
    .map((one) => administratorOf(network, one));
}

/** @returns the names of the organisation's nodes. */
async function installAtNodes(
  { files }: OpenNetwork,
  organisation: Organisation,
  list: string,
): Promise<readonly string[]> {
  const own = new OrganisationFiles(files.directory, organisation);
  const { peer, orderer } = organisation;
  const ordererFiles = own.orderer();
  if (peer !== undefined) await writePublic(localRevocationListFile(own.peer().msp), list);
  if (ordererFiles !== undefined) await writePublic(localRevocationListFile(ordererFiles.msp), list);
  return [orderer?.hostname, peer?.hostname].filter((name) => name !== undefined);
}
