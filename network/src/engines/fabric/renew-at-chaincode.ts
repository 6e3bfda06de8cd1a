import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:tls';
import type { ChaincodeServiceFiles, CertificatePlace } from '../../identities';
import { LOOPBACK } from '../../directory/free-ports';
import { portNames, portOf } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { hasPeer } from '../../topology';
import type { PeerOrganisation } from '../../topology';
import { chaincodeServiceFiles } from './chaincode-node';
import { nodeReady } from './node-waiting';
import { watchOf } from './node-watch';
import { connectionValues, preparePeerBuilder } from './peer-builder';

const ANSWER_MS = 2_000;

/**
 * Sees to it that chaincode services and their peers take renewed certificates without a restart, and returns when every running
 * service shows its own: the service looks at its files by itself; its peer asks its builder again when it next connects.
 *
 * @throws NetworkError `NodeNotReady` where a service goes on to show its earlier certificate.
 */
export async function renewAtChaincode(network: OpenNetwork, places: readonly CertificatePlace[]): Promise<void> {
  const named = new Set(places.map(({ mspId }) => mspId));
  const organisations = network.record.topology.organisations.filter(hasPeer).filter(({ mspId }) => named.has(mspId));
  await Promise.all(organisations.map(async (organisation) => renewAt(network, organisation)));
}

async function renewAt(network: OpenNetwork, organisation: PeerOrganisation): Promise<void> {
  const { files, record } = network;
  const name = portNames.chaincode(organisation);
  const tls = chaincodeServiceFiles(files, organisation);
  const values = connectionValues(files, organisation);
  if (existsSync(values) && statSync(values).mtimeMs < statSync(tls.clientCertificate).mtimeMs) {
    await preparePeerBuilder(network, organisation);
  }
  if (!(await watchOf(network).runs(name))) return;
  const port = portOf(record, { hostname: name });
  const own = new X509Certificate(readFileSync(tls.serverCertificate));
  await nodeReady(network, name, 'show its renewed certificate', async () => {
    return (await shownBy(port, tls)) === own.fingerprint256;
  });
}

/** The fingerprint of the certificate that a chaincode service shows; undefined where it does not answer. */
async function shownBy(port: number, tls: ChaincodeServiceFiles): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: LOOPBACK,
      port,
      ca: readFileSync(tls.rootCertificate),
      cert: readFileSync(tls.clientCertificate),
      key: readFileSync(tls.clientKey),
      // What it shows is what is asked; an expired one is an answer too.
      rejectUnauthorized: false,
      timeout: ANSWER_MS,
    });
    const answer = (fingerprint: string | undefined): void => {
      socket.destroy();
      resolve(fingerprint);
    };
    socket.once('secureConnect', () => {
      answer(socket.getPeerX509Certificate()?.fingerprint256);
    });
    socket.once('timeout', () => {
      answer(undefined);
    });
    socket.once('error', () => {
      answer(undefined);
    });
  });
}
