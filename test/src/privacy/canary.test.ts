import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { collectionSecretKey, unblinded } from './stored-values';
import { formsOf, findHashes, findSecrets } from './canaries';
import { type StoredValue, organisationStore, storeBytes } from './organisation-store';
import { EmbeddedRunning } from '../support/embedded-running';
import { type Funding, MarketNetwork, foundMarket, fund, shinEtsu } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

/** Fifty secrets of Alpha and Beta: account names, client names, quantities, prices, order and trade ids. */
const clients = Array.from({ length: 8 }, (_, index) => ({
  institution: index % 2 === 0 ? 'AlphaMSP' : 'BetaMSP',
  account: `CANARY-ACCOUNT-${(index + 11).toString()}`,
  name: `Canary Client ${['Aoi', 'Ren', 'Yui', 'Sora', 'Mei', 'Riku', 'Hana', 'Kaito'][index] ?? ''} Himitsu`,
}));
const trades = Array.from({ length: 8 }, (_, index) => ({
  quantity: 700_001n + BigInt(index) * 10_007n,
  price: 9_010_003n + BigInt(index) * 10_009n,
  buyOrder: `canary-buy-${(index + 71).toString()}`,
  sellOrder: `canary-sell-${(index + 71).toString()}`,
}));
const bilateral = { tradeId: 'canary-otc-31', quantity: 800_029n, amount: 7_300_000_000_153n };
const secrets = [
  ...clients.flatMap(({ account, name }) => [account, name]),
  ...trades.flatMap(({ quantity, price, buyOrder, sellOrder }) => [
    quantity.toString(),
    price.toString(),
    buyOrder,
    sellOrder,
  ]),
  bilateral.tradeId,
  bilateral.amount.toString(),
];

let started: MarketNetwork;
let blocks: Buffer;
let gammasStore: Buffer;
let operatorsStore: readonly StoredValue[];

beforeAll(async () => {
  started = await MarketNetwork.start(async (directory) => EmbeddedRunning.start(directory));
  await foundMarket(started);
  await trade(started);
  using plain = new PlainGateway(started.profile('GammaMSP'));
  const parts: Uint8Array[] = [];
  for await (const block of plain.blocks()) parts.push(block.serializeBinary());
  blocks = Buffer.concat(parts);
  await started.close();
  gammasStore = await storeBytes(started.directory, 'GammaMSP');
  operatorsStore = await organisationStore(started.directory, 'ExchangeMSP', started.profile('ExchangeMSP').chaincode);
}, 120_000);

afterAll(async () => {
  await started[Symbol.asyncDispose]();
});

describe(`of ${secrets.length.toString()} secrets of Alpha and Beta`, () => {
  test('there are at least fifty, and each is looked for in plain, hex and base64', () => {
    expect(new Set(secrets).size).toBeGreaterThanOrEqual(50);
    for (const secret of secrets) expect(formsOf(secret)).toHaveLength(6);
  });

  test('each stands in the stores of those who may see it', () => {
    const seen = Buffer.concat(operatorsStore.map(({ key, value }) => Buffer.from(`${key} ${value}`)));
    for (const secret of secrets) expect(seen.includes(secret) ? secret : `${secret} is missing`).toBe(secret);
  });

  test('none is in any byte of the blocks of the channel', () => {
    expect(blocks.length).toBeGreaterThan(100_000);
    expect(findSecrets(blocks, secrets)).toEqual([]);
  });

  test("none is in Gamma's store", () => {
    expect(gammasStore.length).toBeGreaterThan(0);
    expect(findSecrets(gammasStore, secrets)).toEqual([]);
  });
});

describe('a dictionary of all true key names and values', () => {
  test('finds no hash in the blocks', () => {
    const words = new Set(
      operatorsStore
        .filter(({ key }) => key !== collectionSecretKey)
        .flatMap((stored) => Object.values(unblinded(stored))),
    );
    expect(words.size).toBeGreaterThan(100);
    expect(findHashes(blocks, words)).toEqual([]);
  });

  test('would find them if keys and values were stored as they are', () => {
    // The control: the same search with the blinding and salt known finds the hash of every key and value.
    const words = new Set(operatorsStore.flatMap(({ key, value }) => [key, value]));
    expect(findHashes(blocks, words)).toHaveLength(words.size);
  });
});

describe('the search itself', () => {
  test.each(['plain', 'hex', 'base64'] as const)('finds a secret in %s at any offset', (encoding) => {
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const text = Buffer.from(`${before}Canary Client Aoi${before}`);
      const hidden = encoding === 'plain' ? text : Buffer.from(text.toString(encoding));
      expect(findSecrets(hidden, ['Canary Client Aoi'])).toContain(`Canary Client Aoi in ${encoding}`);
    }
  });
});

async function trade(network: MarketNetwork): Promise<void> {
  const fundings: readonly Funding[] = clients.map((client) => ({
    ...client,
    securities: 2_000_000n,
    money: 90_000_000_000_000n,
  }));
  await fund(network, 'setup', fundings);
  const [alpha, beta, exchange] = await Promise.all([
    network.as('AlphaMSP'),
    network.as('BetaMSP'),
    network.as('ExchangeMSP'),
  ]);
  for (const [index, { quantity, price, buyOrder, sellOrder }] of trades.entries()) {
    const order = { isin: shinEtsu, quantity, price, timeInForce: 'day' as const };
    const seller = clients[(index * 2) % 8]?.account ?? '';
    const buyer = clients[(index * 2 + 1) % 8]?.account ?? '';
    await alpha.orders.place({ ...order, orderId: sellOrder, side: 'sell', account: seller });
    await beta.orders.place({ ...order, orderId: buyOrder, side: 'buy', account: buyer });
    await exchange.orders.match({
      id: `match-${index.toString()}`,
      isin: shinEtsu,
      cancels: [],
      orders: [
        { institution: 'AlphaMSP', orderId: sellOrder },
        { institution: 'BetaMSP', orderId: buyOrder },
      ],
    });
  }
  const terms = { ...bilateral, isin: shinEtsu };
  const [first, second] = clients;
  await alpha.orders.recordTrade({ ...terms, counterparty: 'BetaMSP', side: 'buy', account: first?.account ?? '' });
  await beta.orders.affirmTrade({ ...terms, recordedBy: 'AlphaMSP', side: 'sell', account: second?.account ?? '' });
  const { instructions } = await exchange.settlement.instructions({});
  await exchange.settlement.settle({ id: 'sign-off', pages: [...new Set(instructions.map(({ page }) => page))] });
}
