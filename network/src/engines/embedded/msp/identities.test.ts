import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { msp } from '@hyperledger/fabric-protos';
import { mspConfig } from '../ledger/genesis';
import { withUnreadableKey } from '../ledger/test-mutations';
import { TestAuthority, type TestCredential } from '../ledger/test-support';
import { ChannelMsps, IdentityError, LocalSigner, MspConfigError } from './index';

const DAY_MS = 86_400_000;
let authority: TestAuthority;
let msps: ChannelMsps;

function serialized(mspId: string, credential: TestCredential): Uint8Array {
  return new LocalSigner({ mspId, ...credential }).creator;
}

function refusal(identify: () => unknown): { code: string; check: string; message: string } {
  try {
    identify();
  } catch (error) {
    if (error instanceof IdentityError) return { code: error.code, check: error.check, message: error.message };
    throw error;
  }
  throw new Error('the identity was accepted');
}

beforeAll(async () => {
  authority = await TestAuthority.create('Exchange');
  msps = new ChannelMsps([mspConfig('Exchange', authority.certificate, authority.certificate)]);
});

describe('an identity of the organisation', () => {
  test.each(['client', 'peer', 'admin', 'orderer'] as const)('with OU %s has that role', async (unit) => {
    const identity = msps.identify(serialized('Exchange', await authority.issue({ units: [unit] })));
    expect([identity.mspId, identity.role]).toEqual(['Exchange', unit]);
  });

  test('may carry further OUs that are no node OU', async () => {
    const credential = await authority.issue({ units: ['trading desk', 'client'] });
    expect(msps.identify(serialized('Exchange', credential)).role).toBe('client');
  });

  test('is the same identity, checked once, when it comes again', async () => {
    const bytes = serialized('Exchange', await authority.issue({ units: ['client'] }));
    expect(msps.identify(bytes)).toBe(msps.identify(Uint8Array.from(bytes)));
  });

  test('of an intermediate CA is accepted', async () => {
    const intermediate = await authority.intermediate('Desk');
    const config = mspConfig('Exchange', authority.certificate, authority.certificate);
    config.setIntermediateCertsList([Buffer.from(intermediate.certificate)]);
    // The units are then bound to no particular CA of the organisation.
    for (const unit of [config.getFabricNodeOus()?.getClientOuIdentifier()]) unit?.setCertificate('');
    const bytes = serialized('Exchange', await intermediate.issue({ units: ['client'] }));
    expect(new ChannelMsps([config]).identify(bytes).role).toBe('client');
    expect(refusal(() => msps.identify(bytes)).code).toBe('UntrustedCertificate');
  });
});

