import { describe, expect, test } from '@jest/globals';
import { FieldError, count, object, text } from '@kessai/interface';
import fc from 'fast-check';
import { type RangeReader, load, maxStoredLength, put, removed, stored, table } from './state';
import { MemoryLedger } from '../tools';

const notes = table('note', object({ words: text({ maxLength: 20 }) }));
const numbers = table('number', object({ n: count(0, 1_000) }));

function filled(): { readonly ledger: MemoryLedger; readonly reader: RangeReader } {
  const ledger = new MemoryLedger();
  const { reader, readSet } = ledger.simulate();
  const writes = [
    put(notes.at('AlphaMSP', 'x'), { words: 'of Alpha' }),
    put(notes.at('BetaMSP', 'x'), { words: 'of Beta' }),
    ...[1, 2, 3, 10, 20].map((n) => put(numbers.at('', 'line', n), { n })),
    put(numbers.at('', 'lines', 7), { n: 7 }),
  ];
  ledger.commit(readSet, writes.map(stored));
  return { ledger, reader };
}

async function all<T>(found: AsyncIterable<{ readonly value: T }>): Promise<readonly T[]> {
  const values: T[] = [];
  for await (const { value } of found) values.push(value);
  return values;
}

describe('keys', () => {
  test('are those of their kind, with numbers padded so that they order as numbers do', () => {
    expect(numbers.at('', 'line', 42)).toMatchObject({ collection: '', key: 'number/line/0000000042' });
  });

  test.each(['', 'a/b', 'a~b', 'a\0', 'ä', '\u007f', '\ud800'])('are not made of %j', (part) => {
    expect(() => notes.at('', part)).toThrow('Not a part of a state key');
  });

  test('of different parts are different', () => {
    const part = fc.oneof(fc.stringMatching(/^[ -.0-}]{1,4}$/), fc.nat());
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.array(part, { minLength: 1, maxLength: 3 }),
        (a, b) => {
          const padded = (parts: readonly (string | number)[]): string =>
            JSON.stringify(parts.map((one) => (typeof one === 'number' ? one.toString().padStart(10, '0') : one)));
          expect(notes.at('', ...a).key === notes.at('', ...b).key).toBe(padded(a) === padded(b));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('loading', () => {
  test('reads everything named in one round, each under its name', async () => {
    const { ledger, reader } = filled();
    const before = ledger.rounds;
    const state = await load(reader, {
      alpha: notes.at('AlphaMSP', 'x'),
      none: notes.at('GammaMSP', 'x'),
      many: [numbers.at('', 'line', 3), numbers.at('', 'line', 4), numbers.at('', 'line', 1)],
      empty: [],
      beta: notes.at('BetaMSP', 'x'),
    });
    expect(state).toEqual({
      alpha: { words: 'of Alpha' },
      none: undefined,
      many: [{ n: 3 }, undefined, { n: 1 }],
      empty: [],
      beta: { words: 'of Beta' },
    });
    expect(ledger.rounds - before).toBe(1);
  });

  test('refuses a value that has not the form of its kind', async () => {
    const { ledger, reader } = filled();
    ledger.commit({ versions: new Map() }, [{ collection: '', key: 'number/line/0000000001', value: '{"n":-1}' }]);
    await expect(load(reader, { one: numbers.at('', 'line', 1) })).rejects.toThrow(FieldError);
  });
});

describe('what is written', () => {
  test('is text under its key, and where it is removed nothing', () => {
    const ref = notes.at('AlphaMSP', 'x');
    const key = { collection: 'AlphaMSP', key: 'note/x' };
    expect(stored(put(ref, { words: 'new' }))).toEqual({ ...key, value: '{"words":"new"}' });
    expect(stored(removed(ref))).toEqual({ ...key, value: undefined });
  });

  test('is never longer than one value may be', () => {
    const long = table('long', object({ words: text({ maxLength: 100_000_000 }) })).at('', 'x');
    const words = (length: number) => ({ words: 'w'.repeat(length - '{"words":""}'.length) });
    expect(stored(put(long, words(maxStoredLength))).value).toHaveLength(maxStoredLength);
    expect(() => stored(put(long, words(maxStoredLength + 1)))).toThrow('kind long is too long');
  });

  test('may be of another form where others than the chaincode write it, if its kind says what that means', async () => {
    const { ledger, reader } = filled();
    const ref = { ...notes.at('AlphaMSP', 'x'), malformed: ({ code }: FieldError) => ({ words: code }) };
    for (const value of ['{"words":5}', 'no JSON']) ledger.commit({ versions: new Map() }, [{ ...ref, value }]);
    expect(await load(reader, { ref })).toEqual({ ref: { words: 'TextMalformed' } });
  });
});

describe('a range', () => {
  test('is all below a prefix of whole parts, in order', async () => {
    const { reader } = filled();
    expect(await all(numbers.below(reader, '', 'line'))).toEqual([1, 2, 3, 10, 20].map((n) => ({ n })));
    expect(await all(numbers.below(reader, ''))).toHaveLength(6);
    expect(await all(numbers.below(reader, 'AlphaMSP', 'line'))).toEqual([]);
  });

  test('may begin in its middle, and what lies before is not read', async () => {
    const { ledger, reader } = filled();
    const before = ledger.scanned;
    expect(await all(numbers.since(reader, '', 3, 'line'))).toEqual([3, 10, 20].map((n) => ({ n })));
    expect(ledger.scanned - before).toBe(3);
    expect(await all(numbers.since(reader, '', 4, 'line'))).toEqual([{ n: 10 }, { n: 20 }]);
    expect(await all(numbers.since(reader, '', 21, 'line'))).toEqual([]);
  });

  test('begins there even where the port reads all of it', async () => {
    const { reader } = filled();
    const simple: RangeReader = { read: reader.read, scan: (collection, prefix) => reader.scan(collection, prefix) };
    expect(await all(numbers.since(simple, '', 3, 'line'))).toEqual([3, 10, 20].map((n) => ({ n })));
  });
});

describe('the ledger in memory', () => {
  test('commits all of a transaction, or nothing where a read is stale', async () => {
    const { ledger } = filled();
    const first = ledger.simulate();
    const second = ledger.simulate();
    const [a, b] = [notes.at('AlphaMSP', 'x'), notes.at('BetaMSP', 'x')];
    await first.reader.read([a]);
    await second.reader.read([a, b]);

    expect(ledger.commit(first.readSet, [stored(put(a, { words: 'new' }))])).toBe(true);
    expect(ledger.commit(second.readSet, [stored(put(b, { words: 'lost' }))])).toBe(false);
    expect(await load(ledger.simulate().reader, { a, b })).toEqual({ a: { words: 'new' }, b: { words: 'of Beta' } });
  });

  test('counts what was not there as read', async () => {
    const { ledger } = filled();
    const absent = notes.at('GammaMSP', 'x');
    const [first, second] = [ledger.simulate(), ledger.simulate()];
    await first.reader.read([absent]);
    await second.reader.read([absent]);
    expect(ledger.commit(first.readSet, [stored(put(absent, { words: 'mine' }))])).toBe(true);
    expect(ledger.commit(second.readSet, [stored(put(absent, { words: 'mine' }))])).toBe(false);
  });

  test('has no transaction that writes a key twice', () => {
    const { ledger } = filled();
    const write = stored(put(notes.at('AlphaMSP', 'x'), { words: 'twice' }));
    expect(() => ledger.commit({ versions: new Map() }, [write, write])).toThrow('twice');
  });
});
