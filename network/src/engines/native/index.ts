export { findFabricProgram, findFabricPrograms, OLDEST_FABRIC, whyNoFabric } from './fabric-programs';
export type { FabricProgram, FabricProgramName, FabricPrograms } from './fabric-programs';
export { chaincodeAtPeers } from './join-channel';
export { startNative, stopNative, type StartNativeRequest } from './native-network';
export { accepts } from './node-health';
export { runningProcesses, type NodeProcess } from './node-process';