describe('refused', () => {
  test('a certificate of a foreign CA, even one of the same name', async () => {
    const foreign = await TestAuthority.create('Exchange');
    const bytes = serialized('Exchange', await foreign.issue({ units: ['client'] }));
    expect(refusal(() => msps.identify(bytes))).toEqual({
      code: 'UntrustedCertificate',
      check: 'deserialization',
      message:
        'the supplied identity is not valid: x509: certificate signed by unknown authority (possibly because of ' +
        '"x509: ECDSA verification failure" while trying to verify candidate authority certificate "ca.Exchange")',
    });
  });

  test('an organisation that is not on the channel', async () => {
    const bytes = serialized('Stranger', await authority.issue({ units: ['client'] }));
    expect(refusal(() => msps.identify(bytes))).toMatchObject({
      code: 'UnknownOrganisation',
      message: 'MSP Stranger is not defined on channel',
    });
  });

  test('an expired certificate, when someone calls with it; not when it signed a transaction in a block', async () => {
    const bytes = serialized(
      'Exchange',
      await authority.issue({
        units: ['client'],
        notBefore: new Date(Date.now() - 2 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
    );
    expect(refusal(() => msps.identify(bytes))).toMatchObject({ code: 'ExpiredCertificate', check: 'expiry' });
    expect(msps.member(bytes).role).toBe('client');
  });

  test('an identity without an OU', async () => {
    const { code, check, message } = refusal(() => msps.identify(serialized('Exchange', noUnit)));
    expect([code, check]).toEqual(['InvalidOrganisationalUnit', 'validation']);
    expect(message).toBe(
      "could not validate identity's OUs: the identity does not have an OU that resolves to client, peer, orderer, or admin role. OUs: [], MSP: [Exchange]",
    );
  });

  test.each([[['client', 'peer']], [['client', 'client']]])('two node OUs: %j', async (units) => {
    const bytes = serialized('Exchange', await authority.issue({ units }));
    expect(refusal(() => msps.identify(bytes)).message).toContain(
      'must have a client, a peer, an orderer, or an admin OU role to be valid, not a combination of them',
    );
  });

  test('a key that is not on P-256', async () => {
    const { certificate } = await authority.issue({ units: ['client'], namedCurve: 'P-384' });
    const identity = new msp.SerializedIdentity();
    identity.setMspid('Exchange');
    identity.setIdBytes(Buffer.from(certificate));
    expect(refusal(() => msps.identify(identity.serializeBinary())).code).toBe('UnsupportedKey');
  });

  test('a certificate whose key cannot be read', async () => {
    const bytes = withUnreadableKey(serialized('Exchange', await authority.issue({ units: ['client'] })));
    expect(refusal(() => msps.identify(bytes)).code).toBe('MalformedIdentity');
  });

  test('whatever is larger than 16 KiB, though it be a good identity with something behind it', async () => {
    const { certificate } = await authority.issue({ units: ['client'] });
    const padded = (bytes: number): Uint8Array => {
      const identity = new msp.SerializedIdentity();
      identity.setMspid('Exchange');
      identity.setIdBytes(Buffer.from(certificate.padEnd(bytes, '\n')));
      return identity.serializeBinary();
    };
    expect(msps.identify(padded(16_000)).role).toBe('client');
    const { code, message } = refusal(() => msps.identify(padded(16_384)));
    expect(code).toBe('MalformedIdentity');
    expect(message).toContain('is larger than the 16384 that are accepted');
  });

  test('the CA itself', () => {
    const identity = new msp.SerializedIdentity();
    identity.setMspid('Exchange');
    identity.setIdBytes(Buffer.from(authority.certificate));
    expect(refusal(() => msps.identify(identity.serializeBinary())).code).toBe('UntrustedCertificate');
  });

  test.each([
    ['no message at all', new Uint8Array([0xff, 0xff, 0xff])],
    ['text that is no PEM', withBytes('not a certificate')],
    ['a PEM that holds no certificate', withBytes('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')],
  ])('%s', (_, bytes) => {
    expect(refusal(() => msps.identify(bytes)).code).toBe('MalformedIdentity');
  });

  test('an MSP whose root is no CA', async () => {
    const { certificate } = await authority.issue({ units: ['client'] });
    expect(() => new ChannelMsps([mspConfig('Exchange', certificate, certificate)])).toThrow(MspConfigError);
  });

  test("a key that is not the certificate's", async () => {
    const { certificate } = await authority.issue();
    const { privateKey } = await authority.issue();
    expect(() => new LocalSigner({ mspId: 'Exchange', certificate, privateKey })).toThrow(MspConfigError);
  });
});

describe('a signature', () => {
  const message = Buffer.from('instruction');

  test('of the identity verifies over its message only', async () => {
    const signer = await authority.signer('Exchange', 'client');
    const identity = msps.identify(signer.creator);
    const signature = signer.sign(message);
    expect(identity.verifies(message, signature)).toBe(true);
    expect(identity.verifies(Buffer.from('other'), signature)).toBe(false);
    expect(identity.verifies(message, new Uint8Array())).toBe(false);
  });

  test('always has a low S, and its high S twin, which the curve would accept, is refused', async () => {
    const signer = await authority.signer('Exchange', 'client');
    const identity = msps.identify(signer.creator);
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    for (let i = 0; i < 20; i += 1) {
      const signature = Buffer.from(signer.sign(message));
      const rLength = signature[3] ?? 0;
      const r = signature.subarray(2, 4 + rLength);
      const s = BigInt(`0x${signature.subarray(6 + rLength).toString('hex')}`);
      expect(s <= order / 2n).toBe(true);
      const high = Buffer.from(`00${(order - s).toString(16).padStart(64, '0')}`, 'hex');
      const body = Buffer.concat([r, Buffer.from([2, high.length]), high]);
      const twin = Buffer.concat([Buffer.from([0x30, body.length]), body]);
      expect(identity.verifies(message, twin)).toBe(false);
    }
  });
});

let noUnit: TestCredential;
beforeAll(async () => {
  noUnit = await authority.issue();
  expect(new X509Certificate(noUnit.certificate).subject).toBe('CN=someone');
});

function withBytes(text: string): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid('Exchange');
  identity.setIdBytes(Buffer.from(text));
  return identity.serializeBinary();
}
