import { createHash, createPrivateKey } from 'node:crypto';
import { type Signer, signers } from '@hyperledger/fabric-gateway';
import { msp } from '@hyperledger/fabric-protos';
import type { Profile } from '@kessai/gateway-client';

/** A client's certificate and key: the same on both networks, so that a transaction has the same id on both. */
export class ClientIdentity {
  readonly mspId: string;
  /** msp.SerializedIdentity bytes. */
  readonly creator: Uint8Array;
  readonly #signer: Signer;

  constructor({ mspId, cert, key }: Pick<Profile, 'mspId' | 'cert' | 'key'>) {
    const identity = new msp.SerializedIdentity();
    identity.setMspid(mspId);
    identity.setIdBytes(Buffer.from(cert));
    this.mspId = mspId;
    this.creator = identity.serializeBinary();
    this.#signer = signers.newPrivateKeySigner(createPrivateKey(key));
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return this.#signer(createHash('sha256').update(message).digest());
  }
}
