import { join } from 'node:path';

/** TLS between the peers and the chaincode service: an authority of its own, so that only peers reach the service. */
export class ChaincodeServiceFiles {
  readonly #root: string;

  constructor(networkDirectory: string) {
    this.#root = join(networkDirectory, 'chaincode', 'tls');
  }

  get rootCertificate(): string {
    return join(this.#root, 'ca-cert.pem');
  }

  get rootKey(): string {
    return join(this.#root, 'ca-key.pem');
  }

  get serverCertificate(): string {
    return join(this.#root, 'server-cert.pem');
  }

  get serverKey(): string {
    return join(this.#root, 'server-key.pem');
  }

  get clientCertificate(): string {
    return join(this.#root, 'client-cert.pem');
  }

  get clientKey(): string {
    return join(this.#root, 'client-key.pem');
  }
}
