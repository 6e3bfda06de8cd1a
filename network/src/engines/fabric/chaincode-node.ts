import { existsSync } from 'node:fs';
import { CertificateAuthority, ChaincodeServiceFiles, OrganisationFiles } from '../../identities';
import { writePrivate, writePublic } from '../../identities/msp-folder';
import { LOOPBACK } from '../../directory/free-ports';
import { marketPackage } from '../../directory/market-package';
import type { NetworkFiles } from '../../directory/network-files';
import { portNames, portOf } from '../../directory/network-record';
import { telemetryOf, telemetryVariables } from '../../directory/telemetry-settings';
import type { OpenNetwork } from '../../directory/open-network';
import { organisationsWithRole } from '../../topology';
import type { Organisation } from '../../topology';
import type { FabricNode } from './fabric-node';
import { answersTls } from './node-health';
import { siteOf } from './node-site';

/** The chaincode service of an organisation, which only its own peer calls. */
export function chaincodeNode(network: OpenNetwork, organisation: Organisation): FabricNode {
  const { files, record } = network;
  const { topology } = record;
  const name = portNames.chaincode(organisation);
  const port = portOf(record, { hostname: name });
  const tls = chaincodeServiceFiles(files, organisation);
  const { keeperAddress, pathOf } = siteOf(network);
  const { metrics } = telemetryOf(record, name);
  const ports = new Map([[name, port]]);
  if (metrics !== undefined) ports.set(portNames.metrics({ name }), metrics.port);
  return {
    name,
    kind: 'chaincode',
    organisation,
    ports,
    environment: {
      CHAINCODE_ID: marketPackage(topology).packageId,
      CHAINCODE_SERVER_ADDRESS: `${keeperAddress}:${port.toString()}`,
      CHAINCODE_TLS_KEY_FILE: pathOf(tls.serverKey),
      CHAINCODE_TLS_CERT_FILE: pathOf(tls.serverCertificate),
      CHAINCODE_TLS_CLIENT_CA_FILE: pathOf(tls.rootCertificate),
      KESSAI_FOUNDERS: organisationsWithRole(topology, [topology.chaincode.endorsement.role]).join(','),
      ...telemetryVariables(record, name, keeperAddress),
    },
    reads: [tls.service],
    writes: undefined,
    prepare: async () => makeServiceTls(tls, name, organisation),
    isHealthy: async () =>
      answersTls(port, name, {
        tlsRoot: tls.rootCertificate,
        tlsCertificate: tls.clientCertificate,
        tlsKey: tls.clientKey,
      }),
  };
}

/** TLS between an organisation's peer and its chaincode service, below the organisation's own folder. */
export function chaincodeServiceFiles(files: NetworkFiles, organisation: Organisation): ChaincodeServiceFiles {
  return new ChaincodeServiceFiles(new OrganisationFiles(files.directory, organisation).root);
}

async function makeServiceTls(files: ChaincodeServiceFiles, name: string, { domain }: Organisation): Promise<void> {
  // Written last: where it is there, all of them are.
  if (existsSync(files.clientKey)) return;
  const authority = await CertificateAuthority.create(`tlsca.chaincode.${domain}`, domain);
  const request = { organisation: domain, hosts: [name, 'localhost', LOOPBACK] };
  const server = await authority.issueTls({ ...request, commonName: `chaincode.${domain}` });
  const client = await authority.issueTls({ ...request, commonName: `peers.chaincode.${domain}` });
  const own = await authority.credential();
  await writePublic(files.rootCertificate, own.certificate);
  await writePrivate(files.rootKey, own.privateKey);
  await writePublic(files.serverCertificate, server.certificate);
  await writePrivate(files.serverKey, server.privateKey);
  await writePublic(files.clientCertificate, client.certificate);
  await writePrivate(files.clientKey, client.privateKey);
}
