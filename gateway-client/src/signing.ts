import { type KeyObject, createHash, verify } from 'node:crypto';
import { type Signer, hash, signers } from '@hyperledger/fabric-gateway';
import { p256, p384 } from '@noble/curves/nist';
import { type SignerFault, SignerError } from './market-error';
import type { CheckedKeylessProfile } from './profile';

export type { Signer };

/** Who signs in the profile's stead, and how long one signature may take. */
export interface SigningElsewhere {
  readonly signer: Signer;
  readonly deadlineMs: number;
}

/** How messages of an identity are signed: what the gateway package gives to be signed, and what signs that. */
export interface Signing {
  readonly hash: (message: Uint8Array) => Uint8Array;
  readonly signer: Signer;
}

/** @throws SignerError when a signature is asked for. */
export function signingOf(
  { publicKey, privateKey }: CheckedKeylessProfile,
  elsewhere: SigningElsewhere | undefined,
): Signing {
  // A signature is checked against the message, so what comes from elsewhere is given the digest here and not by the gateway package.
  if (elsewhere) return { hash: hash.none, signer: checkedSigner(elsewhere, schemeOf(publicKey)) };
  if (!privateKey) throw new TypeError('a profile without a key was not given a signer');
  return { hash: schemeOf(publicKey).digest, signer: signers.newPrivateKeySigner(privateKey) };
}

/** How Fabric's MSPs verify what a key of this kind has signed. */
interface Scheme {
  readonly digest: (message: Uint8Array) => Uint8Array;
  /** What a signer answered, in the forms that it may have. */
  readonly readings: (signature: Uint8Array) => readonly Uint8Array[];
  readonly verifies: (message: Uint8Array, signature: Uint8Array) => boolean;
}

function schemeOf(publicKey: KeyObject): Scheme {
  if (publicKey.asymmetricKeyType === 'ed25519') {
    return {
      digest: hash.none,
      readings: (signature) => [signature],
      verifies: (message, signature) => verify(null, message, publicKey, signature),
    };
  }
  const [{ Signature, Point }, algorithm] =
    publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1'
      ? ([p384, 'sha384'] as const)
      : ([p256, 'sha256'] as const);
  return {
    digest: (message) => createHash(algorithm).update(message).digest(),
    readings: (signature) =>
      (['der', 'compact'] as const).flatMap((form) => {
        try {
          // Of the two values of s that verify Fabric accepts the low one only; key services answer either.
          const read = Signature.fromBytes(signature, form);
          const low = read.hasHighS() ? new Signature(read.r, Point.Fn.neg(read.s)) : read;
          return [low.toBytes('der')];
        } catch {
          return [];
        }
      }),
    verifies: (message, signature) => verify(algorithm, message, publicKey, signature),
  };
}

function checkedSigner({ signer, deadlineMs }: SigningElsewhere, scheme: Scheme): Signer {
  return async (message) => {
    const signature = await inTime(signer, scheme.digest(message), deadlineMs);
    const readings = signature instanceof Uint8Array ? scheme.readings(signature) : [];
    if (readings.length === 0) throw failure('malformed');
    const verified = readings.find((reading) => scheme.verifies(message, reading));
    if (!verified) throw failure('foreign');
    return verified;
  };
}

/** What the signer answers; a caller without types may answer anything. */
async function inTime(signer: Signer, digest: Uint8Array, deadlineMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure('slow', { deadlineMs })), deadlineMs);
  });
  // So that a signer that is no async function, and throws, fails as one that is.
  const signing = (async () => signer(digest))().catch((error: unknown) => {
    throw failure('failed', { cause: error });
  });
  try {
    return await Promise.race([signing, late]);
  } finally {
    clearTimeout(timer);
  }
}

function failure(
  fault: SignerFault,
  { cause, deadlineMs }: { cause?: unknown; deadlineMs?: number } = {},
): SignerError {
  return new SignerError(fault, texts[fault](deadlineMs), cause === undefined ? undefined : { cause });
}

const texts: Readonly<Record<SignerFault, (deadlineMs?: number) => string>> = {
  failed: () => 'it failed; the cause of this error is what it threw',
  slow: (deadlineMs = 0) => `it did not answer within ${deadlineMs.toString()} ms`,
  malformed: () => 'it answered no signature: it must be the bytes of one, for ECDSA in DER form or as r and s in turn',
  foreign: () =>
    'its signature does not fit the certificate of the profile: it signs with another key, or something else than the digest that it is given, as a hash of it',
};
