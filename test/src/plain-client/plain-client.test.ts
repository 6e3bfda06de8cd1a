import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { describeOnEngines, networkOf } from '../support/engines';
import { foundMarket } from '../support/market-network';

const program = join(__dirname, 'program.js');

describeOnEngines('a plain client', (engine) => {
  const network = networkOf(engine, foundMarket);

  test('a plain gateway program seals an instruction and reads its advice with nothing but a profile', async () => {
    const path = join(network.current.directory, 'alpha.json');
    await writeFile(path, JSON.stringify(network.current.profile('AlphaMSP')));

    const { stdout } = await promisify(execFile)(process.execPath, [program, path, 'PLAIN-1']);

    expect(JSON.parse(stdout)).toEqual({
      advice: {
        kind: 'outcome',
        transactionId: expect.stringMatching(/^[0-9a-f]{64}$/),
        index: 0,
        method: 'Registry:OpenAccount',
        outcome: 'created',
      },
      accounts: [{ account: 'PLAIN-1', kind: 'client', name: 'Plain client' }],
    });
  });
});
