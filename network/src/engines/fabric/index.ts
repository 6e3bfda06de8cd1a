export { chaincodeAtPeers } from './join-channel';
export { chaincodeElsewhere, knownEverywhere, orderersInReach, othersInTouch } from './other-machines';
export { accepts } from './node-health';
export { renewAtChaincode } from './renew-at-chaincode';
export { restartInTurn, type NodeRestarter } from './restart-in-turn';
