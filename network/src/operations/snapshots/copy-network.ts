import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { NetworkFiles } from '../../directory/network-files';
import type { OpenNetwork } from '../../directory/open-network';
import type { OnProgress } from '../../directory/progress';
import { inTemporaryPlace } from '../../directory/temporary-place';
import { holdContent } from './held-content';
import { copyContent, copySurveyed } from './snapshot-content';
import type { Content } from './snapshot-content';
import { makeManifest, MAKING, SnapshotFiles } from './snapshot-files';
import type { Holds, SnapshotManifest } from './snapshot-files';
import { flush, flushFolder, writeDurably } from './write-durably';

/** What is copied, and where it comes to lie. */
export interface Copying {
  readonly network: OpenNetwork;
  readonly place: SnapshotFiles;
  readonly onProgress?: OnProgress | undefined;
}

/** Copies all of a network of which nothing runs. */
export async function copyStopped(copying: Copying): Promise<SnapshotManifest> {
  const { files } = copying.network;
  return inPlace(copying, 'network', async ({ content }) =>
    copyContent(files.directory, await contentOf(files), content),
  );
}

/** Copies what cannot be made again, whether the network runs or not: keys and certificates change under the network's lock alone. */
export async function copyKeys(copying: Copying): Promise<SnapshotManifest> {
  const { files } = copying.network;
  return inPlace(copying, 'keys', async ({ content }) => {
    const copied = await copyContent(files.directory, withoutData(files, await contentOf(files)), content);
    await flushFolder(content);
    return copied;
  });
}

/** Copies all of a network as it runs. @throws NetworkError `SnapshotUnfit`, `HoldTooLong`. */
export async function copyRunning(
  copying: Copying,
): Promise<{ readonly manifest: SnapshotManifest; readonly heldMs: number }> {
  const { network } = copying;
  const { files } = network;
  let heldMs = 0;
  const manifest = await inPlace(copying, 'network', async ({ content, held }) => {
    const kept = await holdContent(network, held);
    heldMs = kept.heldMs;
    const data = await copySurveyed(held, kept.result, content);
    await rm(held, { recursive: true });
    const others = await copyContent(files.directory, withoutData(files, await contentOf(files)), content);
    await flushFolder(content);
    return { folders: [...data.folders, ...others.folders], files: [...data.files, ...others.files] };
  });
  return { manifest, heldMs };
}

/** What a network's directory holds of the network itself. */
export async function contentOf(files: NetworkFiles): Promise<readonly string[]> {
  return (await readdir(files.directory)).filter((name) => !files.staysInPlace(name)).sort();
}

/** Of these entries of a network's directory all but its nodes' data. */
export function withoutData(files: NetworkFiles, entries: readonly string[]): readonly string[] {
  return entries.filter((entry) => entry !== basename(files.data));
}

/** Fills a snapshot and puts it in its place, whole or not at all. */
async function inPlace(
  { network: { files, record }, place, onProgress }: Copying,
  holds: Holds,
  fill: (making: SnapshotFiles) => Promise<Content>,
): Promise<SnapshotManifest> {
  onProgress?.({ step: 'copying' });
  const making = new SnapshotFiles(join(files.snapshots, `${MAKING}${process.pid.toString()}`));
  return inTemporaryPlace(making.root, async () => {
    await mkdir(making.root, { recursive: true, mode: 0o700 });
    const takenAt = new Date().toISOString();
    const content = await fill(making);
    const { engine, topology } = record;
    const manifest = makeManifest(holds, { engine, channel: topology.channel, takenAt, ...content });
    await writeDurably(making.manifest, `${JSON.stringify(manifest, undefined, 1)}\n`);
    await rename(making.root, place.root);
    await flush(files.snapshots);
    return manifest;
  });
}
