import { beforeEach, describe, expect, test } from '@jest/globals';
import { type JsonObject, publicState, refuse } from '@kessai/interface';
import type { MemoryMarket } from '../tools';
import { bind, contentsOf, deposit, misbehave, note, peek, sealed, transfer } from '../tools/depot-day';
import { alpha, openDepot } from '../tools/sample-contract';
import { ReadRefused } from './read-refused';
import type { StateKey } from './state';

let market: MemoryMarket;
beforeEach(async () => {
  market = await openDepot();
  await deposit(market, 'AlphaMSP', 'A-1', 100);
});

type Caller = Parameters<MemoryMarket['evaluate']>[0];

function check({ method, request }: { method: string; request: JsonObject }, caller: Caller = 'AlphaMSP') {
  return market.evaluate(caller, 'Market:Check', { method, request });
}

/** The collections that a check reads in. */
async function readBy(run: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  const { ledger } = market;
  const { simulate } = ledger;
  ledger.simulate = () => {
    const simulation = simulate.call(ledger);
    const { reader } = simulation;
    const watching = {
      ...reader,
      read: (keys: readonly StateKey[]) => {
        for (const { collection } of keys) read.add(collection);
        return reader.read(keys);
      },
    };
    return { ...simulation, reader: watching };
  };
  await run();
  ledger.simulate = simulate;
  return read;
}

const accepted = { verdict: 'accepted' };
const inconclusive = { verdict: 'inconclusive' };

