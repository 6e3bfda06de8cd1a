import { readFileSync } from 'node:fs';
import { chaincodePackage } from '../admin';
import type { ChaincodeDefinition, ChaincodePackage } from '../admin';
import { ChaincodeServiceFiles } from '../identities';
import { collectionConfigPackage, endorsementPolicy } from '../topology';
import type { Topology } from '../topology';

// The package names what differs from peer to peer, so that one package id is approved for all. A peer's builder fills it in.
const ADDRESS = 'chaincodeAddress';
const ROOT_CERTIFICATE = 'chaincodeRootCertificate';
const CLIENT_CERTIFICATE = 'chaincodeClientCertificate';
const CLIENT_KEY = 'chaincodeClientKey';

/** The package of the topology's chaincode. It follows from the chaincode's name and version alone. */
export function marketPackage({ chaincode }: Topology): ChaincodePackage {
  return chaincodePackage(`${chaincode.name}_${chaincode.version}`, {
    address: placeholder(ADDRESS),
    tls: {
      rootCertificate: placeholder(ROOT_CERTIFICATE),
      clientCertificate: placeholder(CLIENT_CERTIFICATE),
      clientKey: placeholder(CLIENT_KEY),
    },
  });
}

function placeholder(name: string): string {
  return `{{.${name}}}`;
}

/** The values for the package's placeholders at peers that call the chaincode service at the address. */
export function packageVariables(address: string, tls: ChaincodeServiceFiles): Readonly<Record<string, string>> {
  return {
    [ADDRESS]: address,
    [ROOT_CERTIFICATE]: readFileSync(tls.rootCertificate, 'utf8'),
    [CLIENT_CERTIFICATE]: readFileSync(tls.clientCertificate, 'utf8'),
    [CLIENT_KEY]: readFileSync(tls.clientKey, 'utf8'),
  };
}

/** The definition that the topology asks of its chaincode. */
export function marketDefinition(topology: Topology): ChaincodeDefinition {
  return {
    name: topology.chaincode.name,
    version: topology.chaincode.version,
    endorsementPolicy: endorsementPolicy(topology),
    collections: collectionConfigPackage(topology),
  };
}
