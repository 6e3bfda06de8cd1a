import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MarketError, type Profile, RejectedError, connect } from '@kessai/gateway-client';
import {
  type Engine,
  OrganisationFiles,
  deployMarket,
  down,
  exportProfile,
  openNetwork,
  readTopology,
  renewCertificates,
  revokeCertificate,
  up,
  whyNoFabric,
} from '@kessai/network';
import { CertificateAuthority } from '@kessai/network/admin';
import { until } from '../support/until';

const startMs = 300_000;
const revokeMs = 120_000;
const waitMs = 60_000;

// The fewest that real Fabric orders with: four organisations.
const whole = readTopology();
const members = ['ExchangeMSP', 'CsdMSP', 'CcpMSP', 'AlphaMSP'];
const topology = {
  ...whole,
  organisations: whole.organisations
    .filter(({ mspId }) => members.includes(mspId))
    .map((one) => ({ ...one, orderer: { hostname: `orderer0.${one.domain}`, port: undefined } })),
};

/** What the network says to a profile that asks for the market's clock: an answer of the market's, and be it no, is that it accepts who asks. */
async function answerTo(profile: Profile): Promise<string> {
  const market = await connect(profile, { attempts: 1, deadlines: { evaluateMs: 5_000 } });
  try {
    await market.registry.clock();
    return 'accepted';
  } catch (error) {
    if (error instanceof RejectedError) return 'accepted';
    if (!(error instanceof MarketError)) throw error;
    return error.code === 'IdentityRefused' ? 'refused' : error.code;
  } finally {
    await market.close();
  }
}

/** The same user at another organisation's peer. */
function at(profile: Profile, other: Profile): Profile {
  const { endpoint, tlsRootCert, gatewayOptions } = other;
  return { ...profile, endpoint, tlsRootCert, ...(gatewayOptions ? { gatewayOptions } : {}) };
}

function serialOf({ cert }: Profile): string {
  return new X509Certificate(cert).serialNumber;
}

