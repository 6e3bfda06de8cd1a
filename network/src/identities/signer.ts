import { createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { msp } from '@hyperledger/fabric-protos';
import { isLowS } from './low-s';
import { signingCertificateFile, signingKeyFile } from './organisation-files';

/** A key with which a node or an administrator signs, and the identity that goes with it. */
export class LocalSigner {
  readonly mspId: string;
  /** msp.SerializedIdentity bytes. */
  readonly creator: Uint8Array;
  readonly #key: KeyObject;

  constructor(mspId: string, certificate: string, privateKey: string) {
    const identity = new msp.SerializedIdentity();
    identity.setMspid(mspId);
    identity.setIdBytes(Buffer.from(certificate));
    this.mspId = mspId;
    this.creator = identity.serializeBinary();
    this.#key = createPrivateKey(privateKey);
  }

  /** The signer of a local MSP folder. */
  static fromMspFolder(mspId: string, folder: string): LocalSigner {
    const certificate = readFileSync(signingCertificateFile(folder), 'utf8');
    return new LocalSigner(mspId, certificate, readFileSync(signingKeyFile(folder), 'utf8'));
  }

  /** An ASN.1 ECDSA signature over SHA-256 of the message, in the low-S form that Fabric requires. */
  sign(message: Uint8Array): Uint8Array {
    // A fresh attempt is low with probability one half; arithmetic on ASN.1 would be longer and gain nothing.
    for (;;) {
      const signature = sign('sha256', message, this.#key);
      if (isLowS(signature)) return signature;
    }
  }
}
