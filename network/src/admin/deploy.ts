import { safePoint } from '../interruption';
import { poll } from '../poll';
import { AdministrationError } from './administration-error';
import type { ChaincodeDefinition } from './chaincode-definition';
import type { ChaincodePackage } from './chaincode-package';
import { LifecycleClient, UNKNOWN_PACKAGE } from './lifecycle-client';
import type { PeerAccess } from './peer-connection';

/** One step of a deployment, as it is done. */
export type DeployStep =
  | { readonly step: 'installed' | 'approved'; readonly mspId: string }
  | { readonly step: 'committed'; readonly sequence: number };

const APPROVALS_MS = 30_000;
const PAUSE_MS = 100;

export interface DeployRequest {
  readonly channel: string;
  /** Every organisation that installs and approves. */
  readonly organisations: readonly PeerAccess[];
  readonly definition: ChaincodeDefinition;
  readonly chaincode: ChaincodePackage;
  /**
   * Whose approvals the channel's policy for chaincodes asks for: so many of these, each by its own. Undefined asks for all of
   * `organisations`.
   */
  readonly deciders?: { readonly outOf: number; readonly mspIds: readonly string[] };
  /** Lets organisations that run the committed definition by another package take this one; without it they refuse. */
  readonly replacePackage?: boolean;
  /**
   * Peers of deciders that others administer, in the name of one of `organisations`: those that approve are asked to endorse. Where they
   * are given, approvals that lack are no error: the result names whose.
   */
  readonly elsewhere?: readonly PeerAccess[];
  readonly onStep?: (step: DeployStep) => void;
}

export interface DeployResult {
  /** `unchanged`: the channel already had this definition, and every organisation its package. */
  readonly state: 'committed' | 'approved' | 'unchanged';
  readonly sequence: number;
  readonly packageId: string;
  /** Which organisations of the channel have approved, by MSP id. */
  readonly approvals: ReadonlyMap<string, boolean>;
  /** Who has not approved yet, where the definition does not stand for want of it. */
  readonly awaiting?: readonly string[];
}

/**
 * Brings the channel to the wanted definition and does only what is missing, so that a deployment that was cut off is completed
 * by running it again. `approved` says that there was nothing to commit: the definition stood already, and organisations took the
 * package for it; or it waits for the approval of others, who are in `awaiting`.
 *
 * @throws AdministrationError naming the organisation and the operation that failed: `ApprovalMissing` where too few of the deciders
 * have approved; `PackageDiffers`, before anything is done, where an organisation runs the definition by another package.
 */
export async function deploy(request: DeployRequest): Promise<DeployResult> {
  const clients = request.organisations.map((access) => new LifecycleClient(request.channel, access));
  const elsewhere = request.elsewhere?.map((access) => new LifecycleClient(request.channel, access)) ?? [];
  try {
    return await deployWith(clients, elsewhere, request);
  } finally {
    for (const client of [...clients, ...elsewhere]) client.close();
  }
}

async function deployWith(
  clients: readonly LifecycleClient[],
  elsewhere: readonly LifecycleClient[],
  request: DeployRequest,
): Promise<DeployResult> {
  const { definition, chaincode, onStep } = request;
  const [first] = clients;
  if (first === undefined) throw new RangeError('a deployment needs at least one organisation');
  const found = await first.queryCommitted(definition);
  const stands = found?.matches ?? false;
  const sequence = stands ? (found?.sequence ?? 0) : (found?.sequence ?? 0) + 1;
  if (stands && request.replacePackage !== true) await requireSamePackage(clients, request, sequence);
  const installed = await installWhereMissing(clients, request);
  const approved = await approveWhereMissing(clients, request, sequence);
  const result = { sequence, packageId: chaincode.packageId };
  if (stands) {
    const approvals = new Map(clients.map(({ mspId }) => [mspId, true]));
    return { ...result, state: installed || approved ? 'approved' : 'unchanged', approvals };
  }
  const approvals = await approvalsAt(first, clients, definition, sequence);
  const deciders = request.deciders ?? { outOf: clients.length, mspIds: clients.map(({ mspId }) => mspId) };
  const missing = deciders.mspIds.filter((mspId) => approvals.get(mspId) !== true);
  if (deciders.mspIds.length - missing.length < deciders.outOf) {
    if (request.elsewhere === undefined) throw approvalMissing(definition, sequence, missing, deciders);
    return { ...result, state: 'approved', approvals, awaiting: missing };
  }
  safePoint();
  const [committer = first, ...others] = clients.filter(({ mspId }) => deciders.mspIds.includes(mspId));
  const further = elsewhere.filter(({ mspId }) => approvals.get(mspId) === true);
  const lacking = Math.max(0, deciders.outOf - others.length - (deciders.mspIds.includes(committer.mspId) ? 1 : 0));
  const endorsers = [...others, ...further.slice(0, lacking)];
  if (!(await committed(committer, endorsers, definition, sequence)))
    return { ...result, state: 'approved', approvals };
  onStep?.({ step: 'committed', sequence });
  return { ...result, state: 'committed', approvals };
}

