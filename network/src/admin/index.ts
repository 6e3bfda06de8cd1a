/**
 * Administration of any Hyperledger Fabric network (peers from 2.4 on with their gateway enabled, orderers with channel participation),
 * as a library of its own: `@kessai/network/admin`. It needs no command of Fabric. What it does not know is Kessai: it is given addresses,
 * certificates and signers, and reads no network directory. network/README.md has an example.
 *
 * Identities: `CertificateAuthority` issues certificates with node OUs and for TLS; `LocalSigner` signs with one.
 *
 * Channels: `genesisBlock` is a channel's first block, ordered by `smartBft`. `OrdererClient` joins orderers to it, `ChannelClient` joins
 * peers and tells of a channel. `updateChannel` changes its configuration while it serves: `withApplicationOrganisation`,
 * `withAnchorPeers`, `withBlockReaders`, `withRevocationList` are such changes, and any other function of its groups is one. Where administrators sign on
 * machines of their own, `configUpdate`, `signConfigUpdate`, `configUpdateEnvelope` and `BroadcastClient` are its single steps.
 *
 * Chaincodes: `chaincodePackage` makes a package of a chaincode as a service; `deploy` brings a channel to a definition of it and does
 * only what lacks; `LifecycleClient` has the single steps: install, approve, who has approved, commit, what is committed.
 *
 * What fails throws an `AdministrationError` with a code, the organisation and the operation. Everything may be repeated.
 */
export {
  configUpdate,
  genesisBlock,
  mspConfig,
  quorum,
  rootCertificatesOf,
  smartBft,
  withAnchorPeers,
  withApplicationOrganisation,
  withBlockReaders,
  withRevocationList,
  type BatchSettings,
  type ChannelDescription,
  type ChannelOrganisation,
  type Consensus,
  type Consenter,
  type Deciders,
  type NodeAddress,
} from '../channel';
export { CertificateAuthority, LocalSigner } from '../identities';
export type { Credential, NodeOu, RevokedCertificate, SigningRequest, TlsRequest } from '../identities';
export { AdministrationError, type AdministrationErrorCode } from './administration-error';
export { BroadcastClient, type OrderingAccess } from './broadcast-client';
export type { ChaincodeDefinition } from './chaincode-definition';
export { ChannelClient, type ChannelConfiguration, type ChannelPeer } from './channel-client';
export { chaincodePackage, packageId, type ChaincodeConnection, type ChaincodePackage } from './chaincode-package';
export { configUpdateEnvelope, signConfigUpdate } from './config-signature';
export { deploy, type DeployRequest, type DeployResult, type DeployStep } from './deploy';
export { LifecycleClient, type CommittedDefinition } from './lifecycle-client';
export { OrdererClient, type OrdererAccess, type OrdererChannel } from './orderer-client';
export type { PeerAccess } from './peer-connection';
export { updateChannel, type UpdateChannelRequest, type UpdateChannelResult } from './update-channel';
