import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import type { Identity, NodeRole } from '../ports';
import { canonicalDer } from './certificate';
import { verifyLowS } from './ecdsa-signature';

interface MemberDetails {
  readonly mspId: string;
  readonly certificate: X509Certificate;
  readonly role: NodeRole | undefined;
  readonly serialized: Uint8Array;
  readonly units: readonly string[];
  readonly certifiers: Buffer;
}

/** An identity of one of the channel's organisations, with what policies ask of it. */
export class MemberIdentity implements Identity {
  readonly mspId: string;
  readonly certificate: X509Certificate;
  readonly role: NodeRole | undefined;
  readonly serialized: Uint8Array;
  /** Organisational units of the subject. */
  readonly units: readonly string[];
  /** Identifier of the chain of CAs that issued the certificate. */
  readonly certifiers: Buffer;
  readonly canonicalDer: Buffer;
  /** The same for every serialisation of one certificate. */
  readonly id: string;
  readonly expiresAt: Date;
  readonly #publicKey: KeyObject;

  constructor(details: MemberDetails) {
    this.mspId = details.mspId;
    this.certificate = details.certificate;
    this.role = details.role;
    this.serialized = details.serialized;
    this.units = details.units;
    this.certifiers = details.certifiers;
    this.canonicalDer = canonicalDer(details.certificate);
    this.id = `${details.mspId}:${createHash('sha256').update(this.canonicalDer).digest('hex')}`;
    this.expiresAt = new Date(Date.parse(details.certificate.validTo));
    // An unreadable date would compare as never passed.
    if (Number.isNaN(this.expiresAt.getTime())) throw new RangeError('the certificate has no readable end of validity');
    this.#publicKey = details.certificate.publicKey;
  }

  verifies(message: Uint8Array, signature: Uint8Array): boolean {
    return verifyLowS(this.#publicKey, message, signature);
  }
}
