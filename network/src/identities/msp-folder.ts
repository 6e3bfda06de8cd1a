import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Credential } from './certificate-authority';
import { signingCertificateFile, signingKeyFile } from './organisation-files';

const CA_FILE = 'ca-cert.pem';

export interface MspRoots {
  readonly caCertificate: string;
  readonly tlsCaCertificate: string;
}

/** Writes an MSP folder as Fabric reads it; with a credential it is a local MSP that can sign. */
export async function writeMspFolder(folder: string, roots: MspRoots, own?: Credential): Promise<void> {
  await writePublic(join(folder, 'cacerts', CA_FILE), roots.caCertificate);
  await writePublic(tlsRootFile(folder), roots.tlsCaCertificate);
  await writePublic(join(folder, 'config.yaml'), nodeOuConfig());
  if (own === undefined) return;
  await writePublic(signingCertificateFile(folder), own.certificate);
  await writePrivate(signingKeyFile(folder), own.privateKey);
}

/** Where an MSP folder keeps the root of its organisation's TLS certificates. */
export function tlsRootFile(msp: string): string {
  return join(msp, 'tlscacerts', `tls${CA_FILE}`);
}

function nodeOuConfig(): string {
  const identifier = (ou: string): unknown => ({ Certificate: `cacerts/${CA_FILE}`, OrganizationalUnitIdentifier: ou });
  return stringify({
    NodeOUs: {
      Enable: true,
      ClientOUIdentifier: identifier('client'),
      PeerOUIdentifier: identifier('peer'),
      AdminOUIdentifier: identifier('admin'),
      OrdererOUIdentifier: identifier('orderer'),
    },
  });
}

/** A file that is there is whole. */
export async function writePublic(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** A file that is there is whole, and readable by its owner alone from the moment it exists. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
