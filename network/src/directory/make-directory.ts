import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeIdentities, makeOrganisation, OrganisationFiles, signingKeyFile, tlsRootFile } from '../identities';
import { hasPeer } from '../topology';
import type { Topology } from '../topology';
import type { Engine } from './engine';
import { makeWhole, removeLeftOvers } from './make-whole';
import { NetworkError } from './network-error';
import { NetworkFiles } from './network-files';
import { organisationsElsewhere, requireEngineForHosts, requireGathered } from './network-part';
import { incomplete, makeRecord, presentOrganisations, readRecord } from './network-record';
import type { NetworkRecord } from './network-record';

/**
 * The network directory, made if it is absent. It is made under another name beside its place and renamed when it is whole, so
 * that a killed `up` leaves nothing in its place; what it left beside is removed by the next one.
 *
 * @param topology undefined takes the directory's own; another one than the directory's is refused.
 * @throws NetworkError `NetworkDirectoryIncomplete`, `OrganisationsAwaited`, `TopologyDiffers`, `EngineDiffers`, `EngineUnsupported`.
 */
export async function openOrMake(
  directory: string,
  topology: Topology | undefined,
  defaultTopology: () => Topology,
  engine: Engine = 'embedded',
): Promise<{ readonly record: NetworkRecord; readonly made: boolean }> {
  const files = new NetworkFiles(resolve(directory));
  await removeLeftOvers(files.directory);
  if (await isEmptyDirectory(files.directory)) await rmdir(files.directory);
  const existing = readRecord(files);
  if (existing !== undefined) {
    requireWhole(files, existing);
    requireSame(files, existing, topology);
    requireEngine(files, existing, engine);
    return { record: existing, made: false };
  }
  return { record: await makeDirectory(files, topology ?? defaultTopology(), engine), made: true };
}

/**
 * Makes a network directory where there is none: with all organisations' identities, or with those of some alone.
 *
 * @param present the MSP ids of those; undefined: all.
 * @throws NetworkError `EngineUnsupported`, `NetworkDirectoryBusy`.
 */
export async function makeDirectory(
  files: NetworkFiles,
  topology: Topology,
  engine: Engine,
  present?: readonly string[],
): Promise<NetworkRecord> {
  requireEngineForHosts(topology, engine);
  const record = { ...(await makeRecord(topology, engine)), ...(present === undefined ? {} : { present }) };
  try {
    await makeWhole(files.directory, async (temporary) => {
      if (present === undefined) await makeIdentities(topology, temporary);
      else await Promise.all(presentOrganisations(record).map(async (one) => makeOrganisation(one, temporary)));
      await mkdir(join(temporary, 'logs'));
      await writeFile(new NetworkFiles(temporary).record, `${JSON.stringify(record, undefined, 2)}\n`);
    });
  } catch (error) {
    if (!existsSync(files.record)) throw error;
    throw new NetworkError(
      'NetworkDirectoryBusy',
      `${files.directory} was made by another up at the same time`,
      'Run up again.',
      { directory: files.directory },
      error,
    );
  }
  return record;
}

async function isEmptyDirectory(directory: string): Promise<boolean> {
  if (!existsSync(directory)) return false;
  return (await readdir(directory)).length === 0;
}

/** @throws NetworkError `NetworkDirectoryIncomplete` naming the first file that is missing. */
function requireWhole(files: NetworkFiles, record: NetworkRecord): void {
  const require = (needed: readonly string[]): void => {
    const missing = needed.find((file) => !existsSync(file));
    if (missing !== undefined) throw incomplete(files.directory, `${missing} is missing`);
  };
  requireGathered({ files, record });
  for (const organisation of organisationsElsewhere(record)) {
    const { caCertificate, tlsCaCertificate, msp } = new OrganisationFiles(files.directory, organisation);
    require([caCertificate, tlsCaCertificate, tlsRootFile(msp)]);
  }
  for (const organisation of presentOrganisations(record)) {
    const own = new OrganisationFiles(files.directory, organisation);
    const orderer = own.orderer();
    require([
      own.caCertificate,
      own.caKey,
      own.tlsCaCertificate,
      ...[...(hasPeer(organisation) ? [own.peer()] : []), ...(orderer === undefined ? [] : [orderer])].flatMap(
        ({ tlsKey, msp }) => [tlsKey, signingKeyFile(msp)],
      ),
      ...organisation.users.map((user) => signingKeyFile(own.user(user.name))),
    ]);
  }
}

/** @throws NetworkError `TopologyDiffers`. */
export function requireSame(files: NetworkFiles, record: NetworkRecord, topology: Topology | undefined): void {
  if (topology === undefined || JSON.stringify(topology) === JSON.stringify(record.topology)) return;
  throw new NetworkError(
    'TopologyDiffers',
    `${files.directory} was made from another topology`,
    'Choose another directory with --dir, or purge this network and run up again.',
    { directory: files.directory },
  );
}

// Another engine keeps its ledger in another form: a network stays with the engine that it was made for.
function requireEngine(files: NetworkFiles, record: NetworkRecord, engine: Engine): void {
  if (record.engine === engine) return;
  throw new NetworkError(
    'EngineDiffers',
    `${files.directory} is a network of the engine '${record.engine}', not of '${engine}'`,
    `Use --engine ${record.engine}, or choose another directory with --dir.`,
    { directory: files.directory, engine: record.engine },
  );
}
