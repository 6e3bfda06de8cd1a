export { smartBft, SOLO, quorum, type Consensus, type Consenter } from './consensus';
export { genesisBlock, type BatchSettings, type ChannelDescription } from './genesis-block';
export { mspConfig, type ChannelOrganisation, type NodeAddress } from './organisation-group';
