import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Topology } from '../../topology';
import { tellingDiskFull } from '../../directory/disk-space';
import { makeDirectory, requireSame } from '../../directory/make-directory';
import { NetworkError } from '../../directory/network-error';
import { NetworkFiles } from '../../directory/network-files';
import { requireHosts, whoIsWhere } from '../../directory/network-part';
import { presentOrganisations, readRecord, requireOrganisation } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import type { OnProgress } from '../../directory/progress';
import { requireConsenters } from '../../directory/require-consenters';

export interface MakeOrganisationsRequest {
  readonly directory: string;
  /** What all organisations of the network have agreed on. */
  readonly topology: Topology;
  /** Those whose keys are made here. */
  readonly mspIds: readonly string[];
  readonly onProgress?: OnProgress;
}

export interface MakeOrganisationsResult {
  readonly directory: string;
  /** Whether the directory and its keys were made now. */
  readonly made: boolean;
  readonly organisations: readonly string[];
  /** Those whose keepers make their own. */
  readonly elsewhere: readonly string[];
}

/**
 * Makes the part of a network that is some of its organisations', with their keys, where their keeper alone has them. What others publish
 * of theirs is then gathered; until then there is no first block, and nothing is started. Repeated, it does nothing.
 *
 * @throws NetworkError `ConsentersTooFew`, `OrganisationUnknown`, `HostMissing`, `TopologyDiffers`, `OrganisationDiffers`,
 * `NetworkDirectoryIncomplete`, `DiskFull`.
 */
export async function makeOrganisations(request: MakeOrganisationsRequest): Promise<MakeOrganisationsResult> {
  const { topology, onProgress } = request;
  const files = new NetworkFiles(resolve(request.directory));
  const mspIds = [...new Set(request.mspIds)];
  if (mspIds.length === 0) throw new RangeError('no organisation is named');
  const existing = existsSync(files.directory) ? readRecord(files) : undefined;
  if (existing !== undefined) {
    requireSame(files, existing, topology);
    requireSameOrganisations(files, existing, mspIds);
    return resultOf(files, existing, false);
  }
  requireConsenters(topology);
  for (const mspId of mspIds) requireOrganisation({ topology }, mspId);
  if (mspIds.length < topology.organisations.length) requireHosts(topology);
  onProgress?.({ step: 'making-identities' });
  const record = await tellingDiskFull(files.directory, async () => makeDirectory(files, topology, 'native', mspIds));
  return resultOf(files, record, true);
}

function resultOf({ directory }: NetworkFiles, record: NetworkRecord, made: boolean): MakeOrganisationsResult {
  return {
    directory,
    made,
    ...whoIsWhere(record),
  };
}

/** @throws NetworkError `OrganisationDiffers`. */
function requireSameOrganisations({ directory }: NetworkFiles, record: NetworkRecord, mspIds: readonly string[]): void {
  const present = presentOrganisations(record).map(({ mspId }) => mspId);
  if ([...present].sort().join() === [...mspIds].sort().join()) return;
  throw new NetworkError(
    'OrganisationDiffers',
    `${directory} is the part of ${present.join(', ')}, not of ${mspIds.join(', ')}`,
    'Name the same organisations, or choose another directory with --dir.',
    { directory, present, mspIds },
  );
}
