export { findFabricProgram, findFabricPrograms, OLDEST_FABRIC, whyNoFabric } from './fabric-programs';
export type { FabricProgram, FabricProgramName, FabricPrograms } from './fabric-programs';
export { nativeRestarter, startNative, stopNative, type StartNativeRequest } from './native-network';
export { runningProcesses, type NodeProcess } from '../../directory/node-process';
