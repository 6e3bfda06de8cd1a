export {
  addOrganisation,
  type AddOrganisationRequest,
  type AddOrganisationResult,
} from './organisations/add-organisation';
export { showCertificates } from './certificates/show-certificates';
export { deployMarket, type DeployMarketRequest, type DeployMarketResult } from './market/deploy-market';
export { down, purge, type DownRequest, type DownResult } from './network/down';
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
export { peerEnvironment } from './organisations/peer-environment';
export { exportProfile, type ExportProfileRequest } from './organisations/export-profile';
export { endedByThemselves } from './network/ended-nodes';
export { keepTelemetry } from './network/keep-telemetry';
export { followLog, logs, readLog, type LogExcerpt, type LogRequest, type NodeLog } from './network/logs';
export { metricsTargets, type MetricsTarget } from './network/metrics-targets';
export { otherMachines } from './network/other-machines';
export { prepare, type PrepareRequest, type PrepareResult } from './network/prepare';
export type { NodeUse, ResourceUse, TotalUse } from './network/resource-use';
export { runningSchedulers, schedulerTelemetry, type Schedulers } from './schedulers/schedulers';
export { listProcesses, useWithDescendants, type ListedProcess, type ProcessUse } from './network/process-use';
export {
  renewCertificates,
  type RenewCertificatesRequest,
  type RenewCertificatesResult,
} from './certificates/renew-certificates';
export {
  revokeCertificate,
  type RevokeCertificateRequest,
  type RevokeCertificateResult,
} from './certificates/revoke-certificate';
export { restore, type RestoreRequest, type RestoreResult } from './snapshots/restore';
export {
  checkSnapshot,
  removeSnapshot,
  snapshot,
  snapshots,
  type Snapshot,
  type SnapshotRequest,
  type SnapshotResult,
} from './snapshots/snapshots';
export { runningOf, type Running } from './network/running';
export { startEmbedded, type EmbeddedNetwork, type StartEmbeddedRequest } from './network/start-embedded';
export { removeNetworkNow, standingOf, type NetworkStanding } from './network/standing';
export { status, type NetworkStatus, type OrganisationStatus } from './network/status';
export { up, type UpRequest, type UpResult } from './network/up';
export { upgradeMarket, type UpgradeMarketRequest } from './market/upgrade-market';
