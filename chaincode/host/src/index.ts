export { MarketChaincode, metadataFunction } from './chaincode';
export { type Configuration, ConfigurationError, readConfiguration } from './configuration';
export type { HostedContract } from './contracts';
export { marketContracts } from './implementations';
export { type Log, type LogLevel, logTo } from './log';
export { type ContractMetadata, contractMetadata } from './metadata';
export { type RunningServer, type ServerOptions, type TlsFiles, serve } from './server';
