import { dirname, join } from 'node:path';
import type { Organisation } from '../topology';

/** A node's MSP in Fabric's layout, and its TLS files. */
export interface NodeFiles {
  /** The folder of them all. */
  readonly root: string;
  readonly msp: string;
  readonly tlsCertificate: string;
  readonly tlsKey: string;
  readonly tlsRoot: string;
}

/** Where an organisation's identities lie in a network directory. The layout is that of Fabric's own tools. */
export class OrganisationFiles {
  readonly root: string;
  readonly #organisation: Organisation;

  constructor(networkDirectory: string, organisation: Organisation) {
    this.root = join(networkDirectory, 'organisations', organisation.domain);
    this.#organisation = organisation;
  }

  /** The organisation's verifying MSP: root certificates and node OUs, no keys. What a channel's configuration carries. */
  get msp(): string {
    return join(this.root, 'msp');
  }

  get caCertificate(): string {
    return join(this.root, 'ca', 'ca-cert.pem');
  }

  get caKey(): string {
    return join(this.root, 'ca', 'ca-key.pem');
  }

  /** What the authority of the signing identities has revoked; absent while that is nothing. */
  get revocationList(): string {
    return join(this.root, 'ca', 'crl.pem');
  }

  /** A revocation that has begun, until it is done. */
  get revoking(): string {
    return join(this.root, 'ca', 'revoking.json');
  }

  get tlsCaCertificate(): string {
    return join(this.root, 'tlsca', 'tlsca-cert.pem');
  }

  get tlsCaKey(): string {
    return join(this.root, 'tlsca', 'tlsca-key.pem');
  }

  /** @throws RangeError where the organisation has no peer: ask `hasPeer` first. */
  peer(): NodeFiles {
    const { peer, mspId } = this.#organisation;
    if (peer === undefined) throw new RangeError(`${mspId} has no peer`);
    return this.#node(join(this.root, 'peers', peer.hostname));
  }

  /** Undefined where the organisation runs no orderer. */
  orderer(): NodeFiles | undefined {
    const { orderer } = this.#organisation;
    return orderer === undefined ? undefined : this.#node(join(this.root, 'orderers', orderer.hostname));
  }

  /** The user's MSP folder. */
  user(name: string): string {
    return join(this.root, 'users', `${name}@${this.#organisation.domain}`, 'msp');
  }

  #node(folder: string): NodeFiles {
    const tls = join(folder, 'tls');
    return {
      root: folder,
      msp: join(folder, 'msp'),
      tlsCertificate: join(tls, 'server.crt'),
      tlsKey: join(tls, 'server.key'),
      tlsRoot: join(tls, 'ca.crt'),
    };
  }
}

/** The same files by the paths that somebody else knows them by. */
export function seenAs(files: NodeFiles, pathOf: (file: string) => string): NodeFiles {
  const { root, msp, tlsCertificate, tlsKey, tlsRoot } = files;
  return {
    root: pathOf(root),
    msp: pathOf(msp),
    tlsCertificate: pathOf(tlsCertificate),
    tlsKey: pathOf(tlsKey),
    tlsRoot: pathOf(tlsRoot),
  };
}

/** Where an MSP folder keeps its own certificate and key. */
export function signingCertificateFile(msp: string): string {
  return join(msp, 'signcerts', 'cert.pem');
}

/** What a user's certificates were before they were renewed, with the same key: to revoke one is to revoke all of them. */
export function earlierCertificatesFile(msp: string): string {
  return join(dirname(msp), 'earlier-certificates.pem');
}

/** Where Fabric's nodes look for revoked certificates of their own organisation when they start. */
export function localRevocationListFile(msp: string): string {
  return join(msp, 'crls', 'crl.pem');
}

/** Fabric finds a key by its public half, whatever the file is called, as long as the name ends in `_sk`. */
export function signingKeyFile(msp: string): string {
  return join(msp, 'keystore', 'priv_sk');
}
