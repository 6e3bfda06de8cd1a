import { common, msp, peer } from '@hyperledger/fabric-protos';
import { addPolicy, addValue, ADMINS, newGroup, signedByRole } from './config-tree';

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** An organisation as a channel's configuration holds it. Certificates are PEM texts. */
export interface ChannelOrganisation {
  readonly mspId: string;
  readonly rootCert: string;
  readonly tlsRootCert: string;
  /** Of an application organisation: its anchor peers. Of an ordering organisation: its orderers. */
  readonly nodes: readonly NodeAddress[];
}

/** The group of an organisation whose peers hold the channel. */
export function applicationOrganisation(organisation: ChannelOrganisation): common.ConfigGroup {
  const group = organisationGroup(organisation);
  addPolicy(group, 'Endorsement', signedByRole(organisation.mspId, 'peer'));
  if (organisation.nodes.length > 0) addValue(group, 'AnchorPeers', anchorPeers(organisation.nodes));
  return group;
}

/** The group of an organisation that runs orderers. */
export function orderingOrganisation(organisation: ChannelOrganisation): common.ConfigGroup {
  const group = organisationGroup(organisation);
  const endpoints = new common.OrdererAddresses();
  endpoints.setAddressesList(organisation.nodes.map(({ host, port }) => `${host}:${port.toString()}`));
  addValue(group, 'Endpoints', endpoints);
  return group;
}

function organisationGroup({ mspId, rootCert, tlsRootCert }: ChannelOrganisation): common.ConfigGroup {
  const group = newGroup();
  addPolicy(group, 'Readers', signedByRole(mspId, 'member'));
  addPolicy(group, 'Writers', signedByRole(mspId, 'member'));
  addPolicy(group, ADMINS, signedByRole(mspId, 'admin'));
  const config = new msp.MSPConfig();
  config.setConfig(mspConfig(mspId, rootCert, tlsRootCert).serializeBinary());
  addValue(group, 'MSP', config);
  return group;
}

/** As cryptogen makes it: node OUs on, each bound to the organisation's root. */
export function mspConfig(mspId: string, rootCert: string, tlsRootCert: string): msp.FabricMSPConfig {
  const root = Buffer.from(rootCert);
  const unit = (name: string): msp.FabricOUIdentifier => {
    const identifier = new msp.FabricOUIdentifier();
    identifier.setCertificate(root);
    identifier.setOrganizationalUnitIdentifier(name);
    return identifier;
  };
  const nodeUnits = new msp.FabricNodeOUs();
  nodeUnits.setEnable(true);
  nodeUnits.setClientOuIdentifier(unit('client'));
  nodeUnits.setPeerOuIdentifier(unit('peer'));
  nodeUnits.setAdminOuIdentifier(unit('admin'));
  nodeUnits.setOrdererOuIdentifier(unit('orderer'));
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  const config = new msp.FabricMSPConfig();
  config.setName(mspId);
  config.setRootCertsList([root]);
  config.setTlsRootCertsList([Buffer.from(tlsRootCert)]);
  config.setCryptoConfig(crypto);
  config.setFabricNodeOus(nodeUnits);
  return config;
}

export function anchorPeers(nodes: readonly NodeAddress[]): peer.AnchorPeers {
  const message = new peer.AnchorPeers();
  for (const { host, port } of nodes) {
    const anchor = message.addAnchorPeers();
    anchor.setHost(host);
    anchor.setPort(port);
  }
  return message;
}
