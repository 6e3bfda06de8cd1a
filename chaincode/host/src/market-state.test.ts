import { describe, expect, test } from '@jest/globals';
import { type MspId, inboxOf, operatorsCollection, publicState } from '@kessai/interface';
import type { StateKey, StoredWrite } from '@kessai/ledger';
import fc from 'fast-check';
import { MarketState } from './market-state';
import type { PeerState, StateRecord } from './peer-state';

const secretOf = (collection: string) => Buffer.from(collection.padEnd(32, '.')).toString('hex');

/** The peer's state without a peer. */
class MemoryPeerState implements PeerState {
  readonly state = new Map<string, StateRecord>();
  readonly rounds: (readonly [string, number])[] = [];
  written: readonly StateRecord[] = [];

  async get(collection: string, key: string): Promise<string | undefined> {
    return (await this.getMany(collection, [key]))[0];
  }

  getMany(collection: string, keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    this.rounds.push([collection, keys.length]);
    return Promise.resolve(keys.map((key) => this.state.get(`${collection} ${key}`)?.value));
  }

  async *range(collection: string, start: string, end: string): AsyncIterable<{ key: string; value: string }> {
    await Promise.resolve();
    const records = [...this.state.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { collection: held, key, value } of records) {
      if (held === collection && value !== undefined && key >= start && key < end) yield { key, value };
    }
  }

  writeAll(records: readonly StateRecord[]): Promise<void> {
    this.written = records;
    for (const record of records) {
      const name = `${record.collection} ${record.key}`;
      if (record.value === undefined) this.state.delete(name);
      else this.state.set(name, record);
    }
    return Promise.resolve();
  }
}

async function founded(...collections: readonly string[]): Promise<MemoryPeerState> {
  const peer = new MemoryPeerState();
  await new MarketState(peer, 'tx0').found(
    [operatorsCollection, ...collections].map((collection) => ({ collection, secret: secretOf(collection) })),
    [],
  );
  peer.rounds.length = 0;
  return peer;
}

function write(peer: PeerState, txId: string, ...writes: readonly StoredWrite[]): Promise<void> {
  return new MarketState(peer, txId).apply({ writes, founded: [] });
}

const part = fc.stringMatching(/^[A-Z0-9-]{1,6}$/);
const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ['kind', ...parts].join('/'));

