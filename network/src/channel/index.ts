export {
  rootCertificatesOf,
  withAnchorPeers,
  withApplicationOrganisation,
  withBlockReaders,
} from './application-group';
export { headerBytes, headerHash, headerOf } from './block-header';
export { configUpdate } from './config-update';
export { smartBft, SOLO, quorum, type Consensus, type Consenter } from './consensus';
export {
  genesisBlock,
  type BatchSettings,
  type BlockOrigin,
  type ChannelDescription,
  type Deciders,
} from './genesis-block';
export { withRevocationList } from './revocation-list';
export { mspConfig, type ChannelOrganisation, type NodeAddress } from './organisation-group';
