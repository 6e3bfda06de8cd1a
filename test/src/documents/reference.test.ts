import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from './packed';

test('the reference, the clients’ types and the list of commands are what the definitions make of them', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'reference.mjs'), '--check']);
  expect({ status, told: stderr.toString() }).toEqual({ status: 0, told: '' });
}, 120_000);
