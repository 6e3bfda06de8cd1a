import { beforeEach, describe, expect, test } from '@jest/globals';
import { type JsonObject, type MspId, isRejection } from '@kessai/interface';
import { progressRef } from '../reference';
import { openDepot } from '../tools/sample-contract';
import { sampleFounding } from '../tools/sample-market';
import { MemoryMarket } from '../tools';
import { type FoundingHandler, created } from './decision';
import { executeFounding } from './execute';
import { load, put, table } from './state';
import { object, text } from '@kessai/interface';

const notes = table('note', object({ words: text({ maxLength: 40 }) }));

const handler: FoundingHandler<unknown> = {
  founding: true,
  decide: (_request, caller) => ({ writes: [put(notes.at('', 'founder'), { words: caller })], secrets: [] }),
};

function emptyMarket(): MemoryMarket {
  return new MemoryMarket({ contracts: { Registry: { Found: handler } } });
}

const found = (
  market: MemoryMarket,
  caller: Parameters<MemoryMarket['submit']>[0] = 'CsdMSP',
  change: JsonObject = {},
) => market.submit(caller, 'Registry:Found', { ...sampleFounding, ...change });

describe('a founding', () => {
  let market: MemoryMarket;
  beforeEach(() => {
    market = emptyMarket();
  });

  test('needs no market, and begins the count of cycles at its own time', async () => {
    const time = market.now;
    expect(await found(market)).toEqual({ outcome: 'created' });
    expect(await load(market.ledger.simulate().reader, { progress: progressRef })).toEqual({
      progress: { number: 0, time, heads: [], taken: [] },
    });
    expect(market.ledger.contents('')).toContainEqual({ key: 'note/founder', value: '{"words":"CsdMSP"}' });
  });

  test('minds the certificate', async () => {
    const by = (nodeRole: 'client' | 'peer', restriction?: string) =>
      found(market, { mspId: 'CsdMSP' as MspId, nodeRole, restriction });
    expect(await by('peer')).toEqual({ code: 'CallerNotClient' });
    expect(await by('client', 'viewer')).toEqual({ code: 'CertificateRestricted', attribute: 'viewer' });
    expect(await by('client', 'operator')).toEqual({ outcome: 'created' });
  });

  test('minds the form of its request', async () => {
    expect(await found(market, 'CsdMSP', { businessDate: '2023-02-30' })).toMatchObject({ field: 'businessDate' });
    expect(await found(market, 'CsdMSP', { more: 1 })).toMatchObject({ code: 'FieldUnknown', field: 'more' });
  });

  test('of what does not found is a defect', async () => {
    const entry = { contract: 'Depot', name: 'Transfer', fullName: 'Depot:Transfer', method: {} } as never;
    const other = { load: () => Promise.resolve({}), decide: () => created() };
    const { reader } = market.ledger.simulate();
    await expect(executeFounding({ entry, handler: other }, '{}', reader, {} as never)).rejects.toThrow(
      'Depot:Transfer does not found a market',
    );
  });
});

describe('a founding of a market that there is', () => {
  test('exists with the same id, for operators, and is refused with another', async () => {
    const market = await openDepot();
    expect(await found(market)).toEqual({ outcome: 'exists' });
    expect(await found(market, 'ExchangeMSP')).toEqual({ outcome: 'exists' });
    expect(await found(market, 'CsdMSP', { id: 'another' })).toEqual({ code: 'AlreadyFounded' });
    const stranger = await found(market, 'NobodyMSP');
    expect(isRejection(stranger) && stranger.code).toBe('CallerUnknown');
    expect(await found(market, 'AlphaMSP')).toMatchObject({ code: 'RoleNotAllowed' });
  });
});
