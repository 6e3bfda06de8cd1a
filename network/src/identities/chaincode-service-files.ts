import { join } from 'node:path';

/**
 * TLS between the peers and the chaincode service: an authority of its own, so that only peers reach the service. What the service
 * needs lies in a folder without any more, so that nothing else is given to it.
 */
export class ChaincodeServiceFiles {
  readonly #root: string;

  constructor(networkDirectory: string) {
    this.#root = join(networkDirectory, 'chaincode');
  }

  /** The folder with all that the service reads. */
  get service(): string {
    return join(this.#root, 'tls');
  }

  get rootCertificate(): string {
    return join(this.service, 'ca-cert.pem');
  }

  get rootKey(): string {
    return join(this.#root, 'authority', 'ca-key.pem');
  }

  get serverCertificate(): string {
    return join(this.service, 'server-cert.pem');
  }

  get serverKey(): string {
    return join(this.service, 'server-key.pem');
  }

  get clientCertificate(): string {
    return join(this.#root, 'peers', 'client-cert.pem');
  }

  get clientKey(): string {
    return join(this.#root, 'peers', 'client-key.pem');
  }
}
