import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ImageContext, type OwnImage } from './image-context';
import { nodeImage } from './image-names';

const base = nodeImage({});
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-context-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe.each([
  ['chaincode', '@kessai/chaincode-host', 'dist/worker.js', 1],
  ['admin', '@kessai/cli', 'bin/kessai.js', 0],
] as const)('what goes into the image %s', (image: OwnImage, name, program, code) => {
  test('is complete: its program finds all that it needs', () => {
    const folder = join(directory, image);
    new ImageContext(image, base).writeTo(folder);
    // Without an environment a chaincode says what it lacks, after it has loaded everything.
    const started = spawnSync(process.execPath, [join(folder, image, 'node_modules', name, program), '--help'], {
      env: {},
    });
    expect(started.stderr.toString()).not.toContain('Cannot find module');
    expect(started.status).toBe(code);
  });

  test('is what runs: no test, source, type or key', () => {
    const found = readdirSync(join(directory, image), { recursive: true }).map(String);
    expect(found).toContain(join(image, 'node_modules', name, program));
    expect(found.filter((file) => /\.test\.js$|\.ts$|\.map$|\.(pem|key)$/.test(file))).toEqual([]);
  });
});

describe('the name of an image', () => {
  test('is that of its content: the same for the same, another for another base', () => {
    const name = (from: string): string => new ImageContext('chaincode', from).tag;
    expect(name(base)).toMatch(/^kessai-chaincode:\d+\.\d+\.\d+-[0-9a-f]{12}$/);
    expect(name(base)).toBe(name(base));
    expect(name('node:20.20.0-bookworm-slim')).not.toBe(name(base));
  });
});

describe('the Dockerfile', () => {
  const dockerfile = readFileSync(join(__dirname, '..', '..', '..', 'docker', 'Dockerfile'), 'utf8');

  test('starts from the one base that is given, by default an exact release', () => {
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual([
      'FROM ${NODE_IMAGE} AS runtime',
      'FROM runtime AS chaincode',
      'FROM runtime AS admin',
    ]);
    expect(base).toMatch(/^node:\d+\.\d+\.\d+-[a-z]+-slim$/);
    expect(nodeImage({ KESSAI_NODE_IMAGE: 'mirror/node:20' })).toBe('mirror/node:20');
  });

  test('runs as nobody of the host, is asked for its health, and installs nothing', () => {
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    expect(dockerfile.match(/^HEALTHCHECK/gm)).toHaveLength(2);
    expect(dockerfile).not.toMatch(/npm (ci|install)|apt|curl|ADD /);
  });
});
