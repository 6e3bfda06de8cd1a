import { type KeyObject, X509Certificate, createHash, createPrivateKey, sign, verify } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { p256, p384 } from '@noble/curves/nist';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { SignerError, UnknownOutcomeError } from './market-error';
import type { ConnectOptions } from './settings';
import type { Signer } from './signing';
import { type Credential, type KeyKind, selfSigned } from './tools/certificate';
import { FakeGateway, type SignedMessage } from './tools/fake-gateway';
import { FakeMarket } from './tools/fake-market';

const cycle = { number: 1, submissions: [] };
const transfer = { id: 'T-1', isin: 'JP3371200001', from: 'HOUSE', to: 'CLIENT-1', quantity: 100n };

let gateway: FakeGateway;
let user: Credential;
const open: Market[] = [];

beforeEach(async () => {
  gateway = await FakeGateway.start();
  user = selfSigned('user1');
});
afterEach(async () => {
  for (const market of open.splice(0)) await market.close();
  await gateway[Symbol.asyncDispose]();
});

/** Connects with a profile that holds no key. */
async function connected(signer: Signer, options: ConnectOptions = {}): Promise<Market> {
  const { key: _, ...profile } = gateway.profile({ cert: user.cert });
  const market = await connect(profile, { ...options, signer });
  open.push(market);
  return market;
}

/** A device that signs digests with the key of a credential, as ECDSA does: what the platform offers signs messages only. */
function device({ key }: Credential): Signer {
  const secret = Buffer.from(createPrivateKey(key).export({ format: 'jwk' }).d ?? '', 'base64url');
  return async (digest) => p256.sign(digest, secret, { lowS: true, prehash: false }).toBytes('der');
}

function isOf(publicKey: KeyObject, { message, signature }: SignedMessage): boolean {
  return verify('sha256', message, publicKey, signature) && !p256.Signature.fromBytes(signature, 'der').hasHighS();
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a signer', () => {
  test('signs all that the SDK sends: no key is needed in the process', async () => {
    const ledger = new FakeMarket(gateway);
    let signatures = 0;
    const signing = device(user);
    const market = await connected(async (digest) => {
      signatures += 1;
      return signing(digest);
    });
    await market.securities.transfer(transfer);
    await failureOf(market.registry.clock());
    await market.market.cycle(cycle);
    const streams = [market.events.blocks({ startBlock: 0n }), market.events.filteredBlocks({ startBlock: 0n })];
    const reads = streams.map((stream) => failureOf(stream[Symbol.asyncIterator]().next()));
    while (!['deliver', 'deliverFiltered'].every((step) => gateway.signed.some((one) => one.step === step)))
      await after(5);
    for (const stream of streams) stream.close();
    await Promise.all(reads);
    expect(ledger.endorsed).toHaveLength(1);
    const { publicKey } = new X509Certificate(user.cert);
    expect(new Set(gateway.signed.map(({ step }) => step))).toEqual(
      new Set(['evaluate', 'endorse', 'submit', 'commitStatus', 'chaincodeEvents', 'deliver', 'deliverFiltered']),
    );
    expect(gateway.signed.filter((one) => !isOf(publicKey, one))).toEqual([]);
    expect(signatures).toBeGreaterThanOrEqual(new Set(gateway.signed.map(({ signature }) => hex(signature))).size);
  });

  test.each<[KeyKind, string]>([
    ['P-256', 'sha256'],
    ['P-384', 'sha384'],
    ['Ed25519', 'the message'],
  ])('of a key on %s is given what is to be signed: %s', async (kind, digest) => {
    user = selfSigned('user1', undefined, kind);
    const given: Uint8Array[] = [];
    const market = await connected(async (bytes) => {
      given.push(bytes);
      throw new Error('only asked');
    });
    await failureOf(market.market.cycle(cycle));
    const [bytes = new Uint8Array()] = given;
    expect(given).toHaveLength(1);
    expect(bytes.length).toBe({ sha256: 32, sha384: 48 }[digest] ?? bytes.length);
    if (kind === 'Ed25519') expect(bytes.length).toBeGreaterThan(100);
  });

  test.each<KeyKind>(['P-384', 'Ed25519'])('of a key on %s is accepted', async (kind) => {
    user = selfSigned('user1', undefined, kind);
    const key = createPrivateKey(user.key);
    const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
    const market = await connected(async (bytes) =>
      kind === 'Ed25519' ? sign(null, bytes, key) : p384.sign(bytes, secret, { prehash: false }).toBytes('der'),
    );
    await expect(market.market.cycle(cycle)).resolves.toMatchObject({ outcome: 'created' });
    const { publicKey } = new X509Certificate(user.cert);
    const algorithm = kind === 'Ed25519' ? null : 'sha384';
    for (const { message, signature } of gateway.signed) {
      expect(verify(algorithm, message, publicKey, signature)).toBe(true);
    }
  });

  test.each(['der', 'compact'] as const)(
    'may answer a high s, in the form %s: Fabric is sent the low one',
    async (form) => {
      const { Point, Signature } = p256;
      const low = device(user);
      const market = await connected(async (digest) => {
        const { r, s } = Signature.fromBytes(await low(digest), 'der');
        return new Signature(r, Point.Fn.neg(s)).toBytes(form);
      });
      await expect(market.market.cycle(cycle)).resolves.toMatchObject({ outcome: 'created' });
      const { publicKey } = new X509Certificate(user.cert);
      expect(gateway.signed).toHaveLength(3);
      for (const message of gateway.signed) expect(isOf(publicKey, message)).toBe(true);
    },
  );

  test('that takes its time takes none of the network’s', async () => {
    const signing = device(user);
    const slow: Signer = async (digest) => after(300, signing(digest));
    const market = await connected(slow, { deadlines: { endorseMs: 200, submitMs: 200, evaluateMs: 200 } });
    await expect(market.registry.clock()).rejects.toMatchObject({ code: 'ResponseMalformed' });
    await expect(market.market.cycle(cycle)).resolves.toMatchObject({ outcome: 'created' });
  });
});

