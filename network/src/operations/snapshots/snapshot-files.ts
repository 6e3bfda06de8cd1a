import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { networkCommand } from '../../command-line';
import type { Engine } from '../../directory/engine';
import { NetworkError } from '../../directory/network-error';
import type { NetworkFiles } from '../../directory/network-files';
import { damaged } from './snapshot-content';
import type { Content } from './snapshot-content';

/** By what a snapshot holds: a version of Kessai that knows of whole networks alone must not put keys in the place of one. */
const FORMATS = { network: 1, keys: 2 } as const;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A snapshot that is being taken; no name begins so. */
export const MAKING = '.making-';

/** `keys`: all but the nodes' data. */
export type Holds = keyof typeof FORMATS;

/** What a snapshot says of itself. */
export interface SnapshotManifest extends Content {
  readonly format: (typeof FORMATS)[Holds];
  readonly engine: Engine;
  readonly channel: string;
  /** ISO 8601. */
  readonly takenAt: string;
}

/** Where the parts of a snapshot lie. */
export class SnapshotFiles {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  static of(files: NetworkFiles, name: string): SnapshotFiles {
    return new SnapshotFiles(join(files.snapshots, requireName(name)));
  }

  get manifest(): string {
    return join(this.root, 'manifest.json');
  }

  /** What a running network's nodes had written, until it is copied. */
  get held(): string {
    return join(this.root, 'held');
  }

  /** What the network's directory held. */
  get content(): string {
    return join(this.root, 'network');
  }
}

export function makeManifest(holds: Holds, said: Omit<SnapshotManifest, 'format'>): SnapshotManifest {
  return { format: FORMATS[holds], ...said };
}

export function holdsOf({ format }: Pick<SnapshotManifest, 'format'>): Holds {
  return format === FORMATS.keys ? 'keys' : 'network';
}

/** @throws NetworkError `SnapshotDamaged`. */
export function readManifest({ manifest, root }: SnapshotFiles): SnapshotManifest {
  try {
    const found = JSON.parse(readFileSync(manifest, 'utf8')) as SnapshotManifest;
    const paths = [...found.folders, ...found.files].map(({ path }) => path);
    // A snapshot may come from elsewhere: nothing is written beside its place.
    if (Object.values(FORMATS).includes(found.format) && paths.every(isBelow)) return found;
  } catch (error) {
    throw damaged(root, `${manifest} cannot be read`, error);
  }
  throw damaged(root, `${manifest} is of another version of Kessai`);
}

function isBelow(path: string): boolean {
  return path.split('/').every((part) => !['', '.', '..'].includes(part) && !part.includes('\\'));
}

/** The names of a network's whole snapshots. */
export function snapshotNames(files: NetworkFiles): readonly string[] {
  if (!existsSync(files.snapshots)) return [];
  return readdirSync(files.snapshots)
    .filter((name) => NAME.test(name))
    .sort();
}

/** @throws NetworkError `SnapshotNameInvalid`. */
export function requireName(name: string): string {
  if (NAME.test(name)) return name;
  throw new NetworkError(
    'SnapshotNameInvalid',
    `'${name}' is no name for a snapshot`,
    'Use up to 64 letters, digits, dots, dashes and underscores, a letter or digit first.',
    { field: 'name', name },
  );
}

/** @throws NetworkError `SnapshotNameInvalid`, `SnapshotUnknown`. */
export function requireSnapshot(files: NetworkFiles, name: string): SnapshotFiles {
  const snapshot = SnapshotFiles.of(files, name);
  if (existsSync(snapshot.root)) return snapshot;
  const known = snapshotNames(files);
  throw new NetworkError(
    'SnapshotUnknown',
    `there is no snapshot ${name} of the network in ${files.directory}`,
    known.length === 0
      ? `Take one first: ${networkCommand(files.directory, 'snapshot', name)}`
      : `Use one of: ${known.join(', ')}.`,
    { field: 'name', name, known },
  );
}
