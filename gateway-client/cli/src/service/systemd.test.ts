import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { installService, removeService, unitOf, unitText } from './systemd';

let directory: string;
const before = { ...process.env };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-service-'));
  process.env['XDG_CONFIG_HOME'] = join(directory, 'configuration');
});

afterEach(() => {
  for (const name of ['XDG_CONFIG_HOME', 'PATH']) process.env[name] = before[name] ?? '';
  if (before['XDG_CONFIG_HOME'] === undefined) delete process.env['XDG_CONFIG_HOME'];
  rmSync(directory, { recursive: true, force: true });
});

/** A systemctl that notes what it is asked, and refuses one thing. */
function systemctl(refused = 'nothing'): () => readonly string[] {
  const programs = join(directory, 'programs');
  const notes = join(directory, 'notes');
  mkdirSync(programs);
  const script = `echo "$@" >> '${notes}'\nif [ "$2" = '${refused}' ]; then echo 'no bus here' >&2; exit 1; fi`;
  writeFileSync(join(programs, 'systemctl'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, 'systemctl'), 0o755);
  process.env['PATH'] = [programs, before['PATH'] ?? ''].join(delimiter);
  return () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);
}

const unitFile = (unit: string): string => join(directory, 'configuration', 'systemd', 'user', unit);

describe('a service of a network', () => {
  test('is a unit that systemd starts with the machine, and again when it ends', async () => {
    const asked = systemctl();
    const { unit, file } = await installService('/srv/network');
    expect(file).toBe(unitFile(unit));
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^ExecStart=".+node.*" ".+kessai\.js" "keep" "--dir" "\/srv\/network"$/m);
    for (const line of ['Restart=always', 'WantedBy=default.target']) expect(text).toContain(`${line}\n`);
    expect(asked()).toEqual(['--user --version', '--user daemon-reload', `--user enable --now ${unit}`]);
  });

  test('is removed with its unit, and a second time nothing is', async () => {
    const asked = systemctl();
    const { unit, file } = await installService('/srv/network');
    expect(await removeService('/srv/network')).toEqual({ unit, removed: true });
    expect(existsSync(file)).toBe(false);
    expect(asked()).toContain(`--user disable --now ${unit}`);
    expect(await removeService('/srv/network')).toEqual({ unit, removed: false });
  });

  test('is another one for each network', () => {
    expect(unitOf('/srv/one')).not.toBe(unitOf('/srv/two'));
  });

  test.each(['--version', 'daemon-reload', 'enable'])('is not half there where systemd refuses %s', async (refused) => {
    systemctl(refused);
    await expect(installService('/srv/network')).rejects.toMatchObject({
      code: 'SystemdUnavailable',
      message: expect.stringContaining('no bus here'),
      remedy: expect.stringContaining('kessai keep'),
    });
    expect(existsSync(unitFile(unitOf('/srv/network')))).toBe(false);
  });
});

const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('a unit', () => {
  test.each([
    ['spaces', '/srv/my network', '"/srv/my network"'],
    ['a name of systemd’s', '/srv/100%h', '"/srv/100%%h"'],
    ['a variable', '/srv/$HOME', '"/srv/$$HOME"'],
    ['a quote', '/srv/the "one"', '"/srv/the \\"one\\""'],
    ['a backslash', '/srv/a\\b', '"/srv/a\\\\b"'],
  ])('names a directory with %s as it is', (_, path, word) => {
    expect(unitText(path)).toContain(`"--dir" ${word}\n`);
  });

  (canVerify ? test : test.skip)('is one that systemd takes (needs systemd-analyze)', () => {
    const file = join(directory, unitOf('/srv/my network'));
    writeFileSync(file, unitText('/srv/my 100% network', { PATH: '/usr/bin:/bin' }));
    const env = { ...process.env, XDG_RUNTIME_DIR: directory };
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', file], { encoding: 'utf8', env });
    // Where no systemd runs it may have more to say, but not about the unit.
    expect(stderr.split('\n').filter((line) => line.includes(unitOf('/srv/my network')))).toEqual([]);
    expect([0, 1]).toContain(status);
  });
});
