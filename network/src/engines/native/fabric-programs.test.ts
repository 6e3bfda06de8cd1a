import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findFabricProgram, findFabricPrograms, whyNoFabric } from './index';
import { isAtLeast } from './fabric-programs';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-programs-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script: string): NodeJS.ProcessEnv {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { FABRIC_BIN: folder };
}

describe('Fabric’s programs', () => {
  test('are found in FABRIC_BIN, with their version', async () => {
    const environment = program('peer', 'echo "peer:\n Version: v3.1.5\n Go version: go1.26"');
    expect(await findFabricProgram('peer', environment)).toEqual({
      name: 'peer',
      path: join(folder, 'peer'),
      version: '3.1.5',
    });
  });

  test('are found on the PATH where FABRIC_BIN names nothing', async () => {
    program('orderer', 'echo "orderer:\n Version: v3.2.0"');
    const environment = { PATH: `/nowhere:${folder}`, FABRIC_BIN: '' };
    expect(await findFabricProgram('orderer', environment)).toMatchObject({ version: '3.2.0' });
  });

  test('that are too old are refused, with what is needed', async () => {
    const environment = program('peer', 'echo " Version: v3.1.4"');
    await expect(findFabricProgram('peer', environment)).rejects.toMatchObject({
      code: 'FabricTooOld',
      payload: { program: 'peer', version: '3.1.4', needed: '3.1.5' },
    });
  });

  test('that are not there are named', async () => {
    const environment = { FABRIC_BIN: join(folder, 'empty') };
    await expect(findFabricPrograms(environment)).rejects.toMatchObject({ code: 'FabricMissing' });
  });

  test('that do not run are named', async () => {
    const environment = program('peer', 'exit 1');
    await expect(findFabricProgram('peer', environment)).rejects.toMatchObject({
      code: 'FabricMissing',
      payload: { path: join(folder, 'peer') },
    });
  });
});

test('what lacks is also told to whoever cannot wait', () => {
  expect(whyNoFabric({ FABRIC_BIN: join(folder, 'empty') })).toMatchObject({ code: 'FabricMissing' });
  program('orderer', 'echo " Version: v3.1.4"');
  const environment = program('peer', 'echo " Version: v3.1.5"');
  expect(whyNoFabric(environment)).toMatchObject({ code: 'FabricTooOld', payload: { program: 'orderer' } });
  program('orderer', 'echo " Version: v3.1.5"');
  expect(whyNoFabric(environment)).toBeUndefined();
});

test.each([
  ['3.1.5', true],
  ['3.1.10', true],
  ['3.2.0', true],
  ['4.0.0', true],
  ['3.1.6-rc1', true],
  ['3.1.5-rc1', false],
  ['3.1.4', false],
  ['2.5.99', false],
  ['latest', false],
  ['unknown', false],
])('version %s is 3.1.5 or later: %p', (version, expected) => {
  expect(isAtLeast(version, '3.1.5')).toBe(expected);
});
