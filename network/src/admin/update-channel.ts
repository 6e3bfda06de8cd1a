import type { common } from '@hyperledger/fabric-protos';
import { configUpdate } from '../channel';
import type { LocalSigner } from '../identities';
import { poll } from '../poll';
import { AdministrationError } from './administration-error';
import { BroadcastClient } from './broadcast-client';
import type { OrderingAccess } from './broadcast-client';
import { ChannelClient } from './channel-client';
import { configUpdateEnvelope, signConfigUpdate } from './config-signature';
import type { PeerAccess } from './peer-connection';

export interface UpdateChannelRequest {
  readonly channel: string;
  /** Peers that take the new configuration before this returns. The first is asked for the present one. */
  readonly peers: readonly PeerAccess[];
  /** Orderers, tried one after another. */
  readonly orderers: readonly OrderingAccess[];
  /** Who signs: as many administrators as the policies of what changes ask for. The first one sends. */
  readonly administrators: readonly LocalSigner[];
  /** The wanted configuration, of the present one, for instance by `withApplicationOrganisation`. */
  readonly change: (channelGroup: common.ConfigGroup) => common.ConfigGroup;
}

export interface UpdateChannelResult {
  /** `unchanged`: the channel was configured so already. */
  readonly state: 'updated' | 'unchanged';
  /** How often the channel's configuration has changed since its first block. */
  readonly sequence: number;
}

const ATTEMPTS = 4;
const ORDERED_MS = 20_000;
const TAKEN_MS = 60_000;
// Each question costs a peer a signature check, while it serves others.
const PAUSE_MS = 100;
const OPERATION = 'UpdateChannel';

/**
 * Changes a channel's configuration while it serves, and returns when every named peer has the new one. Repeated, it does nothing but
 * wait for peers that lag. A change that somebody else made meanwhile is not lost: the wanted one is then made of theirs.
 *
 * @throws AdministrationError `BroadcastRefused` with the orderer's words, for instance where a signature lacks;
 * `ConfigurationNotTaken` naming the peers that have not got it in time; `OrdererUnreachable`, `PeerUnreachable`.
 */
export async function updateChannel(request: UpdateChannelRequest): Promise<UpdateChannelResult> {
  const peers = request.peers.map((access) => new ChannelClient(access));
  const orderers = request.orderers.map((access) => new BroadcastClient(access));
  try {
    const result = await ordered(request, peers, orderers);
    await taken(request, peers, result.sequence);
    return result;
  } finally {
    for (const client of [...peers, ...orderers]) client.close();
  }
}

async function ordered(
  { channel, administrators, change }: UpdateChannelRequest,
  [first]: readonly ChannelClient[],
  orderers: readonly BroadcastClient[],
): Promise<UpdateChannelResult> {
  const [sender] = administrators;
  if (first === undefined || sender === undefined || orderers.length === 0) {
    throw new RangeError('an update needs at least one peer, one administrator and one orderer');
  }
  let failure: AdministrationError | undefined;
  let sent = false;
  for (let attempt = 0; ; attempt += 1) {
    const { sequence, group } = await first.configuration(channel);
    const update = configUpdate(channel, group, change(group))?.serializeBinary();
    if (update === undefined) return { state: sent ? 'updated' : 'unchanged', sequence };
    if (attempt === ATTEMPTS) throw failure ?? notOrdered(first.mspId);
    const signatures = administrators.map((administrator) => signConfigUpdate(update, administrator));
    const envelope = configUpdateEnvelope(channel, update, signatures, sender);
    const moved = async (): Promise<boolean> => (await first.configuration(channel)).sequence > sequence;
    try {
      await orderers[attempt % orderers.length]?.send(envelope);
      sent = true;
      failure = undefined;
    } catch (error) {
      if (!(error instanceof AdministrationError)) throw error;
      failure = error;
      // One that was sent before may have been ordered by now, and its repetition is refused then.
      const refused = error.code === 'BroadcastRefused';
      if (refused && !(await moved())) throw error;
      if (!refused) continue;
    }
    await poll(ORDERED_MS, moved, PAUSE_MS);
  }
}

function notOrdered(mspId: string): AdministrationError {
  const message = `the orderers have put the change in no block after ${ATTEMPTS.toString()} attempts`;
  return new AdministrationError('ConfigurationNotTaken', { mspId, operation: OPERATION, message });
}

async function taken(
  { channel }: UpdateChannelRequest,
  peers: readonly ChannelClient[],
  wanted: number,
): Promise<void> {
  const lacks = async (peer: ChannelClient): Promise<boolean> => {
    try {
      return (await peer.configuration(channel)).sequence < wanted;
    } catch (error) {
      if (error instanceof AdministrationError) return true;
      throw error;
    }
  };
  const late = await Promise.all(
    peers.map(async (peer) => ((await poll(TAKEN_MS, async () => !(await lacks(peer)), PAUSE_MS)) ? [] : [peer.mspId])),
  );
  const [mspId, ...others] = late.flat();
  if (mspId === undefined) return;
  const limit = (TAKEN_MS / 1_000).toString();
  throw new AdministrationError('ConfigurationNotTaken', {
    mspId,
    operation: OPERATION,
    message: `the peers of ${[mspId, ...others].join(', ')} have not taken configuration ${wanted.toString()} within ${limit} seconds`,
  });
}
