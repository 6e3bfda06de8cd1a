import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkError } from '../../directory/network-error';
import type { OnProgress } from '../../directory/progress';
import type { NodeImages } from './compose-file';
import { docker, runCommand } from './docker-command';
import { ImageContext } from './image-context';
import type { OwnImage } from './image-context';
import { FABRIC_IMAGES, nodeImage } from './image-names';

const PULL_MS = 600_000;
const BUILD_MS = 600_000;

/**
 * The images of a network: official ones are fetched where they are absent, Kessai's own is made.
 *
 * @throws NetworkError `ImageMissing`, `ChaincodeProgramMissing`, `DockerFailed`.
 */
export async function requireImages(onProgress?: OnProgress): Promise<NodeImages> {
  for (const image of Object.values(FABRIC_IMAGES)) await requireImage(image, onProgress);
  return { ...FABRIC_IMAGES, chaincode: await ownImage('chaincode', onProgress) };
}

/** The name of one of Kessai's images, which is built where it is absent. */
export async function ownImage(image: OwnImage, onProgress?: OnProgress): Promise<string> {
  const base = nodeImage();
  const context = new ImageContext(image, base);
  const { tag } = context;
  if (await hasImage(tag)) return tag;
  await requireImage(base, onProgress);
  onProgress?.({ step: 'building-image', image: tag });
  const folder = mkdtempSync(join(tmpdir(), 'kessai-image-'));
  try {
    context.writeTo(folder);
    const args = ['build', '--quiet', '--target', image, '--build-arg', `NODE_IMAGE=${base}`, '--tag', tag, folder];
    await docker(args, { timeoutMs: BUILD_MS });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tag;
}

async function requireImage(image: string, onProgress?: OnProgress): Promise<void> {
  if (await hasImage(image)) return;
  onProgress?.({ step: 'fetching-image', image });
  const end = await runCommand('docker', ['pull', '--quiet', image], { timeoutMs: PULL_MS });
  if (end?.failed === false) return;
  const reason = end?.errors.trim().split('\n').at(-1) ?? '';
  throw new NetworkError(
    'ImageMissing',
    `the image ${image} is not on this machine, and could not be fetched: ${reason}`,
    `Fetch it where there is a way to its registry, with: docker pull ${image}. Elsewhere bring it with docker save and docker load.`,
    { image, reason },
  );
}

/** Whether Docker has the image. @throws NetworkError where Docker cannot be asked. */
export async function hasImage(image: string): Promise<boolean> {
  return (await docker(['images', '--quiet', image])).trim() !== '';
}
