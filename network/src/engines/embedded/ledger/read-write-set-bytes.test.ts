import { describe, expect, test } from '@jest/globals';
import { ledger } from '@hyperledger/fabric-protos';
import { sha256 } from './bytes';
import { MAXIMUM_DEGREE, RangeQueryResults } from './range-query-results';
import { ReadWriteSetBuilder } from './rwset-builder';

const { kvrwset } = ledger.rwset;
const bytes = (text: string) => Buffer.from(text);
const hex = (data: Uint8Array | undefined) => Buffer.from(data ?? []).toString('hex');

/** A protobuf field of bytes or a message: key, length, content; all below 128 bytes here. */
function field(number: number, content: string): string {
  return (
    ((number << 3) | 2).toString(16).padStart(2, '0') + (content.length / 2).toString(16).padStart(2, '0') + content
  );
}
const text = (number: number, value: string) => field(number, Buffer.from(value).toString('hex'));

describe('the read-write set of a simulation', () => {
  test('of nothing is empty: KV is the default data model', () => {
    const { publicResults, privateResults } = new ReadWriteSetBuilder().build();
    expect(hex(publicResults)).toBe('');
    expect(privateResults).toBeUndefined();
  });

  test('lists namespaces and keys in byte order; a read of nothing has no version', () => {
    const builder = new ReadWriteSetBuilder();
    builder.read('b', 'k', undefined);
    builder.read('a', 'y', { block: 5, transaction: 2 });
    builder.read('a', 'x', { block: 0, transaction: 0 });
    const reads = field(1, text(1, 'x') + field(2, '')) + field(1, text(1, 'y') + field(2, '08051002'));
    expect(hex(builder.build().publicResults)).toBe(
      field(2, text(1, 'a') + field(2, reads)) + field(2, text(1, 'b') + field(2, field(1, text(1, 'k')))),
    );
  });

  test('keys beyond the basic plane come last, as their UTF-8 bytes say, not before U+FFEE as UTF-16 would have it', () => {
    const builder = new ReadWriteSetBuilder();
    builder.write('a', '\u{10000}', bytes('1'));
    builder.write('a', '\uffee', bytes('2'));
    const result = ledger.rwset.TxReadWriteSet.deserializeBinary(builder.build().publicResults);
    const set = kvrwset.KVRWSet.deserializeBinary(result.getNsRwsetList()[0]?.getRwset_asU8() ?? bytes(''));
    expect(set.getWritesList().map((write) => write.getKey())).toEqual(['\uffee', '\u{10000}']);
  });

  test('has the last write of a key; an empty value is a deletion', () => {
    const builder = new ReadWriteSetBuilder();
    builder.write('a', 'k', bytes('old'));
    builder.write('a', 'k', bytes('new'));
    builder.write('a', 'l', bytes(''));
    const writes = field(3, text(1, 'k') + text(3, 'new')) + field(3, text(1, 'l') + '1001');
    expect(hex(builder.build().publicResults)).toBe(field(2, text(1, 'a') + field(2, writes)));
  });

  test('hashes keys, values and the private write set of a collection', () => {
    const builder = new ReadWriteSetBuilder();
    builder.writePrivate('a', 'c', 'k', bytes('v'));
    const { publicResults, privateResults } = builder.build();
    const privateSet = field(3, text(1, 'k') + text(3, 'v'));
    expect(hex(privateResults)).toBe(field(2, text(1, 'a') + field(2, text(1, 'c') + field(2, privateSet))));
    const hashed = field(2, field(1, hex(sha256('k'))) + field(3, hex(sha256('v'))));
    const collection = text(1, 'c') + field(2, hashed) + field(3, hex(sha256(Buffer.from(privateSet, 'hex'))));
    expect(hex(publicResults)).toBe(field(2, text(1, 'a') + field(3, collection)));
  });

  test('lists the hashes of a collection in the order of the plain keys, which nobody else can tell', () => {
    const builder = new ReadWriteSetBuilder();
    for (const key of ['c', 'a', 'b']) builder.writePrivate('a', 'c', key, bytes('v'));
    const result = ledger.rwset.TxReadWriteSet.deserializeBinary(builder.build().publicResults);
    const collection = result.getNsRwsetList()[0]?.getCollectionHashedRwsetList()[0];
    const set = kvrwset.HashedRWSet.deserializeBinary(collection?.getHashedRwset_asU8() ?? bytes(''));
    expect(set.getHashedWritesList().map((write) => hex(write.getKeyHash_asU8()))).toEqual(
      ['a', 'b', 'c'].map((key) => hex(sha256(key))),
    );
  });

  test('marks a purge in the hashed write only', () => {
    const builder = new ReadWriteSetBuilder();
    builder.writePrivate('a', 'c', 'k', bytes(''), true);
    const { publicResults, privateResults } = builder.build();
    expect(hex(publicResults)).toContain(field(2, `${field(1, hex(sha256('k')))}10012001`));
    expect(hex(privateResults)).toContain(field(3, `${text(1, 'k')}1001`));
  });
});

describe('the results of a range query', () => {
  function finished(count: number, degree = MAXIMUM_DEGREE) {
    const results = new RangeQueryResults(degree);
    for (let i = 0; i < count; i += 1) results.add(`k${i.toString()}`, { block: 1, transaction: i });
    const info = new kvrwset.RangeQueryInfo();
    results.finish(info);
    return info;
  }

  function hashOfReads(from: number, to: number): string {
    const reads = new kvrwset.QueryReads();
    for (let i = from; i < to; i += 1) {
      const read = reads.addKvReads();
      read.setKey(`k${i.toString()}`);
      const version = new kvrwset.Version();
      version.setBlockNum(1);
      version.setTxNum(i);
      read.setVersion(version);
    }
    return hex(sha256(reads.serializeBinary()));
  }

  const hashes = (info: ledger.rwset.kvrwset.RangeQueryInfo) =>
    info.getReadsMerkleHashes()?.getMaxLevelHashesList_asU8().map(hex);

  test('are nothing, or the reads themselves up to fifty', () => {
    expect([finished(0).hasRawReads(), finished(0).hasReadsMerkleHashes()]).toEqual([false, false]);
    expect(finished(50).getRawReads()?.getKvReadsList()).toHaveLength(50);
    expect(finished(50).hasReadsMerkleHashes()).toBe(false);
  });

  test('are hashes of fifty-one reads each above that', () => {
    const info = finished(60);
    expect(info.hasRawReads()).toBe(false);
    expect(info.getReadsMerkleHashes()?.getMaxDegree()).toBe(50);
    expect(info.getReadsMerkleHashes()?.getMaxLevel()).toBe(1);
    expect(hashes(info)).toEqual([hashOfReads(0, 51), hashOfReads(51, 60)]);
  });

  test('rise a level when there are more hashes than the degree, a lone one as it is', () => {
    // Degree 2: leaves of three reads, three leaves to a node of level 2.
    const node = (...parts: string[]) => hex(sha256(Buffer.from(parts.join(''), 'hex')));
    const info = finished(10, 2);
    const lower = node(hashOfReads(0, 3), hashOfReads(3, 6), hashOfReads(6, 9));
    expect(info.getReadsMerkleHashes()?.getMaxLevel()).toBe(2);
    expect(hashes(info)).toEqual([lower, hashOfReads(9, 10)]);
  });
});
