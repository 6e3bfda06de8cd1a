import type { GatewayFailure } from './gateway-failure';
import type { NodeAnswer } from './market-error';
import { type CheckedKeylessProfile, homeOf } from './profile';

/** Of a failed call: who called where, and which organisations were asked to answer; undefined: the gateway chose. */
export interface Asked {
  readonly profile: CheckedKeylessProfile;
  readonly organisations?: readonly string[] | undefined;
}

/**
 * Why nobody could answer, and at which node, as far as their words tell; they tell people, and no program decides by it. Undefined where
 * nothing is known of them.
 */
export function causeText(failure: GatewayFailure, asked: Asked): string | undefined {
  return (
    clockText(failure) ?? connectionText(failure, asked) ?? channelText(failure, asked) ?? peersText(failure, asked)
  );
}

/** Whether the gateway knows of no peer that could be asked, which may have another cause: a channel that it does not have. */
export function knowsNoPeer({ cause }: GatewayFailure): boolean {
  return noPeer.test(cause.message);
}

const noPeer = /failed to find any endorsing peers for org\(s\): (.+)|no peers available to evaluate chaincode/;
const noChannel =
  /failed to get config for channel \[|no metadata was found for chaincode|channel .+ (?:does not exist|not found)/i;
const clock = /incorrect timestamp (\S+), peer time (\S+), peer\.authentication\.timewindow (\S+)/;
const noConnection = /No connection established|Name resolution failed|Connection dropped|ECONNREFUSED|ECONNRESET/;
const untrusted = /certificate|altnames/i;

/** Where a node refuses whoever's clock differs too much from its own: both. */
export function clockText({ cause, nodes }: GatewayFailure): string | undefined {
  const words: readonly Pick<NodeAnswer, 'mspId' | 'message'>[] = [...nodes, { mspId: '', message: cause.message }];
  for (const { mspId, message } of words) {
    const [, here, there, window] = clock.exec(message) ?? [];
    if (here === undefined || there === undefined || window === undefined) continue;
    const whose = mspId === '' ? 'the peer' : `the peer of ${mspId}`;
    return `The clock of this machine and that of ${whose} differ: it is ${here} here and ${there} there, and peers take no more than ${window}. Set the wrong one; NTP keeps both right.`;
  }
  return undefined;
}

function connectionText({ cause, nodes }: GatewayFailure, { profile }: Asked): string | undefined {
  const { endpoint, mspId } = profile;
  const said = cause.message;
  if (nodes.length > 0 || !noConnection.test(said)) return undefined;
  const peer = `the peer of ${homeOf(profile)}`;
  if (untrusted.test(said)) {
    return `The node at ${endpoint} shows a TLS certificate that the profile does not trust (${reasonIn(said)}): the profile is of another network, or that network was made anew. Export it again: kessai profile export ${mspId}`;
  }
  if (/wrong version number|EPROTO/.test(said)) {
    return `What listens at ${endpoint} does not speak TLS: it is another program than ${peer}. See how the profile writes the port.`;
  }
  if (said.includes('ECONNREFUSED')) {
    return `Nothing listens at ${endpoint}, where ${peer} should be. Is it running? "kessai status" tells, "kessai up" starts it.`;
  }
  if (/Name resolution failed|ENOTFOUND|EAI_AGAIN/.test(said)) {
    return `The host of ${endpoint} is not known to this machine, so ${peer} cannot be called. See how the profile writes it, and that its name is known here.`;
  }
  return `There is no connection to ${endpoint}, ${peer}: ${reasonIn(said)}. See that it runs and that firewalls let its port through.`;
}

function channelText({ cause, nodes }: GatewayFailure, { profile }: Asked): string | undefined {
  if (![cause.message, ...nodes.map(({ message }) => message)].some((said) => noChannel.test(said))) return undefined;
  return `The peer of ${homeOf(profile)} at ${profile.endpoint} does not have the channel ${profile.channel}, or no chaincode ${profile.chaincode} on it: the profile is of another network, or the chaincode is not deployed.`;
}

function peersText(failure: GatewayFailure, { profile, organisations = [] }: Asked): string | undefined {
  const answers = `The peer of ${homeOf(profile)} at ${profile.endpoint} answers`;
  const missing = noPeer.exec(failure.cause.message);
  if (missing !== null) {
    const whose = missing[1] ?? organisations.join(', ');
    const of = whose === '' ? 'no peer' : `no peer of ${whose}`;
    return `${answers}, and knows of ${of} that can run the chaincode: it does not run, is out of touch, or has no chaincode. "kessai status" tells which run, "kessai deploy" installs what lacks.`;
  }
  if (failure.nodes.length === 0) return undefined;
  const others = failure.nodes.map(({ mspId, address, message }) => `${mspId} (${address}): ${message}`);
  return `${answers}, and these peers could not: ${others.join('; ')}. "kessai status" tells which peers run.`;
}

/** What is at the end of what the gRPC library says of a connection. */
function reasonIn(said: string): string {
  const last = /Last error: (?:Error: )?([^]+?)(?:\.\s*Resolution note:[^]*)?$/.exec(said)?.[1] ?? said;
  return last.trim().replace(/\.$/, '');
}
