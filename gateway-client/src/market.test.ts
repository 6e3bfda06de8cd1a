import { allMethods } from '@kessai/interface';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { FakeGateway } from './tools/fake-gateway';
import { FakeMarket } from './tools/fake-market';

const members = JSON.stringify({
  name: 'Market',
  members: [
    { mspId: 'CsdMSP', role: 'operator', name: 'CSD' },
    { mspId: 'AlphaMSP', role: 'institution', name: 'Alpha' },
    { mspId: 'CcpMSP', role: 'operator', name: 'CCP' },
  ],
});

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await FakeGateway.start();
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
});

const lower = (name: string) => name.slice(0, 1).toLowerCase() + name.slice(1);

describe('a market', () => {
  test('has a function for each method of each contract', async () => {
    await using market = await connect(gateway.profile());
    const clients = market as unknown as Record<string, Record<string, unknown>>;
    for (const { contract, name } of allMethods()) {
      expect(typeof clients[lower(contract)]?.[lower(name)]).toBe('function');
    }
  });

  test('knows its operators from the ledger where the profile does not name them', async () => {
    gateway.script.evaluate = () => members;
    await using market = await connect(gateway.profile({ gatewayOptions: {} }));
    await market.market.cycle({ number: 1, submissions: [] });
    await market.market.cycle({ number: 2, submissions: [] });
    const asked = gateway.proposals.map(({ arguments: [name], organisations }) => [name, ...organisations]);
    expect(asked).toEqual([
      ['Registry:Members', 'AlphaMSP'],
      ['Market:Cycle', 'CsdMSP', 'CcpMSP'],
      ['Market:Cycle', 'CsdMSP', 'CcpMSP'],
    ]);
  });

  test('refuses calls once it is closed, and may be closed twice', async () => {
    const market = await connect(gateway.profile());
    await market.close();
    await market.close();
    await expect(market.registry.clock()).rejects.toMatchObject({ code: 'Closed' });
    await expect(market.orders.cancel({ orderId: 'O-1' })).rejects.toMatchObject({ code: 'Closed' });
    expect(() => market.events.blocks()).toThrow(expect.objectContaining({ code: 'Closed' }));
    expect(gateway.proposals).toEqual([]);
  });

  test('lets a submit that runs come to its end before it closes', async () => {
    const market = await connect(gateway.profile());
    let closing: Promise<void> | undefined;
    gateway.script.endorse = () => {
      closing = market.close();
      return '{"outcome":"created"}';
    };
    await expect(market.market.cycle({ number: 1, submissions: [] })).resolves.toMatchObject({ blockNumber: 7n });
    await closing;
  });
});

describe('a call by name', () => {
  test('of a transaction of its own takes and gives the wire form', async () => {
    await using market = await connect(gateway.profile());
    const request = '{ "submissions": [], "number": 1 }';
    await expect(market.call('Market:Cycle', request)).resolves.toEqual({
      outcome: 'created',
      transactionId: expect.any(String),
      blockNumber: '7',
    });
    expect(gateway.proposals[0]?.request).toBe('{"number":1,"submissions":[]}');
  });

  test('of what seals by itself is endorsed by the own peer', async () => {
    await using market = await connect(gateway.profile());
    const request = { salt: 'a'.repeat(64), instructions: [] };
    await expect(market.call('Market:Instruct', request)).resolves.toMatchObject({ outcome: 'created' });
    expect(gateway.proposals).toMatchObject([{ arguments: ['Market:Instruct'], organisations: ['AlphaMSP'] }]);
  });

  test('of an instruction takes and gives the wire form', async () => {
    const ledger = new FakeMarket(gateway);
    await using market = await connect(gateway.profile());
    await expect(market.call('Orders:Cancel', '{ "orderId": "O-1" }')).resolves.toEqual({
      outcome: 'created',
      transactionId: expect.any(String),
      blockNumber: (ledger.height + 1).toString(),
      cycle: 1,
    });
    expect(ledger.endorsed[0]?.instructions).toEqual([{ method: 'Orders:Cancel', request: { orderId: 'O-1' } }]);
  });

  test('of an evaluate gives the response as it came', async () => {
    gateway.script.evaluate = () => members;
    await using market = await connect(gateway.profile());
    await expect(market.call('Registry:Members', {})).resolves.toEqual(JSON.parse(members));
  });

  test.each([
    ['Orders:Nothing', '{}', 'MethodUnknown'],
    ['Orders:Cancel', '{', 'TextMalformed'],
    ['Orders:Cancel', '{"orderId":"O-1","orderId":"O-2"}', 'TextMalformed'],
    ['Orders:Cancel', '{}', 'FieldMissing'],
    ['Orders:Cancel', '{"orderId":"O-1","why":"x"}', 'FieldUnknown'],
    ['Orders:Board', '{"isin":"JP3371200002"}', 'IsinInvalid'],
  ])('%s with %s is refused as %s; nothing is sent', async (method, request, code) => {
    await using market = await connect(gateway.profile());
    await expect(market.call(method, request)).rejects.toMatchObject({ code, sent: false });
    expect(gateway.proposals).toEqual([]);
  });
});

// Compiled, never run: each line would have to be refused by the compiler, else the comment above it is an error.
export async function doesNotCompile(market: Market): Promise<void> {
  // @ts-expect-error an order id is a text
  await market.orders.cancel({ orderId: 1 });
  // @ts-expect-error a field is missing
  await market.orders.cancel({});
  // @ts-expect-error the request is missing
  await market.orders.cancel();
  // @ts-expect-error there is no such field
  await market.orders.cancel({ orderId: 'O-1', why: 'x' });
  // @ts-expect-error a quantity is a bigint
  await market.securities.issue({ id: 'I-1', isin: 'JP3371200001', account: 'TREASURY', quantity: 100 });
  // @ts-expect-error a side is one of two
  await market.orders.recordTrade({ ...({} as Parameters<Market['orders']['recordTrade']>[0]), side: 'hold' });
  // @ts-expect-error there is no such method
  market.orders.nothing satisfies unknown;
  // @ts-expect-error what is only sealed has no cycle
  (await market.orders.cancel({ orderId: 'O-1' }, { until: 'sealed' })).cycle satisfies unknown;
  // @ts-expect-error a transaction of its own is executed by no cycle
  (await market.market.cycle({ number: 1, submissions: [] })).cycle satisfies unknown;
  // @ts-expect-error a submit answers its outcome only
  (await market.orders.cancel({ orderId: 'O-1' })).orders satisfies unknown;
}
