import { status } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import { IMPLICIT_PREFIX } from '../../chaincode/transaction';
import type { Policy } from '../../ports';
import { RpcError } from '../rpc-error';
import type { KeyPolicies } from './key-policies';
import { endorsementPolicy, type EndorsingPeer, type GatewayNetwork } from './network';

/** A set of organisations whose peers together satisfy what the transaction needs. */
export type Layout = readonly string[];

/** The peers of named organisations. @throws RpcError UNAVAILABLE where one has none that could run the chaincode */
export async function peersOf(
  network: GatewayNetwork,
  chaincode: string,
  mspIds: readonly string[],
): Promise<readonly EndorsingPeer[]> {
  const missing: string[] = [];
  const peers: EndorsingPeer[] = [];
  for (const mspId of new Set(mspIds)) {
    const candidate = network.peers.find((peer) => peer.mspId === mspId);
    if (candidate !== undefined && (await candidate.has(chaincode))) {
      peers.push(candidate);
    } else {
      missing.push(mspId);
    }
  }
  if (missing.length > 0) {
    throw new RpcError(status.UNAVAILABLE, `failed to find any endorsing peers for org(s): ${missing.join(', ')}`);
  }
  return peers;
}

/**
 * The sets of organisations that could endorse, those with `preferred` first.
 * @throws NoEndorsers
 */
export async function layoutsFor(
  network: GatewayNetwork,
  interest: peer.ChaincodeInterest,
  preferred: string | undefined,
  keyPolicies: ReadonlyMap<string, KeyPolicies> = new Map(),
): Promise<readonly Layout[]> {
  const calls = interest.getChaincodesList();
  let layouts = combine(calls.flatMap((call) => choicesFor(network, call, keyPolicies.get(call.getName()))));
  if (layouts.length === 0) {
    throw new NoEndorsers('no peer combination can satisfy the endorsement policy');
  }
  const allowed = new Set<string>();
  for (const peer of network.peers) {
    const runs = await Promise.all(calls.map((call) => peer.has(call.getName())));
    if (runs.every(Boolean) && calls.every((call) => mayRead(network, call, peer.mspId))) {
      allowed.add(peer.mspId);
    }
  }
  layouts = layouts.filter((layout) => layout.every((mspId) => allowed.has(mspId)));
  if (layouts.length === 0) {
    throw new NoEndorsers('required chaincodes are not installed on sufficient peers');
  }
  const isPreferred = (layout: Layout): boolean => preferred !== undefined && layout.includes(preferred);
  return [...layouts.filter(isPreferred), ...layouts.filter((layout) => !isPreferred(layout))];
}

export class NoEndorsers extends Error {
  readonly code = 'NoEndorsers';

  constructor(reason: string) {
    super(`no combination of peers can be derived which satisfy the endorsement policy: ${reason}`);
    this.name = 'NoEndorsers';
  }
}

/** For each policy that a call must meet, the sets of organisations that meet it. */
function choicesFor(
  network: GatewayNetwork,
  call: peer.ChaincodeCall,
  ofKeys: KeyPolicies | undefined,
): (readonly Layout[])[] {
  const collections = call.getCollectionNamesList();
  if (collections.length === 0) {
    const own = ofKeys?.needsChaincodePolicy === false ? [] : [endorsementPolicy(network, call.getName())];
    return [...own, ...(ofKeys?.policies ?? [])].map(setsOf);
  }
  return collections.map((collection) =>
    collection.startsWith(IMPLICIT_PREFIX)
      ? [[collection.slice(IMPLICIT_PREFIX.length)]]
      : setsOf(endorsementPolicy(network, call.getName(), collection)),
  );
}

function setsOf(policy: Policy | undefined): readonly Layout[] {
  if (policy === undefined) {
    throw new NoEndorsers('policy not found');
  }
  return policy.organisationSets();
}

/** Where private values were read, or must be protected, only members of the collection are asked. */
function mayRead(network: GatewayNetwork, call: peer.ChaincodeCall, mspId: string): boolean {
  if (call.getNoPrivateReads()) {
    return true;
  }
  const collections = network.ledger.definition(call.getName())?.collections;
  return call.getCollectionNamesList().every((name) => {
    if (name.startsWith(IMPLICIT_PREFIX)) {
      return name === IMPLICIT_PREFIX + mspId;
    }
    return collections?.get(name)?.members.includes(mspId) === true;
  });
}

/** Sets that satisfy all of several policies, smallest first. */
function combine(choices: readonly (readonly Layout[])[]): Layout[] {
  let combined: Layout[] = [[]];
  for (const sets of choices) {
    const next = new Map<string, Layout>();
    for (const left of combined) {
      for (const right of sets) {
        const union = [...new Set([...left, ...right])].sort();
        next.set(union.join('\0'), union);
      }
    }
    combined = [...next.values()];
  }
  return combined.filter((layout) => layout.length > 0).sort((left, right) => left.length - right.length);
}
