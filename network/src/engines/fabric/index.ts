export { chaincodeAtPeers } from './join-channel';
export { accepts } from './node-health';
