import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ProfileError } from './market-error';
import { type Profile, checkProfile, homeOf, readProfile } from './profile';
import { selfSigned } from './tools/certificate';

const day = 86_400_000;
const user = selfSigned('user1');
const profile: Profile = {
  mspId: 'AlphaMSP',
  channel: 'market',
  chaincode: 'market',
  endpoint: 'localhost:7051',
  tlsRootCert: selfSigned('tls').cert,
  cert: user.cert,
  key: user.key,
  gatewayOptions: {
    operators: ['CsdMSP'],
    deadlines: { endorseMs: 5 },
    'grpc.ssl_target_name_override': 'peer0.alpha',
  },
};

function refusal(changes: object): ProfileError {
  try {
    checkProfile({ ...profile, ...changes });
  } catch (error) {
    if (error instanceof ProfileError) return error;
    throw error;
  }
  throw new Error('The profile was accepted');
}

describe('a profile', () => {
  test('is accepted as it was exported, its key parsed', () => {
    const checked = checkProfile(profile);
    expect(checked).toMatchObject(profile);
    expect(checked.privateKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });

  test('may name the operator that hosts the member', () => {
    expect(homeOf(checkProfile({ ...profile, hostedBy: 'CsdMSP' }))).toBe('CsdMSP');
    expect(homeOf(checkProfile(profile))).toBe('AlphaMSP');
  });

  test('may leave out its gateway options', () => {
    const { gatewayOptions: _, ...rest } = profile;
    expect(checkProfile(rest).gatewayOptions).toEqual({});
  });

  test.each(['mspId', 'channel', 'chaincode', 'endpoint', 'tlsRootCert', 'cert', 'key'])(
    'without %s is refused, naming the field and what to do',
    (field) => {
      const error = refusal({ [field]: undefined });
      expect(error).toMatchObject({ code: 'ProfileInvalid', field });
      expect(error.message).toContain(`no "${field}"`);
      expect(error.message).toContain('kessai profile export');
      expect(refusal({ [field]: 7 }).field).toBe(field);
      expect(refusal({ [field]: ' ' }).field).toBe(field);
    },
  );

  test.each([
    ['mspId', 'Alpha MSP'],
    ['channel', 'Market'],
    ['chaincode', 'market/1'],
    ['hostedBy', 'an operator'],
    ['endpoint', 'localhost'],
    ['endpoint', 'localhost:0'],
    ['endpoint', 'localhost:70000'],
    ['endpoint', 'https://localhost:7051'],
    ['tlsRootCert', 'a certificate'],
    ['cert', user.key],
    ['key', user.cert],
    ['key', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ])('with a malformed %s is refused', (field, value) => {
    expect(refusal({ [field]: value }).field).toBe(field);
  });

  test.each([
    ['gatewayOptions', 'none'],
    ['gatewayOptions.operators', { operators: [] }],
    ['gatewayOptions.operators[1]', { operators: ['CsdMSP', 7] }],
    ['gatewayOptions.operators[0]', { operators: ['not an id'] }],
    ['gatewayOptions.endorsements', { endorsements: 0 }],
    ['gatewayOptions.deadlines', { deadlines: 5 }],
    ['gatewayOptions.deadlines.endorseMs', { deadlines: { endorseMs: 0.5 } }],
    ['gatewayOptions.deadlines.endorse', { deadlines: { endorse: 5 } }],
    ['gatewayOptions.grpc.keepalive_time_ms', { 'grpc.keepalive_time_ms': true }],
    ['gatewayOptions.operator', { operator: ['CsdMSP'] }],
  ])('with %s malformed is refused', (field, gatewayOptions) => {
    expect(refusal({ gatewayOptions }).field).toBe(field);
  });

  test('without a key is accepted where a signer takes its place, and a key in it is not read', () => {
    const signer = () => Promise.resolve(new Uint8Array());
    const { key: _, ...keyless } = profile;
    expect(checkProfile(keyless, { signer })).not.toHaveProperty('privateKey');
    for (const key of ['no key', selfSigned('user2').key]) {
      const checked = checkProfile({ ...keyless, key }, { signer });
      expect(checked).not.toHaveProperty('key');
      expect(checked).not.toHaveProperty('privateKey');
    }
    expect(refusal({ key: undefined }).message).toContain('signer');
  });

  test('with a signer still needs a certificate of a curve that Fabric accepts', () => {
    const signer = () => Promise.resolve(new Uint8Array());
    expect(() => checkProfile({ ...profile, cert: user.key }, { signer })).toThrow(
      expect.objectContaining({ code: 'ProfileInvalid', field: 'cert' }),
    );
  });

  test('with the key of another certificate is refused', () => {
    expect(refusal({ key: selfSigned('user2').key })).toMatchObject({ field: 'key' });
  });

  test.each(['cert', 'tlsRootCert'])('with an expired %s is refused', (field) => {
    const old = selfSigned('old', { from: Date.now() - 2 * day, to: Date.now() - day });
    const error = refusal(field === 'cert' ? old : { tlsRootCert: old.cert });
    expect(error.field).toBe(field);
    expect(error.message).toContain('expired');
  });

  test('with a certificate of tomorrow is refused, and the clock suspected', () => {
    const error = refusal(selfSigned('new', { from: Date.now() + day, to: Date.now() + 2 * day }));
    expect(error.field).toBe('cert');
    expect(error.message).toContain('clock');
  });

  test.each([null, [], 'text', 7])('that is no object but %j is refused', (value) => {
    expect(() => checkProfile(value)).toThrow(expect.objectContaining({ code: 'ProfileInvalid', field: '' }));
  });
});

describe('a profile file', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kessai-profile-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  test('is read', async () => {
    const path = join(directory, 'alpha.json');
    await writeFile(path, JSON.stringify(profile));
    expect((await readProfile(path)).mspId).toBe('AlphaMSP');
  });

  test('that does not exist is refused', async () => {
    await expect(readProfile(join(directory, 'nobody.json'))).rejects.toMatchObject({
      code: 'ProfileInvalid',
      field: '',
      message: expect.stringContaining('cannot be read'),
    });
  });

  test('that is half written is refused, and nothing of its key is told', async () => {
    const path = join(directory, 'half.json');
    const text = JSON.stringify({ key: user.key }).slice(0, -20);
    await writeFile(path, text);
    const error = await readProfile(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ProfileInvalid', field: '', message: expect.stringContaining('is not JSON') });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('BEGIN');
  });
});
