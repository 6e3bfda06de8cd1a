import { ledger, peer } from '@hyperledger/fabric-protos';
import type { Policy, Simulator } from '../../ports';
import type { GatewayNetwork } from './network';

const { rwset } = ledger;
const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** What the public keys that a transaction writes ask for themselves. */
export interface KeyPolicies {
  readonly policies: readonly Policy[];
  /** Whether a key was written that has no policy of its own, so that the chaincode's counts. */
  readonly needsChaincodePolicy: boolean;
}

/** Reads the key-level policies of the public keys that an endorsed simulation writes, by namespace, as committed now. */
export async function keyPoliciesOf(
  network: GatewayNetwork,
  mspId: string,
  response: peer.ProposalResponse,
): Promise<ReadonlyMap<string, KeyPolicies>> {
  const result = new Map<string, KeyPolicies>();
  const probe = network.ledger.simulate('', mspId);
  try {
    for (const namespace of readWriteSetOf(response).getNsRwsetList()) {
      const found = await inNamespace(network, probe, namespace);
      if (found !== undefined) {
        result.set(namespace.getNamespace(), found);
      }
    }
  } finally {
    probe.discard();
  }
  return result;
}

function readWriteSetOf(response: peer.ProposalResponse): ledger.rwset.TxReadWriteSet {
  const payload = peer.ProposalResponsePayload.deserializeBinary(response.getPayload_asU8());
  const action = peer.ChaincodeAction.deserializeBinary(payload.getExtension_asU8());
  return rwset.TxReadWriteSet.deserializeBinary(action.getResults_asU8());
}

async function inNamespace(
  network: GatewayNetwork,
  probe: Simulator,
  namespace: ledger.rwset.NsReadWriteSet,
): Promise<KeyPolicies | undefined> {
  const name = namespace.getNamespace();
  const set = rwset.kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
  const keys = new Set([
    ...set.getWritesList().map((write) => write.getKey()),
    ...set.getMetadataWritesList().map((write) => write.getKey()),
  ]);
  const distinct = new Map<string, Uint8Array>();
  let needsChaincodePolicy = false;
  for (const key of keys) {
    const bytes = (await probe.getMetadata(name, key)).get(VALIDATION_PARAMETER);
    if (bytes === undefined || bytes.length === 0) {
      needsChaincodePolicy = true;
    } else {
      distinct.set(Buffer.from(bytes).toString('latin1'), bytes);
    }
  }
  if (distinct.size === 0) {
    return undefined;
  }
  return { policies: [...distinct.values()].map((bytes) => network.keyPolicy(bytes)), needsChaincodePolicy };
}