describe('a signer that does not sign is told with why, and nothing is sent', () => {
  const lost = new Error('CKR_DEVICE_REMOVED');
  test.each<[string, () => Signer, object]>([
    ['one that rejects', () => () => Promise.reject(lost), { fault: 'failed', cause: lost }],
    [
      'one that throws at once',
      () => () => {
        throw lost;
      },
      { fault: 'failed', cause: lost },
    ],
    ['one that never answers', () => () => new Promise(() => undefined), { fault: 'slow' }],
    ['one that answers a text', () => (async () => 'signed') as unknown as Signer, { fault: 'malformed' }],
    ['one that answers nothing', () => (async () => undefined) as unknown as Signer, { fault: 'malformed' }],
    ['one that answers no bytes', () => async () => new Uint8Array(), { fault: 'malformed' }],
    [
      'one that answers half a signature',
      () => async (digest) => (await device(user)(digest)).slice(0, 40),
      { fault: 'malformed' },
    ],
    ['one with another key', () => device(selfSigned('user1')), { fault: 'foreign' }],
    [
      'one that signs a hash of the digest',
      () => async (digest) => device(user)(createHash('sha256').update(digest).digest()),
      { fault: 'foreign' },
    ],
    ['one that answers an earlier signature', () => repeating(device(user)), { fault: 'foreign' }],
  ])('%s', async (_, make, expected) => {
    const market = await connected(make(), { deadlines: { signMs: 200 } });
    const calls = [market.market.cycle(cycle), market.registry.clock(), market.securities.transfer(transfer)];
    for (const call of calls) {
      const error = await failureOf(call);
      expect(error).toBeInstanceOf(SignerError);
      expect(error).toMatchObject({ code: 'SignerFailed', ...expected });
    }
    expect(gateway.signed).toEqual([]);
  });

  test('when it is the transaction that is not signed: it was endorsed, and is not sent to be ordered', async () => {
    const market = await connected(failingAt(2, device(user)));
    await expect(market.market.cycle(cycle)).rejects.toMatchObject({ code: 'SignerFailed', fault: 'failed' });
    expect(gateway.signed.map(({ step }) => step)).toEqual(['endorse']);
    await expect(market.market.cycle(cycle)).resolves.toMatchObject({ outcome: 'created' });
  });

  test('when only the question for the outcome is not signed: the outcome is unknown', async () => {
    const market = await connected(failingAt(3, device(user)));
    const error = await failureOf(market.market.cycle(cycle));
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    expect(error).toMatchObject({ transactionId: gateway.submitted[0], cause: { code: 'SignerFailed' } });
  });

  test('when it is a stream of events', async () => {
    const market = await connected(() => Promise.reject(lost));
    const reads = [market.events.chaincode({ startBlock: 0n }), market.advices.follow({ from: 0 })];
    for (const stream of reads) {
      const reading = stream[Symbol.asyncIterator]();
      expect(await failureOf(reading.next())).toMatchObject({ code: 'SignerFailed', cause: lost });
    }
  });
});

/** Answers the first signature again and again. */
function repeating(signer: Signer): Signer {
  const first = signer(Buffer.alloc(32, 1));
  return () => first;
}

/** Fails once: at its nth signature. */
function failingAt(nth: number, signer: Signer): Signer {
  let signatures = 0;
  return async (digest) => {
    signatures += 1;
    if (signatures === nth) throw new Error('CKR_SESSION_CLOSED');
    return signer(digest);
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
