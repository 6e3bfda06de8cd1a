import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { genesisBlock, smartBft } from '../../channel';
import type { BlockOrigin, ChannelOrganisation, Consenter } from '../../channel';
import { OrganisationFiles, signingCertificateFile } from '../../identities';
import { incomplete, portOf } from '../../directory/network-record';
import { requireGathered } from '../../directory/network-part';
import type { OpenNetwork } from '../../directory/open-network';
import { requireConsenters } from '../../directory/require-consenters';
import { blockReadersOf, decidersOf } from '../../topology';
import type { Node, Organisation } from '../../topology';
import { siteOf } from './node-site';

// A block is cut when a tenth of a second has passed or it is full. A transaction may be as large as a block.
const BATCH = {
  maxMessageCount: 500,
  absoluteMaxBytes: 10 * 1024 * 1024,
  preferredMaxBytes: 2 * 1024 * 1024,
  timeout_ms: 100,
};

/** The certificates of an organisation that stand in the channel's configuration, as PEM texts. */
export interface ChannelCertificates {
  readonly caCertificate: string;
  readonly tlsCaCertificate: string;
  /** Of its orderer, where it runs one. */
  readonly orderer?: { readonly certificate: string; readonly tlsCertificate: string };
}

/**
 * Block 0 of the network's channel. It is made once and kept: nodes that join later join the same channel.
 *
 * @throws NetworkError `ConsentersTooFew`; `OrganisationsAwaited`; `NetworkDirectoryIncomplete` where a part of a network has lost it.
 */
export function marketGenesis(network: OpenNetwork): common.Block {
  const file = network.files.genesisBlock;
  if (existsSync(file)) return common.Block.deserializeBinary(readFileSync(file));
  requireGathered(network);
  // Another one than the others have would be another channel.
  if (network.record.present !== undefined) throw incomplete(network.files.directory, `${file} is missing`);
  const block = makeGenesis(network);
  writeGenesis(network, block);
  return block;
}

/** Keeps block 0, whole or not at all. */
export function writeGenesis({ files }: OpenNetwork, block: common.Block): void {
  const file = files.genesisBlock;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, block.serializeBinary());
  renameSync(`${file}.new`, file);
}

/**
 * Makes block 0 of the network's channel, and keeps it nowhere.
 *
 * @param certificatesOf where an organisation's certificates are from; by default its folder.
 * @throws NetworkError `ConsentersTooFew`.
 */
export function makeGenesis(
  network: OpenNetwork,
  certificatesOf = (organisation: Organisation): ChannelCertificates => channelCertificates(network, organisation),
  origin: Partial<BlockOrigin> = {},
): common.Block {
  const { topology } = network.record;
  const { channel, organisations } = topology;
  requireConsenters(topology);
  const consenters = organisations.flatMap((one) => consenterOf(network, one, certificatesOf(one)) ?? []);
  const entry = (organisation: Organisation, node: Node | undefined): ChannelOrganisation =>
    entryOf(network, organisation, node, certificatesOf(organisation));
  return genesisBlock(
    {
      channel,
      organisations: organisations.map((organisation) => entry(organisation, organisation.peer)),
      ordererOrganisations: organisations.flatMap((organisation) =>
        organisation.orderer === undefined ? [] : [entry(organisation, organisation.orderer)],
      ),
      batch: BATCH,
      consensus: smartBft(consenters, BATCH),
      deciders: decidersOf(topology),
      blockReaders: blockReadersOf(topology),
    },
    origin,
  );
}

/** Reads an organisation's certificates from its folder. */
export function channelCertificates({ files }: OpenNetwork, organisation: Organisation): ChannelCertificates {
  const own = new OrganisationFiles(files.directory, organisation);
  const orderer = own.orderer();
  return {
    caCertificate: readFileSync(own.caCertificate, 'utf8'),
    tlsCaCertificate: readFileSync(own.tlsCaCertificate, 'utf8'),
    ...(orderer === undefined
      ? {}
      : {
          orderer: {
            certificate: readFileSync(signingCertificateFile(orderer.msp), 'utf8'),
            tlsCertificate: readFileSync(orderer.tlsCertificate, 'utf8'),
          },
        }),
  };
}

/** An organisation as the channel's configuration has it, with the node of it that others reach first, if it has any. */
export function channelOrganisation(
  network: OpenNetwork,
  organisation: Organisation,
  node: Node | undefined,
): ChannelOrganisation {
  return entryOf(network, organisation, node, channelCertificates(network, organisation));
}

function entryOf(
  network: OpenNetwork,
  organisation: Organisation,
  node: Node | undefined,
  { caCertificate, tlsCaCertificate }: ChannelCertificates,
): ChannelOrganisation {
  return {
    mspId: organisation.mspId,
    rootCert: caCertificate,
    tlsRootCert: tlsCaCertificate,
    nodes:
      node === undefined
        ? []
        : [{ host: siteOf(network).hostOf(organisation, node.hostname), port: portOf(network.record, node) }],
  };
}

function consenterOf(
  network: OpenNetwork,
  organisation: Organisation,
  { orderer: certificates }: ChannelCertificates,
): Consenter | undefined {
  const { orderer } = organisation;
  if (orderer === undefined || certificates === undefined) return undefined;
  return {
    mspId: organisation.mspId,
    host: siteOf(network).hostOf(organisation, orderer.hostname),
    port: portOf(network.record, orderer),
    identity: certificates.certificate,
    tlsCertificate: certificates.tlsCertificate,
  };
}
