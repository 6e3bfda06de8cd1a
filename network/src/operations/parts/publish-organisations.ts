import { channelCertificates } from '../../engines/fabric/market-channel';
import type { Organisation } from '../../topology';
import { presentOrganisations, portOf } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { published } from './published-organisations';
import type { PublishedOrganisation, PublishedOrganisations } from './published-organisations';

export interface PublishOrganisationsRequest {
  readonly directory: string;
}

/**
 * What the keepers of all other organisations are to be told of those of a directory: certificates and ports, and the topology that they
 * were made from. It holds no secret; that nobody changes it on its way is what its readers compare first blocks for.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`.
 */
export function publishOrganisations({ directory }: PublishOrganisationsRequest): PublishedOrganisations {
  return publishedIn(openNetwork(directory));
}

/** The same of a network that was opened before. */
export function publishedIn(network: OpenNetwork): PublishedOrganisations {
  const { record } = network;
  return published(
    record.topology,
    presentOrganisations(record).map((organisation) => publishedOf(network, organisation)),
  );
}

function publishedOf(network: OpenNetwork, organisation: Organisation): PublishedOrganisation {
  const { mspId, peer, orderer } = organisation;
  const { record } = network;
  return {
    mspId,
    ...channelCertificates(network, organisation),
    ports: {
      ...(peer === undefined ? {} : { peer: portOf(record, peer) }),
      ...(orderer === undefined ? {} : { orderer: portOf(record, orderer) }),
    },
  };
}
