import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostOf } from '../../topology';
import type { Organisation, Topology } from '../../topology';
import { NetworkError } from '../../directory/network-error';
import type { NetworkErrorCode } from '../../directory/network-error';
import type { PublishedOrganisation, Told } from './published-organisations';

/**
 * Checks what files tell of a network's organisations: all of them, each in one way, with certificates that are theirs.
 *
 * @returns the organisations in the topology's order.
 * @throws NetworkError `OrganisationsAwaited`, `OrganisationDiffers`, `CertificateForeign`, `CertificateExpired`, `CertificateNotYetValid`.
 */
export function checkPublished(
  topology: Topology,
  told: readonly Told[],
  now: Date = new Date(),
): readonly PublishedOrganisation[] {
  const byOrganisation = oneOfEach(told);
  const absent = topology.organisations.map(({ mspId }) => mspId).filter((mspId) => !byOrganisation.has(mspId));
  if (absent.length > 0) throw awaited(absent);
  const authorities = new Map<string, string>();
  return topology.organisations.flatMap((organisation) => {
    const one = byOrganisation.get(organisation.mspId);
    if (one === undefined) return [];
    new Check(organisation, one, now).run();
    requireOwnAuthorities(one, authorities);
    return one.published;
  });
}

function oneOfEach(told: readonly Told[]): ReadonlyMap<string, Told> {
  const found = new Map<string, Told>();
  for (const one of told) {
    const { mspId } = one.published;
    const other = found.get(mspId);
    if (other !== undefined && JSON.stringify(other.published) !== JSON.stringify(one.published)) {
      throw new NetworkError(
        'OrganisationDiffers',
        `of ${mspId} the files ${other.file} and ${one.file} tell differently`,
        `Ask the keeper of ${mspId} which of them is theirs.`,
        { mspId, files: [other.file, one.file] },
      );
    }
    found.set(mspId, one);
  }
  return found;
}

function awaited(mspIds: readonly string[]): NetworkError {
  return new NetworkError(
    'OrganisationsAwaited',
    `none of the files is from ${mspIds.join(', ')}`,
    'Gather the files of all organisations together: the first block of the channel names every one.',
    { mspIds },
  );
}

/** Whoever has an authority's key is every organisation of that authority. @throws NetworkError `CertificateForeign`. */
function requireOwnAuthorities({ file, published }: Told, known: Map<string, string>): void {
  const { mspId, caCertificate, tlsCaCertificate } = published;
  for (const text of [caCertificate, tlsCaCertificate]) {
    const key = new X509Certificate(text).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const other = known.get(key);
    if (other !== undefined) {
      throw new NetworkError(
        'CertificateForeign',
        other === mspId
          ? `${mspId} has one authority for identities and for TLS`
          : `${mspId} has an authority of ${other}'s`,
        'Each organisation has authorities of its own, made by kessai organisation make: ask for its file again.',
        { mspId, file },
      );
    }
    known.set(key, mspId);
  }
}

/** Whether an organisation's certificates are what a channel can be made of. */
class Check {
  readonly #organisation: Organisation;
  readonly #told: Told;
  readonly #now: Date;

  constructor(organisation: Organisation, told: Told, now: Date) {
    this.#organisation = organisation;
    this.#told = told;
    this.#now = now;
  }

  run(): void {
    const { caCertificate, tlsCaCertificate, orderer } = this.#told.published;
    const signing = this.#authority('caCertificate', caCertificate);
    const tls = this.#authority('tlsCaCertificate', tlsCaCertificate);
    if (orderer === undefined || this.#organisation.orderer === undefined) return;
    const { hostname } = this.#organisation.orderer;
    const identity = this.#issued('orderer.certificate', orderer.certificate, signing);
    const subject = identity.subject.split('\n');
    if (!subject.includes(`CN=${hostname}`) || !subject.includes('OU=orderer')) {
      throw this.#foreign('orderer.certificate', `is not that of an orderer ${hostname}`);
    }
    const server = this.#issued('orderer.tlsCertificate', orderer.tlsCertificate, tls);
    for (const host of [hostname, hostOf(this.#organisation)]) {
      const named = isIP(host) === 0 ? server.checkHost(host) : server.checkIP(host);
      if (named === undefined) throw this.#foreign('orderer.tlsCertificate', `is not good for ${host}`);
    }
  }

  #authority(field: string, text: string): X509Certificate {
    const certificate = this.#issued(field, text, new X509Certificate(text));
    if (!certificate.ca) throw this.#foreign(field, 'is not that of an authority');
    return certificate;
  }

  #issued(field: string, text: string, authority: X509Certificate): X509Certificate {
    const certificate = new X509Certificate(text);
    if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
      throw this.#foreign(field, 'is not from its authority');
    }
    if (new Date(certificate.validTo) < this.#now) {
      throw this.#refused('CertificateExpired', field, `expired on ${certificate.validTo}`);
    }
    if (new Date(certificate.validFrom) > this.#now) {
      throw this.#refused('CertificateNotYetValid', field, `is valid from ${certificate.validFrom} on`);
    }
    return certificate;
  }

  #foreign(field: string, reason: string): NetworkError {
    return this.#refused('CertificateForeign', field, reason);
  }

  #refused(code: NetworkErrorCode, field: string, reason: string): NetworkError {
    const { mspId } = this.#organisation;
    const { file } = this.#told;
    const remedy =
      code === 'CertificateNotYetValid'
        ? 'Check the clocks of both machines.'
        : `Ask the keeper of ${mspId} for the file again.`;
    return new NetworkError(code, `in ${file} the ${field} of ${mspId} ${reason}`, remedy, { mspId, file, field });
  }
}
