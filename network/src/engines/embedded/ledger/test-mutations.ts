// What tests do to identities and envelopes to see them refused; nothing of the product imports it.
import { X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';

export type Mutation = (bytes: Uint8Array) => Uint8Array;

/** At a fraction of the length, some bytes are cut out and some put in. */
export interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly put: Uint8Array;
}

export function mutationOf(edits: readonly Edit[]): Mutation {
  return (bytes) =>
    edits.reduce<Uint8Array>((changed, { at, cut, put }) => {
      const place = Math.floor(at * changed.length);
      return Buffer.concat([changed.subarray(0, place), put, changed.subarray(place + cut)]);
    }, bytes);
}

/** The same identity with its certificate's DER changed, so that the change is beneath the PEM. */
export function beneathPem(change: Mutation): Mutation {
  return (serialized) => {
    const identity = msp.SerializedIdentity.deserializeBinary(serialized);
    const der = change(new X509Certificate(Buffer.from(identity.getIdBytes_asU8())).raw);
    const text = Buffer.from(der).toString('base64');
    identity.setIdBytes(Buffer.from(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`));
    return identity.serializeBinary();
  };
}

const EC_PUBLIC_KEY = Buffer.from('06072a8648ce3d0201', 'hex');

/** id-ecPublicKey becomes an algorithm that OpenSSL does not know: the certificate is read, its key is not. */
export const withUnreadableKey: Mutation = beneathPem((der) => {
  const changed = Buffer.from(der);
  changed[changed.indexOf(EC_PUBLIC_KEY) + EC_PUBLIC_KEY.length - 1] = 9;
  return changed;
});
