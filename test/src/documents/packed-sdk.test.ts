import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { down } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Packed, packInto, readersEnvironment, root } from './packed';
import { blocksOf, follow } from './page';

const run = promisify(execFile);
/** From `npm install` to the first trade. */
const PROMISED_MS = 180_000;
const LIMIT_MS = 300_000;

let checkout: string;
let project: string;
let packed: Packed;
let environment: NodeJS.ProcessEnv;

// What an integrator has: the tarballs, and an empty folder outside the checkout.
beforeAll(async () => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-packed-')));
  project = realpathSync(mkdtempSync(join(tmpdir(), 'first-trade-')));
  packed = await packInto(checkout);
  environment = readersEnvironment({ KESSAI: checkout });
}, LIMIT_MS);

afterAll(async () => {
  const directory = join(project, '.kessai', 'network');
  if (existsSync(directory)) await down({ directory });
  for (const folder of [checkout, project]) rmSync(folder, { recursive: true, force: true });
}, LIMIT_MS);

async function contentOf(tarball: string): Promise<readonly string[]> {
  const { stdout } = await run('tar', ['-tzf', tarball], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').filter((line) => line !== '');
}

describe('a tarball', () => {
  test.each(['client', 'network'] as const)(
    'of the %s holds its page, its licence and what runs, and nothing of the tests',
    async (which) => {
      const files = await contentOf(packed[which]);
      expect(files).toEqual(expect.arrayContaining(['package/README.md', 'package/LICENSE', 'package/package.json']));
      const ours = files.filter((file) => !/node_modules\/(?!@kessai\/)/.test(file));
      expect(ours.filter((file) => /\.test\.|\/tools\/|\/testing\/|\/src\/|\.map$|\.tsbuildinfo$/.test(file))).toEqual(
        [],
      );
      expect(files.filter((file) => /@types\/node|\/coverage\//.test(file))).toEqual([]);
    },
  );

  test('of the client has in its declarations what the definitions say of methods and of their fields', async () => {
    const { stdout } = await run('tar', ['-xzOf', packed.client, 'package/dist/api-types.d.ts']);
    expect(stdout).toContain('Places a limit order and locks what it may need');
    expect(stdout).toContain('Who may call it: institution.');
    expect(stdout).toMatch(/\/\*\* Our side\. \*\/\s+readonly side: 'buy' \| 'sell';/);
  });

  test('of the client holds no sample, and of the house only the words both sides speak', async () => {
    const files = await contentOf(packed.client);
    expect(files.filter((file) => /sample/i.test(file))).toEqual([]);
    const inside = files.flatMap((file) => /node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(file)?.[1] ?? []);
    expect(new Set(inside)).toEqual(new Set(['@kessai/interface']));
  });
});

test(
  'the SDK’s page, done as written in an empty folder, comes to a first trade in under three minutes',
  async () => {
    const blocks = blocksOf(readFileSync(join(root, 'gateway-client', 'README.md'), 'utf8'));
    const begun = performance.now();
    let printed = '';
    for (const block of blocks) printed += await follow(block, project, environment, LIMIT_MS);
    const elapsedMs = performance.now() - begun;
    expect(printed).toContain('buy 100 at 21150: settled');
    expect(printed).toContain('"quantity":"100"');
    expect(printed).toContain('refused: 58100 are there');
    expect(elapsedMs).toBeLessThan(PROMISED_MS);
  },
  LIMIT_MS,
);

describe('in the project that the page made', () => {
  test('both packages are imported by an ES module and required by CommonJS, each name that they export', async () => {
    const names = 'connect, readProfile, RejectedError, adviceCheckpoints, checkpointers, toJson, checkOrder';
    const use = `for (const one of [${names}, startDevelopmentNetwork]) if (one === undefined) throw new Error('not exported');`;
    const modules = ['@kessai/gateway-client', '@kessai/development-network'];
    const imported = [`{ ${names} }`, '{ startDevelopmentNetwork }'];
    writeFileSync(
      join(project, 'names.mjs'),
      `${imported.map((one, at) => `import ${one} from '${modules[at] ?? ''}';`).join('\n')}\n${use}\n`,
    );
    writeFileSync(
      join(project, 'names.cjs'),
      `${imported.map((one, at) => `const ${one} = require('${modules[at] ?? ''}');`).join('\n')}\n${use}\n`,
    );
    for (const file of ['names.mjs', 'names.cjs'])
      await run(process.execPath, [file], { cwd: project, env: environment });
  });

  test(
    'the declarations pass the strictest check as an ES module too',
    async () => {
      const program = [
        "import { type Market, type Profile, connect } from '@kessai/gateway-client';",
        "import { startDevelopmentNetwork } from '@kessai/development-network';",
        'await using network = await startDevelopmentNetwork({ sample: false });',
        "const profile: Profile = network.profile('AlphaMSP');",
        'const market: Market = await connect(profile);',
        "const held: bigint | undefined = (await market.registry.holdings({ account: 'HOUSE' })).holdings[0]?.available;",
        '// @ts-expect-error -- an amount is no number',
        "await market.securities.transfer({ id: 'T', isin: 'JP3371200001', from: 'A', to: 'B', quantity: 1 });",
        'console.log(held);',
      ];
      writeFileSync(join(project, 'strict.mts'), `${program.join('\n')}\n`);
      const options = [
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        'false',
        '--exactOptionalPropertyTypes',
        '--noUncheckedIndexedAccess',
      ];
      const target = [
        '--module',
        'nodenext',
        '--target',
        'es2023',
        '--lib',
        'es2023,esnext.disposable',
        '--types',
        'node',
      ];
      const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
      const checked = run(process.execPath, [tsc, ...options, ...target, 'strict.mts'], {
        cwd: project,
        env: environment,
      });
      // What the compiler has against it, it prints.
      await expect(checked.catch((error: unknown) => (error as { readonly stdout: string }).stdout)).resolves.toEqual({
        stdout: '',
        stderr: '',
      });
    },
    LIMIT_MS,
  );

  test(
    'the examples compile as strictly as the page has it, with the installed SDK alone',
    async () => {
      cpSync(join(root, 'examples', 'src'), join(project, 'examples'), { recursive: true });
      const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
      await expect(run(process.execPath, [tsc, '--noEmit'], { cwd: project, env: environment })).resolves.toEqual({
        stdout: '',
        stderr: '',
      });
    },
    LIMIT_MS,
  );

  test('there is one copy of the messages of Fabric, of which two would break each other', async () => {
    const { stdout } = await run('find', ['node_modules', '-type', 'd', '-path', '*@hyperledger/fabric-protos'], {
      cwd: project,
    });
    expect(stdout.trim().split('\n')).toEqual(['node_modules/@hyperledger/fabric-protos']);
  });
});
