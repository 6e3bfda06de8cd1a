import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, shinEtsu } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from './index';

const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens };
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const transfer = { id: 't1', isin: shinEtsu, from: 'A-1', to: 'A-2', quantity: '99999' };

describe('Transferring securities within an institution', () => {
  test('from one client to another, to the last unit and not beyond', async () => {
    await day.record('AlphaMSP', 'Securities:Transfer', transfer);

    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([1n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-2', shinEtsu)).toEqual([199_999n, 0n]);
    expect(await day.submit('AlphaMSP', 'Securities:Transfer', { ...transfer, id: 't2', quantity: '2' })).toMatchObject(
      {
        ...{ code: 'HoldingInsufficient', needed: 2n, available: 1n },
      },
    );
  });

  test('what is emptied leaves the register', async () => {
    await day.record('AlphaMSP', 'Securities:Transfer', { ...transfer, quantity: '100000' });
    const { rows } = await day.ask<{ rows: { account: string }[] }>('AlphaMSP', 'Registry:Register', {
      isin: shinEtsu,
    });
    expect(rows.map(({ account }) => account)).toEqual(['A-2']);
  });

  test('an account of another institution is unknown, whether it gives or takes', async () => {
    expect(await day.submit('AlphaMSP', 'Securities:Transfer', { ...transfer, from: 'B-1' })).toMatchObject({
      ...{ code: 'AccountUnknown', field: 'from', institution: 'AlphaMSP' },
    });
    expect(await day.submit('AlphaMSP', 'Securities:Transfer', { ...transfer, to: 'B-1' })).toMatchObject({
      ...{ code: 'AccountUnknown', field: 'to', institution: 'AlphaMSP' },
    });
  });

  test('of one cycle each builds on what the one before has left', async () => {
    const [rest, all] = [
      { ...transfer, id: 't2', quantity: '2' },
      { ...transfer, id: 't3', from: 'A-2', to: 'A-1', quantity: '199999' },
    ];
    day.market.seal('AlphaMSP', [
      { method: 'Securities:Transfer', request: transfer },
      { method: 'Securities:Transfer', request: rest },
    ]);
    day.market.seal('AlphaMSP', [{ method: 'Securities:Transfer', request: all }]);
    expect(await day.market.cycle()).toMatchObject([
      { outcome: 'created' },
      { code: 'HoldingInsufficient', needed: 2n, available: 1n },
      { outcome: 'created' },
    ]);
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([200_000n, 0n]);
  });

  test('two institutions may use the same id; each is its own', async () => {
    await day.record('AlphaMSP', 'Securities:Transfer', transfer);
    await day.record('BetaMSP', 'Securities:Transfer', { ...transfer, from: 'B-1', to: 'B-2' });
    expect(await day.holding('BetaMSP', 'B-2', shinEtsu)).toEqual([199_999n, 0n]);
  });

  test('is not accepted when the day is closed; a repetition is answered all the same', async () => {
    await day.record('AlphaMSP', 'Securities:Transfer', transfer);
    await day.advance('closed');
    expect(await day.submit('AlphaMSP', 'Securities:Transfer', { ...transfer, id: 't2' })).toMatchObject({
      code: 'PhaseClosed',
    });
    expect(await day.submit('AlphaMSP', 'Securities:Transfer', transfer)).toEqual({ outcome: 'exists' });
  });
});
