export { MarketChaincode, metadataFunction } from './chaincode';
export { type Configuration, ConfigurationError, readConfiguration } from './configuration';
export type { HostedContract } from './contracts';
export { marketContracts } from './implementations';
export { type ContractMetadata, contractMetadata } from './metadata';
export type { TlsFiles } from './renewed-tls';
export { runSupervisor } from './run-supervisor';
export { runWorker } from './run-worker';
export { type RunningServer, type ServerOptions, serve } from './server';
