// @peculiar/x509 resolves its algorithms through decorators, which need this to be loaded first.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
import type { Extension, JsonGeneralName } from '@peculiar/x509';
import { generateKeyPair, KEY_ALGORITHM, privateKeyFromPem, privateKeyToPem } from './key-pair';
import { isLowS } from './low-s';
import { revocationListPem, type RevokedCertificate } from './revocation-list-form';
import { roleAttributeExtension } from './role-attribute';

const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
const LEAF_DAYS = 1_825;
// Machines' clocks differ by a little; a certificate is good on all of them as soon as it is made.
const CLOCK_SKEW_MS = 300_000;

/** What a node OU can say. Fabric reads it from the certificate's OU field. */
export type NodeOu = 'client' | 'admin' | 'peer' | 'orderer';

/** A certificate and its private key, as PEM texts. */
export interface Credential {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface SigningRequest {
  readonly commonName: string;
  readonly organisation: string;
  readonly ou: NodeOu;
  /** Value of the attribute `kessai.role`. */
  readonly role?: string;
}

export interface TlsRequest {
  readonly commonName: string;
  readonly organisation: string;
  /** Host names and IP addresses under which the node is reached. */
  readonly hosts: readonly string[];
}

/**
 * An organisation's certificate authority, for signing identities or for TLS. It keeps no record of what it issues: a renewed certificate's
 * earlier one stays valid until it expires or is revoked.
 */
export class CertificateAuthority {
  readonly #certificate: X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certificate: X509Certificate, key: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  static async create(commonName: string, organisation: string): Promise<CertificateAuthority> {
    const keys = await generateKeyPair();
    const certificate = await untilLowS(async () =>
      X509CertificateGenerator.createSelfSigned(
        {
          ...validity(CA_DAYS),
          serialNumber: serialNumber(),
          name: nameOf(commonName, organisation),
          keys,
          signingAlgorithm: KEY_ALGORITHM,
          extensions: [
            new BasicConstraintsExtension(true, undefined, true),
            new KeyUsagesExtension(
              KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
              true,
            ),
            await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
          ],
        },
        webcrypto,
      ),
    );
    return new CertificateAuthority(certificate, keys.privateKey);
  }

  static async load(credential: Credential): Promise<CertificateAuthority> {
    return new CertificateAuthority(
      new X509Certificate(credential.certificate),
      await privateKeyFromPem(credential.privateKey),
    );
  }

  get certificate(): string {
    return pemOf(this.#certificate);
  }

  async credential(): Promise<Credential> {
    return { certificate: this.certificate, privateKey: await privateKeyToPem(this.#key) };
  }

  /** A certificate with which a node or a person signs. */
  async issueSigning(request: SigningRequest): Promise<Credential> {
    const extensions: Extension[] = [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)];
    if (request.role !== undefined) extensions.push(roleAttributeExtension(request.role));
    return this.#issue(nameOf(request.commonName, request.organisation, request.ou), extensions);
  }

  /** A certificate for TLS, good for servers and for clients: Fabric's nodes are both. */
  async issueTls(request: TlsRequest): Promise<Credential> {
    const names: JsonGeneralName[] = request.hosts.map((value) => ({ type: isIpAddress(value) ? 'ip' : 'dns', value }));
    return this.#issue(nameOf(request.commonName, request.organisation), [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(names),
    ]);
  }

