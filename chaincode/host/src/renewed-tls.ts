import { createSecureContext } from 'node:tls';
import { type ServerCredentials, experimental } from '@grpc/grpc-js';
import type { Log } from '@kessai/telemetry';

/** What the service shows to peers, and whose peers it serves. PEM texts. */
export interface TlsFiles {
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** Who issues the certificates of peers: only a peer that shows one is served. */
  readonly clientAuthority: Buffer;
}

/**
 * TLS whose certificates are renewed without a restart: the files are looked at again and again, and what they hold by then is shown
 * to whoever connects next. Connections that stand are left alone. Files that do not go together, for instance because they are being
 * written, change nothing.
 */
export class RenewedTls implements experimental.CertificateProvider {
  readonly credentials: ServerCredentials;
  readonly #read: () => TlsFiles;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #identityListeners = new Set<experimental.IdentityCertificateUpdateListener>();
  readonly #authorityListeners = new Set<experimental.CaCertificateUpdateListener>();
  #current: TlsFiles;
  #complaint = '';

  /** @throws Error where the files do not go together. */
  constructor(initial: TlsFiles, read: () => TlsFiles, intervalMs: number, log: Log) {
    requireUsable(initial);
    this.#current = initial;
    this.#read = read;
    this.#log = log;
    // Fabric's peers always show a certificate; who shows none is not served.
    this.credentials = experimental.createCertificateProviderServerCredentials(this, this, true);
    this.#timer = setInterval(() => this.#look(), intervalMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.add(listener);
    // The server listens to the credentials once this call has returned.
    process.nextTick(() => listener(identityOf(this.#current)));
  }

  removeIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.delete(listener);
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorityListeners.add(listener);
    process.nextTick(() => listener({ caCertificate: this.#current.clientAuthority }));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorityListeners.delete(listener);
  }

  #look(): void {
    let found: TlsFiles;
    try {
      found = this.#read();
      if (same(found, this.#current)) return;
      requireUsable(found);
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#current = found;
    this.#complaint = '';
    for (const listener of this.#authorityListeners) listener({ caCertificate: found.clientAuthority });
    for (const listener of this.#identityListeners) listener(identityOf(found));
    this.#log('info', 'TLS: the renewed certificate is shown to peers from now on');
  }

  // Once for each reason, not every time that the files are looked at.
  #complain(reason: string): void {
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    this.#log('warn', `TLS: the files cannot be taken, so the earlier ones stay in use: ${reason}`);
  }
}

function identityOf({ certificate, key }: TlsFiles): experimental.IdentityCertificateUpdate {
  return { certificate, privateKey: key };
}

function same(one: TlsFiles, other: TlsFiles): boolean {
  return (
    one.certificate.equals(other.certificate) &&
    one.key.equals(other.key) &&
    one.clientAuthority.equals(other.clientAuthority)
  );
}

/** @throws Error where the key is not the certificate's, or something is not PEM. */
function requireUsable({ key, certificate, clientAuthority }: TlsFiles): void {
  createSecureContext({ key, cert: certificate, ca: clientAuthority });
}
