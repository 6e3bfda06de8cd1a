import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common, msp } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findOrganisation, readTopology } from '../topology';
import type { Organisation } from '../topology';
import { certificateFacts, LocalSigner, makeIdentities, organisationCertificates, OrganisationFiles } from './index';
import { renewCertificate } from './index';
import type { CertificatePlace, CertificateUse } from './index';
import { signingCertificateFile, signingKeyFile } from './index';
import { isLowS } from './low-s';

const topology = readTopology();
const alpha = organisation('AlphaMSP');
let directory: string;
let files: OrganisationFiles;

function organisation(mspId: string): Organisation {
  const found = findOrganisation(topology, mspId);
  if (found === undefined) throw new Error(`${mspId} is not in the topology`);
  return found;
}

function certificate(file: string): X509Certificate {
  return new X509Certificate(readFileSync(file));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-identities-'));
  await makeIdentities(topology, directory);
  files = new OrganisationFiles(directory, alpha);
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('every organisation', () => {
  test('has authorities of its own for signing and for TLS', () => {
    const roots = topology.organisations.flatMap((one) => {
      const own = new OrganisationFiles(directory, one);
      return [certificate(own.caCertificate), certificate(own.tlsCaCertificate)];
    });
    expect(new Set(roots.map((root) => root.fingerprint256)).size).toBe(2 * topology.organisations.length);
    for (const root of roots) expect([root.ca, root.verify(root.publicKey)]).toEqual([true, true]);
  });

  test('has nodes and users whose certificates its authority signed, and whose keys are theirs', () => {
    for (const one of topology.organisations) {
      const own = new OrganisationFiles(directory, one);
      const root = certificate(own.caCertificate);
      const orderer = own.orderer();
      const folders = [
        own.peer().msp,
        ...(orderer === undefined ? [] : [orderer.msp]),
        ...one.users.map(({ name }) => own.user(name)),
      ];
      for (const folder of folders) {
        const own_ = certificate(signingCertificateFile(folder));
        expect(own_.verify(root.publicKey)).toBe(true);
        expect(own_.checkPrivateKey(createPrivateKey(readFileSync(signingKeyFile(folder))))).toBe(true);
        expect(own_.ca).toBe(false);
      }
    }
  });
});

describe('a certificate', () => {
  test('says in its node OU what its bearer is', () => {
    const subjects = {
      peer: certificate(signingCertificateFile(files.peer().msp)).subject,
      orderer: certificate(signingCertificateFile(files.orderer()?.msp ?? '')).subject,
      admin: certificate(signingCertificateFile(files.user('admin'))).subject,
      client: certificate(signingCertificateFile(files.user('user1'))).subject,
    };
    for (const [ou, subject] of Object.entries(subjects)) expect(subject.split('\n')).toContain(`OU=${ou}`);
    expect(subjects.client).toContain('CN=user1@alpha.market.example');
  });

  test('of a user has the role as Fabric CA writes attributes', () => {
    const raw = certificate(signingCertificateFile(files.user('user1'))).raw;
    expect(raw.includes('{"attrs":{"kessai.role":"institution"}}')).toBe(true);
    // OID 1.2.3.4.5.6.7.8.1
    expect(raw.includes(Buffer.from([0x06, 0x08, 0x2a, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x01]))).toBe(true);
  });

  test('of a node is good for TLS under its own name, localhost and 127.0.0.1', () => {
    const tls = certificate(files.peer().tlsCertificate);
    expect(tls.checkHost('localhost')).toBe('localhost');
    expect(tls.checkHost('peer0.alpha.market.example')).toBe('peer0.alpha.market.example');
    expect(tls.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(tls.checkHost('peer0.beta.market.example')).toBeUndefined();
    expect(tls.verify(certificate(files.tlsCaCertificate).publicKey)).toBe(true);
    expect(tls.verify(certificate(files.caCertificate).publicKey)).toBe(false);
  });

  test('is valid now and for years', () => {
    const { validFrom, validTo } = certificate(signingCertificateFile(files.user('user1')));
    expect(Date.parse(validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(validTo)).toBeGreaterThan(Date.now() + 3 * 365 * 86_400_000);
  });
});

describe('keys', () => {
  (process.platform === 'win32' ? test.skip : test)('are readable by their owner alone', () => {
    const keys = [files.caKey, files.tlsCaKey, files.peer().tlsKey, signingKeyFile(files.user('user1'))];
    expect(keys.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600, 0o600]);
  });

  test('sign in the form that Fabric requires', () => {
    const signer = LocalSigner.fromMspFolder('AlphaMSP', files.user('user1'));
    for (let count = 0; count < 50; count += 1) expect(isLowS(signer.sign(Buffer.from(count.toString())))).toBe(true);
  });
});

describe('renewal', () => {
  const placeOf = (use: CertificateUse): CertificatePlace => {
    const found = organisationCertificates(directory, alpha).find((place) => place.use === use);
    if (found === undefined) throw new Error(`AlphaMSP has no ${use}`);
    return found;
  };

  test.each(['user-signing', 'node-signing', 'node-tls'] as const)(
    'of a %s certificate keeps the name, the key and what else it says, from the same authority',
    async (use) => {
      const place = placeOf(use);
      const before = certificate(place.certificateFile);
      await renewCertificate(place, 100);
      const after = certificate(place.certificateFile);
      expect(after.fingerprint256).not.toBe(before.fingerprint256);
      expect([after.subject, after.subjectAltName, after.keyUsage]).toEqual([
        before.subject,
        before.subjectAltName,
        before.keyUsage,
      ]);
      expect(after.raw.includes('kessai.role')).toBe(before.raw.includes('kessai.role'));
      expect(after.publicKey.equals(before.publicKey)).toBe(true);
      expect(after.verify(certificate(place.authority?.certificateFile ?? '').publicKey)).toBe(true);
      expect(certificateFacts(place)).toMatchObject({ state: 'valid', daysLeft: 99, mspId: 'AlphaMSP' });
    },
  );

  test('goes no further than the authority’s own certificate', async () => {
    const place = placeOf('user-signing');
    await renewCertificate(place, 100_000);
    expect(certificateFacts(place).validTo).toBe(certificateFacts(placeOf('signing-authority')).validTo);
  });

  test('refuses an authority’s own certificate, and one of another authority', async () => {
    await expect(renewCertificate(placeOf('tls-authority'))).rejects.toThrow(RangeError);
    const place = placeOf('user-signing');
    const stranger = organisationCertificates(directory, organisation('BetaMSP')).find(({ use }) => use === place.use);
    await expect(renewCertificate({ ...place, authority: stranger?.authority })).rejects.toThrow(RangeError);
  });
});

test('a certificate is told apart when it has expired, is not valid yet, is a stranger’s or has another key', () => {
  const [, , own] = organisationCertificates(directory, alpha);
  const [, , others] = organisationCertificates(directory, organisation('BetaMSP'));
  if (own === undefined || others === undefined) throw new Error('no nodes');
  const years = (count: number): Date => new Date(Date.now() + count * 365 * 86_400_000);
  expect(certificateFacts(own).state).toBe('valid');
  expect(certificateFacts(own, years(6))).toMatchObject({ state: 'expired' });
  expect(certificateFacts(own, years(6)).daysLeft).toBeLessThan(0);
  expect(certificateFacts(own, years(-1)).state).toBe('not-yet-valid');
  expect(certificateFacts({ ...own, authority: others.authority }).state).toBe('foreign');
  expect(certificateFacts({ ...own, keyFile: others.keyFile }).state).toBe('foreign');
});

const hasPeer = spawnSync('peer', ['version']).status === 0;

(hasPeer ? test : test.skip)(
  'Fabric’s peer command signs with an administrator’s MSP folder (needs `peer` on PATH)',
  () => {
    const update = new common.ConfigUpdateEnvelope();
    update.setConfigUpdate(new common.ConfigUpdate().serializeBinary());
    const header = new common.ChannelHeader();
    header.setType(common.HeaderType.CONFIG_UPDATE);
    header.setChannelId('market');
    const payload = new common.Payload();
    payload.setHeader(new common.Header());
    payload.getHeader()?.setChannelHeader(header.serializeBinary());
    payload.setData(update.serializeBinary());
    const envelope = new common.Envelope();
    envelope.setPayload(payload.serializeBinary());
    const file = join(directory, 'update.pb');
    writeFileSync(file, envelope.serializeBinary());
    const folder = files.user('admin');
    writeFileSync(join(directory, 'core.yaml'), 'peer: { BCCSP: { Default: SW, SW: { Hash: SHA2, Security: 256 } } }');
    execFileSync('peer', ['channel', 'signconfigtx', '-f', file], {
      env: {
        ...process.env,
        FABRIC_CFG_PATH: directory,
        CORE_PEER_LOCALMSPID: 'AlphaMSP',
        CORE_PEER_MSPCONFIGPATH: folder,
      },
      stdio: 'pipe',
    });
    const signed = common.Payload.deserializeBinary(
      common.Envelope.deserializeBinary(readFileSync(file)).getPayload_asU8(),
    );
    const [signature] = common.ConfigUpdateEnvelope.deserializeBinary(signed.getData_asU8()).getSignaturesList();
    const signatureHeader = common.SignatureHeader.deserializeBinary(
      signature?.getSignatureHeader_asU8() ?? new Uint8Array(),
    );
    const creator = msp.SerializedIdentity.deserializeBinary(signatureHeader.getCreator_asU8());
    expect(creator.getMspid()).toBe('AlphaMSP');
    // Fabric rewrites a certificate that is not in its canonical form; this one is left as it is.
    expect(Buffer.from(creator.getIdBytes_asU8()).toString()).toBe(
      readFileSync(signingCertificateFile(folder), 'utf8'),
    );
  },
);
