import { describe, expect, test } from '@jest/globals';
import { msp } from '@hyperledger/fabric-protos';
import { CertificateAuthority } from '../../../identities';
import { readCreator, rememberCreator } from './creator';

async function anIdentity(padding = 0): Promise<Uint8Array> {
  const authority = await CertificateAuthority.create('ca.alpha.test', 'alpha.test');
  const { certificate } = await authority.issueSigning({ commonName: 'c', organisation: 'alpha.test', ou: 'client' });
  const identity = new msp.SerializedIdentity();
  identity.setMspid('AlphaMSP');
  identity.setIdBytes(Buffer.from(certificate + '\n'.repeat(padding)));
  return identity.serializeBinary();
}

describe('the creator of a request', () => {
  test('is read for the organisation and the end of validity that it claims, remembered or not', async () => {
    const identity = await anIdentity();
    const claimed = readCreator(identity);
    expect(claimed?.mspId).toBe('AlphaMSP');
    expect(claimed?.expiry.getTime()).toBeGreaterThan(Date.now());
    rememberCreator(identity);
    expect(readCreator(identity)).toEqual(claimed);
    expect(readCreator(identity)).toBe(readCreator(identity));
  });

  test('is remembered only when told to, that is, once it has been checked', async () => {
    const identity = await anIdentity();
    expect(readCreator(identity)).not.toBe(readCreator(identity));
  });

  test('is not read when it is larger than 16 KiB', async () => {
    const identity = await anIdentity(16 * 1024);
    rememberCreator(identity);
    expect(readCreator(identity)).toBeUndefined();
  });

  test('is not forgotten for strangers, however many there are: nothing is kept of them', async () => {
    const known = await anIdentity();
    rememberCreator(known);
    const remembered = readCreator(known);
    for (let i = 0; i < 5_000; i += 1) readCreator(Buffer.concat([known, Buffer.from([0x1a, 0x01, i % 256])]));
    expect(readCreator(known)).toBe(remembered);
  });
});
