export { AdministrationError, type AdministrationErrorCode } from './administration-error';
export type { ChaincodeDefinition } from './chaincode-definition';
export { ChannelClient, type ChannelPeer } from './channel-client';
export { chaincodePackage, packageId, type ChaincodeConnection, type ChaincodePackage } from './chaincode-package';
export { deploy, type DeployRequest, type DeployResult, type DeployStep } from './deploy';
export { LifecycleClient, type CommittedDefinition } from './lifecycle-client';
export { OrdererClient, type OrdererAccess, type OrdererChannel } from './orderer-client';
export type { PeerAccess } from './peer-connection';
