import { statSync } from 'node:fs';
import { renewAtChaincode } from '../engines/fabric';
import { findFabricPrograms, restartInTurn, runningProcesses } from '../engines/native';
import { renewCertificate } from '../identities';
import type { CertificateFacts, CertificatePlace } from '../identities';
import { certificatePlaces, factsOf, requireGood, USES, WARNING_DAYS } from './good-certificates';
import { endNodes } from './down';
import { NetworkError } from './network-error';
import { openNetwork } from './open-network';
import type { OpenNetwork } from './open-network';
import { withLock } from './operation-lock';
import { runningProcess } from './process-record';
import type { OnProgress } from './progress';
import { startEngineProcess } from './start-engine-process';

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
  /** Nodes that were restarted, one after another, to take theirs. */
  readonly restarted: readonly string[];
  /** Nodes that are still to be restarted by whoever runs them, one after another. */
  readonly toRestart: readonly string[];
}

/**
 * Renews what expires soon, from the same authority and with the same key, and sees to it that what runs takes it: orderers and
 * peers are restarted one after another, chaincode services take theirs as they run. A renewal that was cut off is completed by
 * repeating it. Authorities' own certificates are not renewed: they stand in the channel's configuration.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryBusy`, `OrganisationUnknown`; `CertificateForeign`,
 * `CertificateExpired`, `NodesNotRunning` before anything is changed; `NodeNotReady`, after which repeating it goes on.
 */
export async function renewCertificates(request: RenewCertificatesRequest): Promise<RenewCertificatesResult> {
  const network = openNetwork(request.directory);
  return withLock(network.files, async () => {
    const places = certificatePlaces(network, request.mspIds);
    const due = duePlaces(network, places, request.withinDays ?? WARNING_DAYS);
    requireRenewable(network, places, due);
    request.onProgress?.({ step: 'renewing-certificates' });
    for (const place of due) await renewCertificate(place, request.validDays);
    const taken = await take(network, places, request.onProgress);
    return { renewed: due.map((place) => factsOf(network, place)), ...taken };
  });
}

function duePlaces(
  network: OpenNetwork,
  places: readonly CertificatePlace[],
  withinDays: number,
): readonly CertificatePlace[] {
  return places.filter((place) => place.authority !== undefined && factsOf(network, place).daysLeft < withinDays);
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
  if (!runningProcesses(network.files).has(expired.bearer)) return;
  const { validTo, file, bearer, use } = factsOf(network, expired);
  throw new NetworkError(
    'CertificateExpired',
    `the ${USES[use]} of ${bearer} expired on ${validTo}, so that nobody talks to it any more, and nodes cannot be restarted one at a time`,
    'Run down, then kessai certificates renew, then up.',
    { bearer, use, validTo, file },
  );
}

async function take(
  network: OpenNetwork,
  places: readonly CertificatePlace[],
  onProgress: OnProgress | undefined,
): Promise<Omit<RenewCertificatesResult, 'renewed'>> {
  const { files, record } = network;
  switch (record.engine) {
    case 'embedded': {
      const engine = runningProcess(files);
      const older = places.filter((place) => engine !== undefined && changedSince(place, engine.readyAt));
      const nodes = older.filter(({ use }) => use !== 'user-signing');
      if (nodes.length === 0) return { restarted: [], toRestart: [] };
      onProgress?.({ step: 'restarting-node', name: 'the engine' });
      await endNodes(network);
      await startEngineProcess(files, undefined);
      return { restarted: [...new Set(nodes.map(({ bearer }) => bearer))], toRestart: [] };
    }
    case 'native': {
      const running = runningProcesses(files);
      const names = nodesToRestart(places, new Map([...running].map(([name, { startedAt }]) => [name, startedAt])));
      await renewAtChaincode(network, places);
      if (names.size === 0) return { restarted: [], toRestart: [] };
      const restarted = await restartInTurn(network, await findFabricPrograms(), names, onProgress);
      return { restarted, toRestart: [] };
    }
    case 'docker': {
      await renewAtChaincode(network, places);
      const names = places
        .filter(({ use }) => use === 'node-signing' || use === 'node-tls')
        .map(({ bearer }) => bearer);
      return { restarted: [], toRestart: [...new Set(names)] };
    }
  }
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
