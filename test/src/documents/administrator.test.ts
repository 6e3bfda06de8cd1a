import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { down, parseTopology, whyNoFabric } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root } from './packed';
import { blocksOf, testBlocks } from './page';

const page = readFileSync(join(root, 'docs', 'administrator.md'), 'utf8');
const LIMIT_MS = 240_000;

const blocks = blocksOf(page);

test('the page has commands to run for the first network, for what to watch, for several machines, for backup, an upgrade, a new member and certificates', () => {
  const headings = new Set(blocks.map(({ heading }) => heading));
  for (const heading of [
    'The first network in ten minutes',
    'What to watch',
    'Several machines',
    'Backup',
    'Upgrading the chaincode',
    'Adding a member',
    'Certificates',
  ]) {
    expect(headings).toContain(heading);
  }
});

test('in none of the page’s markets does one dead peer stop the market: there is an operator more than have to endorse', () => {
  const files = [...page.matchAll(/^cat > \S+\.yaml <<'END'\n([^]+?)^END$/gm)].map(([, text = '']) => text);
  expect(files).toHaveLength(2);
  for (const { chaincode, organisations } of files.map((text) => parseTopology(text))) {
    const { outOf, role } = chaincode.endorsement;
    const endorsers = organisations.filter((one) => one.role === role && one.peer !== undefined);
    expect(endorsers.length).toBeGreaterThan(outOf);
  }
});

const possible = whyNoFabric() === undefined;

(possible ? describe : describe.skip)(
  'the administrator’s page (skipped where Fabric’s peer and orderer are not found)',
  () => {
    let directory: string;
    let environment: NodeJS.ProcessEnv;

    // A reader's shell: an empty directory to work in, and `kessai` on the path.
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'kessai-page-'));
      const programs = join(directory, 'programs');
      mkdirSync(programs);
      const program = join(root, 'gateway-client', 'cli', 'bin', 'kessai.js');
      writeFileSync(join(programs, 'kessai'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
      chmodSync(join(programs, 'kessai'), 0o755);
      const fabric = process.env['FABRIC_BIN'] === undefined ? [] : [process.env['FABRIC_BIN']];
      const path = [programs, dirname(process.execPath), ...fabric, process.env['PATH'] ?? ''].join(delimiter);
      environment = { ...process.env, PATH: path };
    });

    afterAll(async () => {
      const network = join(directory, '.kessai', 'network');
      if (existsSync(network)) await down({ directory: network });
      rmSync(directory, { recursive: true, force: true });
    }, LIMIT_MS);

    testBlocks(blocks, () => ({ directory, environment }), LIMIT_MS);

    test('at its end no process runs', () => {
      expect(existsSync(join(directory, '.kessai', 'network'))).toBe(false);
    });
  },
);
