export { deployMarket, type DeployMarketRequest } from './deploy-market';
export { down, purge, type DownRequest, type DownResult } from './down';
export { exportProfile, type ExportProfileRequest } from './export-profile';
export { NetworkError, type NetworkErrorCode, type NetworkErrorPayload } from './network-error';
export { openNetwork, type OpenNetwork } from './open-network';
export type { OnProgress, Progress } from './progress';
export { startEmbedded, type EmbeddedNetwork, type StartEmbeddedRequest } from './start-embedded';
export { status, type NetworkStatus, type OrganisationStatus } from './status';
export { DEFAULT_DIRECTORY, ENGINES, up, type Engine, type UpRequest, type UpResult } from './up';
