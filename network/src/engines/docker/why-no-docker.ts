import { spawnSync } from 'node:child_process';
import { FABRIC_IMAGES, nodeImage } from './image-names';

const ANSWER_MS = 30_000;

/** Why no network of containers runs on this machine as it is, with nothing fetched; undefined where one does. */
export function whyNoDocker(): string | undefined {
  if (!works('docker', 'version')) return 'no Docker daemon answers';
  if (!works('docker', 'compose', 'version') && !works('docker-compose', 'version'))
    return 'there is no Docker Compose';
  const images = [...Object.values(FABRIC_IMAGES), nodeImage()];
  const absent = images.find((image) => !works('docker', 'image', 'inspect', image));
  return absent === undefined ? undefined : `the image ${absent} is absent`;
}

function works(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { timeout: ANSWER_MS }).status === 0;
}