describe('market state', () => {
  test('what a transaction wrote, public or private, a later one reads; nothing else is there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.record({ collection: fc.constantFrom('', 'A', 'B'), key, value: fc.string({ minLength: 1 }) }),
          {
            selector: (record) => `${record.collection} ${record.key}`,
          },
        ),
        fc.array(fc.record({ collection: fc.constantFrom('', 'A', 'B'), key })),
        async (writes, others) => {
          const peer = await founded('A', 'B');
          await write(peer, 'tx1', ...writes);
          const wanted: readonly StateKey[] = [...writes, ...others];
          const expected = wanted.map(
            (want) => writes.find((one) => one.collection === want.collection && one.key === want.key)?.value,
          );
          expect(await new MarketState(peer, 'tx2').read(wanted)).toEqual(expected);
        },
      ),
    );
  });

  test('a range gives the keys below its prefix in their logical order, also where one key begins another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { minLength: 1 }),
        part,
        fc.constantFrom('', 'A'),
        async (keys, first, collection) => {
          const peer = await founded('A');
          await write(peer, 'tx1', ...keys.map((one) => ({ collection, key: one, value: `of ${one}` })));
          const prefix = `kind/${first}`;
          const found: string[] = [];
          for await (const entry of new MarketState(peer, 'tx2').scan(collection, prefix)) {
            expect(entry.value).toBe(`of ${entry.key}`);
            found.push(entry.key);
          }
          expect(found).toEqual(keys.filter((one) => one.startsWith(prefix)).sort());
        },
      ),
    );
  });

  test.each(['', 'A'])(
    'a range may begin in the middle of its prefix, and reads nothing before (collection "%s")',
    async (collection) => {
      const peer = await founded('A');
      const keys = ['n/1', 'n/2', 'n/2/x', 'n/3'];
      await write(peer, 'tx1', ...keys.map((one) => ({ collection, key: one, value: `of ${one}` })));
      const starts: string[] = [];
      const range = peer.range.bind(peer);
      peer.range = (from, start, end) => {
        starts.push(start);
        return range(from, start, end);
      };
      const found: string[] = [];
      for await (const entry of new MarketState(peer, 'tx2').scan(collection, 'n/', '2')) found.push(entry.key);
      expect(found).toEqual(['n/2', 'n/2/x', 'n/3']);
      expect(starts).toEqual(['n/2']);
    },
  );

  test('two endorsers write the same bytes; a second transaction writes others for the same value', async () => {
    const note = { collection: 'A', key: 'note/1', value: '{}' };
    const [one, other] = [await founded('A'), await founded('A')];
    await write(one, 'tx1', note);
    await write(other, 'tx1', note);
    expect(one.written).toEqual(other.written);
    await write(other, 'tx2', note);
    expect(other.written.map((record) => record.key)).toEqual(one.written.map((record) => record.key));
    expect(other.written.map((record) => record.value)).not.toEqual(one.written.map((record) => record.value));
  });

  test('writes are applied in the order of collection and key, whatever the order of the decision', async () => {
    const peer = await founded('A', 'B');
    const writes = [
      { collection: 'B', key: 'n/1', value: '1' },
      { collection: 'A', key: 'n/2', value: '2' },
      { collection: publicState, key: 'n/9', value: '3' },
      { collection: 'A', key: 'n/1', value: undefined },
    ];
    await write(peer, 'tx1', ...writes);
    const order = peer.written.map((record) => `${record.collection}:${record.key.split('~')[0] ?? ''}`);
    expect(order).toEqual([':n/9', 'A:n/1', 'A:n/2', 'B:n/1']);
    expect(peer.written[1]?.value).toBeUndefined();
  });

  test('one read asks each collection once, and for its secret once in the transaction', async () => {
    const peer = await founded('A', 'B');
    const state = new MarketState(peer, 'tx1');
    await state.read(
      ['n/1', 'n/2', 'n/1'].flatMap((name) => ['', 'A', 'B'].map((collection) => ({ collection, key: name }))),
    );
    expect(peer.rounds).toEqual([
      ['A', 1],
      ['B', 1],
      ['', 2],
      ['A', 2],
      ['B', 2],
    ]);
    await state.read([{ collection: 'A', key: 'n/3' }]);
    expect(peer.rounds.slice(5)).toEqual([['A', 1]]);
  });

  test('a collection that was never founded reads as empty and takes no write', async () => {
    const peer = await founded();
    const state = new MarketState(peer, 'tx1');
    expect(await state.read([{ collection: 'A', key: 'n/1' }])).toEqual([undefined]);
    const scanned: unknown[] = [];
    for await (const entry of state.scan('A', 'n/')) scanned.push(entry);
    expect(scanned).toEqual([]);
    const refusal = write(peer, 'tx1', { collection: 'A', key: 'n/1', value: '1' });
    await expect(refusal).rejects.toMatchObject({ code: 'CollectionNotFounded', collection: 'A' });
  });

  test('nothing is applied before the operators have their secret: every other is made from it', async () => {
    const refusal = write(new MemoryPeerState(), 'tx1', { collection: publicState, key: 'n/1', value: '1' });
    await expect(refusal).rejects.toMatchObject({ code: 'CollectionNotFounded', collection: 'operators' });
  });

  test('a collection that begins with a cycle takes its writes, and does not begin again', async () => {
    const peer = await founded();
    const cycle = { founded: ['A', 'B'], writes: [{ collection: 'A', key: 'n/1', value: '1' }] };
    await new MarketState(peer, 'tx1').apply(cycle);
    expect(await new MarketState(peer, 'tx2').read([{ collection: 'A', key: 'n/1' }])).toEqual(['1']);
    const again = new MarketState(peer, 'tx3').apply(cycle);
    await expect(again).rejects.toMatchObject({ code: 'CollectionFounded', collection: 'A' });
  });

  test('its secret follows from the operators’, whichever transaction it begins with, and stands in it alone', async () => {
    const [one, other] = [await founded(), await founded()];
    await new MarketState(one, 'tx1').apply({ founded: ['A', 'B'], writes: [] });
    await new MarketState(other, 'tx2').apply({ founded: ['B'], writes: [] });
    await new MarketState(other, 'tx3').apply({ founded: ['A'], writes: [] });
    const secretAt = (peer: MemoryPeerState, collection: string) => peer.state.get(`${collection} secret`)?.value ?? '';
    const made = secretAt(one, 'A');
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(secretAt(other, 'A')).toBe(made);
    expect(new Set([made, secretAt(one, 'B'), secretOf('operators')]).size).toBe(3);
    const holding = [...one.state.values()].filter((record) => JSON.stringify(record).includes(made));
    expect(holding).toEqual([{ collection: 'A', key: 'secret', value: made }]);
  });

  test('what a member seals is written as it is, reading nothing, and is found by its key', async () => {
    const peer = new MemoryPeerState();
    const sealed = { collection: inboxOf('AMSP' as MspId), key: 'sealed/1', value: '{"salt":"s"}' };
    await new MarketState(peer, 'tx1').seal([sealed]);
    expect(peer.rounds).toEqual([]);
    expect(peer.written).toEqual([sealed]);
    expect(await new MarketState(peer, 'tx2').read([sealed])).toEqual(['{"salt":"s"}']);
  });

  test('an inbox is read key by key, for so a peer tells that it has not received a value; it has no secret', async () => {
    const peer = await founded('A');
    const inbox = inboxOf('AMSP' as MspId);
    const wanted = ['sealed/1', 'sealed/2'].map((name) => ({ collection: inbox, key: name }));
    await new MarketState(peer, 'tx1').read([...wanted, { collection: 'A', key: 'n/1' }]);
    expect(peer.rounds).toEqual([
      ['A', 1],
      [inbox, 1],
      [inbox, 1],
      ['A', 1],
    ]);
  });

  test('a decision that writes a key twice is refused', async () => {
    const twice = { collection: 'A', key: 'n/1', value: '1' };
    await expect(write(await founded('A'), 'tx1', twice, twice)).rejects.toMatchObject({ code: 'KeyWrittenTwice' });
  });

  test('a key in a range that was not made with the secret of the collection is not passed over', async () => {
    const peer = await founded('A');
    peer.state.set('A n/1', { collection: 'A', key: `n/1~${'x'.repeat(43)}`, value: 'planted' });
    const scan = async () => {
      for await (const entry of new MarketState(peer, 'tx1').scan('A', 'n/')) expect(entry).toBeUndefined();
    };
    await expect(scan()).rejects.toMatchObject({ code: 'KeyForeign' });
  });
});
