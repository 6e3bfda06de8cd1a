import { certificatePlaces, factsOf } from '../../directory/good-certificates';
import { openNetwork } from '../../directory/open-network';
import type { CertificateFacts } from '../../identities';

/**
 * Every certificate of a network, the one that expires first at the top.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`, `OrganisationUnknown`.
 */
export function showCertificates(request: {
  readonly directory: string;
  /** Undefined: all organisations. */
  readonly mspIds?: readonly string[];
}): readonly CertificateFacts[] {
  const network = openNetwork(request.directory);
  const places = certificatePlaces(network, request.mspIds);
  return places.map((place) => factsOf(network, place)).sort((one, other) => one.daysLeft - other.daysLeft);
}
