import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { tellingDiskFull } from '../../directory/disk-space';
import { makeWhole } from '../../directory/make-whole';
import { NetworkError } from '../../directory/network-error';
import { NetworkFiles } from '../../directory/network-files';
import { requireHere, requireHosts } from '../../directory/network-part';
import type { NetworkRecord } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import { marketGenesis } from '../../engines/fabric/market-channel';
import { OrganisationFiles } from '../../identities';
import { writePrivate } from '../../identities/msp-folder';
import type { Organisation } from '../../topology';
import { survey } from '../snapshots/snapshot-content';

export interface ExportOrganisationsRequest {
  readonly directory: string;
  /** Those that one machine is to run. */
  readonly mspIds: readonly string[];
  /** Where their part is written: a directory that is absent or empty. */
  readonly to: string;
}

export interface ExportOrganisationsResult {
  readonly directory: string;
  /** Whose keys and nodes the part has. */
  readonly organisations: readonly string[];
  /** Of whom it has certificates alone. */
  readonly elsewhere: readonly string[];
}

const OWNER_ONLY = { file: 0o600, folder: 0o700 } as const;

/**
 * Writes the part of a network that is some of its organisations': a network directory of its own, with their keys, and of all others
 * what everybody may know. It is written whole or not at all.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `OrganisationUnknown`, `OrganisationElsewhere`, `EngineUnsupported`, `HostMissing`,
 * `OrganisationStarted`, `DirectoryNotEmpty`, `DiskFull`.
 */
export async function exportOrganisations(request: ExportOrganisationsRequest): Promise<ExportOrganisationsResult> {
  const network = openNetwork(request.directory);
  const { files, record } = network;
  const target = resolve(request.to);
  requireNative(record);
  const wanted = new Set(request.mspIds.map((mspId) => requireHere(record, mspId)));
  if (wanted.size === 0) throw new RangeError('no organisation is named');
  const own = record.topology.organisations.filter((organisation) => wanted.has(organisation));
  const others = record.topology.organisations.filter((organisation) => !wanted.has(organisation));
  if (others.length > 0) requireHosts(record.topology);
  await requireEmpty(target);
  return withLock(files, async () => {
    requireNeverStarted(network, own);
    marketGenesis(network);
    const present = own.map(({ mspId }) => mspId);
    await tellingDiskFull(target, async () =>
      makeWhole(target, async (temporary) => {
        const part = new NetworkFiles(temporary);
        await mkdir(dirname(part.engineLog), { mode: OWNER_ONLY.folder });
        await copyFiles(files.directory, [files.genesisBlock], temporary);
        for (const organisation of own) {
          await copyFiles(files.directory, filesBelow(ownFolder(files, organisation)), temporary);
        }
        for (const organisation of others) {
          await copyFiles(files.directory, publicFiles(files, organisation), temporary);
        }
        // Its presence says that the directory is whole.
        await writePrivate(part.record, `${JSON.stringify({ ...record, present }, undefined, 2)}\n`);
      }),
    );
    return { directory: target, organisations: present, elsewhere: others.map(({ mspId }) => mspId) };
  });
}

function requireNative({ engine }: NetworkRecord): void {
  if (engine === 'native') return;
  throw new NetworkError(
    'EngineUnsupported',
    `a network of the engine '${engine}' is on one machine`,
    'Make a network for several with kessai prepare, in another directory.',
    { engine },
  );
}

/** @throws NetworkError `DirectoryNotEmpty`. */
async function requireEmpty(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const names = await readdir(directory).catch(() => ['a file']);
  if (names.length === 0) return;
  throw new NetworkError(
    'DirectoryNotEmpty',
    `${directory} is there already, and is not empty`,
    'Give --to a directory that is absent or empty.',
    { field: 'to', directory },
  );
}

/** One orderer in two places would contradict itself, and so would two peers of one identity. @throws NetworkError `OrganisationStarted`. */
function requireNeverStarted({ files }: OpenNetwork, organisations: readonly Organisation[]): void {
  const started = organisations.filter(({ peer, orderer }) =>
    [peer, orderer].some((node) => node !== undefined && existsSync(files.nodeData(node.hostname))),
  );
  const [first] = started.map(({ mspId }) => mspId);
  if (first === undefined) return;
  throw new NetworkError(
    'OrganisationStarted',
    `the nodes of ${first} have run in ${files.directory}: with its keys elsewhere too there would be two of each`,
    'Prepare a network and export its parts before anything of it is started.',
    { mspId: first, directory: files.directory },
  );
}

function ownFolder(files: NetworkFiles, organisation: Organisation): string {
  return new OrganisationFiles(files.directory, organisation).root;
}

/** What all others have of an organisation: the roots of its certificates. */
function publicFiles(files: NetworkFiles, organisation: Organisation): readonly string[] {
  const { caCertificate, tlsCaCertificate, msp } = new OrganisationFiles(files.directory, organisation);
  return [caCertificate, tlsCaCertificate, ...filesBelow(msp)];
}

function filesBelow(folder: string): readonly string[] {
  const { files } = survey(dirname(folder), [basename(folder)]);
  return files.map(({ path }) => join(dirname(folder), path));
}

/** Copies files to the same places below another directory, for their owner's eyes only. */
async function copyFiles(from: string, files: readonly string[], to: string): Promise<void> {
  for (const file of files) {
    const target = join(to, relative(from, file));
    await mkdir(dirname(target), { recursive: true, mode: OWNER_ONLY.folder });
    await copyFile(file, target);
    await chmod(target, OWNER_ONLY.file);
  }
}