  /**
   * A certificate again, for the same name and the same key, with what else it says, valid from now on.
   *
   * @param days how long; never beyond the authority's own certificate.
   * @throws RangeError where it is not a certificate of this authority.
   */
  async renew(certificate: string, days: number = LEAF_DAYS): Promise<string> {
    const earlier = new X509Certificate(certificate);
    const { publicKey } = this.#certificate;
    if (
      earlier.issuer !== this.#certificate.subject ||
      !(await earlier.verify({ publicKey, signatureOnly: true }, webcrypto))
    ) {
      throw new RangeError(`the certificate of ${earlier.subject} is not from ${this.#certificate.subject}`);
    }
    const renewed = await untilLowS(async () =>
      X509CertificateGenerator.create(
        {
          ...this.#validity(days),
          serialNumber: serialNumber(),
          subject: earlier.subjectName.toJSON(),
          issuer: this.#certificate.subjectName.toJSON(),
          publicKey: earlier.publicKey,
          signingKey: this.#key,
          signingAlgorithm: KEY_ALGORITHM,
          extensions: earlier.extensions,
        },
        webcrypto,
      ),
    );
    return pemOf(renewed);
  }

  /**
   * The list of all that the authority has taken back, as a PEM text. Fabric finds the authority by its key identifier, and takes a list
   * as it stands, whenever the next one was due.
   */
  async revocationList(revoked: readonly RevokedCertificate[]): Promise<string> {
    const list = await X509CrlGenerator.create(
      {
        issuer: this.#certificate.subjectName.toJSON(),
        thisUpdate: new Date(),
        nextUpdate: this.#certificate.notAfter,
        entries: revoked.map(({ serialNumber, revokedAt }) => ({
          serialNumber: serialNumber.length % 2 === 0 ? serialNumber : `0${serialNumber}`,
          revocationDate: revokedAt,
          reason: X509CrlReason.keyCompromise,
        })),
        signingKey: this.#key,
        signingAlgorithm: KEY_ALGORITHM,
        extensions: [await AuthorityKeyIdentifierExtension.create(this.#certificate, false, webcrypto)],
      },
      webcrypto,
    );
    return revocationListPem(Buffer.from(list.rawData));
  }

  // A chain is no longer good than its shortest certificate: one that claimed more would only mislead.
  #validity(days: number): { notBefore: Date; notAfter: Date } {
    const { notBefore, notAfter } = validity(days);
    return { notBefore, notAfter: notAfter > this.#certificate.notAfter ? this.#certificate.notAfter : notAfter };
  }

  async #issue(subject: DistinguishedName, extensions: readonly Extension[]): Promise<Credential> {
    const keys = await generateKeyPair();
    const certificate = await untilLowS(async () =>
      X509CertificateGenerator.create(
        {
          ...this.#validity(LEAF_DAYS),
          serialNumber: serialNumber(),
          subject,
          issuer: this.#certificate.subjectName.toJSON(),
          publicKey: keys.publicKey,
          signingKey: this.#key,
          signingAlgorithm: KEY_ALGORITHM,
          extensions: [
            new BasicConstraintsExtension(false, undefined, true),
            await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
            await AuthorityKeyIdentifierExtension.create(this.#certificate, false, webcrypto),
            ...extensions,
          ],
        },
        webcrypto,
      ),
    );
    return { certificate: pemOf(certificate), privateKey: await privateKeyToPem(keys.privateKey) };
  }
}

type DistinguishedName = Record<string, string[]>[];

function nameOf(commonName: string, organisation: string, ou?: NodeOu): DistinguishedName {
  const name: DistinguishedName = [{ O: [organisation] }];
  if (ou !== undefined) name.push({ OU: [ou] });
  return [...name, { CN: [commonName] }];
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - CLOCK_SKEW_MS), notAfter: new Date(now + days * DAY_MS) };
}

// 127 random bits under a set bit: positive, never shortened by a leading zero.
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function isIpAddress(host: string): boolean {
  return /^\d+(\.\d+){3}$/.test(host) || host.includes(':');
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`;
}

// Fabric rewrites a certificate whose signature is not in low-S form before it compares or stores it. One that has that form
// from the start is the same bytes everywhere. Every second attempt succeeds.
async function untilLowS(make: () => Promise<X509Certificate>): Promise<X509Certificate> {
  for (;;) {
    const certificate = await make();
    if (isLowS(new Uint8Array(certificate.signature))) return certificate;
  }
}
