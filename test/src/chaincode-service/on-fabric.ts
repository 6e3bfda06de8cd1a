import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe } from '@jest/globals';

/** A suite that needs Fabric's programs. Where they are missing its tests are counted as skipped, with the reason in their name. */
export function describeOnFabric(title: string, suite: () => void): void {
  const folder = process.env['FABRIC_BIN'] ?? '';
  const missing = ['peer', 'orderer'].filter(
    (name) => spawnSync(folder === '' ? name : join(folder, name), ['version']).status !== 0,
  );
  if (missing.length === 0) describe(title, suite);
  else describe.skip(`${title} (not run: Fabric’s ${missing.join(' and ')} not found)`, suite);
}
