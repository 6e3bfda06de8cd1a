import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Credential {
  readonly cert: string;
  readonly key: string;
}

const day = 86_400_000;

/** The keys that Fabric accepts. */
export type KeyKind = 'P-256' | 'P-384' | 'Ed25519';

/** A certificate that signs itself, good for the loopback interface: identity, TLS server and its own root in one. */
export function selfSigned(
  commonName: string,
  validity: { readonly from: number; readonly to: number } = { from: Date.now() - day, to: Date.now() + day },
  kind: KeyKind = 'P-256',
): Credential {
  const { publicKey, privateKey } = keyPair(kind);
  const [algorithm, digest] = kind === 'Ed25519' ? [ed25519, null] : [ecdsaWithSha256, 'sha256'];
  const name = sequence(set(sequence(objectId(0x55, 0x04, 0x03), der(0x0c, Buffer.from(commonName)))));
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(validity.from), time(validity.to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(basicConstraints, loopbackNames)),
  );
  return {
    cert: pem(sequence(body, algorithm, bitString(sign(digest, body, privateKey)))),
    key: keyPem(privateKey),
  };
}

function keyPair(kind: KeyKind): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return kind === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), body]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequence = (...content: readonly Buffer[]) => der(0x30, ...content);
const set = (...content: readonly Buffer[]) => der(0x31, ...content);
const integer = (bytes: Buffer) => der(0x02, bytes);
const objectId = (...bytes: readonly number[]) => der(0x06, Buffer.from(bytes));
const bitString = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes);
const octetString = (...content: readonly Buffer[]) => der(0x04, ...content);
const yes = der(0x01, Buffer.from([0xff]));

/** GeneralizedTime: YYYYMMDDhhmmssZ. */
function time(instant: number): Buffer {
  return der(0x18, Buffer.from(`${new Date(instant).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

const ecdsaWithSha256 = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const ed25519 = sequence(objectId(0x2b, 0x65, 0x70));
const basicConstraints = sequence(objectId(0x55, 0x1d, 0x13), yes, octetString(sequence(yes)));
const loopbackNames = sequence(
  objectId(0x55, 0x1d, 0x11),
  octetString(sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])))),
);

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
