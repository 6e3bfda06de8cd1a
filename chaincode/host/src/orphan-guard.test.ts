import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, test } from '@jest/globals';

const limitMs = 10_000;
const pids: number[] = [];

/** A process, its child, and what the child does once it is guarded. The child tells its number. */
async function family(childDoes: string): Promise<Family> {
  const guard = JSON.stringify(join(__dirname, 'orphan-guard.js'));
  const child = `require(${guard}).endWithParent(); setTimeout(() => { console.log(process.pid); ${childDoes} }, 200);`;
  const source = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });`;
  const parent = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Both hold this pipe, so it ends when the last of them has ended.
  const ended = once(parent.stdout, 'end', { signal: AbortSignal.timeout(limitMs) }).catch(() => {
    throw new Error(`The child outlived its parent by ${limitMs.toString()} ms`);
  });
  const [line] = (await once(parent.stdout, 'data')) as Buffer[];
  pids.push(Number(line?.toString()), parent.pid ?? 0);
  return { parent, ended };
}

interface Family {
  readonly parent: ChildProcess;
  readonly ended: Promise<unknown>;
}

afterEach(() => {
  for (const pid of pids.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  }
});

describe('a process that ends with its parent', () => {
  test.each([
    ['waits', 'setInterval(() => undefined, 1_000);'],
    ['never gives its event loop back', 'for (;;);'],
  ])('when it %s', async (_what, childDoes) => {
    const { parent, ended } = await family(childDoes);
    parent.kill('SIGKILL');
    await ended;
  });

  test('is not kept alive by its guard', async () => {
    await (
      await family('')
    ).ended;
  });
});
