import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, status } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packInto, readersEnvironment, root } from './packed';
import { blocksOf, testBlocks } from './page';

const LIMIT_MS = 300_000;

/** Pages that a suite of their own follows: one needs real Fabric, the other is timed. */
const followedElsewhere = ['docs/administrator.md', 'gateway-client/README.md'];

/** Every page of the project, wherever it stands. */
function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|packages|\..*)$/.test(entry.name) ? [] : pagesBelow(name);
    return entry.isFile() && name.endsWith('.md') ? [name] : [];
  });
}

const pages = pagesBelow('')
  .map((name) => ({ name, blocks: blocksOf(readFileSync(join(root, name), 'utf8')) }))
  .filter(({ blocks }) => blocks.length > 0);

test('the first afternoon of README.md is among what is followed, and so are the pages that others follow', () => {
  const marked = pages.map(({ name }) => name);
  expect(marked).toEqual(expect.arrayContaining(['README.md', ...followedElsewhere]));
});

test.each(pages)('$name: every program that it has typed is run by a command after it', ({ blocks }) => {
  for (const [index, { file }] of blocks.entries()) {
    if (file === undefined) continue;
    const compiled = file.replace(/\.ts$/, '.js');
    const later = blocks.slice(index + 1).map(({ text }) => text);
    expect({ file, run: later.some((text) => text.includes(compiled)) }).toEqual({ file, run: true });
  }
});

describe('a mark that is mistyped is an error, not a block that nobody runs', () => {
  test.each(['```sh runs', '```sh run twice', '```ts run', '```js run x.js', '```ts run ../x.ts'])('%s', (mark) => {
    expect(() => blocksOf(`${mark}\nx\n\`\`\``)).toThrow(RangeError);
  });

  test('and what looks like a mark inside a block is text', () => {
    expect(blocksOf('```\n```sh run\n```\n')).toEqual([]);
  });
});

describe.each(pages.filter(({ name }) => !followedElsewhere.includes(name)))(
  '$name, from an empty folder',
  ({ blocks }) => {
    let checkout: string;
    let directory: string;
    let environment: NodeJS.ProcessEnv;

    beforeAll(async () => {
      checkout = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-checkout-')));
      directory = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-reader-')));
      await packInto(checkout);
      environment = readersEnvironment({ KESSAI: checkout });
    }, LIMIT_MS);

    afterAll(async () => {
      const network = join(directory, '.kessai', 'network');
      if (existsSync(network)) await down({ directory: network });
      for (const folder of [checkout, directory]) rmSync(folder, { recursive: true, force: true });
    }, LIMIT_MS);

    testBlocks(blocks, () => ({ directory, environment }), LIMIT_MS);

    test('at its end no network runs', async () => {
      const { state } = await status({ directory: join(directory, '.kessai', 'network') });
      expect(['absent', 'stopped']).toContain(state);
    });
  },
);
