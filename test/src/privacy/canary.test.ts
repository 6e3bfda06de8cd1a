import { beforeAll, describe, expect, test } from '@jest/globals';
import { metricsTargets } from '@kessai/network';
import { describeOnEngines, networkOf, withEveryNode } from '../support/engines';
import { rejectionOf } from '../support/market-day';
import { type Funding, type MarketNetwork, foundMarket, fund, shinEtsu } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';
import { formsOf, findHashes, findSecrets } from './canaries';
import { EmbeddedOnDisk } from './embedded-on-disk';
import { type Kept, type NetworkOnDisk, type StoredValue, logsOf } from './network-on-disk';
import { NodesOnDisk } from './nodes-on-disk';
import { collectionSecretKey, isInbox, unblinded } from './stored-values';

/** Fifty secrets of Alpha and Beta: account names, client names, quantities, prices, order and trade ids. */
const clients = Array.from({ length: 8 }, (_, index) => ({
  institution: index % 2 === 0 ? 'AlphaMSP' : 'BetaMSP',
  account: `CANARY-ACCOUNT-${(index + 11).toString()}`,
  name: `Canary Client ${['Aoi', 'Ren', 'Yui', 'Sora', 'Mei', 'Riku', 'Hana', 'Kaito'][index] ?? ''} Himitsu`,
}));
// Numbers so long that none stands in a transaction's id, or in another number, by chance: of six digits one did.
const trades = Array.from({ length: 8 }, (_, index) => ({
  quantity: 700_100_301n + BigInt(index) * 10_307_007n,
  price: 90_110_303n + BigInt(index) * 1_010_409n,
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

/** What Alpha asked its own peer for in vain, so that it was never sealed. A peer logs what it refuses. */
const refused = { id: 'canary-refused-91', from: 'CANARY-REFUSED-91', quantity: 987_654_321n };
/** What Alpha sealed, and a cycle refused. */
const refusedByCycle = { id: 'canary-refused-92', from: 'CANARY-REFUSED-91', quantity: 876_543_219n };
const allSecrets = [
  ...secrets,
  ...[refused, refusedByCycle].flatMap(({ id, from, quantity }) => [id, from, quantity.toString()]),
];

describeOnEngines('private data', (engine) => {
  let delivered: Buffer;
  let measured: readonly (readonly [name: string, text: string])[];
  let lastTransaction: string;
  let onDisk: NetworkOnDisk;
  let blocks: Kept;
  let operatorsStore: readonly StoredValue[];
  const network = networkOf(withEveryNode(engine), async (started) => {
    await foundMarket(started, undefined, 100_000_000_000n);
    lastTransaction = await trade(started);
    using plain = new PlainGateway(started.profile('GammaMSP'));
    const parts: Uint8Array[] = [];
    for await (const block of plain.blocks()) parts.push(block.serializeBinary());
    delivered = Buffer.concat(parts);
    measured = await metricsOf(started.networkDirectory);
    await started.close();
  });

  beforeAll(async () => {
    const { networkDirectory, organisations } = network.current;
    const profile = network.current.profile('ExchangeMSP');
    onDisk =
      engine.name === 'embedded'
        ? new EmbeddedOnDisk(networkDirectory, profile.chaincode)
        : new NodesOnDisk(networkDirectory, organisations, profile);
    blocks = await onDisk.blocks();
    operatorsStore = await onDisk.privateWrites('ExchangeMSP');
  }, 60_000 * engine.patience);

  describe(`of ${secrets.length.toString()} secrets of Alpha and Beta`, () => {
    test('there are at least fifty, and each is looked for in plain, hex and base64', () => {
      expect(new Set(secrets).size).toBeGreaterThanOrEqual(50);
      for (const secret of secrets) expect(formsOf(secret)).toHaveLength(6);
    });

    test('each is found in what the peers of those who may see it keep, by the same search', async () => {
      const seen = findSecrets(Buffer.from(operatorsStore.map(({ key, value }) => `${key} ${value}`).join()), secrets);
      expect(seen).toEqual(secrets.map((secret) => `${secret} in plain`));
      for (const mspId of ['ExchangeMSP', 'CcpMSP', 'AuditorMSP']) {
        const kept = findSecrets(await onDisk.peer(mspId), secrets);
        expect(kept).toEqual(expect.arrayContaining(secrets.map((secret) => `${secret} in plain`)));
      }
    });

    test('none is in any byte of the blocks that a member is given', () => {
      expect(delivered.length).toBeGreaterThan(100_000);
      expect(delivered.includes(lastTransaction)).toBe(true);
      expect(findSecrets(delivered, allSecrets)).toEqual([]);
    });

    test('none is in the blocks as any node keeps them', () => {
      const { organisations } = network.current;
      const nodes = organisations.flatMap(({ peer, orderer }) => [peer, orderer]).filter((node) => node !== undefined);
      expect(blocks.size).toBe(engine.name === 'embedded' ? 1 : nodes.length);
      for (const [node, kept] of blocks) {
        // To its last transaction, and with what is public in it: the chain is there and can be read.
        expect([node, kept.includes(lastTransaction), kept.includes('Market:Instruct')]).toEqual([node, true, true]);
        expect([node, findSecrets(kept, allSecrets)]).toEqual([node, []]);
      }
    });

    test('none is in anything else that an orderer keeps', async () => {
      for (const [node, kept] of await onDisk.orderers()) {
        expect([node, findSecrets(kept, allSecrets)]).toEqual([node, []]);
      }
    });

    test("none is in anything that Gamma's peer keeps", async () => {
      const kept = await onDisk.peer('GammaMSP');
      expect(kept.length).toBeGreaterThan(0);
      expect(findSecrets(kept, allSecrets)).toEqual([]);
    });

    test('what was sealed is kept by the peers of the member, of operators and of auditors alone', async () => {
      const { organisations } = network.current;
      const overseers = organisations.filter(({ role }) => role === 'operator' || role === 'auditor');
      for (const { mspId, peer, role } of organisations) {
        if (peer === undefined) continue;
        const inboxes = (await onDisk.privateWrites(mspId)).map(({ collection }) => collection).filter(isInbox);
        const own = `${mspId}_inbox`;
        if (overseers.some((one) => one.mspId === mspId)) {
          expect(new Set(inboxes)).toEqual(new Set([...inboxes, 'AlphaMSP_inbox', 'BetaMSP_inbox']));
        } else {
          expect([mspId, role, inboxes.filter((name) => name !== own)]).toEqual([mspId, role, []]);
        }
      }
    });

    test('none is in the log of any process', async () => {
      for (const [file, log] of await logsOf(network.current.networkDirectory)) {
        expect([file, findSecrets(log, secrets)]).toEqual([file, []]);
      }
    });

    test('none is in what chaincode services tell Prometheus, nor whose they were', () => {
      expect(measured.length).toBeGreaterThan(0);
      for (const [name, text] of measured) {
        expect(findSecrets(Buffer.from(text), [...allSecrets, 'AlphaMSP', 'BetaMSP'])).toEqual([]);
        expect([name, text.includes('kessai_chaincode_serving')]).toEqual([name, true]);
      }
      const executed = /^kessai_chaincode_transactions_total\{method="Market:Cycle",outcome="answered"/m;
      expect(measured.filter(([, text]) => executed.test(text)).length).toBeGreaterThan(0);
    });

    test('what was refused is in no log but of the peer that was asked', async () => {
      for (const [file, log] of await logsOf(network.current.networkDirectory)) {
        if (file.endsWith('alpha.market.example.log')) continue;
        expect([file, findSecrets(log, allSecrets)]).toEqual([file, []]);
      }
    });
  });

  describe('a dictionary of all true key names and values', () => {
    test('finds no hash in the blocks of any node', () => {
      const words = new Set(operatorsStore.filter(({ key }) => key !== collectionSecretKey).flatMap(unblinded));
      expect(words.size).toBeGreaterThan(100);
      for (const [node, kept] of blocks) expect([node, findHashes(kept, words)]).toEqual([node, []]);
    });

    test('would find them if keys and values were stored as they are', () => {
      // The control: the same search with the blinding and salt known finds the hash of every key and value.
      const words = new Set(operatorsStore.flatMap(({ key, value }) => [key, value]));
      for (const [node, kept] of blocks) expect([node, findHashes(kept, words).length]).toEqual([node, words.size]);
    });
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

/** What the chaincode services of a network that runs tell of themselves, by their names. */
async function metricsOf(directory: string): Promise<readonly (readonly [string, string])[]> {
  const services = metricsTargets({ directory }).filter(({ kind }) => kind === 'chaincode');
  return Promise.all(
    services.map(async ({ name, address, path }) => {
      const response = await fetch(`http://${address}${path}`);
      return [name, await response.text()] as const;
    }),
  );
}

/** Trades with every secret, and the transaction that settles them all. */
async function trade(network: MarketNetwork): Promise<string> {
  const fundings: readonly Funding[] = clients.map((client) => ({
    ...client,
    securities: 2_000_000_000n,
    money: 300_000_000_000_000_000n,
  }));
  const poor = { institution: 'AlphaMSP', account: refused.from, name: 'Poor', securities: 1n };
  await fund(network, 'setup', [...fundings, poor]);
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
  for (const [one, check] of [
    [refused, true],
    [refusedByCycle, false],
  ] as const) {
    const request = { ...one, isin: shinEtsu, to: first?.account ?? '' };
    expect(await rejectionOf(alpha.securities.transfer(request, { check }))).toMatchObject({
      code: 'HoldingInsufficient',
      needed: request.quantity,
    });
  }
  const pages = [...new Set(instructions.map(({ page }) => page).filter((page) => page !== undefined))];
  const { transactionId } = await exchange.settlement.settle({ id: 'sign-off', pages });
  return transactionId;
}
