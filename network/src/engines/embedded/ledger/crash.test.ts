import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Simulator } from '../ports';
import { TestChannel } from './test-support';
import { code } from './validation-code';

/** Each death costs the start of a process, which takes its time on a busy machine. */
const KILLING_MS = 120_000;

let channel: TestChannel;

beforeEach(async () => {
  channel = await TestChannel.create();
  await channel.define({
    name: 'trade',
    collections: [{ name: 'ab', members: "OR('A.member','B.member')" }],
  });
});
afterEach(() => channel.remove());

const write = (simulator: Simulator): void => {
  simulator.put('trade', 'k', Buffer.from('public'));
  simulator.putPrivate('trade', 'ab', 'k', Buffer.from('secret'));
};

async function secretFor(mspId: string): Promise<string | undefined> {
  const value = await channel.read(mspId, (simulator) => simulator.getPrivate('trade', 'ab', 'k'));
  return value && Buffer.from(value).toString();
}

/** Reopens with these parts of the directory as they were before `step`, as a death during it would leave them. */
async function diesDuring(step: () => Promise<unknown>, partsNotReached: readonly string[]): Promise<void> {
  const before = `${channel.directory}-before`;
  await channel.reopen();
  await channel.ledger.close();
  await cp(channel.directory, before, { recursive: true });
  await channel.reopen();
  await step();
  await channel.ledger.close();
  for (const part of partsNotReached) {
    await rm(join(channel.directory, part), { recursive: true });
    await rename(join(before, part), join(channel.directory, part));
  }
  await rm(before, { recursive: true });
  await channel.reopen();
}

describe('the process dies', () => {
  test('before the block is on disk: there is no block, and the transaction can be committed again', async () => {
    const { envelope } = await channel.invoke(write);
    await diesDuring(() => channel.ledger.commit([envelope]), ['main', 'private/A', 'private/B', 'private/C']);
    expect(channel.ledger.height).toBe(2n);
    expect((await channel.ledger.commit([envelope])).validationCodes).toEqual([code.VALID]);
    expect(await secretFor('A')).toBe('secret');
  });

  test.each([
    ['before any private store has followed the block', ['private/A', 'private/B', 'private/C']],
    ['after the first private store has', ['private/B', 'private/C']],
    ['after the second has', ['private/C']],
  ])('%s: all is there when it is opened again', async (_, parts) => {
    const { envelope } = await channel.invoke(write);
    await diesDuring(() => channel.ledger.commit([envelope]), parts);
    expect(channel.ledger.height).toBe(3n);
    expect([await secretFor('A'), await secretFor('B')]).toEqual(['secret', 'secret']);
    expect(await channel.ledger.missingPrivateData()).toEqual([]);
    expect((await channel.ledger.privateDataOf(2n, 'B')).size).toBe(1);
    expect(await channel.ledger.verifyChain()).toEqual({ intact: true, blocks: 3 });
  });

  test('while values are being kept for an endorsement that nobody was told of: the other members still have them', async () => {
    let envelope: Uint8Array = new Uint8Array();
    await diesDuring(async () => {
      ({ envelope } = await channel.invoke(write));
    }, ['private/B']);
    await channel.ledger.commit([envelope]);
    expect([await secretFor('A'), await secretFor('B')]).toEqual(['secret', 'secret']);
  });

  test('a wiped store is filled again from the chain and the other members', async () => {
    await channel.submit(write);
    await channel.submit((simulator) => {
      simulator.putPrivateMetadata('trade', 'ab', 'k', new Map([['note', Buffer.from('x')]]));
    });
    await channel.submit((simulator) => {
      simulator.putPrivate('trade', 'ab', 'gone', Buffer.from('purged'));
      simulator.putPrivate('trade', 'ab', 'stays', Buffer.from('kept'));
    });
    await channel.submit((simulator) => {
      simulator.purgePrivate('trade', 'ab', 'gone');
    });
    await channel.ledger.close();
    await rm(join(channel.directory, 'private/B'), { recursive: true });
    await channel.reopen();
    expect(await secretFor('B')).toBe('secret');
    expect(await channel.read('B', (simulator) => simulator.getPrivate('trade', 'ab', 'stays'))).toEqual(
      Buffer.from('kept'),
    );
    expect(await channel.read('B', (simulator) => simulator.getPrivate('trade', 'ab', 'gone'))).toBeUndefined();
    expect(await channel.ledger.missingPrivateData()).toEqual([]);
  });

  test(
    'by kill -9 at any moment under load: every acknowledged block is whole, the chain verifies',
    async () => {
      await channel.leave();
      const acknowledged: string[] = [];
      for (let death = 0; death < 8; death += 1) {
        const writer = fork(join(__dirname, 'crash-writer.js'), [channel.directory], {
          stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
        });
        const deadline = acknowledged.length + 1 + 3 * death;
        let rest = '';
        writer.stdout?.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          acknowledged.push(...lines);
          // From here on every further turn may be the last, wherever the commit that is under way then stands.
          if (acknowledged.length >= deadline) writer.kill('SIGKILL');
        });
        await once(writer, 'close');
      }
      await channel.reopen();
      expect(acknowledged.length).toBeGreaterThanOrEqual(8);
      for (const block of acknowledged) {
        for (const key of [0, 1, 2].map((i) => `${block}-${i.toString()}`)) {
          const read = async (mspId: string) =>
            channel.read(mspId, (simulator) => simulator.getPrivate('trade', 'ab', key));
          expect(await channel.read('C', (simulator) => simulator.get('trade', key))).toEqual(Buffer.from(key));
          expect([await read('A'), await read('B')]).toEqual([Buffer.from(key), Buffer.from(key)]);
        }
      }
      expect(await channel.ledger.missingPrivateData()).toEqual([]);
      expect(await channel.ledger.verifyChain()).toMatchObject({ intact: true });
    },
    KILLING_MS,
  );
});
