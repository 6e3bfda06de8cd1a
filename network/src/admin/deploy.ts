import type { ChaincodeDefinition } from './chaincode-definition';
import type { ChaincodePackage } from './chaincode-package';
import { LifecycleClient } from './lifecycle-client';
import type { PeerAccess } from './peer-connection';

/** One step of a deployment, as it is done. */
export type DeployStep =
  | { readonly step: 'installed' | 'approved'; readonly mspId: string }
  | { readonly step: 'committed'; readonly sequence: number };

export interface DeployRequest {
  readonly channel: string;
  /** Every organisation that installs and approves. */
  readonly organisations: readonly PeerAccess[];
  readonly definition: ChaincodeDefinition;
  readonly chaincode: ChaincodePackage;
  readonly onStep?: (step: DeployStep) => void;
}

export interface DeployResult {
  /** `unchanged`: the channel already had this definition, and every organisation its package. */
  readonly state: 'committed' | 'approved' | 'unchanged';
  readonly sequence: number;
  readonly packageId: string;
  /** Which organisations of the channel have approved, by MSP id. */
  readonly approvals: ReadonlyMap<string, boolean>;
}

/**
 * Brings the channel to the wanted definition and does only what is missing, so that a deployment that was cut off is completed
 * by running it again. `approved` says that the definition stood already, and that organisations took a new package for it.
 *
 * @throws AdministrationError naming the organisation and the operation that failed.
 */
export async function deploy(request: DeployRequest): Promise<DeployResult> {
  const clients = request.organisations.map((access) => new LifecycleClient(request.channel, access));
  try {
    return await deployWith(clients, request);
  } finally {
    for (const client of clients) client.close();
  }
}

async function deployWith(clients: readonly LifecycleClient[], request: DeployRequest): Promise<DeployResult> {
  const { definition, chaincode, onStep } = request;
  const [first, ...others] = clients;
  if (first === undefined) throw new RangeError('a deployment needs at least one organisation');
  const installed = await installWhereMissing(clients, request);
  const committed = await first.queryCommitted(definition);
  const stands = committed?.matches ?? false;
  const sequence = stands ? (committed?.sequence ?? 0) : (committed?.sequence ?? 0) + 1;
  const approved = await approveWhereMissing(clients, request, sequence);
  const result = { sequence, packageId: chaincode.packageId };
  if (stands) {
    const approvals = new Map(clients.map(({ mspId }) => [mspId, true]));
    return { ...result, state: installed || approved ? 'approved' : 'unchanged', approvals };
  }
  const approvals = await first.checkCommitReadiness(definition, sequence);
  await first.commit(definition, sequence, others);
  onStep?.({ step: 'committed', sequence });
  return { ...result, state: 'committed', approvals };
}

async function installWhereMissing(
  clients: readonly LifecycleClient[],
  { chaincode, onStep }: DeployRequest,
): Promise<boolean> {
  const done = await Promise.all(
    clients.map(async (client) => {
      if ((await client.queryInstalled()).includes(chaincode.packageId)) return false;
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
      await client.approve(definition, sequence, chaincode.packageId);
      onStep?.({ step: 'approved', mspId: client.mspId });
      return true;
    }),
  );
  return done.includes(true);
}
