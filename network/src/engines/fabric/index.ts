export { chaincodeAtPeers, ordererClient, peersOf } from './join-channel';
export { chaincodeElsewhere, knownEverywhere, nodesInReach, othersInTouch } from './other-machines';
export type { ReachedNode } from './other-machines';
export { accepts } from './node-health';
export { renewAtChaincode } from './renew-at-chaincode';
export { restartInTurn, type NodeRestarter } from './restart-in-turn';
