import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BlockOrigin } from '../../channel';
import type { ChannelCertificates } from '../../engines/fabric/market-channel';
import { findOrganisation } from '../../topology';
import type { Organisation, Topology } from '../../topology';
import { NetworkError } from '../../directory/network-error';
import { differenceOf } from './difference';

const KIND = 'kessai-organisations';
const FORMAT = 1;
const NONCE_BYTES = 24;
const PORTS = 65_535;

/** What all others have to know of an organisation before there is a channel. No secret is among it. */
export interface PublishedOrganisation extends ChannelCertificates {
  readonly mspId: string;
  /** The ports at which others reach its nodes. */
  readonly ports: { readonly peer?: number; readonly orderer?: number };
}

/** What the keeper of some of a network's organisations tells all others. */
export interface PublishedOrganisations {
  readonly kind: typeof KIND;
  readonly format: typeof FORMAT;
  /** What they have agreed on before. */
  readonly topology: Topology;
  readonly organisations: readonly PublishedOrganisation[];
}

/** An organisation as a file tells of it. */
export interface Told {
  readonly file: string;
  readonly published: PublishedOrganisation;
}

export function published(topology: Topology, organisations: readonly PublishedOrganisation[]): PublishedOrganisations {
  return { kind: KIND, format: FORMAT, topology, organisations: organisations.map(canonical) };
}

/**
 * Reads a file that an organisation's keeper has published.
 *
 * @throws NetworkError `PublishedFileInvalid`; `TopologyDiffers` where it was made for another network than this one.
 */
export function readPublished(file: string, topology: Topology): readonly Told[] {
  const invalid = (field: string, reason: string, cause?: unknown): NetworkError =>
    new NetworkError(
      'PublishedFileInvalid',
      `the file ${file} is not what an organisation publishes: ${field === '' ? '' : `${field} `}${reason}`,
      'Ask for it again: it is what kessai organisation publish prints.',
      { file, field },
      cause,
    );
  const document = documentOf(file, invalid);
  if (document['kind'] !== KIND) throw invalid('kind', `is not ${KIND}`);
  if (document['format'] !== FORMAT) throw invalid('format', 'is of another version of Kessai');
  const difference = differenceOf(topology, document['topology'], 'topology');
  if (difference !== undefined) throw topologyDiffers(file, difference);
  const { organisations } = document;
  if (!Array.isArray(organisations) || organisations.length === 0) throw invalid('organisations', 'is not a list');
  return organisations.map((one: unknown, index) => {
    const fields = new Fields(one, `organisations[${index.toString()}]`, invalid);
    const mspId = fields.text('mspId');
    const organisation = findOrganisation(topology, mspId);
    if (organisation === undefined) throw invalid(fields.nameOf('mspId'), `names ${mspId}, which the topology has not`);
    return { file, published: organisationIn(fields, organisation) };
  });
}

function documentOf(file: string, invalid: Invalid): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof found === 'object' && found !== null) return found as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw invalid('', error instanceof Error ? error.message : 'it cannot be read', error);
  }
  throw invalid('', 'it is no object');
}

function organisationIn(fields: Fields, { mspId, peer, orderer }: Organisation): PublishedOrganisation {
  const ports = fields.fields('ports');
  const own = {
    mspId,
    caCertificate: fields.certificate('caCertificate'),
    tlsCaCertificate: fields.certificate('tlsCaCertificate'),
  };
  const ofPeer = peer === undefined ? {} : { peer: ports.port('peer') };
  if (orderer === undefined) return canonical({ ...own, ports: ofPeer });
  const certificates = fields.fields('orderer');
  return canonical({
    ...own,
    orderer: {
      certificate: certificates.certificate('certificate'),
      tlsCertificate: certificates.certificate('tlsCertificate'),
    },
    ports: { ...ofPeer, orderer: ports.port('orderer') },
  });
}

type Invalid = (field: string, reason: string, cause?: unknown) => NetworkError;

/** The fields of an object in a document. */
class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #name: string;
  readonly #invalid: Invalid;

  constructor(value: unknown, name: string, invalid: Invalid) {
    if (typeof value !== 'object' || value === null) throw invalid(name, 'is no object');
    this.#value = value as Readonly<Record<string, unknown>>;
    this.#name = name;
    this.#invalid = invalid;
  }

  nameOf(field: string): string {
    return `${this.#name}.${field}`;
  }

  fields(field: string): Fields {
    return new Fields(this.#value[field], this.nameOf(field), this.#invalid);
  }

  text(field: string): string {
    const value = this.#value[field];
    if (typeof value === 'string') return value;
    throw this.#invalid(this.nameOf(field), 'is no text');
  }

  port(field: string): number {
    const value = this.#value[field];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= PORTS) return value;
    throw this.#invalid(this.nameOf(field), 'is no port');
  }

  certificate(field: string): string {
    const text = this.text(field);
    try {
      return canonicalPem(text);
    } catch (error) {
      throw this.#invalid(this.nameOf(field), 'is no certificate', error);
    }
  }
}

/** Whatever its way did to the text. */
function canonicalPem(text: string): string {
  return new X509Certificate(text).toString();
}

/** Texts and fields in the one form and order in which they are the same bytes everywhere. */
function canonical(organisation: PublishedOrganisation): PublishedOrganisation {
  const { mspId, caCertificate, tlsCaCertificate, orderer, ports } = organisation;
  return {
    mspId,
    caCertificate: canonicalPem(caCertificate),
    tlsCaCertificate: canonicalPem(tlsCaCertificate),
    ...(orderer === undefined
      ? {}
      : {
          orderer: {
            certificate: canonicalPem(orderer.certificate),
            tlsCertificate: canonicalPem(orderer.tlsCertificate),
          },
        }),
    ports: {
      ...(ports.peer === undefined ? {} : { peer: ports.peer }),
      ...(ports.orderer === undefined ? {} : { orderer: ports.orderer }),
    },
  };
}

function topologyDiffers(
  file: string,
  { field, own, other }: NonNullable<ReturnType<typeof differenceOf>>,
): NetworkError {
  return new NetworkError(
    'TopologyDiffers',
    `the file ${file} was made from another topology: ${field} is ${other} there, and ${own} here`,
    'All organisations make their parts from the same topology file: agree on it, then make and publish anew.',
    { file, field, own, other },
  );
}

/**
 * What everybody who has the same published organisations makes the same first block with: the time when the last of their authorities
 * began to be valid, and a number that depends on all of it.
 */
export function originOf(topology: Topology, organisations: readonly PublishedOrganisation[]): BlockOrigin {
  const ordered = topology.organisations.map(({ mspId }) => organisations.find((one) => one.mspId === mspId));
  const hash = createHash('sha256').update(JSON.stringify({ topology, organisations: ordered }));
  const begins = organisations.flatMap(({ caCertificate, tlsCaCertificate }) =>
    [caCertificate, tlsCaCertificate].map((text) => Date.parse(new X509Certificate(text).validFrom)),
  );
  return { now: new Date(Math.max(...begins)), nonce: hash.digest().subarray(0, NONCE_BYTES) };
}
