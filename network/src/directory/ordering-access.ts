import { readFileSync } from 'node:fs';
import type { OrderingAccess } from '../admin';
import { OrganisationFiles } from '../identities';
import { hostOf, localAddressOf } from '../topology';
import { portOf, presentOrganisations } from './network-record';
import type { OpenNetwork } from './open-network';

/** Access to every orderer of the network, wherever it runs. */
export function orderingAccesses({ files, record }: OpenNetwork): readonly OrderingAccess[] {
  const here = presentOrganisations(record);
  return record.topology.organisations.flatMap((organisation): OrderingAccess[] => {
    const { orderer, mspId } = organisation;
    if (orderer === undefined) return [];
    const host = here.includes(organisation) ? localAddressOf(organisation) : hostOf(organisation);
    const own = new OrganisationFiles(files.directory, organisation);
    return [
      {
        mspId,
        endpoint: `${host}:${portOf(record, orderer).toString()}`,
        hostname: orderer.hostname,
        tlsRootCertificate: readFileSync(own.tlsCaCertificate, 'utf8'),
      },
    ];
  });
}
