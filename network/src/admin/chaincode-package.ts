import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tar } from './tar';

/** How a peer reaches a chaincode that runs as a service. A builder's release step may fill in what differs from peer to peer. */
export interface ChaincodeConnection {
  /** Host and port. */
  readonly address: string;
  /** Mutual TLS: PEM texts or the names that the builder puts them in place of. Undefined is plaintext. */
  readonly tls?: { readonly rootCertificate: string; readonly clientCertificate: string; readonly clientKey: string };
}

/** A package as it is installed on peers. */
export interface ChaincodePackage {
  readonly label: string;
  readonly bytes: Buffer;
  /** `label:hash`, as a peer computes it. */
  readonly packageId: string;
}

// The rule for labels is Fabric's.
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_.+-]*$/;
const DIAL_TIMEOUT = '10s';
const GZIP_OPERATING_SYSTEM = 9;
const UNKNOWN_OPERATING_SYSTEM = 255;

/**
 * A package of a chaincode as a service. The same arguments give the same bytes on every machine and Node version, hence the
 * same package id, which is what organisations approve.
 *
 * @throws RangeError where the label is not one that Fabric takes.
 */
export function chaincodePackage(label: string, connection: ChaincodeConnection): ChaincodePackage {
  if (!LABEL.test(label)) throw new RangeError(`'${label}' is not a chaincode package label`);
  const code = gzip(tar([{ name: 'connection.json', content: json(connectionFile(connection)) }]));
  const bytes = gzip(
    tar([
      { name: 'metadata.json', content: json({ path: '', type: 'ccaas', label }) },
      { name: 'code.tar.gz', content: code },
    ]),
  );
  return { label, bytes, packageId: packageId(label, bytes) };
}

/** The identifier that every peer gives to a package of these bytes. */
export function packageId(label: string, bytes: Uint8Array): string {
  return `${label}:${createHash('sha256').update(bytes).digest('hex')}`;
}

function connectionFile({ address, tls }: ChaincodeConnection): Record<string, unknown> {
  const plain = { address, dial_timeout: DIAL_TIMEOUT, tls_required: tls !== undefined };
  if (tls === undefined) return plain;
  return {
    ...plain,
    client_auth_required: true,
    client_key: tls.clientKey,
    client_cert: tls.clientCertificate,
    root_cert: tls.rootCertificate,
  };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

// Stored, not compressed: compressed bytes differ between versions of zlib. The header's operating system differs between
// systems, so it is set to "unknown"; its time is zero already.
function gzip(content: Uint8Array): Buffer {
  const bytes = gzipSync(content, { level: 0 });
  bytes[GZIP_OPERATING_SYSTEM] = UNKNOWN_OPERATING_SYSTEM;
  return bytes;
}