describe.each<Engine>(['embedded', 'native'])('a certificate that was revoked, with the engine %s', (engine) => {
  const missing = engine === 'native' ? whyNoFabric() : undefined;
  const onEngine = missing === undefined ? test : test.skip;
  // What the administration decides, which is the same on every engine; on real Fabric it takes restarts, and runs by night.
  const byNight = engine === 'embedded' || process.env['KESSAI_NIGHTLY'] === '1' ? onEngine : test.skip;
  let parent: string;
  let directory: string;

  const profileOf = (mspId: string, user?: string): Profile =>
    exportProfile({ directory, mspId, ...(user === undefined ? {} : { user }) });

  /** Waits for the answer at a peer that may be just starting, or taking the block. */
  const says = async (profile: Profile, answer: string): Promise<void> => {
    await until(waitMs, `${profile.endpoint} to answer: ${answer}`, async () => (await answerTo(profile)) === answer);
  };

  beforeAll(async () => {
    if (missing !== undefined) return;
    parent = mkdtempSync(join(tmpdir(), 'kessai-revocation-'));
    directory = join(parent, 'network');
    await up({ directory, engine, topology });
    await deployMarket({ directory });
  }, startMs);

  afterAll(async () => {
    if (missing !== undefined) return;
    await down({ directory });
    rmSync(parent, { recursive: true, force: true });
  }, startMs);

  onEngine(
    'is accepted nowhere any more, not at other organisations’ peers either; all others go on, and so does its user',
    async () => {
      const stolen = profileOf('AlphaMSP');
      const elsewhere = at(stolen, profileOf('ExchangeMSP'));
      for (const profile of [stolen, elsewhere, profileOf('AlphaMSP', 'admin')]) await says(profile, 'accepted');
      const result = await revokeCertificate({ directory, mspId: 'AlphaMSP', target: 'user1' });
      expect(result).toMatchObject({ mspId: 'AlphaMSP', reissued: 'user1', revoked: [serialOf(stolen).toLowerCase()] });
      for (const profile of [stolen, elsewhere]) await says(profile, 'refused');
      const renewed = profileOf('AlphaMSP');
      expect(renewed.key).not.toBe(stolen.key);
      const others = [...members.map((mspId) => profileOf(mspId)), profileOf('AlphaMSP', 'admin')];
      for (const profile of [...others, at(renewed, profileOf('CsdMSP'))]) await says(profile, 'accepted');
    },
    revokeMs,
  );

  byNight(
    'is refused with those that its user had before with the same key',
    async () => {
      const first = profileOf('CsdMSP');
      await renewCertificates({ directory, mspIds: ['CsdMSP'], withinDays: 4_000, validDays: 90 });
      const second = profileOf('CsdMSP');
      expect([second.key, serialOf(second) === serialOf(first)]).toEqual([first.key, false]);
      for (const profile of [first, second]) await says(profile, 'accepted');
      await revokeCertificate({ directory, mspId: 'CsdMSP', target: serialOf(first) });
      for (const profile of [first, second]) await says(profile, 'refused');
      await says(profileOf('CsdMSP'), 'accepted');
    },
    2 * revokeMs,
  );

  onEngine(
    'may be an administrator’s: it signs nothing any more, and the new one signs the next revocation',
    async () => {
      const stolen = profileOf('AlphaMSP', 'admin');
      await revokeCertificate({ directory, mspId: 'AlphaMSP', target: 'admin' });
      await says(stolen, 'refused');
      await says(profileOf('AlphaMSP', 'admin'), 'accepted');
      const user = profileOf('AlphaMSP');
      await revokeCertificate({ directory, mspId: 'AlphaMSP', target: 'user1' });
      await says(user, 'refused');
      await says(stolen, 'refused');
    },
    2 * revokeMs,
  );

  byNight(
    'may be of somebody whose keys were never in the directory',
    async () => {
      const { files, record } = openNetwork(directory);
      const organisation = record.topology.organisations.find(({ mspId }) => mspId === 'CcpMSP');
      if (organisation === undefined) throw new Error('CcpMSP is not there');
      const own = new OrganisationFiles(files.directory, organisation);
      const authority = await CertificateAuthority.load({
        certificate: readFileSync(own.caCertificate, 'utf8'),
        privateKey: readFileSync(own.caKey, 'utf8'),
      });
      const { domain } = organisation;
      const issued = await authority.issueSigning({ commonName: 'trader', organisation: domain, ou: 'client' });
      const trader = { ...profileOf('CcpMSP'), cert: issued.certificate, key: issued.privateKey };
      await says(trader, 'accepted');
      const colons = serialOf(trader).match(/../g)?.join(':') ?? '';
      expect(await revokeCertificate({ directory, mspId: 'CcpMSP', target: colons })).not.toHaveProperty('reissued');
      await says(trader, 'refused');
      await says(profileOf('CcpMSP'), 'accepted');
    },
    revokeMs,
  );

  byNight(
    'is completed by the same command where that was cut off, and its user gets one new certificate',
    async () => {
      const stolen = profileOf('ExchangeMSP');
      const { files, record } = openNetwork(directory);
      const [exchange] = record.topology.organisations.filter(({ mspId }) => mspId === 'ExchangeMSP');
      if (exchange === undefined) throw new Error('ExchangeMSP is not there');
      const serials = [serialOf(stolen).toLowerCase()];
      const { revoking } = new OrganisationFiles(files.directory, exchange);
      writeFileSync(revoking, JSON.stringify({ target: 'user1', serials, user: 'user1' }));
      expect(await revokeCertificate({ directory, mspId: 'ExchangeMSP', target: 'user1' })).toMatchObject({
        revoked: serials,
      });
      const renewed = profileOf('ExchangeMSP');
      // The same again, as if it had been cut off at its end: the new certificate is not the one that was to be revoked.
      writeFileSync(revoking, JSON.stringify({ target: 'user1', serials, user: 'user1' }));
      await revokeCertificate({ directory, mspId: 'ExchangeMSP', target: 'user1' });
      expect(profileOf('ExchangeMSP')).toEqual(renewed);
      await says(stolen, 'refused');
      await says(renewed, 'accepted');
    },
    2 * revokeMs,
  );

  onEngine('is not one by which the network runs, nor of somebody who is not known', async () => {
    const { files, record } = openNetwork(directory);
    const [exchange] = record.topology.organisations;
    if (exchange === undefined) throw new Error('no organisation');
    const own = new OrganisationFiles(files.directory, exchange);
    const places = [own.caCertificate, join(own.peer().msp, 'signcerts', 'cert.pem'), own.peer().tlsCertificate];
    for (const file of places) {
      const { serialNumber: target } = new X509Certificate(readFileSync(file));
      await expect(revokeCertificate({ directory, mspId: 'ExchangeMSP', target })).rejects.toMatchObject({
        code: 'CertificateNotRevocable',
      });
    }
    await expect(revokeCertificate({ directory, mspId: 'ExchangeMSP', target: 'user-9' })).rejects.toMatchObject({
      code: 'UserUnknown',
    });
    await expect(revokeCertificate({ directory, mspId: 'NobodyMSP', target: 'user1' })).rejects.toMatchObject({
      code: 'OrganisationUnknown',
    });
    await says(profileOf('ExchangeMSP'), 'accepted');
  });

  byNight(
    'stays revoked when the network is stopped and started again',
    async () => {
      const stolen = profileOf('AlphaMSP');
      await revokeCertificate({ directory, mspId: 'AlphaMSP', target: 'user1' });
      await down({ directory });
      await up({ directory, engine });
      await says(stolen, 'refused');
      await says(profileOf('AlphaMSP'), 'accepted');
    },
    startMs,
  );
});
