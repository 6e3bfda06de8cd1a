import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MarketOnPeer, batchPeer } from './tools/market-on-peer';

let market: MarketOnPeer;
let lines: { readonly level: string; readonly text: string }[];

beforeEach(async () => {
  lines = [];
  market = await MarketOnPeer.start(batchPeer, { streamLog: (level, text) => lines.push({ level, text }) });
  await market.found();
  await market.admit('BankMSP');
});

afterEach(() => {
  market.close();
});

function told(): readonly Readonly<Record<string, unknown>>[] {
  return lines.map(({ text }) => JSON.parse(text.replace(/^stream /, '')) as Record<string, unknown>);
}

function numbers(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

describe('the count of messages', () => {
  test('begins with what the peer offers', () => {
    expect(lines[0]).toEqual({ level: 'info', text: 'stream {"offered":{"keysPerRead":1000,"recordsPerWrite":1000}}' });
  });

  test('is, of each transaction, what the peer has seen of it', async () => {
    for (const copies of [1, 40]) {
      const id = `N${copies.toString()}`;
      const request = { id, collection: 'BankMSP', text: 'noted', copies };
      await market.seal([{ method: 'Notes:Keep', request }], 'BankMSP');
      const { messages } = await market.cycle();
      expect(told().at(-1)).toMatchObject({
        sent: { ...numbers(messages), COMPLETED: 1 },
        received: { TRANSACTION: 1, RESPONSE: messages.length },
      });
    }
  });

  test('of a refused transaction ends with it', async () => {
    const refused = await market.call('Notes:Keep', { secret: 'the bid is 1000' });
    expect(refused.status).toBe(500);
    expect(told().at(-1)).toMatchObject({ sent: { COMPLETED: 1 }, received: { TRANSACTION: 1 } });
  });

  test('has a line for each transaction, with nothing of what was sent', async () => {
    const before = lines.length;
    const request = { id: 'SECRETLY', collection: 'BankMSP', text: 'the bid is 1000' };
    await market.seal([{ method: 'Notes:Keep', request }], 'BankMSP');
    await market.cycle();
    expect(lines).toHaveLength(before + 2);
    expect(Object.keys(told().at(-1) ?? {}).sort()).toEqual(['ms', 'received', 'sent', 'transaction']);
    expect(lines.map(({ text }) => text).join()).not.toMatch(/SECRETLY|bid|BankMSP|Notes/);
  });
});
