import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

  test('costs no memory when it is a stranger', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = used();
    for (let i = 0; i < 100; i += 1) readCreator(Buffer.concat([Buffer.alloc(1_000_000, 65), Buffer.from([i])]));
    expect(used() - before).toBeLessThan(20_000_000);
  });
});
