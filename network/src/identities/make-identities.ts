import { readFile, rm } from 'node:fs/promises';
import { hasPeer, hostOf, LOOPBACK } from '../topology';
import type { Node, Organisation, Topology, User } from '../topology';
import { CertificateAuthority } from './certificate-authority';
import type { Credential, SigningRequest } from './certificate-authority';
import { ChaincodeServiceFiles } from './chaincode-service-files';
import { writeMspFolder, writePrivate, writePublic } from './msp-folder';
import {
  earlierCertificatesFile,
  OrganisationFiles,
  signingCertificateFile,
  signingKeyFile,
} from './organisation-files';
import type { NodeFiles } from './organisation-files';

// Whoever keeps a node reaches it by either of these besides its own name.
const LOOPBACK_HOSTS = ['localhost', LOOPBACK];

/** Makes every organisation's authorities, nodes and users, and the chaincode service's TLS, below the directory. */
export async function makeIdentities(topology: Topology, networkDirectory: string): Promise<void> {
  await Promise.all(
    topology.organisations.map(async (organisation) => makeOrganisation(organisation, networkDirectory)),
  );
  await makeChaincodeService(topology, networkDirectory);
}

/** Makes an organisation's authorities, nodes and users below the directory. */
export async function makeOrganisation(organisation: Organisation, networkDirectory: string): Promise<void> {
  const files = new OrganisationFiles(networkDirectory, organisation);
  const authorities = {
    signing: await CertificateAuthority.create(`ca.${organisation.domain}`, organisation.domain),
    tls: await CertificateAuthority.create(`tlsca.${organisation.domain}`, organisation.domain),
  };
  await writeAuthority(files.caCertificate, files.caKey, await authorities.signing.credential());
  await writeAuthority(files.tlsCaCertificate, files.tlsCaKey, await authorities.tls.credential());
  await writeMspFolder(files.msp, rootsOf(authorities));
  if (hasPeer(organisation)) await issueNode(organisation, files.peer(), organisation.peer, 'peer', authorities);
  const orderer = files.orderer();
  if (organisation.orderer !== undefined && orderer !== undefined) {
    await issueNode(organisation, orderer, organisation.orderer, 'orderer', authorities);
  }
  for (const user of organisation.users) await issueUser(organisation, files, user, authorities);
}

interface Authorities {
  readonly signing: CertificateAuthority;
  readonly tls: CertificateAuthority;
}

function rootsOf(authorities: Authorities): { caCertificate: string; tlsCaCertificate: string } {
  return { caCertificate: authorities.signing.certificate, tlsCaCertificate: authorities.tls.certificate };
}

async function issueNode(
  organisation: Organisation,
  files: NodeFiles,
  node: Node,
  ou: 'peer' | 'orderer',
  authorities: Authorities,
): Promise<void> {
  const name = { commonName: node.hostname, organisation: organisation.domain };
  await writeMspFolder(files.msp, rootsOf(authorities), await authorities.signing.issueSigning({ ...name, ou }));
  const tls = await authorities.tls.issueTls({ ...name, hosts: hostsOf(organisation, node) });
  await writePublic(files.tlsCertificate, tls.certificate);
  await writePrivate(files.tlsKey, tls.privateKey);
  await writePublic(files.tlsRoot, authorities.tls.certificate);
}

function hostsOf(organisation: Organisation, { hostname }: Node): readonly string[] {
  return [...new Set([hostname, ...LOOPBACK_HOSTS, hostOf(organisation)])];
}

async function issueUser(
  organisation: Organisation,
  files: OrganisationFiles,
  user: User,
  authorities: Authorities,
): Promise<void> {
  const own = await authorities.signing.issueSigning(requestOf(organisation, user));
  await writeMspFolder(files.user(user.name), rootsOf(authorities), own);
}

/**
 * Gives a user a new key and a certificate for it, in the place of those that were there. The key comes first: whoever is killed between the
 * two leaves the earlier certificate, by which what was to be replaced is known.
 */
export async function reissueUser(organisation: Organisation, user: User, networkDirectory: string): Promise<void> {
  const files = new OrganisationFiles(networkDirectory, organisation);
  const authority = await CertificateAuthority.load({
    certificate: await readFile(files.caCertificate, 'utf8'),
    privateKey: await readFile(files.caKey, 'utf8'),
  });
  const { certificate, privateKey } = await authority.issueSigning(requestOf(organisation, user));
  const folder = files.user(user.name);
  await rm(earlierCertificatesFile(folder), { force: true });
  await writePrivate(signingKeyFile(folder), privateKey);
  await writePublic(signingCertificateFile(folder), certificate);
}

function requestOf({ domain }: Organisation, { name, kind, role }: User): SigningRequest {
  return { commonName: `${name}@${domain}`, organisation: domain, ou: kind, role };
}

async function writeAuthority(certificateFile: string, keyFile: string, credential: Credential): Promise<void> {
  await writePublic(certificateFile, credential.certificate);
  await writePrivate(keyFile, credential.privateKey);
}

async function makeChaincodeService(topology: Topology, networkDirectory: string): Promise<void> {
  const files = new ChaincodeServiceFiles(networkDirectory);
  const name = topology.chaincode.name;
  const authority = await CertificateAuthority.create(`tlsca.${name}.chaincode`, topology.channel);
  const request = { organisation: topology.channel, hosts: LOOPBACK_HOSTS };
  const server = await authority.issueTls({ ...request, commonName: `${name}.chaincode` });
  const client = await authority.issueTls({ ...request, commonName: `peers.${name}.chaincode` });
  await writeAuthority(files.rootCertificate, files.rootKey, await authority.credential());
  await writeAuthority(files.serverCertificate, files.serverKey, server);
  await writeAuthority(files.clientCertificate, files.clientKey, client);
}