/** Commits the definition. @returns false where somebody elsewhere has done so at the same time. */
async function committed(
  committer: LifecycleClient,
  endorsers: readonly LifecycleClient[],
  definition: ChaincodeDefinition,
  sequence: number,
): Promise<boolean> {
  try {
    await committer.commit(definition, sequence, endorsers);
    return true;
  } catch (error) {
    const found = await committer.queryCommitted(definition).catch(() => undefined);
    if (found?.matches === true && found.sequence === sequence) return false;
    throw error;
  }
}

/** Other code under a name, version and sequence that stand would be run unseen: each organisation says that it wants it. */
async function requireSamePackage(
  clients: readonly LifecycleClient[],
  { definition, chaincode }: DeployRequest,
  sequence: number,
): Promise<void> {
  for (const client of clients) {
    const approved = await client.approvedPackage(definition, sequence);
    if (approved === undefined || ['', UNKNOWN_PACKAGE, chaincode.packageId].includes(approved)) continue;
    const { name, version } = definition;
    throw new AdministrationError('PackageDiffers', {
      mspId: client.mspId,
      operation: 'ApproveChaincodeDefinitionForMyOrg',
      message: `${name} ${version}, sequence ${sequence.toString()}, is approved with the package ${approved}, not with ${chaincode.packageId}`,
      remedy: 'Give the other package another version of the chaincode; or deploy the one that is approved.',
    });
  }
}

/** The approvals at one organisation's peer, once it has those that were given just now by way of other peers. */
async function approvalsAt(
  client: LifecycleClient,
  approving: readonly LifecycleClient[],
  definition: ChaincodeDefinition,
  sequence: number,
): Promise<ReadonlyMap<string, boolean>> {
  let approvals = await client.checkCommitReadiness(definition, sequence);
  const complete = (): boolean => approving.every(({ mspId }) => approvals.get(mspId) === true);
  // What it does not show in time is told by whoever asks for it.
  await poll(
    APPROVALS_MS,
    async () => {
      if (!complete()) approvals = await client.checkCommitReadiness(definition, sequence);
      return complete();
    },
    PAUSE_MS,
  );
  return approvals;
}

function approvalMissing(
  { name }: ChaincodeDefinition,
  sequence: number,
  missing: readonly string[],
  { outOf, mspIds }: { readonly outOf: number; readonly mspIds: readonly string[] },
): AdministrationError {
  const given = mspIds.length - missing.length;
  return new AdministrationError('ApprovalMissing', {
    mspId: missing[0] ?? '',
    operation: 'CommitChaincodeDefinition',
    message: `of ${outOf.toString()} approvals that ${name}, sequence ${sequence.toString()}, needs there are ${given.toString()}; missing: ${missing.join(', ')}`,
    remedy: `Have ${missing.join(' or ')} approve the same definition, then deploy again.`,
  });
}

async function installWhereMissing(
  clients: readonly LifecycleClient[],
  { chaincode, onStep }: DeployRequest,
): Promise<boolean> {
  const done = await Promise.all(
    clients.map(async (client) => {
      if ((await client.queryInstalled()).includes(chaincode.packageId)) return false;
      safePoint();
      await client.install(chaincode);
      onStep?.({ step: 'installed', mspId: client.mspId });
      return true;
    }),
  );
  return done.includes(true);
}

async function approveWhereMissing(
  clients: readonly LifecycleClient[],
  { definition, chaincode, onStep }: DeployRequest,
  sequence: number,
): Promise<boolean> {
  const done = await Promise.all(
    clients.map(async (client) => {
      if (await client.hasApproved(definition, sequence, chaincode.packageId)) return false;
      safePoint();
      await client.approve(definition, sequence, chaincode.packageId);
      onStep?.({ step: 'approved', mspId: client.mspId });
      return true;
    }),
  );
  return done.includes(true);
}
