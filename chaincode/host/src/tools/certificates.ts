import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';

export interface CertificateSubject {
  readonly name: string;
  /** The OU attributes: how Fabric tells clients, administrators, peers and orderers apart. */
  readonly units: readonly string[];
  /** The content of Fabric CA's attribute extension. */
  readonly attributes?: string;
}

/** A self-signed certificate in PEM, of the form that Fabric's authorities give. */
export function certificateOf(subject: CertificateSubject): Buffer {
  return identityOf(subject).certificate;
}

/** A self-signed certificate with its private key, both in PEM. */
export function identityOf({ name, units, attributes }: CertificateSubject): {
  readonly certificate: Buffer;
  readonly key: Buffer;
} {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = sequence(...units.map((unit) => attribute('2.5.4.11', unit)), attribute('2.5.4.3', name));
  const extensions =
    attributes === undefined
      ? []
      : [sequence(objectIdentifier('1.2.3.4.5.6.7.8.1'), element(0x04, Buffer.from(attributes)))];
  const keyUsage = sequence(objectIdentifier('2.5.29.15'), element(0x04, element(0x03, Buffer.from([7, 0x80]))));
  const signed = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, Buffer.from([1])),
    signatureAlgorithm,
    subject,
    sequence(utcTime('230101000000Z'), utcTime('330101000000Z')),
    subject,
    spkiOf(publicKey),
    element(0xa3, sequence(keyUsage, ...extensions)),
  );
  const signature = element(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', signed, privateKey)]));
  const lines =
    sequence(signed, signatureAlgorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const certificate = Buffer.from(
    ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  );
  return { certificate, key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  // ecdsa-with-SHA256 alone has arcs above 127 here.
  const octets = rest.flatMap((arc) => (arc < 0x80 ? [arc] : [...highOctets(arc), arc & 0x7f]));
  return element(0x06, Buffer.from([first * 40 + second, ...octets]));
}

function highOctets(arc: number): number[] {
  const octets: number[] = [];
  for (let rest = arc >> 7; rest > 0; rest >>= 7) octets.unshift((rest & 0x7f) | 0x80);
  return octets;
}

function attribute(type: string, value: string): Buffer {
  return element(0x31, sequence(objectIdentifier(type), element(0x0c, Buffer.from(value))));
}

function utcTime(text: string): Buffer {
  return element(0x17, Buffer.from(text));
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

const signatureAlgorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
