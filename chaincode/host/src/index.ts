export { MarketChaincode, metadataFunction } from './chaincode';
export { type Configuration, ConfigurationError, readConfiguration } from './configuration';
export type { HostedContract } from './contracts';
export { marketContracts } from './implementations';
export { type Log, type LogLevel, logTo } from './log';
export { type ContractMetadata, contractMetadata } from './metadata';
export { runSupervisor } from './run-supervisor';
export { runWorker } from './run-worker';
export { type RunningServer, type ServerOptions, type TlsFiles, serve } from './server';
