import { readFileSync } from 'node:fs';
import { msp } from '@hyperledger/fabric-protos';
import type { OrganisationFiles } from './organisation-files';

/** An organisation's MSP as a channel's configuration carries it: its roots and its node OUs. */
export function mspConfig(mspId: string, files: OrganisationFiles): msp.FabricMSPConfig {
  const root = readFileSync(files.caCertificate);
  const identifier = (ou: string): msp.FabricOUIdentifier => {
    const message = new msp.FabricOUIdentifier();
    message.setCertificate(root);
    message.setOrganizationalUnitIdentifier(ou);
    return message;
  };
  const nodeOus = new msp.FabricNodeOUs();
  nodeOus.setEnable(true);
  nodeOus.setClientOuIdentifier(identifier('client'));
  nodeOus.setPeerOuIdentifier(identifier('peer'));
  nodeOus.setAdminOuIdentifier(identifier('admin'));
  nodeOus.setOrdererOuIdentifier(identifier('orderer'));
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  const config = new msp.FabricMSPConfig();
  config.setName(mspId);
  config.setRootCertsList([root]);
  config.setTlsRootCertsList([readFileSync(files.tlsCaCertificate)]);
  config.setFabricNodeOus(nodeOus);
  config.setCryptoConfig(crypto);
  return config;
}