describe('a check', () => {
  test('accepts what is about the caller’s own alone', async () => {
    expect(await check(bind('b-1', 100))).toEqual(accepted);
    expect(await check(transfer('t-1', 100, 'AlphaMSP'))).toEqual(accepted);
  });

  test('is inconclusive where a part is another’s', async () => {
    expect(await check(transfer('t-1', 100, 'BetaMSP'))).toEqual(inconclusive);
    expect(await check(peek('p-1', 'BetaMSP'))).toEqual(inconclusive);
  });

  test('refuses at once what no other’s affairs can change', async () => {
    expect(await check(transfer('t-1', 101, 'BetaMSP'))).toMatchObject({
      code: 'HoldingInsufficient',
      available: 100n,
    });
    expect(await check(bind('b-1', 101))).toMatchObject({ code: 'HoldingInsufficient' });
    expect(await check(bind('b-1', 1, true))).toMatchObject({ code: 'LotViolated' });
    expect(await check(misbehave('m-1', 'refuse'))).toMatchObject({ code: 'SameAccount' });
    expect(await check(note('n-1', 'spring', 'NobodyMSP'))).toMatchObject({ code: 'MemberUnknown' });
  });

  test('refuses as a cycle does what is wrong by itself', async () => {
    expect(await check({ method: 'Depot:Nothing', request: {} })).toEqual({
      code: 'MethodUnknown',
      method: 'Depot:Nothing',
    });
    expect(await check({ method: 'Market:Cycle', request: {} })).toEqual({
      code: 'SentDirectly',
      method: 'Market:Cycle',
    });
    expect(await check(transfer('t-1', 0, 'BetaMSP'))).toMatchObject({ code: 'FieldOutOfRange', field: 'quantity' });
    expect(await check(transfer('t-1', 1, 'BetaMSP'), 'IssuerMSP')).toMatchObject({ code: 'RoleNotAllowed' });
    await market.submit('ExchangeMSP', 'Depot:MoveClock', { businessDate: '2023-03-01', phase: 'closed' });
    expect(await check(bind('b-1', 1))).toMatchObject({ code: 'PhaseClosed' });
  });

  test('heeds what the caller’s certificate restricts it to', async () => {
    const viewer = { mspId: alpha, nodeRole: 'client', restriction: 'viewer' } as const;
    expect(await check(bind('b-1', 1), viewer)).toEqual({ code: 'CertificateRestricted', attribute: 'viewer' });
  });

  test('of an id that was used before does not tell more than the caller’s own collections do', async () => {
    await market.submit('AlphaMSP', 'Depot:Bind', bind('b-1', 1).request);
    // What was sealed is its own; in which submission is in the record of the cycle, which is the operators'.
    expect(await check(bind('b-1', 1))).toEqual(inconclusive);
    expect(await check(bind('b-2', 1))).toEqual(accepted);
  });

  test('of operators reads everything and is never inconclusive', async () => {
    const request = { id: 'd-1', at: { institution: 'BetaMSP', account: 'A-1' }, quantity: '5', out: true };
    expect(await check({ method: 'Depot:Deposit', request }, 'CsdMSP')).toMatchObject({ code: 'HoldingInsufficient' });
    expect(await check({ method: 'Depot:Deposit', request: { ...request, out: false } }, 'CsdMSP')).toEqual(accepted);
  });

  test('of an act that others must approve tells what it would come to', async () => {
    const gamma = { mspId: 'GammaMSP', role: 'institution', name: 'Gamma' };
    expect(await check({ method: 'Depot:Admit', request: gamma }, 'CsdMSP')).toEqual(accepted);
    await market.submit('ExchangeMSP', 'Depot:Admit', gamma);
    const other = { ...gamma, name: 'Other' };
    expect(await check({ method: 'Depot:Admit', request: other }, 'CsdMSP')).toEqual({
      code: 'Conflict',
      field: 'name',
    });
  });

  test.each(['AlphaMSP', 'IssuerMSP', 'TrustBankMSP'])('by %s reads nothing of others', async (caller) => {
    sealed(market, 'AlphaMSP', [transfer('t-1', 5, 'BetaMSP'), note('n-1', 'spring')]);
    await market.cycle();
    const own = new Set([publicState, caller, `${caller}_inbox`, ...(caller === 'AlphaMSP' ? ['board'] : [])]);
    const issue = { id: 'i-1', isin: 'JP3371200001', account: 'TREASURY', quantity: '5' };
    const all = [
      ...[transfer('t-1', 5, 'BetaMSP'), transfer('t-2', 5, 'BetaMSP'), note('n-1', 'x'), misbehave('m-1', 'refuse')],
      ...[peek('p-1', 'BetaMSP'), peek('p-2', 'AlphaMSP'), { method: 'Depot:Issue', request: issue }],
    ];
    const read = await readBy(async () => {
      for (const one of all) await check(one, caller);
    });
    expect([...read].filter((collection) => !own.has(collection))).toEqual([]);
    expect(read.size).toBeGreaterThan(1);
  });

  test('answers the same whatever accounts and holdings others have', async () => {
    const probes = [transfer('t-1', 5, 'BetaMSP'), transfer('t-2', 5, 'TrustBankMSP'), peek('p-1', 'BetaMSP')];
    const before = await Promise.all(probes.map((one) => check(one)));
    await deposit(market, 'BetaMSP', 'A-1', 5);
    await market.submit('BetaMSP', 'Depot:Note', note('n-1', 'spring').request);
    expect(await Promise.all(probes.map((one) => check(one)))).toEqual(before);
  });

  test('forgets what it has tried', async () => {
    const before = contentsOf(market);
    await check(transfer('t-1', 5, 'AlphaMSP'));
    await check(note('n-1', 'spring'));
    expect(contentsOf(market)).toEqual(before);
    expect(await check(transfer('t-1', 100, 'AlphaMSP'))).toEqual(accepted);
  });

  test('of what fails by a defect is an error, and no rejection', async () => {
    await expect(
      check({ method: 'Depot:Settle', request: { id: 's', trade: 't', status: 'odd' } }, 'CsdMSP'),
    ).resolves.toMatchObject({ code: 'FieldMalformed' });
    await expect(check(misbehave('m-1', 'throw'))).rejects.toThrow('A defect in decide');
  });

  test('where the peer cannot read is inconclusive', async () => {
    const { ledger } = market;
    const { simulate } = ledger;
    ledger.simulate = () => {
      const simulation = simulate.call(ledger);
      const { reader } = simulation;
      const read = async (keys: readonly StateKey[]) => {
        if (keys.some(({ collection }) => collection === 'BetaMSP')) {
          throw new ReadRefused(refuse('CollectionUndefined', { collection: 'BetaMSP' }));
        }
        return reader.read(keys);
      };
      return { ...simulation, reader: { ...reader, read } };
    };
    expect(await check(peek('p-1', 'BetaMSP'), 'CsdMSP')).toEqual(inconclusive);
  });
});
