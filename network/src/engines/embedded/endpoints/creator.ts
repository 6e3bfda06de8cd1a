import { createHash } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { certificateOfPem, MAXIMUM_IDENTITY_BYTES } from '../msp';

/** What an identity says of itself. Nothing of it is checked. */
export interface Creator {
  readonly mspId: string;
  readonly expiry: Date;
}

const REMEMBERED = 1_000;
const remembered = new Map<string, Creator>();

/**
 * Reads an identity (msp.SerializedIdentity bytes); undefined where it cannot be read. The certificate is found as the organisation's MSP
 * finds it, so that both speak of the same one.
 */
export function readCreator(serialized: Uint8Array): Creator | undefined {
  if (serialized.length > MAXIMUM_IDENTITY_BYTES) {
    return undefined;
  }
  return remembered.get(keyOf(serialized)) ?? read(serialized);
}

/**
 * Remembers an identity that has been checked, and whose signature has: the same few come with every request, and reading a certificate
 * is a good part of a request's cost. What strangers send is not remembered.
 */
export function rememberCreator(serialized: Uint8Array): void {
  if (serialized.length > MAXIMUM_IDENTITY_BYTES) {
    return;
  }
  const key = keyOf(serialized);
  const creator = remembered.has(key) ? undefined : read(serialized);
  if (creator === undefined) {
    return;
  }
  const [oldest] = remembered.keys();
  if (remembered.size >= REMEMBERED && oldest !== undefined) {
    remembered.delete(oldest);
  }
  remembered.set(key, creator);
}

function keyOf(serialized: Uint8Array): string {
  return createHash('sha256').update(serialized).digest('hex');
}

function read(serialized: Uint8Array): Creator | undefined {
  try {
    const identity = msp.SerializedIdentity.deserializeBinary(serialized);
    const certificate = certificateOfPem(identity.getIdBytes_asU8());
    return certificate && { mspId: identity.getMspid(), expiry: new Date(certificate.validTo) };
  } catch {
    return undefined;
  }
}
