import { afterEach, describe, expect, test } from '@jest/globals';
import { type MspId, decodeRejection, inboxOf, marketRejections } from '@kessai/interface';
import { MarketOnPeer, operators } from './tools/market-on-peer';
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

/** What a cycle writes that keeps so many notes: beside them the ids that its sender has used, its advices, and what the cycle came to. */
const besideNotes = 4;

/** Seals it, and executes a cycle of it alone. */
async function keep(market: MarketOnPeer, copies: number) {
  await market.seal([{ method: 'Notes:Keep', request: { id: 'N', collection: bank, text: 'noted', copies } }], bank);
  const cycle = await market.cycle();
  expect(cycle.status).toBe(200);
  return cycle;
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
    expect(kept.writes).toHaveLength(34 + besideNotes);
    expect(counted(kept.messages, 'WRITE_BATCH_STATE')).toBe(4);
    const ids = Array.from({ length: 20 }, (_, index) => `N-${index.toString()}`);
    const picked = await market.call('Notes:Pick', { collection: bank, ids });
    expect(picked.payload).toBe('{"found":20}');
    // What is public of the market; the secret, which alone is asked for by itself; then 20 keys by 7.
    const many = 'GET_STATE_MULTIPLE';
    expect(picked.messages).toEqual([many, 'GET_STATE', many, many, many]);
  });
});

describe('a peer that does not', () => {
  test('is asked for each key, to the same effect', async () => {
    const [older, newer] = [await marketAt({}), await marketAt({ offer: { keys: 1_000, records: 1_000 } })];
    const [one, other] = [await keep(older, 12), await keep(newer, 12)];
    expect(one.writes).toEqual(other.writes);
    expect(counted(one.messages, 'PUT_STATE')).toBe(12 + besideNotes);
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
    expect(counted(one.messages, 'PUT_STATE')).toBe(12 + besideNotes);
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

describe('a peer that has not received what was sealed', () => {
  test('refuses the cycle that would take it, for as long as only the hash is there', async () => {
    const inbox = inboxOf(bank as MspId);
    const market = await marketAt({ offer: { keys: 1_000, records: 1_000 } });
    await market.seal([{ method: 'Notes:Keep', request: { id: 'N', collection: bank, text: 'noted' } }], bank);
    const behind = await ScriptedPeer.connect(market.port, {
      offer: { keys: 1_000, records: 1_000 },
      hashesOnly: [inbox],
    });
    behind.commit(['', 'operators', 'board', bank, inbox].flatMap((collection) => market.peer.contents(collection)));
    const answer = await behind.execute(market.proposal('Market:Cycle', market.nextCycle()));
    const refused = decodeRejection(marketRejections, JSON.parse(answer.message));
    expect(refused).toMatchObject({ code: 'CollectionNotHeld', collection: inbox });
    expect(answer.writes).toEqual([]);
    expect((await market.cycle()).payload).toBe('{"outcome":"created"}');
    behind.close();
  });

  test('tells it from what was never sealed', async () => {
    const market = await marketAt({ offer: { keys: 1_000, records: 1_000 } });
    await market.seal([], bank);
    const { number, submissions } = market.nextCycle();
    const strange = submissions.map((one) => ({ ...one, transactionId: 'f'.repeat(64) }));
    const answer = await market.call('Market:Cycle', { number, submissions: strange });
    const refused = decodeRejection(marketRejections, JSON.parse(answer.message));
    expect(refused).toMatchObject({ code: 'SubmissionUnknown', field: 'submissions[0]', member: bank });
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
  test('is named, and refuses the admission of its owner alone', async () => {
    const inbox = (mspId: string) => inboxOf(mspId as MspId);
    const defined = ['operators', 'board', bank, ...[...operators, bank].map(inbox)];
    const market = await MarketOnPeer.start({ offer: { keys: 1_000, records: 1_000 }, defined });
    opened.push(market);
    await market.found();
    const admissions = ['OtherMSP', bank].map((mspId) => ({
      method: 'Registry:AdmitMember',
      request: { mspId, role: 'institution', name: mspId },
    }));
    for (const mspId of operators) await market.seal(admissions, mspId);
    expect((await market.cycle()).status).toBe(200);
    const members = await market.call('Registry:Members');
    expect(JSON.parse(members.payload)).toMatchObject({ members: [{}, {}, { mspId: bank }] });
    const again = await market.submit('Registry:AdmitMember', {
      mspId: 'OtherMSP',
      role: 'institution',
      name: 'Other',
    });
    const refused = decodeRejection(marketRejections, again.error);
    expect(refused).toMatchObject({ code: 'CollectionUndefined', collection: 'OtherMSP' });
    expect(market.peer.contents('OtherMSP')).toEqual([]);
  });
});
