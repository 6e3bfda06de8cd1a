import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openOrMake } from '../../directory/make-directory';
import { organisationCertificates, renewCertificate } from '../../identities';
import type { CertificatePlace, CertificateUse } from '../../identities';
import { findOrganisation, readTopology } from '../../topology';
import { down, exportProfile, renewCertificates, showCertificates, status, up } from '../index';

const whole = readTopology();
const topology = {
  ...whole,
  organisations: whole.organisations.filter(({ mspId }) => ['ExchangeMSP', 'CsdMSP'].includes(mspId)),
};

let parent: string;
let made: string;
let directory: string;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-certificates-'));
  made = join(parent, 'made');
  await openOrMake(made, topology, () => topology);
}, 120_000);

// Each test has a network of its own; its keys are made once.
beforeEach(() => {
  directory = mkdtempSync(join(parent, 'network-'));
  cpSync(made, directory, { recursive: true });
});

afterEach(async () => {
  await down({ directory });
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

function placeOf(mspId: string, use: CertificateUse, bearer = ''): CertificatePlace {
  const organisation = findOrganisation(topology, mspId);
  const places = organisation === undefined ? [] : organisationCertificates(directory, organisation);
  const found = places.find((place) => place.use === use && place.bearer.startsWith(bearer));
  if (found === undefined) throw new Error(`${mspId} has no ${use}`);
  return found;
}

describe('the certificates of a network', () => {
  test('are shown with whose they are, what for and how long they are good, the first to expire first', async () => {
    await renewCertificate(placeOf('CsdMSP', 'node-tls'), 10);
    const [first, ...others] = showCertificates({ directory });
    expect(first).toMatchObject({ mspId: 'CsdMSP', bearer: 'peer0.csd.market.example', use: 'node-tls', daysLeft: 9 });
    expect(others.map(({ daysLeft }) => daysLeft)).toEqual(
      others.map(({ daysLeft }) => daysLeft).sort((one, other) => one - other),
    );
    expect(new Set(others.map(({ state }) => state))).toEqual(new Set(['valid']));
    expect(others.some(({ bearer, use }) => bearer === 'chaincode' && use === 'chaincode-server')).toBe(true);
    const ofCsd = showCertificates({ directory, mspIds: ['CsdMSP'] });
    expect(new Set(ofCsd.map(({ mspId }) => mspId))).toEqual(new Set(['CsdMSP']));
    expect(() => showCertificates({ directory, mspIds: ['NobodyMSP'] })).toThrow('NobodyMSP');
  });

  test('are told by status when one expires within 30 days', async () => {
    expect((await status({ directory })).expiring).toBeUndefined();
    await renewCertificate(placeOf('CsdMSP', 'user-signing', 'user1'), 29);
    const { expiring } = await status({ directory });
    expect(expiring).toMatchObject([{ mspId: 'CsdMSP', bearer: 'user1@csd.market.example', daysLeft: 28 }]);
  });

  test('are renewed where they expire soon or have expired, and no others', async () => {
    await renewCertificate(placeOf('CsdMSP', 'node-tls'), 10);
    await renewCertificate(placeOf('ExchangeMSP', 'user-signing', 'user1'), -1);
    const before = showCertificates({ directory });
    const { renewed } = await renewCertificates({ directory, validDays: 400 });
    expect(renewed).toMatchObject([
      { bearer: 'user1@exchange.market.example', state: 'valid', daysLeft: 399 },
      { bearer: 'peer0.csd.market.example', use: 'node-tls', state: 'valid', daysLeft: 399 },
    ]);
    const serials = (facts: typeof before): readonly string[] => facts.map(({ serialNumber }) => serialNumber);
    const kept = serials(before).filter((serial) => serials(showCertificates({ directory })).includes(serial));
    expect(kept).toHaveLength(before.length - 2);
  });
});

describe('an authority’s own certificate', () => {
  test('that expires as soon is told, and not passed over in silence', async () => {
    const { renewed, kept } = await renewCertificates({ directory, mspIds: ['CsdMSP'], withinDays: 4_000 });
    expect(kept.map(({ use }) => use).sort()).toEqual(['signing-authority', 'tls-authority']);
    expect(kept.map(({ mspId }) => mspId)).toEqual(['CsdMSP', 'CsdMSP']);
    expect(renewed.some(({ use }) => use.endsWith('authority'))).toBe(false);
  });

  test('is not spoken of while it is good for longer', async () => {
    expect((await renewCertificates({ directory, withinDays: 90 })).kept).toEqual([]);
  });

  test('of the chaincode is told too', async () => {
    const { kept } = await renewCertificates({ directory, withinDays: 4_000 });
    expect(kept.map(({ use }) => use)).toContain('chaincode-authority');
  });
});

describe('an expired certificate', () => {
  test('of a node or an administrator is named by up, with the remedy, before anything is started', async () => {
    const place = placeOf('CsdMSP', 'node-signing');
    await renewCertificate(place, -1);
    await expect(up({ directory, engine: 'embedded' })).rejects.toMatchObject({
      code: 'CertificateExpired',
      message: expect.stringContaining('peer0.csd.market.example expired on'),
      remedy: expect.stringContaining('kessai certificates renew CsdMSP'),
      payload: { mspId: 'CsdMSP', file: place.certificateFile },
    });
    expect(await status({ directory })).toMatchObject({ state: 'stopped' });
  });

  test('of a user is named when its profile is asked for, and does not hinder others', async () => {
    await renewCertificate(placeOf('CsdMSP', 'user-signing', 'user1'), -1);
    const export_ = (mspId: string): unknown => exportProfile({ directory, mspId });
    expect(() => export_('CsdMSP')).toThrow(expect.objectContaining({ code: 'CertificateExpired' }));
    expect(() => export_('ExchangeMSP')).not.toThrow();
  });
});

describe('a foreign certificate', () => {
  const replace = (): CertificatePlace => {
    const [own, other] = [placeOf('CsdMSP', 'node-tls'), placeOf('ExchangeMSP', 'node-tls')];
    writeFileSync(own.certificateFile, readFileSync(other.certificateFile));
    return own;
  };

  test('is named by up', async () => {
    const { certificateFile } = replace();
    await expect(up({ directory, engine: 'embedded' })).rejects.toMatchObject({
      code: 'CertificateForeign',
      remedy: expect.stringContaining(certificateFile),
    });
  });

  test('is not renewed, and nothing else is either', async () => {
    replace();
    const before = showCertificates({ directory });
    await expect(renewCertificates({ directory, withinDays: 4_000 })).rejects.toMatchObject({
      code: 'CertificateForeign',
    });
    expect(showCertificates({ directory })).toEqual(before);
  });
});

test('a running embedded network is started again with its renewed certificates', async () => {
  const { pid } = await up({ directory, engine: 'embedded' });
  const { renewed, restarted } = await renewCertificates({ directory, mspIds: ['CsdMSP'], withinDays: 4_000 });
  expect(renewed.length).toBeGreaterThan(0);
  expect(restarted).toContain('peer0.csd.market.example');
  const after = await status({ directory });
  expect(after.state).toBe('running');
  expect(after.pid).not.toBe(pid);
  expect(await renewCertificates({ directory })).toEqual({ renewed: [], kept: [], restarted: [] });
}, 120_000);
