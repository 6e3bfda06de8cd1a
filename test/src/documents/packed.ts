import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const root = join(__dirname, '..', '..', '..');

export interface Packed {
  /** The paths of the tarballs. */
  readonly client: string;
  readonly network: string;
}

/** Packs what others install, into `packages` below the folder. */
export async function packInto(directory: string): Promise<Packed> {
  const packages = join(directory, 'packages');
  await promisify(execFile)(process.execPath, [join(root, 'scripts', 'pack.mjs'), '--to', packages]);
  const named = (part: string): string =>
    join(packages, readdirSync(packages).find((name) => name.includes(part)) ?? part);
  return { client: named('gateway-client'), network: named('development-network') };
}

/** The environment of a reader's shell: without what npm tells the programs that it starts, such as the settings of this checkout. */
export function readersEnvironment(additions: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS$|NODE_ENV$|KESSAI_)/i.test(name) || /^npm_config_(registry|cache)$/i.test(name),
  );
  return { ...Object.fromEntries(own), npm_config_prefer_offline: 'true', ...additions };
}
