import { describe, expect, test } from '@jest/globals';
import { peer } from '@hyperledger/fabric-protos';
import { collection } from '../../endpoints/testing/test-network';
import { parsePolicyText } from '../../policy';
import type { MspManager } from '../../ports';
import { checkCollections } from './collections';

const organisations = { mspIds: ['AlphaMSP', 'BetaMSP'] } as unknown as MspManager;

function configuration(...collections: peer.CollectionConfig[]): peer.CollectionConfigPackage {
  const result = new peer.CollectionConfigPackage();
  result.setConfigList(collections);
  return result;
}

function changed(change: (collection: peer.StaticCollectionConfig) => void): peer.CollectionConfig {
  const result = collection('prices', ['AlphaMSP'], true);
  const prices = result.getStaticCollectionConfig();
  if (prices !== undefined) {
    change(prices);
  }
  return result;
}

describe('the collections of a proposed definition', () => {
  test('are taken when their members are of the channel', () => {
    const proposed = configuration(collection('prices', ['AlphaMSP', 'BetaMSP'], true));
    expect(() => {
      checkCollections(proposed, undefined, organisations);
    }).not.toThrow();
  });

  test.each<[string, peer.CollectionConfig[], string]>([
    [
      'a name that begins with an underscore',
      [collection('_prices', ['AlphaMSP'], true)],
      "invalid collection name '_prices'",
    ],
    [
      'the same name twice',
      [collection('a', ['AlphaMSP'], true), collection('a', ['AlphaMSP'], true)],
      'found duplicate',
    ],
    [
      'a member that is not of the channel',
      [collection('a', ['GammaMSP'], true)],
      "collection member 'GammaMSP' is not part of the channel",
    ],
    [
      'no member policy',
      [
        changed((prices) => {
          prices.clearMemberOrgsPolicy();
        }),
      ],
      'collection member policy is not set',
    ],
    [
      'a member policy that is no OR',
      [
        changed((prices) => {
          prices.getMemberOrgsPolicy()?.setSignaturePolicy(parsePolicyText("AND('AlphaMSP.member', 'BetaMSP.member')"));
        }),
      ],
      'signature policy is not an OR concatenation, NOutOf 2',
    ],
    [
      'more peers required than may be asked',
      [
        changed((prices) => {
          prices.setRequiredPeerCount(5);
        }),
      ],
      'maximum peer count (1) cannot be less than the required peer count (5)',
    ],
  ])('are refused with %s', (_what, collections, message) => {
    expect(() => {
      checkCollections(configuration(...collections), undefined, organisations);
    }).toThrow(message);
  });

  test('keep every committed collection, and how long it keeps values', () => {
    const committed = configuration(collection('prices', ['AlphaMSP'], true));
    expect(() => {
      checkCollections(configuration(collection('other', ['AlphaMSP'], true)), committed, organisations);
    }).toThrow('existing collection [prices] missing in the proposed collection configuration');
    expect(() => {
      checkCollections(configuration(), committed, organisations);
    }).toThrow('the proposed collection config does not contain previously defined collections');
    expect(() => {
      checkCollections(
        configuration(
          changed((prices) => {
            prices.setBlockToLive(9);
          }),
        ),
        committed,
        organisations,
      );
    }).toThrow('the BlockToLive in an existing collection [prices] modified. Existing value [0]');
  });
});
