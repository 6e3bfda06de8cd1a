import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeBuilder } from './chaincode-builder';

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB+/==\n-----END CERTIFICATE-----\n';
let directory: string;

// What a peer does with a builder: each program by its arguments, with nothing in the environment but the PATH.
function run(program: string, ...args: string[]): number | null {
  const { PATH = '' } = process.env;
  return spawnSync(join(directory, 'builder', 'bin', program), args, { env: { PATH } }).status;
}

function folder(name: string, files: Record<string, unknown> = {}): string {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), JSON.stringify(content));
  return path;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-builder-'));
  await writeBuilder(join(directory, 'builder'), { address: '127.0.0.1:9999', certificate, odd: 'a|b&c\\d"e' });
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('the builder programs of a peer', () => {
  test.each([
    ['ccaas', 0],
    ['golang', 1],
  ])('take a package of type %s: exit code %d', (type, code) => {
    const metadata = folder(`metadata-${type}`, { 'metadata.json': { path: '', type, label: 'market_1' } });
    expect(run('detect', folder('code'), metadata)).toBe(code);
  });

  test('put this peer’s own address and certificates where the package names them', () => {
    const connection = { address: '{{.address}}', root_cert: '{{.certificate}}', odd: '{{.odd}}', dial_timeout: '10s' };
    const [code, built, released] = [
      folder('package', { 'connection.json': connection }),
      folder('built'),
      folder('out'),
    ];
    expect(run('build', code, folder('metadata-ccaas'), built)).toBe(0);
    expect(run('release', built, released)).toBe(0);
    const file = join(released, 'chaincode', 'server', 'connection.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      address: '127.0.0.1:9999',
      root_cert: certificate,
      odd: 'a|b&c\\d"e',
      dial_timeout: '10s',
    });
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('leave a package as it is that names its own service', () => {
    const connection = { address: 'elsewhere:7052', tls_required: false };
    const [built, released] = [folder('own', { 'connection.json': connection }), folder('own-out')];
    expect(run('release', built, released)).toBe(0);
    const file = join(released, 'chaincode', 'server', 'connection.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(connection);
  });

  test('refuse a package without a connection', () => {
    expect(run('build', folder('nothing'), folder('metadata-ccaas'), folder('nothing-out'))).not.toBe(0);
  });

  test('are plain shell programs', () => {
    for (const name of ['detect', 'build', 'release']) {
      execFileSync('sh', ['-n', join(directory, 'builder', 'bin', name)]);
    }
  });
});
