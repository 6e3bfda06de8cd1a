import { existsSync } from 'node:fs';
import type { Organisation } from '../topology';
import type { ChaincodeServiceFiles } from './chaincode-service-files';
import { OrganisationFiles, signingCertificateFile, signingKeyFile } from './organisation-files';
import type { NodeFiles } from './organisation-files';

/** What a certificate is for. */
export type CertificateUse =
  | 'signing-authority'
  | 'tls-authority'
  | 'chaincode-authority'
  | 'node-signing'
  | 'node-tls'
  | 'user-signing'
  | 'chaincode-server'
  | 'chaincode-client';

/** A certificate and its key in a network directory, and the authority that it is from. */
export interface CertificatePlace {
  /** Whose it is; undefined for the one chaincode service of an embedded network. */
  readonly mspId: string | undefined;
  /** A node's host name, a user with its domain, an authority, or a chaincode service. */
  readonly bearer: string;
  readonly use: CertificateUse;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Undefined for an authority's own certificate, which is from itself. */
  readonly authority: { readonly certificateFile: string; readonly keyFile: string } | undefined;
}

/** Every certificate that lies in an organisation's folder. */
export function organisationCertificates(networkDirectory: string, organisation: Organisation): CertificatePlace[] {
  const { mspId, domain, peer, orderer, users } = organisation;
  const files = new OrganisationFiles(networkDirectory, organisation);
  const signing = { certificateFile: files.caCertificate, keyFile: files.caKey };
  const tls = { certificateFile: files.tlsCaCertificate, keyFile: files.tlsCaKey };
  const authorityOf = (use: CertificateUse, name: string, own: typeof signing): CertificatePlace => ({
    mspId,
    bearer: `${name}.${domain}`,
    use,
    ...own,
    authority: undefined,
  });
  const nodeOf = (bearer: string, node: NodeFiles): CertificatePlace[] => [
    { mspId, bearer, use: 'node-signing', ...signingFiles(node.msp), authority: signing },
    { mspId, bearer, use: 'node-tls', certificateFile: node.tlsCertificate, keyFile: node.tlsKey, authority: tls },
  ];
  const ordererFiles = files.orderer();
  const found: CertificatePlace[] = [
    authorityOf('signing-authority', 'ca', signing),
    authorityOf('tls-authority', 'tlsca', tls),
    ...(peer === undefined ? [] : nodeOf(peer.hostname, files.peer())),
    ...(orderer === undefined || ordererFiles === undefined ? [] : nodeOf(orderer.hostname, ordererFiles)),
    ...users.map(({ name }): CertificatePlace => {
      const bearer = `${name}@${domain}`;
      return { mspId, bearer, use: 'user-signing', ...signingFiles(files.user(name)), authority: signing };
    }),
  ];
  return found.filter(isThere);
}

/** The certificates of TLS between peers and a chaincode service; none before all of them have been made. */
export function chaincodeCertificates(
  files: ChaincodeServiceFiles,
  bearer: string,
  mspId: string | undefined,
): CertificatePlace[] {
  const root = { certificateFile: files.rootCertificate, keyFile: files.rootKey };
  const found: CertificatePlace[] = [
    { mspId, bearer, use: 'chaincode-authority', ...root, authority: undefined },
    {
      mspId,
      bearer,
      use: 'chaincode-server',
      certificateFile: files.serverCertificate,
      keyFile: files.serverKey,
      authority: root,
    },
    {
      mspId,
      bearer,
      use: 'chaincode-client',
      certificateFile: files.clientCertificate,
      keyFile: files.clientKey,
      authority: root,
    },
  ];
  // The client's key is written last: without it the others are what a start that was cut off has left, and are made anew.
  return existsSync(files.clientKey) ? found : [];
}

function signingFiles(msp: string): { certificateFile: string; keyFile: string } {
  return { certificateFile: signingCertificateFile(msp), keyFile: signingKeyFile(msp) };
}

function isThere({ certificateFile }: CertificatePlace): boolean {
  return existsSync(certificateFile);
}
