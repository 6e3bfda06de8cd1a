import { status } from '@grpc/grpc-js';
import { StatusCode } from '@hyperledger/fabric-gateway';
import { encodeRejection, marketRejections, refuse } from '@kessai/interface';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Market, connect } from './market';
import { StatusError } from './tools/fake-answers';
import { FakeGateway } from './tools/fake-gateway';

const cycle = { number: 1, submissions: [] };
const refused = JSON.stringify(encodeRejection(marketRejections, refuse('MarketNotFounded', {})));

let gateway: FakeGateway;
let market: Market;
/** Blocks that the operators' peers have. */
let height: number;
/** How often an operator was asked for its height. */
let asked: string[];

beforeEach(async () => {
  gateway = await FakeGateway.start();
  height = 7;
  asked = [];
  gateway.script.height = (mspId) => {
    asked.push(mspId ?? '');
    height += 1;
    return height;
  };
  // The operators refuse until they have block 10.
  gateway.script.endorse = ({ organisations }) => {
    if (height > 10) return '{"outcome":"created"}';
    const nodes = organisations.map((mspId) => ({ mspId, message: `chaincode response 500, Error: ${refused}` }));
    throw new StatusError(status.ABORTED, 'failed to collect enough transaction endorsements', nodes);
  };
  market = await connect(gateway.profile());
});
afterEach(async () => {
  await market.close();
  await gateway[Symbol.asyncDispose]();
});

function endorsements(): number {
  return gateway.proposals.filter(({ step }) => step === 'endorse').length;
}

describe('a call by one who knows of a block', () => {
  test('is refused only by operators that know of it too', async () => {
    await expect(market.market.cycle(cycle, { after: 10n })).resolves.toMatchObject({ outcome: 'created' });
    expect(endorsements()).toBe(2);
    expect(new Set(asked)).toEqual(new Set(['ExchangeMSP', 'CsdMSP']));
  });

  test('is refused at once where they are known to know of it', async () => {
    height = 10;
    gateway.script.endorse = ({ organisations }) => {
      const nodes = organisations.map((mspId) => ({ mspId, message: `chaincode response 500, Error: ${refused}` }));
      throw new StatusError(status.ABORTED, 'failed to collect enough transaction endorsements', nodes);
    };
    const call = async (): Promise<unknown> => market.market.cycle(cycle, { after: 10n });
    await expect(call()).rejects.toMatchObject({ code: 'MarketNotFounded' });
    await expect(call()).rejects.toMatchObject({ code: 'MarketNotFounded' });
    expect(endorsements()).toBe(3);
    expect(asked).toHaveLength(2);
  });

  test('is refused where they cannot be asked', async () => {
    gateway.script.height = () => {
      throw new StatusError(status.UNAVAILABLE, 'no peer in reach');
    };
    await expect(market.market.cycle(cycle, { after: 10n })).rejects.toMatchObject({
      code: 'MarketNotFounded',
    });
    expect(endorsements()).toBe(1);
  });

  test('knows of the blocks of its own submits without being told', async () => {
    height = 11;
    gateway.script.commitStatus = () => ({ code: StatusCode.VALID, blockNumber: 20 });
    await market.market.cycle(cycle);
    height = 9;
    await expect(market.market.cycle({ ...cycle, number: 2 })).resolves.toMatchObject({ outcome: 'created' });
    // Asked until they had block 20, though they would have accepted from block 10 on.
    expect(height).toBeGreaterThan(20);
  });

  test('is answered by an operator that knows of it', async () => {
    const heights: number[] = [];
    gateway.script.evaluate = () => {
      heights.push(height);
      return '{"supply":"0","total":"0","rows":[]}';
    };
    await market.registry.register({ isin: 'JP3371200001' }, { after: 12n }).catch(() => undefined);
    expect(heights[0]).toBeGreaterThan(12);
  });

  test('is not answered from before that block by a peer that has just come back', async () => {
    const heights: number[] = [];
    gateway.script.height = () => {
      // It is away until it has been asked in vain, and comes back with fewer blocks than it had.
      if (heights.length === 0) throw new StatusError(status.UNAVAILABLE, 'no peer in reach');
      height += 1;
      return height;
    };
    gateway.script.evaluate = () => {
      heights.push(height);
      return '{"supply":"0","total":"0","rows":[]}';
    };
    await market.registry.register({ isin: 'JP3371200001' }, { after: 12n }).catch(() => undefined);
    expect(heights[0]).toBeLessThan(12);
    expect(heights.at(-1)).toBeGreaterThan(12);
  });

  test('costs nobody a question who knows of none', async () => {
    height = 11;
    await market.market.cycle(cycle);
    expect(asked).toEqual([]);
  });
});

test('a conflict is not tried again before the endorsers know of the block that it was in', async () => {
  height = 11;
  let commits = 0;
  gateway.script.commitStatus = () =>
    ++commits < 2
      ? { code: StatusCode.MVCC_READ_CONFLICT, blockNumber: 15 }
      : { code: StatusCode.VALID, blockNumber: 30 };
  await market.market.cycle(cycle);
  expect(endorsements()).toBe(2);
  expect(height).toBeGreaterThan(15);
});
