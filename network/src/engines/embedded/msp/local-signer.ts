import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { Signer } from '../ports';
import { signLowS } from './ecdsa-signature';
import { MspConfigError } from './identity-error';

/** A key and its certificate, both PEM texts. */
export interface KeyPair {
  readonly mspId: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** Signs with a private key that is held in memory. */
export class LocalSigner implements Signer {
  readonly mspId: string;
  readonly creator: Uint8Array;
  readonly #privateKey: KeyObject;

  /** @throws MspConfigError when the key is not the certificate's. */
  constructor({ mspId, certificate, privateKey }: KeyPair) {
    this.mspId = mspId;
    this.#privateKey = createPrivateKey(privateKey);
    if (!new X509Certificate(certificate).checkPrivateKey(this.#privateKey))
      throw new MspConfigError(mspId, 'the private key does not belong to the certificate');
    const identity = new msp.SerializedIdentity();
    identity.setMspid(mspId);
    identity.setIdBytes(Buffer.from(certificate));
    this.creator = identity.serializeBinary();
  }

  sign(message: Uint8Array): Uint8Array {
    return signLowS(this.#privateKey, message);
  }
}
