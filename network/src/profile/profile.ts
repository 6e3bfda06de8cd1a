import { readFileSync } from 'node:fs';
import { OrganisationFiles, signingCertificateFile, signingKeyFile } from '../identities';
import { requireGoodUser } from '../directory/good-certificates';
import { servedBy } from '../topology';
import { NetworkError } from '../directory/network-error';
import { NetworkFiles } from '../directory/network-files';
import { requireHere } from '../directory/network-part';
import { endpointOf } from '../directory/network-record';
import type { NetworkRecord } from '../directory/network-record';

/**
 * Options of the gRPC channel: the name that the peer's TLS certificate bears, since the endpoint may be an IP address, and how soon a
 * connection is noticed that went dead without a word. A network of Kessai's allows pings so often; by default Fabric does not.
 */
// A type alias, so that it fits wherever channel options are taken: an interface has no index signature.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- as said above
export type GatewayOptions = {
  readonly 'grpc.ssl_target_name_override': string;
  readonly 'grpc.keepalive_time_ms': number;
  readonly 'grpc.keepalive_timeout_ms': number;
};

/** Of the channel to a gateway. Nodes allow a ping every 5 s. */
const PING_MS = 10_000;
const PING_ANSWER_MS = 10_000;

/** All that a plain Fabric gateway client needs to act for a user. Certificates and the key are PEM texts. */
export interface Profile {
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  /** Host and port of the organisation's peer, or of that of the operator that hosts it. */
  readonly endpoint: string;
  /** The MSP id of that operator, whose peer endorses in the organisation's stead; undefined where it has a peer of its own. */
  readonly hostedBy?: string;
  readonly tlsRootCert: string;
  readonly cert: string;
  /** PKCS#8. Whoever holds a profile acts as its user: keep it as a key is kept. */
  readonly key: string;
  readonly gatewayOptions: GatewayOptions;
}

export const DEFAULT_USER = 'user1';

/**
 * The profile of a user of a network directory.
 *
 * @throws NetworkError `OrganisationUnknown`, `OrganisationElsewhere`, `UserUnknown`; `CertificateExpired`, `CertificateNotYetValid`, `CertificateForeign`.
 */
export function profileOf(files: NetworkFiles, record: NetworkRecord, mspId: string, user = DEFAULT_USER): Profile {
  const organisation = requireHere(record, mspId);
  const known = organisation.users.map(({ name }) => name);
  if (!known.includes(user)) {
    const remedy = `Use one of: ${known.join(', ')}.`;
    throw new NetworkError('UserUnknown', `${mspId} has no user called '${user}'`, remedy, { mspId, user, known });
  }
  requireGoodUser({ files, record }, organisation, user);
  const own = new OrganisationFiles(files.directory, organisation);
  const folder = own.user(user);
  const server = servedBy(record.topology, organisation);
  return {
    mspId,
    channel: record.topology.channel,
    chaincode: record.topology.chaincode.name,
    endpoint: endpointOf(record, server, server.peer),
    ...(server === organisation ? {} : { hostedBy: server.mspId }),
    tlsRootCert: readFileSync(new OrganisationFiles(files.directory, server).tlsCaCertificate, 'utf8'),
    cert: readFileSync(signingCertificateFile(folder), 'utf8'),
    key: readFileSync(signingKeyFile(folder), 'utf8'),
    gatewayOptions: {
      'grpc.ssl_target_name_override': server.peer.hostname,
      'grpc.keepalive_time_ms': PING_MS,
      'grpc.keepalive_timeout_ms': PING_ANSWER_MS,
    },
  };
}
