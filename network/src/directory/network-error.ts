export type NetworkErrorCode =
  | 'NetworkDirectoryIncomplete'
  | 'NetworkDirectoryAbsent'
  | 'NetworkDirectoryBusy'
  | 'NetworkRunning'
  | 'NetworkNotRunning'
  | 'TopologyDiffers'
  | 'PortInUse'
  | 'AddressUnavailable'
  | 'EngineUnsupported'
  | 'EngineDiffers'
  | 'FabricMissing'
  | 'FabricTooOld'
  | 'DockerMissing'
  | 'DockerUnreachable'
  | 'DockerFailed'
  | 'ComposeMissing'
  | 'ImageMissing'
  | 'NodeNotReady'
  | 'ConsentersTooFew'
  | 'EngineStartFailed'
  | 'ProcessNotEnded'
  | 'ChaincodeProgramMissing'
  | 'ChaincodeNotReady'
  | 'SchedulerProgramMissing'
  | 'CertificateExpired'
  | 'CertificateNotYetValid'
  | 'CertificateForeign'
  | 'CertificateNotRenewable'
  | 'CertificateNotRevocable'
  | 'NodesNotRunning'
  | 'NodesElsewhere'
  | 'OrganisationUnknown'
  | 'OrganisationDiffers'
  | 'OrganisationElsewhere'
  | 'OrganisationStarted'
  | 'OrganisationsAwaited'
  | 'PublishedFileInvalid'
  | 'FirstBlockDiffers'
  | 'HostMissing'
  | 'HostsDiffer'
  | 'NetworkPartial'
  | 'QuorumMissing'
  | 'DirectoryNotEmpty'
  | 'NetworkDegraded'
  | 'UserUnknown'
  | 'NodeUnknown'
  | 'DiskFull'
  | 'SnapshotNameInvalid'
  | 'SnapshotUnknown'
  | 'SnapshotExists'
  | 'SnapshotDamaged'
  | 'SnapshotUnfit'
  | 'SnapshotForeign'
  | 'KeysUnsaved'
  | 'HoldTooLong'
  | 'RestoreUnfinished'
  | 'VersionInvalid';

/** What goes with an error, by name. */
export type NetworkErrorPayload = Readonly<Record<string, string | number | readonly string[]>>;

/** An operation on a network that was not done. Whatever was there before is as it was. */
export class NetworkError extends Error {
  readonly code: NetworkErrorCode;
  /** What to do about it. */
  readonly remedy: string;
  readonly payload: NetworkErrorPayload;

  constructor(
    code: NetworkErrorCode,
    message: string,
    remedy: string,
    payload: NetworkErrorPayload = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'NetworkError';
    this.code = code;
    this.remedy = remedy;
    this.payload = payload;
  }
}

/** A NetworkError as it travels between processes. */
export interface NetworkErrorRecord {
  readonly code: NetworkErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly payload: NetworkErrorPayload;
}

export function toRecord({ code, message, remedy, payload }: NetworkError): NetworkErrorRecord {
  return { code, message, remedy, payload };
}

export function fromRecord({ code, message, remedy, payload }: NetworkErrorRecord): NetworkError {
  return new NetworkError(code, message, remedy, payload);
}
