import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Why a native network cannot run here; undefined where it can. */
export function nativeMissing(): string | undefined {
  const folder = process.env['FABRIC_BIN'] ?? '';
  const absent = ['peer', 'orderer'].filter(
    (name) => spawnSync(folder === '' ? name : join(folder, name), ['version']).status !== 0,
  );
  return absent.length === 0 ? undefined : `Fabric’s ${absent.join(' and ')} not found on PATH or in FABRIC_BIN`;
}
