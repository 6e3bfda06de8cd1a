import { existsSync, readFileSync } from 'node:fs';
import type { common } from '@hyperledger/fabric-protos';
import { headerHash, headerOf } from '../../channel';
import { makeGenesis, writeGenesis } from '../../engines/fabric/market-channel';
import { OrganisationFiles } from '../../identities';
import { writeMspFolder, writePublic } from '../../identities/msp-folder';
import type { Organisation, Topology } from '../../topology';
import { tellingDiskFull } from '../../directory/disk-space';
import { NetworkError } from '../../directory/network-error';
import { organisationsElsewhere, whoIsWhere } from '../../directory/network-part';
import { writeRecord } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import { checkPublished } from './check-published';
import { publishedIn } from './publish-organisations';
import { originOf, readPublished } from './published-organisations';
import type { PublishedOrganisation } from './published-organisations';

export interface GatherOrganisationsRequest {
  readonly directory: string;
  /** What the keepers of all other organisations have published; the directory's own may be among it. */
  readonly files: readonly string[];
}

export interface GatherOrganisationsResult {
  /** `unchanged`: it was gathered before. */
  readonly state: 'gathered' | 'unchanged';
  readonly directory: string;
  readonly organisations: readonly string[];
  /** Of whom it has certificates alone. */
  readonly elsewhere: readonly string[];
  /** The hash of the channel's first block, in hexadecimal digits: the same at everybody who gathered the same. */
  readonly firstBlock: string;
}

/**
 * Completes a directory that has the keys of its own organisations with the certificates of all others, and makes the channel's first
 * block of them. Everybody makes it, and everybody's is the same byte for byte: nobody has to be trusted to make it for the others, and
 * whoever was told something else has another hash.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `PublishedFileInvalid`, `TopologyDiffers`, `OrganisationsAwaited`, `OrganisationDiffers`,
 * `CertificateForeign`, `CertificateExpired`, `CertificateNotYetValid`, `FirstBlockDiffers`, `DiskFull`. The directory is as it was, then.
 */
export async function gatherOrganisations(request: GatherOrganisationsRequest): Promise<GatherOrganisationsResult> {
  const { files } = openNetwork(request.directory);
  // What another operation has changed until it is this one's turn counts.
  return tellingDiskFull(files.directory, async () =>
    withLock(files, async () => gather(openNetwork(files.directory), request.files)),
  );
}

async function gather(network: OpenNetwork, sources: readonly string[]): Promise<GatherOrganisationsResult> {
  const { files, record } = network;
  const { topology } = record;
  const own = publishedIn(network).organisations.map((published) => ({ file: files.directory, published }));
  const told = sources.flatMap((file) => readPublished(file, topology));
  const organisations = checkPublished(topology, [...own, ...told]);
  const complete = { files, record: { ...record, ports: { ...record.ports, ...portsOf(topology, organisations) } } };
  const block = makeGenesis(
    complete,
    ({ mspId }) => publishedBy(organisations, mspId),
    originOf(topology, organisations),
  );
  const result = {
    directory: files.directory,
    ...whoIsWhere(record),
    firstBlock: headerHash(headerOf(block)).toString('hex'),
  };
  if (existsSync(files.genesisBlock)) {
    requireSameBlock(network, block);
    return { state: 'unchanged', ...result };
  }
  for (const organisation of organisationsElsewhere(record)) {
    await writeRoots(network, organisation, publishedBy(organisations, organisation.mspId));
  }
  writeRecord(files, complete.record);
  // Its presence says that all of this is there.
  writeGenesis(network, block);
  return { state: 'gathered', ...result };
}

function publishedBy(organisations: readonly PublishedOrganisation[], mspId: string): PublishedOrganisation {
  const found = organisations.find((one) => one.mspId === mspId);
  if (found === undefined) throw new RangeError(`${mspId} has published nothing`);
  return found;
}

/** The ports at which nodes are reached, by their host names. */
function portsOf(topology: Topology, organisations: readonly PublishedOrganisation[]): NetworkRecord['ports'] {
  return Object.fromEntries(
    topology.organisations.flatMap(({ mspId, peer, orderer }) => {
      const { ports } = publishedBy(organisations, mspId);
      const own: [string, number][] = [];
      if (peer !== undefined && ports.peer !== undefined) own.push([peer.hostname, ports.peer]);
      if (orderer !== undefined && ports.orderer !== undefined) own.push([orderer.hostname, ports.orderer]);
      return own;
    }),
  );
}

async function writeRoots(
  { files }: OpenNetwork,
  organisation: Organisation,
  { caCertificate, tlsCaCertificate }: PublishedOrganisation,
): Promise<void> {
  const place = new OrganisationFiles(files.directory, organisation);
  await writePublic(place.caCertificate, caCertificate);
  await writePublic(place.tlsCaCertificate, tlsCaCertificate);
  await writeMspFolder(place.msp, { caCertificate, tlsCaCertificate });
}

/** @throws NetworkError `FirstBlockDiffers`. */
function requireSameBlock({ files }: OpenNetwork, block: common.Block): void {
  if (readFileSync(files.genesisBlock).equals(block.serializeBinary())) return;
  throw new NetworkError(
    'FirstBlockDiffers',
    `the network in ${files.directory} has its channel's first block, and these files make another one`,
    'Use the network as it is; or, if it was never started, make it anew in another directory with --dir.',
    { directory: files.directory },
  );
}
