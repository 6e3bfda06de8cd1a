import { networkCommand } from '../command-line';
import { certificateFacts, chaincodeCertificates, ChaincodeServiceFiles } from '../identities';
import { organisationCertificates, OrganisationFiles } from '../identities';
import type { CertificateFacts, CertificatePlace, CertificateUse } from '../identities';
import type { Organisation } from '../topology';
import { NetworkError } from './network-error';
import type { NetworkErrorCode } from './network-error';
import { CHAINCODE_SERVICE, incomplete, portNames, presentOrganisations } from './network-record';
import type { NetworkRecord } from './network-record';
import type { OpenNetwork } from './open-network';
import { requireHere } from './network-part';

/** Within so many days of its end a certificate is worth a warning. */
export const WARNING_DAYS = 30;

/** What expires within so many days, or has expired. */
export function expiringWithin(network: OpenNetwork, days: number = WARNING_DAYS): readonly CertificateFacts[] {
  return certificatePlaces(network)
    .map((place) => factsOf(network, place))
    .filter(({ daysLeft }) => daysLeft < days);
}

/** Where the certificates of the organisations lie; of all of them where none is named. */
export function certificatePlaces(
  { files, record }: OpenNetwork,
  mspIds: readonly string[] = [],
): readonly CertificatePlace[] {
  const named = mspIds.map((mspId) => requireHere(record, mspId));
  const organisations = named.length === 0 ? presentOrganisations(record) : named;
  const own = organisations.flatMap((organisation) => [
    ...organisationCertificates(files.directory, organisation),
    ...(record.engine === 'embedded'
      ? []
      : chaincodeCertificates(
          new ChaincodeServiceFiles(new OrganisationFiles(files.directory, organisation).root),
          portNames.chaincode(organisation),
          organisation.mspId,
        )),
  ]);
  if (record.engine !== 'embedded' || named.length > 0) return own;
  return [...own, ...chaincodeCertificates(new ChaincodeServiceFiles(files.directory), CHAINCODE_SERVICE, undefined)];
}

/** @throws NetworkError `NetworkDirectoryIncomplete` where a file is not a certificate or not a key. */
export function factsOf({ files }: OpenNetwork, place: CertificatePlace): CertificateFacts {
  try {
    return certificateFacts(place);
  } catch (error) {
    throw incomplete(files.directory, `${place.certificateFile} or its key cannot be read`, error);
  }
}

const CODES = {
  expired: 'CertificateExpired',
  'not-yet-valid': 'CertificateNotYetValid',
  foreign: 'CertificateForeign',
} as const satisfies Record<Exclude<CertificateFacts['state'], 'valid'>, NetworkErrorCode>;

/**
 * Refuses certificates with which a network cannot run, rather than let its processes fail obscurely.
 * Those of people who only act in the market are not among them.
 *
 * @throws NetworkError `CertificateExpired`, `CertificateNotYetValid`, `CertificateForeign`.
 */
export function requireGoodCertificates(network: OpenNetwork): void {
  for (const place of certificatePlaces(network)) {
    if (place.use !== 'user-signing' || isAdministrator(network.record, place)) requireGood(network, place);
  }
}

/** Refuses a user's certificate where nobody would take it. @throws as `requireGoodCertificates`. */
export function requireGoodUser(network: OpenNetwork, organisation: Organisation, user: string): void {
  const bearer = `${user}@${organisation.domain}`;
  const places = organisationCertificates(network.files.directory, organisation);
  const place = places.find((one) => one.use === 'user-signing' && one.bearer === bearer);
  if (place !== undefined) requireGood(network, place);
}

/** @throws NetworkError `CertificateExpired`, `CertificateNotYetValid`, `CertificateForeign`. */
export function requireGood(network: OpenNetwork, place: CertificatePlace): void {
  const facts = factsOf(network, place);
  const { bearer, use, state, validFrom, validTo, file } = facts;
  if (state === 'valid') return;
  const what = `the ${USES[use]} of ${bearer}`;
  const { mspId = '' } = facts;
  const message = {
    expired: `${what} expired on ${validTo}`,
    'not-yet-valid': `${what} is valid from ${validFrom} on`,
    foreign: `${what} is not from the authority of its organisation, or its key is another one`,
  }[state];
  throw new NetworkError(CODES[state], message, remedyOf(facts, network.files.directory), {
    ...(mspId === '' ? {} : { mspId }),
    bearer,
    use,
    validFrom,
    validTo,
    file,
  });
}

function remedyOf({ state, mspId = '', use, file }: CertificateFacts, directory: string): string {
  switch (state) {
    case 'expired':
      return use.endsWith('-authority')
        ? 'Make the network anew: an authority’s own certificate stands in the channel’s configuration.'
        : `Run: ${networkCommand(directory, 'certificates', 'renew', ...(mspId === '' ? [] : [mspId]))}`;
    case 'not-yet-valid':
      return 'Check this machine’s clock.';
    case 'foreign':
    case 'valid':
      return `Put the organisation’s own certificate and key back in the place of ${file}.`;
  }
}

/** A certificate's use, in words. */
export const USES: Readonly<Record<CertificateUse, string>> = {
  'signing-authority': 'certificate of the signing authority',
  'tls-authority': 'certificate of the TLS authority',
  'chaincode-authority': 'certificate of the chaincode’s TLS authority',
  'node-signing': 'signing certificate',
  'node-tls': 'TLS certificate',
  'user-signing': 'certificate',
  'chaincode-server': 'TLS certificate of the chaincode service',
  'chaincode-client': 'TLS certificate for the chaincode service’s peers',
};

function isAdministrator({ topology }: NetworkRecord, { mspId, bearer }: CertificatePlace): boolean {
  const organisation = topology.organisations.find((one) => one.mspId === mspId);
  const users = organisation?.users ?? [];
  return users.some(({ name, kind }) => kind === 'admin' && bearer === `${name}@${organisation?.domain ?? ''}`);
}
