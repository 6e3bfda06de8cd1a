import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NetworkError } from '../../directory/network-error';
import { portsOfJoining, writeRecord } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { makeOrganisation, OrganisationFiles } from '../../identities';
import { findOrganisation, withOrganisation } from '../../topology';
import type { Organisation } from '../../topology';

/** What an organisation's folder holds beside its identities until the network's record has the organisation. */
interface Joining {
  readonly organisation: Organisation;
  readonly ports: NetworkRecord['ports'];
}

const JOINING = 'joining.json';
const MAKING = '.joining-';

/**
 * The network with an organisation that is to join: with its identities and its ports, which are made once and kept, so that a joining
 * that was cut off goes on with the same. The network's record on disk stays as it is until `recordJoined`.
 *
 * @throws NetworkError `OrganisationDiffers` where another one of its name has joined, or has begun to.
 */
export async function prepareJoining(network: OpenNetwork, organisation: Organisation): Promise<OpenNetwork> {
  const { files, record } = network;
  const known = findOrganisation(record.topology, organisation.mspId);
  if (known !== undefined) {
    requireSame(organisation, known, `It is in ${files.record}: give an organisation that joins another MSP id.`);
    return network;
  }
  const folder = new OrganisationFiles(files.directory, organisation).root;
  if (!existsSync(folder)) await makeFolder(network, organisation, folder);
  const joining = readJoining(folder);
  requireSame(
    organisation,
    joining?.organisation,
    `Repeat what was said then; or, if it never joined, remove ${folder}.`,
  );
  const ports = { ...record.ports, ...joining?.ports };
  return { files, record: { ...record, topology: withOrganisation(record.topology, organisation), ports } };
}

/** Makes a prepared network the one on disk. */
export async function recordJoined({ files, record }: OpenNetwork, organisation: Organisation): Promise<void> {
  writeRecord(files, record);
  await rm(join(new OrganisationFiles(files.directory, organisation).root, JOINING), { force: true });
}

// Made under another name and renamed when it is whole, so that a folder in its place is never half of one.
async function makeFolder({ files, record }: OpenNetwork, organisation: Organisation, folder: string): Promise<void> {
  for (const name of await readdir(files.directory)) {
    if (name.startsWith(MAKING)) await rm(join(files.directory, name), { recursive: true, force: true });
  }
  const temporary = join(files.directory, `${MAKING}${organisation.domain}`);
  const made = new OrganisationFiles(temporary, organisation).root;
  await makeOrganisation(organisation, temporary);
  const joining: Joining = { organisation, ports: await portsOfJoining(record, organisation) };
  await writeFile(join(made, JOINING), `${JSON.stringify(joining, undefined, 2)}\n`);
  await mkdir(dirname(folder), { recursive: true });
  await rename(made, folder);
  await rm(temporary, { recursive: true, force: true });
}

function readJoining(folder: string): Joining | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, JOINING), 'utf8')) as Joining;
  } catch {
    // The folder is not one that was made here: it belongs to no organisation that is to join.
    return undefined;
  }
}

function requireSame(organisation: Organisation, other: Organisation | undefined, remedy: string): void {
  if (JSON.stringify(organisation) === JSON.stringify(other)) return;
  const { mspId, domain } = organisation;
  throw new NetworkError(
    'OrganisationDiffers',
    other === undefined
      ? `there is a folder for ${domain} already, which is not of an organisation that is to join`
      : `${mspId} is known to this network otherwise: ${differences(organisation, other)}`,
    remedy,
    { mspId },
  );
}

function differences(organisation: Organisation, other: Organisation): string {
  const fields = Object.keys({ ...other, ...organisation }) as (keyof Organisation)[];
  const text = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));
  return fields
    .filter((field) => JSON.stringify(organisation[field]) !== JSON.stringify(other[field]))
    .map((field) => `${field} is ${text(other[field])}, not ${text(organisation[field])}`)
    .join('; ');
}
