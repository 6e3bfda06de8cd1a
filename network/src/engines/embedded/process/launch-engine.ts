import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { LocalSigner, OrganisationFiles } from '../../../identities';
import type { NodeFiles } from '../../../identities';
import { LOOPBACK, portInUse } from '../../../directory/free-ports';
import { NetworkError } from '../../../directory/network-error';
import { portOf } from '../../../directory/network-record';
import type { OpenNetwork } from '../../../directory/open-network';
import { blockReadersOf, decidersOf } from '../../../topology';
import type { Node, Organisation } from '../../../topology';
import { EngineOptionsInvalid, LedgerError, ListenFailed, PortInUse, startEngine } from '..';
import type { Authorities, Engine, EngineOptions, EngineOrderer, EngineOrganisation, NodeEndpoint } from '..';

/**
 * Starts the engine with the identities and ports of a network directory.
 *
 * @param chaincodeVariables values for the placeholders of chaincode packages.
 * @param onFailure told when the engine can commit no more.
 * @throws NetworkError `PortInUse`, `EngineStartFailed`.
 */
export async function launchEngine(
  network: OpenNetwork,
  chaincodeVariables: Readonly<Record<string, string>>,
  onFailure?: (failure: Error) => void,
): Promise<Engine> {
  mkdirSync(network.files.data, { recursive: true });
  try {
    return await startEngine({
      ...engineOptions(network, chaincodeVariables),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
  } catch (error) {
    throw asNetworkError(network, error);
  }
}

function engineOptions(network: OpenNetwork, chaincodeVariables: Readonly<Record<string, string>>): EngineOptions {
  const { files, record } = network;
  const { channel, organisations } = record.topology;
  return {
    directory: files.data,
    channel,
    organisations: organisations.map((organisation) => engineOrganisation(network, organisation, chaincodeVariables)),
    orderers: organisations.flatMap((organisation) => engineOrderer(network, organisation) ?? []),
    deciders: decidersOf(record.topology),
    blockReaders: blockReadersOf(record.topology),
  };
}

function engineOrganisation(
  network: OpenNetwork,
  organisation: Organisation,
  chaincodeVariables: Readonly<Record<string, string>>,
): EngineOrganisation {
  const own = new OrganisationFiles(network.files.directory, organisation);
  return {
    mspId: organisation.mspId,
    ...authorities(own),
    ...(organisation.peer === undefined
      ? {}
      : { peer: { ...engineNode(network, organisation.mspId, organisation.peer, own.peer()), chaincodeVariables } }),
  };
}

function engineOrderer(network: OpenNetwork, organisation: Organisation): EngineOrderer | undefined {
  const own = new OrganisationFiles(network.files.directory, organisation);
  const nodeFiles = own.orderer();
  if (organisation.orderer === undefined || nodeFiles === undefined) return undefined;
  return {
    mspId: organisation.mspId,
    ...authorities(own),
    ...engineNode(network, organisation.mspId, organisation.orderer, nodeFiles),
  };
}

function authorities(own: OrganisationFiles): Authorities {
  return {
    rootCertificate: readFileSync(own.caCertificate, 'utf8'),
    tlsRootCertificate: readFileSync(own.tlsCaCertificate, 'utf8'),
    ...(existsSync(own.revocationList) ? { revocationList: readFileSync(own.revocationList, 'utf8') } : {}),
  };
}

function engineNode(
  { record }: OpenNetwork,
  mspId: string,
  node: Node,
  files: NodeFiles,
): { endpoint: NodeEndpoint; signer: LocalSigner } {
  const tls = { certificate: readFileSync(files.tlsCertificate, 'utf8'), key: readFileSync(files.tlsKey, 'utf8') };
  return {
    endpoint: { host: LOOPBACK, port: portOf(record, node), tls },
    signer: LocalSigner.fromMspFolder(mspId, files.msp),
  };
}

function asNetworkError({ files, record }: OpenNetwork, error: unknown): unknown {
  if (error instanceof PortInUse) {
    const owner = Object.entries(record.ports).find(([, port]) => port === error.port)?.[0] ?? error.host;
    return portInUse(error.port, owner);
  }
  if (error instanceof ListenFailed || error instanceof LedgerError || error instanceof EngineOptionsInvalid) {
    const remedy = `Mend what it names; if the ledger in ${files.data} is not needed, purge the network and run up again.`;
    return new NetworkError('EngineStartFailed', `the engine did not start: ${error.message}`, remedy, {
      cause: error.code,
      log: files.engineLog,
    });
  }
  return error;
}
