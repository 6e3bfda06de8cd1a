import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CertificateAuthority, ChaincodeServiceFiles, OrganisationFiles } from '../../identities';
import { writePrivate, writePublic } from '../../identities/msp-folder';
import { LOOPBACK } from '../../operations/free-ports';
import { marketPackage } from '../../operations/market-package';
import { NetworkError } from '../../operations/network-error';
import type { NetworkFiles } from '../../operations/network-files';
import { portNames, portOf } from '../../operations/network-record';
import type { OpenNetwork } from '../../operations/open-network';
import { organisationsWithRole } from '../../topology';
import type { Organisation } from '../../topology';
import type { NativeNode } from './native-node';
import { accepts } from './node-health';

const HOST_PACKAGE = '@kessai/chaincode-host';
const HOSTS = ['localhost', LOOPBACK];

/** The chaincode service of an organisation, which only its own peer calls. */
export function chaincodeNode(
  { files, record }: OpenNetwork,
  organisation: Organisation,
  program: string | undefined,
): NativeNode {
  const { topology } = record;
  const name = portNames.chaincode(organisation);
  const port = portOf(record, { hostname: name });
  const tls = chaincodeServiceFiles(files, organisation);
  return {
    name,
    kind: 'chaincode',
    mspId: organisation.mspId,
    ports: new Map([[name, port]]),
    process: {
      program: process.execPath,
      args: [program ?? hostProgram()],
      environment: {
        CHAINCODE_ID: marketPackage(topology).packageId,
        CHAINCODE_SERVER_ADDRESS: `${LOOPBACK}:${port.toString()}`,
        CHAINCODE_TLS_KEY_FILE: tls.serverKey,
        CHAINCODE_TLS_CERT_FILE: tls.serverCertificate,
        CHAINCODE_TLS_CLIENT_CA_FILE: tls.rootCertificate,
        KESSAI_FOUNDERS: organisationsWithRole(topology, [topology.chaincode.endorsement.role]).join(','),
      },
    },
    prepare: async () => makeServiceTls(tls, organisation),
    isHealthy: async () => accepts(port),
  };
}

/** TLS between an organisation's peer and its chaincode service, below the organisation's own folder. */
export function chaincodeServiceFiles(files: NetworkFiles, organisation: Organisation): ChaincodeServiceFiles {
  return new ChaincodeServiceFiles(new OrganisationFiles(files.directory, organisation).root);
}

async function makeServiceTls(files: ChaincodeServiceFiles, { domain }: Organisation): Promise<void> {
  // Written last: where it is there, all of them are.
  if (existsSync(files.clientKey)) return;
  const authority = await CertificateAuthority.create(`tlsca.chaincode.${domain}`, domain);
  const request = { organisation: domain, hosts: HOSTS };
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

/** Kessai's chaincode, wherever the package manager put it. @throws NetworkError `ChaincodeProgramMissing`. */
function hostProgram(): string {
  try {
    const manifest = createRequire(__filename).resolve(`${HOST_PACKAGE}/package.json`);
    const program = join(dirname(manifest), 'dist', 'main.js');
    if (existsSync(program)) return program;
  } catch {
    // The package is not installed, which is said below.
  }
  throw new NetworkError(
    'ChaincodeProgramMissing',
    `the chaincode program of ${HOST_PACKAGE} is not there`,
    'Build it: npm run build.',
    { program: HOST_PACKAGE },
  );
}
