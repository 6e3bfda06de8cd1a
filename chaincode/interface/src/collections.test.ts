import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boardCollection, collectionOf, inboxOf, inboxOwner, operatorsCollection, publicState } from './collections';
import { type MspId, mspId } from './identifiers';

describe('an inbox', () => {
  const members = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,31}$/) as fc.Arbitrary<MspId>;

  test('is of one member, and the collection of none', () => {
    fc.assert(
      fc.property(members, members, (one, other) => {
        expect(mspId.decode(one, '')).toBe(one);
        expect(inboxOwner(inboxOf(one))).toBe(one);
        expect(inboxOwner(collectionOf(one))).toBeUndefined();
        expect(inboxOf(one) === inboxOf(other)).toBe(one === other);
      }),
    );
  });

  test.each([publicState, operatorsCollection, boardCollection])('is not the collection %j', (collection) => {
    expect(inboxOwner(collection)).toBeUndefined();
  });
});
