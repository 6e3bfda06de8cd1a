import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeIdentities, OrganisationFiles, signingKeyFile } from '../identities';
import type { Topology } from '../topology';
import type { Engine } from './engine';
import { NetworkError } from './network-error';
import { NetworkFiles } from './network-files';
import { incomplete, makeRecord, readRecord } from './network-record';
import type { NetworkRecord } from './network-record';
import { isRunning } from './process-identity';

/** Says which process is making a directory, between its name and a random end. */
const MAKING = '.making-';

/**
 * The network directory, made if it is absent. It is made under another name beside its place and renamed when it is whole, so
 * that a killed `up` leaves nothing in its place; what it left beside is removed by the next one.
 *
 * @param topology undefined takes the directory's own; another one than the directory's is refused.
 * @throws NetworkError `NetworkDirectoryIncomplete`, `TopologyDiffers`, `EngineDiffers`.
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
  return { record: await make(files, topology ?? defaultTopology(), engine), made: true };
}

async function make(files: NetworkFiles, topology: Topology, engine: Engine): Promise<NetworkRecord> {
  const record = await makeRecord(topology, engine);
  const mark = `${process.pid.toString()}-${randomBytes(4).toString('hex')}`;
  const temporary = join(dirname(files.directory), `.${basename(files.directory)}${MAKING}${mark}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await makeIdentities(topology, temporary);
    await mkdir(join(temporary, 'logs'));
    await writeFile(new NetworkFiles(temporary).record, `${JSON.stringify(record, undefined, 2)}\n`);
    await rename(temporary, files.directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
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

async function removeLeftOvers(directory: string): Promise<void> {
  const parent = dirname(directory);
  const prefix = `.${basename(directory)}${MAKING}`;
  const names = existsSync(parent) ? await readdir(parent) : [];
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (!isRunning(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function isEmptyDirectory(directory: string): Promise<boolean> {
  if (!existsSync(directory)) return false;
  return (await readdir(directory)).length === 0;
}

/** @throws NetworkError `NetworkDirectoryIncomplete` naming the first file that is missing. */
function requireWhole(files: NetworkFiles, { topology }: NetworkRecord): void {
  for (const organisation of topology.organisations) {
    const own = new OrganisationFiles(files.directory, organisation);
    const orderer = own.orderer();
    const needed = [
      own.caCertificate,
      own.caKey,
      own.tlsCaCertificate,
      own.peer().tlsKey,
      signingKeyFile(own.peer().msp),
      ...(orderer === undefined ? [] : [orderer.tlsKey, signingKeyFile(orderer.msp)]),
      ...organisation.users.map((user) => signingKeyFile(own.user(user.name))),
    ];
    const missing = needed.find((file) => !existsSync(file));
    if (missing !== undefined) throw incomplete(files.directory, `${missing} is missing`);
  }
}

function requireSame(files: NetworkFiles, record: NetworkRecord, topology: Topology | undefined): void {
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
