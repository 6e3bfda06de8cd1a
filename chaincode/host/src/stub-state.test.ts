import { afterEach, describe, expect, test } from '@jest/globals';
import { decodeRejection, marketRejections } from '@kessai/interface';
import { MarketOnPeer } from './tools/market-on-peer';
import { type PeerOptions, ScriptedPeer } from './tools/scripted-peer';

const bank = 'BankMSP';
const opened: MarketOnPeer[] = [];

async function marketAt(options: PeerOptions, batchedIo?: boolean): Promise<MarketOnPeer> {
  const market = await MarketOnPeer.start(options, batchedIo === undefined ? {} : { batchedIo });
  opened.push(market);
  await market.found();
  await market.admit(bank);
  return market;
}

function keep(market: MarketOnPeer, copies: number) {
  return market.submit('Notes:Keep', { id: 'N', collection: bank, text: 'noted', copies });
}

async function idsOf(market: MarketOnPeer): Promise<readonly string[]> {
  const answer = await market.call('Notes:Read', { collection: bank });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.payload) as { notes: { id: string }[] }).notes.map(({ id }) => id);
}

function counted(messages: readonly string[], name: string): number {
  return messages.filter((one) => one === name).length;
}

afterEach(() => {
  for (const market of opened.splice(0)) market.close();
});

describe('a peer that takes many keys in a message', () => {
  test('is asked in parts of what it offered', async () => {
    const market = await marketAt({ offer: { keys: 7, records: 10 } });
    const kept = await keep(market, 34);
    // The notes, and the record of the request.
    expect(kept.writes).toHaveLength(35);
    expect(counted(kept.messages, 'WRITE_BATCH_STATE')).toBe(4);
    const ids = Array.from({ length: 20 }, (_, index) => `N-${index.toString()}`);
    const picked = await market.call('Notes:Pick', { collection: bank, ids });
    expect(picked.payload).toBe('{"found":20}');
    // Public market and clock; the secret, which alone is asked for by itself; then 20 keys by 7.
    const many = 'GET_STATE_MULTIPLE';
    expect(picked.messages).toEqual([many, 'GET_STATE', many, many, many]);
  });
});

describe('a peer that does not', () => {
  test('is asked for each key, to the same effect', async () => {
    const [older, newer] = [await marketAt({}), await marketAt({ offer: { keys: 1_000, records: 1_000 } })];
    const [one, other] = [await keep(older, 12), await keep(newer, 12)];
    expect(one.writes).toEqual(other.writes);
    expect(counted(one.messages, 'PUT_STATE')).toBe(13);
    expect(counted(one.messages, 'WRITE_BATCH_STATE')).toBe(0);
    expect(await idsOf(older)).toEqual(await idsOf(newer));
  });
});

describe('a chaincode that is told not to use what the peer offers', () => {
  test('asks for each key, to the same effect', async () => {
    const offer = { keys: 1_000, records: 1_000 };
    const [single, batched] = [await marketAt({ offer }, false), await marketAt({ offer }, true)];
    const [one, other] = [await keep(single, 12), await keep(batched, 12)];
    expect(one.writes).toEqual(other.writes);
    expect(counted(one.messages, 'PUT_STATE')).toBe(13);
    expect(one.messages).not.toContain('WRITE_BATCH_STATE');
    expect(one.messages).not.toContain('GET_STATE_MULTIPLE');
    expect(counted(other.messages, 'WRITE_BATCH_STATE')).toBe(1);
  });
});

describe('a range', () => {
  test('is read to its end, past the limit at which the peer ends it without a word', async () => {
    const market = await marketAt({ offer: { keys: 1_000, records: 1_000 }, totalQueryLimit: 150 });
    await keep(market, 420);
    const ids = await idsOf(market);
    expect(ids).toHaveLength(420);
    expect(new Set(ids).size).toBe(420);
  });
});

describe('a peer that is not a member of a collection', () => {
  test('refuses to read it, with the name of the collection', async () => {
    const market = await marketAt({ offer: { keys: 1_000, records: 1_000 } });
    await keep(market, 1);
    const outsider = await ScriptedPeer.connect(market.port, {
      offer: { keys: 1_000, records: 1_000 },
      hashesOnly: [bank],
    });
    outsider.commit(['', 'operators', bank].flatMap((collection) => market.peer.contents(collection)));
    for (const method of ['Notes:Read', 'Notes:Pick']) {
      const request = method === 'Notes:Pick' ? { collection: bank, ids: ['N'] } : { collection: bank };
      const answer = await outsider.execute(market.proposal(method, request));
      const refused = decodeRejection(marketRejections, JSON.parse(answer.message));
      expect(refused).toMatchObject({ code: 'CollectionNotHeld', collection: bank });
    }
    outsider.close();
  });
});

describe('a collection that the chaincode definition lacks', () => {
  test('is named, and nothing is written', async () => {
    const market = await MarketOnPeer.start({
      offer: { keys: 1_000, records: 1_000 },
      defined: ['operators', 'board'],
    });
    opened.push(market);
    await market.found();
    const answer = await market.admit(bank);
    const refused = decodeRejection(marketRejections, JSON.parse(answer.message));
    expect(refused).toMatchObject({ code: 'CollectionUndefined', collection: bank });
    expect(answer.writes).toEqual([]);
  });
});
