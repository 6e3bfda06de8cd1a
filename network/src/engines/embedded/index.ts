export { startEngine, EngineOptionsInvalid } from './engine';
export type { Authorities, Engine, EngineOptions, EngineOrderer, EngineOrganisation, EngineSettings } from './engine';
export { ListenFailed, PortInUse } from './endpoints/node-server';
export type { NodeTls } from './endpoints/node-server';
export type { ListeningNode, NodeEndpoint } from './endpoints/engine-nodes';
export { DEFAULT_BLOCK_CUTTING } from './ordering/ordering-service';
export type { BlockCutting } from './ordering/ordering-service';
export { LedgerError } from './ledger';
export type { Ledger, Signer } from './ports';
