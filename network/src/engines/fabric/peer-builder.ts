import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageVariables } from '../../directory/market-package';
import type { NetworkFiles } from '../../directory/network-files';
import { portNames, portOf } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import type { PeerOrganisation } from '../../topology';
import { CONNECTION_VALUES, writeBuilder } from './chaincode-builder';
import { chaincodeServiceFiles } from './chaincode-node';
import { siteOf } from './node-site';

/** The folder of the external builder of a peer. */
function builderFolder(files: NetworkFiles, { peer }: PeerOrganisation): string {
  return join(files.nodeConfiguration(peer.hostname), 'builder');
}

/** The file in which a peer's builder has how the chaincode service is reached, and with which certificate. */
export function connectionValues(files: NetworkFiles, organisation: PeerOrganisation): string {
  return join(builderFolder(files, organisation), CONNECTION_VALUES);
}

/**
 * Writes the builder of an organisation's peer, with what is right by now. A peer that runs takes it when it next connects to the
 * chaincode service.
 *
 * @returns the builder's folder.
 */
export async function preparePeerBuilder(network: OpenNetwork, organisation: PeerOrganisation): Promise<string> {
  const { files, record } = network;
  const folder = builderFolder(files, organisation);
  const service = portNames.chaincode(organisation);
  const address = `${siteOf(network).serviceHostOf(service)}:${portOf(record, { hostname: service }).toString()}`;
  await writeBuilder(folder, packageVariables(address, chaincodeServiceFiles(files, organisation)));
  await forgetBuilds(files.nodeData(organisation.peer.hostname));
  return folder;
}

/**
 * A peer keeps what its builder made of a package, and with it the address of the chaincode service and the key that the service asks
 * for. Without it the peer asks its builder again when it next connects, so it gets what is right by then; it need not be restarted.
 */
async function forgetBuilds(data: string): Promise<void> {
  const builds = join(data, 'externalbuilder', 'builds');
  const forgotten = join(data, 'externalbuilder', 'forgotten');
  await rm(forgotten, { recursive: true, force: true });
  if (!existsSync(builds)) return;
  // The folder itself is made when the peer starts.
  for (const name of await readdir(builds)) {
    await rename(join(builds, name), forgotten);
    await rm(forgotten, { recursive: true, force: true });
  }
}
