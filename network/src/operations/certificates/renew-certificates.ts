import { statSync } from 'node:fs';
import { tellingDiskFull } from '../../directory/disk-space';
import { certificatePlaces, factsOf, requireGood, USES, WARNING_DAYS } from '../../directory/good-certificates';
import { NetworkError } from '../../directory/network-error';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import { runningProcess } from '../../directory/process-record';
import type { OnProgress } from '../../directory/progress';
import { renewAtChaincode, restartInTurn } from '../../engines/fabric';
import { renewCertificate } from '../../identities';
import { safePoint } from '../../interruption';
import type { CertificateFacts, CertificatePlace } from '../../identities';
import { restartEngine, restarterOf } from '../network/restart';
import { runningOf } from '../network/running';
import { renewAtSchedulers } from '../schedulers/schedulers';

export interface RenewCertificatesRequest {
  readonly directory: string;
  /** Whose; undefined: every organisation's. */
  readonly mspIds?: readonly string[];
  /** What expires within so many days is renewed; 30 unless told. */
  readonly withinDays?: number;
  /** How long the renewed ones are valid; five years unless told. */
  readonly validDays?: number;
  readonly onProgress?: OnProgress;
}

export interface RenewCertificatesResult {
  readonly renewed: readonly CertificateFacts[];
  /** Authorities' own certificates that expire as soon, and are not renewed. */
  readonly kept: readonly CertificateFacts[];
  /** Nodes and schedulers that were restarted, one after another, to take theirs. */
  readonly restarted: readonly string[];
}

/**
 * Renews what expires soon, from the same authority and with the same key, and sees to it that what runs takes it: orderers and
 * peers are restarted one after another, and so are schedulers; chaincode services take theirs as they run. A renewal that was cut off is completed by
 * repeating it. Authorities' own certificates are not renewed: they stand in the channel's configuration. Which of them expire is told.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryBusy`, `OrganisationUnknown`; `CertificateForeign`,
 * `CertificateExpired`, `NodesNotRunning` before anything is changed; `NodeNotReady`, after which repeating it goes on.
 */
export async function renewCertificates(request: RenewCertificatesRequest): Promise<RenewCertificatesResult> {
  const network = openNetwork(request.directory);
  const { directory } = network.files;
  return withLock(network.files, async () => tellingDiskFull(directory, async () => renew(network, request)));
}

async function renew(network: OpenNetwork, request: RenewCertificatesRequest): Promise<RenewCertificatesResult> {
  const places = certificatePlaces(network, request.mspIds);
  const expiring = expiringPlaces(network, places, request.withinDays ?? WARNING_DAYS);
  const due = expiring.filter(({ authority }) => authority !== undefined);
  requireRenewable(network, places, due);
  request.onProgress?.({ step: 'renewing-certificates' });
  for (const place of due) {
    safePoint();
    await renewCertificate(place, request.validDays);
  }
  const restarted = [...(await take(network, places, request.onProgress)), ...(await renewAtSchedulers(network))];
  const kept = expiring.filter(({ authority }) => authority === undefined);
  return {
    renewed: due.map((place) => factsOf(network, place)),
    kept: kept.map((place) => factsOf(network, place)),
    restarted,
  };
}

function expiringPlaces(
  network: OpenNetwork,
  places: readonly CertificatePlace[],
  withinDays: number,
): readonly CertificatePlace[] {
  return places.filter((place) => factsOf(network, place).daysLeft < withinDays);
}

function requireRenewable(
  network: OpenNetwork,
  places: readonly CertificatePlace[],
  due: readonly CertificatePlace[],
): void {
  const issuers = new Set(due.map(({ authority }) => authority?.certificateFile));
  for (const place of places) if (issuers.has(place.certificateFile)) requireGood(network, place);
  for (const place of due) if (factsOf(network, place).state === 'foreign') requireGood(network, place);
  const expired = places.find((place) => place.use === 'node-tls' && factsOf(network, place).daysLeft < 0);
  if (expired === undefined || network.record.engine === 'embedded') return;
  if (runningOf(network.files, network.record)?.nodes?.has(expired.bearer) !== true) return;
  const { validTo, file, bearer, use } = factsOf(network, expired);
  throw new NetworkError(
    'CertificateExpired',
    `the ${USES[use]} of ${bearer} expired on ${validTo}, so that nobody talks to it any more, and nodes cannot be restarted one at a time`,
    'Run down, then kessai certificates renew, then up.',
    { bearer, use, validTo, file },
  );
}

/** Sees to it that what runs takes the renewed certificates. @returns the names of the nodes that were restarted. */
async function take(
  network: OpenNetwork,
  places: readonly CertificatePlace[],
  onProgress: OnProgress | undefined,
): Promise<readonly string[]> {
  if (network.record.engine === 'embedded') return takeAtEngine(network, places, onProgress);
  const { nodes = new Map(), startedAt = new Map() } = runningOf(network.files, network.record) ?? {};
  await renewAtChaincode(network, places);
  const names = nodesToRestart(places, startedAt);
  if (names.size === 0) return [];
  return restartInTurn(network, await restarterOf(network), new Set(nodes.keys()), names, onProgress);
}

async function takeAtEngine(
  network: OpenNetwork,
  places: readonly CertificatePlace[],
  onProgress: OnProgress | undefined,
): Promise<readonly string[]> {
  const engine = runningProcess(network.files);
  const older = places.filter((place) => engine !== undefined && changedSince(place, engine.readyAt));
  const nodes = older.filter(({ use }) => use !== 'user-signing');
  if (nodes.length === 0) return [];
  await restartEngine(network, onProgress);
  return [...new Set(nodes.map(({ bearer }) => bearer))];
}

/** Nodes that run with an earlier certificate than theirs is now. */
function nodesToRestart(
  places: readonly CertificatePlace[],
  startedAt: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const older = places.filter(({ use, ...place }) => {
    const started = startedAt.get(place.bearer);
    return (use === 'node-signing' || use === 'node-tls') && started !== undefined && changedSince(place, started);
  });
  return new Set(older.map(({ bearer }) => bearer));
}

function changedSince({ certificateFile }: Pick<CertificatePlace, 'certificateFile'>, time: string): boolean {
  return statSync(certificateFile).mtimeMs > Date.parse(time);
}
