export { chaincodeAtPeers } from './join-channel';
export { accepts } from './node-health';
export { renewAtChaincode } from './renew-at-chaincode';
