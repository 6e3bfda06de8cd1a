export { addOrganisation, type AddOrganisationRequest, type AddOrganisationResult } from './add-organisation';
export { expiringWithin, USES, WARNING_DAYS } from './good-certificates';
export { showCertificates } from './show-certificates';
export { deployMarket, type DeployMarketRequest, type DeployMarketResult } from './deploy-market';
export { down, purge, type DownRequest, type DownResult } from './down';
export {
  exportOrganisations,
  type ExportOrganisationsRequest,
  type ExportOrganisationsResult,
} from './parts/export-organisations';
export {
  gatherOrganisations,
  type GatherOrganisationsRequest,
  type GatherOrganisationsResult,
} from './parts/gather-organisations';
export {
  makeOrganisations,
  type MakeOrganisationsRequest,
  type MakeOrganisationsResult,
} from './parts/make-organisations';
export { publishOrganisations, type PublishOrganisationsRequest } from './parts/publish-organisations';
export type { PublishedOrganisation, PublishedOrganisations } from './parts/published-organisations';
export { exportProfile, type ExportProfileRequest } from './export-profile';
export { isFree } from './free-ports';
export { followLog, logs, readLog, type LogExcerpt, type LogRequest, type NodeLog } from './logs';
export { marketDefinition, marketPackage } from './market-package';
export { NetworkError, type NetworkErrorCode, type NetworkErrorPayload } from './network-error';
export { organisationsElsewhere, requireAllHere } from './network-part';
export { openNetwork, type OpenNetwork } from './open-network';
export { administratorOf } from './peer-access';
export { otherMachines } from './other-machines';
export { prepare, type PrepareRequest, type PrepareResult } from './prepare';
export type { OnProgress, Progress } from './progress';
export type { NodeUse, ResourceUse } from './resource-use';
export { listProcesses, useWithDescendants, type ListedProcess, type ProcessUse } from './process-use';
export { renewCertificates, type RenewCertificatesRequest, type RenewCertificatesResult } from './renew-certificates';
export { restore, type RestoreRequest, type RestoreResult } from './restore';
export {
  removeSnapshot,
  snapshot,
  snapshots,
  type Snapshot,
  type SnapshotRequest,
  type SnapshotResult,
} from './snapshots';
export { runningOf, type Running } from './running';
export { startEmbedded, type EmbeddedNetwork, type StartEmbeddedRequest } from './start-embedded';
export { status, type NetworkStatus, type OrganisationStatus } from './status';
export { ENGINES, type Engine } from './engine';
export { DEFAULT_DIRECTORY, up, type UpRequest, type UpResult } from './up';
export { upgradeMarket, type UpgradeMarketRequest } from './upgrade-market';
