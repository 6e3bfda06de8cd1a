import { X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';

/** What an identity says of itself. Nothing of it is checked. */
export interface Creator {
  readonly mspId: string;
  readonly expiry: Date;
}

const REMEMBERED = 1_000;
const remembered = new Map<string, Creator | undefined>();

/**
 * Reads an identity (msp.SerializedIdentity bytes); undefined where it cannot be read. The same few identities come with every
 * request, and reading a certificate is a good part of a request's cost: so they are remembered.
 */
export function readCreator(serialized: Uint8Array): Creator | undefined {
  const key = Buffer.from(serialized).toString('latin1');
  if (remembered.has(key)) {
    return remembered.get(key);
  }
  const creator = read(serialized);
  const [oldest] = remembered.keys();
  if (remembered.size >= REMEMBERED && oldest !== undefined) {
    remembered.delete(oldest);
  }
  remembered.set(key, creator);
  return creator;
}

function read(serialized: Uint8Array): Creator | undefined {
  try {
    const identity = msp.SerializedIdentity.deserializeBinary(serialized);
    const certificate = new X509Certificate(identity.getIdBytes_asU8());
    return { mspId: identity.getMspid(), expiry: new Date(certificate.validTo) };
  } catch {
    return undefined;
  }
}
