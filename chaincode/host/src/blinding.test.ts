import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Blinding } from './blinding';

const secret = fc.stringMatching(/^[0-9a-f]{64}$/);
const logicalKey = fc.stringMatching(/^[A-Za-z0-9./_@-]{1,40}$/);

describe('blinding', () => {
  test('a key and a value are the same at every endorser', () => {
    fc.assert(
      fc.property(secret, logicalKey, fc.string(), (hex, key, value) => {
        const [one, other] = [new Blinding(hex), new Blinding(hex)];
        expect(one.key(key)).toBe(other.key(key));
        expect(one.value('ab'.repeat(32), key, value)).toBe(other.value('ab'.repeat(32), key, value));
      }),
    );
  });

  test('the logical key and the value come back', () => {
    fc.assert(
      fc.property(secret, logicalKey, fc.string(), (hex, key, value) => {
        const blinding = new Blinding(hex);
        expect(blinding.logicalKey(blinding.key(key))).toBe(key);
        expect(Blinding.plainValue(blinding.value('cd'.repeat(32), key, value))).toBe(value);
      }),
    );
  });

  test('an equal value is stored as another in another transaction, under another key and with another secret', () => {
    const [a, b] = [new Blinding('a'.repeat(64)), new Blinding('b'.repeat(64))];
    const stored = [a.value('1', 'k', '{}'), a.value('2', 'k', '{}'), a.value('1', 'l', '{}'), b.value('1', 'k', '{}')];
    expect(new Set(stored).size).toBe(4);
    expect(a.key('k')).not.toBe(b.key('k'));
  });

  test('a key made with another secret is not recognised', () => {
    expect(new Blinding('a'.repeat(64)).logicalKey(new Blinding('b'.repeat(64)).key('k'))).toBeUndefined();
    expect(new Blinding('a'.repeat(64)).logicalKey('secret')).toBeUndefined();
  });

  test.each(['', 'a'.repeat(63), 'A'.repeat(64), 'g'.repeat(64)])('%j is no secret', (text) => {
    expect(() => new Blinding(text)).toThrow(RangeError);
  });

  test('the form of a key is fixed: a chaincode upgrade finds what an earlier one wrote', () => {
    // HMAC-SHA256 of "holding/A" under 32 octets 0x11, as any other implementation computes it.
    expect(new Blinding('1'.repeat(64)).key('holding/A')).toBe('holding/A~kbxSHrZQkG_wQWnyfixawuLdnFhxrldSe3Hya8D1O6g');
  });

  test('the secret of a collection that begins later is made from that of another, and tells nothing of it', () => {
    fc.assert(
      fc.property(secret, logicalKey, logicalKey, (hex, collection, other) => {
        const made = new Blinding(hex).secretOf(collection);
        expect(() => new Blinding(made)).not.toThrow();
        expect(new Blinding(hex).secretOf(collection)).toBe(made);
        expect(new Blinding(hex).secretOf(`${collection}${other}`)).not.toBe(made);
        expect(new Blinding(made).secretOf(collection)).not.toBe(made);
      }),
    );
  });

  test('the form of such a secret is fixed: every endorser of every version makes the same', () => {
    // HMAC-SHA256 of "collection~BankMSP" under 32 octets 0x11, as any other implementation computes it.
    expect(new Blinding('1'.repeat(64)).secretOf('BankMSP')).toBe(
      'c998ccaf77e5c5fb200c7150d175c9cbec32e389eaddbbfa5515f36341f8c52e',
    );
  });
});
