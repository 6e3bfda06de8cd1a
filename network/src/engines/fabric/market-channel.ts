import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { genesisBlock, smartBft } from '../../channel';
import type { ChannelOrganisation, Consenter } from '../../channel';
import { OrganisationFiles, signingCertificateFile } from '../../identities';
import { NetworkError } from '../../operations/network-error';
import { incomplete, portOf } from '../../operations/network-record';
import type { OpenNetwork } from '../../operations/open-network';
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

const FEWEST_CONSENTERS = 4;

/**
 * Block 0 of the network's channel. It is made once and kept: nodes that join later join the same channel.
 *
 * @throws NetworkError `ConsentersTooFew`; `NetworkDirectoryIncomplete` where a part of a network has lost it.
 */
export function marketGenesis(network: OpenNetwork): common.Block {
  const file = network.files.genesisBlock;
  if (existsSync(file)) return common.Block.deserializeBinary(readFileSync(file));
  // Another one than the others have would be another channel.
  if (network.record.present !== undefined) throw incomplete(network.files.directory, `${file} is missing`);
  const block = makeGenesis(network);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, block.serializeBinary());
  renameSync(`${file}.new`, file);
  return block;
}

function makeGenesis(network: OpenNetwork): common.Block {
  const { channel, organisations } = network.record.topology;
  const consenters = organisations.flatMap((organisation) => consenterOf(network, organisation) ?? []);
  requireConsenters(consenters);
  return genesisBlock({
    channel,
    organisations: organisations.map((organisation) => channelOrganisation(network, organisation, organisation.peer)),
    ordererOrganisations: organisations.flatMap((organisation) =>
      organisation.orderer === undefined ? [] : [channelOrganisation(network, organisation, organisation.orderer)],
    ),
    batch: BATCH,
    consensus: smartBft(consenters, BATCH),
    deciders: decidersOf(network.record.topology),
    blockReaders: blockReadersOf(network.record.topology),
  });
}

function requireConsenters(consenters: readonly Consenter[]): void {
  if (consenters.length >= FEWEST_CONSENTERS) return;
  throw new NetworkError(
    'ConsentersTooFew',
    `the topology has ${consenters.length.toString()} orderers; a network that bears the loss of one needs ${FEWEST_CONSENTERS.toString()}`,
    'Add `orderer: {}` to more organisations of the topology, and make the network anew.',
    { consenters: consenters.map(({ mspId }) => mspId), needed: FEWEST_CONSENTERS },
  );
}

/** An organisation as the channel's configuration has it, with the node of it that others reach first. */
export function channelOrganisation(network: OpenNetwork, organisation: Organisation, node: Node): ChannelOrganisation {
  const { files, record } = network;
  const own = new OrganisationFiles(files.directory, organisation);
  return {
    mspId: organisation.mspId,
    rootCert: readFileSync(own.caCertificate, 'utf8'),
    tlsRootCert: readFileSync(own.tlsCaCertificate, 'utf8'),
    nodes: [{ host: siteOf(network).hostOf(organisation, node.hostname), port: portOf(record, node) }],
  };
}

function consenterOf(network: OpenNetwork, organisation: Organisation): Consenter | undefined {
  const { files, record } = network;
  const orderer = new OrganisationFiles(files.directory, organisation).orderer();
  if (organisation.orderer === undefined || orderer === undefined) return undefined;
  return {
    mspId: organisation.mspId,
    host: siteOf(network).hostOf(organisation, organisation.orderer.hostname),
    port: portOf(record, organisation.orderer),
    identity: readFileSync(signingCertificateFile(orderer.msp), 'utf8'),
    tlsCertificate: readFileSync(orderer.tlsCertificate, 'utf8'),
  };
}
