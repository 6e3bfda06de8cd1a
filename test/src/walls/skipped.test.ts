import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { root } from './house';

/** What a run of tests prints about those that were skipped. */
function linesOf(skipped: readonly { readonly name: string; readonly path: string }[]): readonly string[] {
  const script = pathToFileURL(join(root, 'scripts', 'skipped.mjs')).href;
  const text = `import { skippedLines } from ${JSON.stringify(script)}; console.log(JSON.stringify(skippedLines(${JSON.stringify(skipped)})))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as readonly string[];
}

test('hundreds of skipped tests are a line for each reason, and none of them is lost', () => {
  const missing = "Hyperledger Fabric's program 'peer' is not on the PATH";
  const onFabric = Array.from({ length: 430 }, (_, n) => ({
    name: `a suite (engine native, not run: ${missing}) test ${n.toString()}`,
    path: n % 2 === 0 ? 'a.test.js' : 'b.test.js',
  }));
  const others = [
    { name: 'a native network (not run: Docker is missing) starts', path: 'c.test.js' },
    { name: 'Fabric’s own peer command (needs `peer` on PATH) lists channels', path: 'd.test.js' },
    { name: 'the endorsement of many keys (measured with KESSAI_NIGHTLY=1) costs', path: 'e.test.js' },
    { name: 'the page (skipped where Fabric’s peer and orderer are not found) runs', path: 'f.test.js' },
    { name: 'NASDAQ AAPL', path: 'g.test.js' },
    { name: 'NASDAQ MSFT', path: 'g.test.js' },
  ];
  expect(linesOf([...onFabric, ...others])).toEqual([
    `430  ${missing} (in 2 files)`,
    '  2  a condition in g.test.js',
    '  1  Docker is missing',
    '  1  needs `peer` on PATH',
    '  1  measured with KESSAI_NIGHTLY=1',
    '  1  skipped where Fabric’s peer and orderer are not found',
  ]);
});

test('no skipped tests are no lines', () => {
  expect(linesOf([])).toEqual([]);
});
