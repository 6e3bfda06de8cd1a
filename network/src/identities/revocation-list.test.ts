import { verify, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readTopology } from '../topology';
import { CertificateAuthority } from './certificate-authority';
import { readDerElement } from './der';
import { OrganisationFiles } from './organisation-files';
import { revokedCertificates, revokeSerials } from './revocation-list';
import { isSerial, normalSerial, revocationListDer, revocationListPem } from './revocation-list-form';

let directory: string;
let files: OrganisationFiles;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-revocation-list-'));
  const [organisation] = readTopology().organisations;
  if (organisation === undefined) throw new Error('the topology has no organisation');
  files = new OrganisationFiles(directory, organisation);
  const authority = await CertificateAuthority.create('ca.exchange', 'exchange');
  const { certificate, privateKey } = await authority.credential();
  mkdirSync(dirname(files.caKey), { recursive: true });
  writeFileSync(files.caCertificate, certificate);
  writeFileSync(files.caKey, privateKey);
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const serialsNow = (): readonly string[] => revokedCertificates(files).map(({ serialNumber }) => serialNumber);

describe('a list of revoked certificates', () => {
  test('keeps what it had when more comes, each once, with when it was revoked', async () => {
    expect(serialsNow()).toEqual([]);
    await revokeSerials(files, ['6c3f', '00FF01']);
    const [first] = revokedCertificates(files);
    const again = await revokeSerials(files, ['ff:01', '7F']);
    expect(serialsNow()).toEqual(['6c3f', 'ff01', '7f']);
    expect(revokedCertificates(files)[0]).toEqual(first);
    expect(await revokeSerials(files, ['7f'])).toBe(again);
  });

  test('is signed by the authority whose key it names, which is by what Fabric finds it', async () => {
    const der = revocationListDer(Buffer.from(await revokeSerials(files, ['6c3f'])));
    const outer = readDerElement(der, 0);
    const body = readDerElement(der, outer.contentStart, outer.end);
    const algorithm = readDerElement(der, body.end, outer.end);
    const bits = readDerElement(der, algorithm.end, outer.end);
    const { publicKey } = new X509Certificate(
      await CertificateAuthority.load(await credential()).then((one) => one.certificate),
    );
    expect(
      verify('sha256', der.subarray(body.start, body.end), publicKey, der.subarray(bits.contentStart + 1, bits.end)),
    ).toBe(true);
    // 2.5.29.35, the authority's key identifier, without which Fabric takes no list.
    expect(der.includes(Buffer.from('0603551d23', 'hex'))).toBe(true);
  });

  test('is written by the name by which Fabric knows it, and read in either form', async () => {
    const pem = await revokeSerials(files, ['6c3f']);
    expect(pem).toMatch(/^-----BEGIN X509 CRL-----\n/);
    const der = revocationListDer(Buffer.from(pem));
    expect(revocationListDer(der)).toEqual(der);
    expect(revocationListPem(der)).toBe(pem);
  });
});

async function credential(): Promise<{ certificate: string; privateKey: string }> {
  return { certificate: await readFile(files.caCertificate, 'utf8'), privateKey: await readFile(files.caKey, 'utf8') };
}

describe('a serial number', () => {
  test.each(['6c3f', '6C3F', '6c:3f', '0x6c3f', '006c3f'])('is the same however it is written: %s', (text) => {
    expect([isSerial(text), normalSerial(text)]).toEqual([true, '6c3f']);
  });

  test.each(['', 'user1', '6c:3', '6c::3f', '-1', '6c3g'])('is not %j', (text) => {
    expect(isSerial(text)).toBe(false);
  });
});
