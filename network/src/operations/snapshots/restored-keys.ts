import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkError } from '../../directory/network-error';
import { NetworkFiles } from '../../directory/network-files';
import { readRecord } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import { contentOf, withoutData } from './copy-network';
import { survey } from './snapshot-content';
import type { SnapshotFiles, SnapshotManifest } from './snapshot-files';

/** Keys and certificates are texts of less. */
const LARGEST_BYTES = 65_536;

/** The record of a directory; undefined where it was lost, or is damaged. */
export function recordLeft(files: NetworkFiles): NetworkRecord | undefined {
  try {
    return existsSync(files.record) ? readRecord(files) : undefined;
  } catch (error) {
    if (error instanceof NetworkError && error.code === 'NetworkDirectoryIncomplete') return undefined;
    throw error;
  }
}

/**
 * Before keys take the place of what is left of a network.
 *
 * @throws NetworkError `SnapshotForeign` where they are another network's; `KeysUnsaved` where a good key would be lost.
 */
export async function requireSafeKeys(
  files: NetworkFiles,
  { content }: SnapshotFiles,
  manifest: SnapshotManifest,
): Promise<void> {
  requireSameAuthorities(files, content, manifest);
  const saved = new Set(manifest.files.map(({ path }) => readKey(join(content, path))));
  const { files: found } = survey(files.directory, withoutData(files, await contentOf(files)));
  const unsaved = found
    .filter(({ bytes }) => bytes <= LARGEST_BYTES)
    .map(({ path }) => path)
    .filter((path) => {
      const key = readKey(join(files.directory, path));
      return key !== undefined && !saved.has(key);
    });
  if (unsaved.length === 0) return;
  throw new NetworkError(
    'KeysUnsaved',
    `the snapshot does not have ${unsaved.join(', ')} of ${files.directory}, and a key that is lost cannot be made again`,
    'Copy or move these files elsewhere and remove them here, if nobody uses them any more; or put the files that you lack back from the snapshot yourself.',
    { directory: files.directory, keys: unsaved },
  );
}

/** An authority keeps its certificate for as long as there is the network: whoever has another one is of another network. */
function requireSameAuthorities(files: NetworkFiles, content: string, manifest: SnapshotManifest): void {
  const different = manifest.files
    .map(({ path }) => path)
    .filter((path) => /\/(?:tls)?ca\/(?:tls)?ca-cert\.pem$/.test(path))
    .find((path) => {
      const [here, there] = [join(files.directory, path), join(content, path)].map(readCertificate);
      return here !== undefined && there !== undefined && here !== there;
    });
  if (different === undefined) return;
  throw new NetworkError(
    'SnapshotForeign',
    `the snapshot is of another network than that in ${files.directory}: ${different} differs`,
    'Restore the keys in a directory of their own, or choose a snapshot of this network.',
    { directory: files.directory, file: different },
  );
}

/** A private key, in one form whatever the file's is; undefined where the file is none, or is damaged. */
function readKey(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    if (!text.includes('PRIVATE KEY')) return undefined;
    return createPrivateKey(text).export({ type: 'pkcs8', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
}

function readCertificate(file: string): string | undefined {
  try {
    return new X509Certificate(readFileSync(file)).fingerprint256;
  } catch {
    return undefined;
  }
}
