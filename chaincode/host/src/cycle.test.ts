import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalText, decodeRejection, marketRejections, marketState } from '@kessai/interface';
import { MarketOnPeer, batchPeer, operator, operators, secrets } from './tools/market-on-peer';
import type { ChaincodeAnswer, PeerWrite } from './tools/scripted-peer';

const [bank, broker] = ['BankMSP', 'BrokerMSP'];
const opened: MarketOnPeer[] = [];
let market: MarketOnPeer;

/** Founded, with two members, after four cycles. */
async function start(): Promise<MarketOnPeer> {
  const made = await MarketOnPeer.start();
  opened.push(made);
  await made.found();
  await made.admit(bank);
  await made.admit(broker);
  return made;
}

beforeEach(async () => {
  market = await start();
});

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function keep(id: string, collection = bank) {
  return { method: 'Notes:Keep', request: { id, collection, text: 'the bid is 1000' } };
}

function rejectionOf({ message }: ChaincodeAnswer) {
  return decodeRejection(marketRejections, JSON.parse(message));
}

/** The logical keys that were written, by their collection. */
function keysOf(writes: readonly PeerWrite[]): Readonly<Record<string, readonly string[]>> {
  const keys: Record<string, string[]> = {};
  for (const { collection, key } of writes) (keys[collection] ??= []).push(key.replace(/~.*$/, ''));
  return keys;
}

describe('a cycle', () => {
  test('answers created, and is announced by its number alone', async () => {
    await market.seal([keep('N1')], bank);
    expect(await market.cycle()).toMatchObject({
      status: 200,
      payload: '{"outcome":"created"}',
      event: { name: 'cycle', payload: '{"number":5}' },
    });
  });

  test('writes how far the market has come in public, what it took for the operators, and a page of advices for each member', async () => {
    const { transactionId, place } = await market.seal([keep('N1')], bank);
    const { writes } = await market.cycle();
    expect(keysOf(writes)).toEqual({
      '': ['progress'],
      operators: ['cycle/0000000005'],
      [bank]: ['advice/0000000005', 'ids-tail/BankMSP', 'note/N1'],
      [broker]: ['advice/0000000005'],
    });
    const progress = marketState.decode(JSON.parse(writes[0]?.value ?? ''), '');
    expect(progress).toMatchObject({ number: 5, taken: [{ member: bank, transactionId, place }] });
    expect(progress.heads).toContainEqual({ member: bank, place });
    expect(writes[0]?.value).toBe(canonicalText(marketState.encode(progress)));
  });

  test('of nothing writes to each member all the same', async () => {
    const { writes } = await market.cycle();
    expect(keysOf(writes)).toEqual({
      '': ['progress'],
      operators: ['cycle/0000000005'],
      [bank]: ['advice/0000000005'],
      [broker]: ['advice/0000000005'],
    });
  });

  test('leaves no plain key or value outside the public state, and writes in one message, in the order of the keys', async () => {
    await market.seal(
      Array.from({ length: 50 }, (_, index) => keep(`N${index.toString()}`)),
      bank,
    );
    const { writes, messages } = await market.cycle();
    for (const { key, value = '' } of writes.filter(({ collection }) => collection !== '')) {
      expect(key).toMatch(/^[^~]+~[A-Za-z0-9_-]{43}$/);
      expect(value).toMatch(/^[A-Za-z0-9_-]{43}\{/);
    }
    const order = writes.map(({ collection, key }) => `${collection} ${key}`);
    expect(order).toEqual([...order].sort());
    expect(messages.filter((name) => !name.startsWith('GET_STATE'))).toEqual(['WRITE_BATCH_STATE']);
  });

  test('is the same at two endorsers, byte by byte', async () => {
    const other = await start();
    const answers: ChaincodeAnswer[] = [];
    for (const one of [market, other]) {
      await one.seal([keep('N1'), keep('N1'), { method: 'Notes:Break', request: { secret: 'x' } }], bank);
      await one.seal([keep('N2', broker)], broker);
      answers.push(await one.cycle());
    }
    const [first, second] = answers.map(({ writes, payload, event }) => ({ writes, payload, event }));
    expect(first?.writes.length).toBeGreaterThan(5);
    expect(second).toEqual(first);
    expect(other.peer.contents(bank)).toEqual(market.peer.contents(bank));
  });

  test('of one proposal comes out the same each time', async () => {
    await market.seal([keep('N1')], bank);
    const proposal = market.proposal('Market:Cycle', market.nextCycle());
    const [one, other] = [await market.peer.execute(proposal), await market.peer.execute(proposal)];
    expect(one.writes.length).toBeGreaterThan(0);
    expect(other).toEqual(one);
  });

  test('asks the peer as often for 500 instructions as for one', async () => {
    await market.seal([keep('N')], bank);
    const one = await market.cycle();
    await market.seal(
      Array.from({ length: 500 }, (_, index) => keep(`N${index.toString()}`)),
      bank,
    );
    const many = await market.cycle();
    expect(many.writes).toHaveLength(one.writes.length + 499);
    expect(many.messages).toEqual(one.messages);
    expect(many.messages.length).toBeLessThanOrEqual(12);
  });

  test('shows what it did to who may read it', async () => {
    await market.submit('Notes:Keep', keep('N1').request, bank);
    expect(await market.call('Notes:Read', { collection: bank })).toMatchObject({
      status: 200,
      payload: '{"notes":[{"id":"N1","text":"the bid is 1000"}]}',
    });
  });

  test('that was made answers exists, writes nothing and is not announced again', async () => {
    await market.seal([keep('N1')], bank);
    const request = market.nextCycle();
    await market.cycle();
    const again = await market.call('Market:Cycle', request, operators[1]);
    expect(again).toMatchObject({ payload: '{"outcome":"exists"}', writes: [], event: undefined });
  });

  test('dated 14 minutes ahead is refused by an operator whose own clock says so, as is a founding; the next one is made', async () => {
    const clock = Date.UTC(2023, 2, 1, 0, 1, 0);
    const own = await MarketOnPeer.start(batchPeer, { now: () => clock });
    opened.push(own);
    const dated = (call: Parameters<MarketOnPeer['execute']>[0], minutes: number) =>
      own.execute({ ...call, time: new Date(clock + minutes * 60_000).toISOString() });
    const founding = own.proposal('Registry:Found', {
      ...{ id: 'F', name: 'M', businessDate: '2023-03-01', secrets },
      operators: operators.map((mspId) => ({ mspId, name: mspId })),
    });
    expect(rejectionOf(await dated(founding, 14))).toMatchObject({ code: 'TimestampRefused' });
    expect(await dated(founding, 0.5)).toMatchObject({ status: 200 });

    await own.found();
    const cycle = own.proposal('Market:Cycle', own.nextCycle());
    for (const minutes of [14, 1.1, 60]) {
      expect(rejectionOf(await dated(cycle, minutes))).toMatchObject({
        ...{ code: 'TimestampRefused', latest: '2023-03-01T00:02:00.000Z' },
      });
    }
    expect(await dated(cycle, 0.9)).toMatchObject({ status: 200 });
    expect(await own.cycle()).toMatchObject({ status: 200 });
    // What a member seals decides nothing by its time.
    expect(await dated(own.proposal('Market:Instruct', { salt: '1'.repeat(64), instructions: [] }), 14)).toMatchObject({
      status: 200,
    });
  });

  test('is an operator’s affair', async () => {
    const answer = await market.call('Market:Cycle', market.nextCycle(), bank);
    expect(rejectionOf(answer)).toMatchObject({ code: 'RoleNotAllowed', role: 'institution' });
  });
});

describe('an instruction', () => {
  test('that fails is refused alone; the log says where, and nobody is told of its content', async () => {
    const secret = 'the-bid-is-1000';
    const { transactionId } = await market.seal(
      [keep('N1'), { method: 'Notes:Break', request: { secret } }, keep('N2')],
      bank,
    );
    const cycle = await market.cycle();
    expect(cycle.status).toBe(200);
    const advised = await market.outcomes(transactionId, bank);
    expect(advised.map(({ outcome }) => outcome)).toEqual(['created', 'refused', 'created']);
    expect(advised[1]?.error).toMatchObject({ code: 'InstructionFailed', method: 'Notes:Break' });
    const logged = market.logged.join('');
    expect(logged).toMatch(/error an instruction Notes:Break in transaction [0-9a-f]{64} failed: Error \| at /);
    expect(logged + JSON.stringify([advised, cycle.event])).not.toContain(secret);
  });

  test('that is refused is told to its sender alone, and logged nowhere', async () => {
    const refusal = await market.submit('Notes:Refuse', { secret: 'account-7' }, bank);
    expect(refusal).toMatchObject({ outcome: 'refused', error: { code: 'NotYours', field: 'account-7' } });
    expect(market.logged.join('')).not.toContain('account-7');
  });

  test('that is a transaction of its own, or no method at all, is refused', async () => {
    const codes = [];
    for (const method of ['Market:Cycle', 'Registry:Found', 'Registry:Members', 'Nothing:Found']) {
      codes.push(((await market.submit(method, {}, bank)).error as { code?: string }).code);
    }
    expect(codes).toEqual(['SentDirectly', 'SentDirectly', 'MethodUnknown', 'MethodUnknown']);
  });
});

describe('what a member’s peer has put into its inbox', () => {
  test.each(['not JSON', '{"salt":7}', '\ufffd'])('like %j, is refused to that member alone', async (planted) => {
    const { transactionId } = await market.seal([keep('N1')], bank);
    await market.seal([keep('N1', broker)], broker);
    market.peer.commit([{ collection: 'BankMSP_inbox', key: `sealed/${transactionId}`, value: planted }]);
    expect((await market.cycle()).status).toBe(200);
    expect(await market.outcomes(transactionId, bank)).toMatchObject([
      { outcome: 'refused', error: { code: 'SubmissionMalformed' } },
    ]);
    expect(market.peer.contents(broker).some(({ key }) => key.startsWith('note/N1~'))).toBe(true);
  });

  test('and cannot be read any more, is set aside by the operators', async () => {
    const { transactionId } = await market.seal([keep('N1')], bank);
    const { number, submissions } = market.nextCycle();
    const quarantined = submissions.map((one) => ({ ...one, quarantined: true }));
    const cycle = await market.call('Market:Cycle', { number, submissions: quarantined });
    expect([...cycle.reads.keys()].sort()).toEqual(['', bank, broker, 'operators']);
    market.peer.commit(cycle.writes);
    const advices = await market.call('Market:Advices', { from: number }, bank);
    expect(JSON.parse(advices.payload)).toMatchObject({
      pages: [{ advices: [{ transactionId, outcome: 'refused', error: { code: 'SubmissionQuarantined' } }] }],
    });
  });
});

describe('the secret of a member’s collection', () => {
  const secretOf = (collection: string) =>
    createHmac('sha256', Buffer.from(secrets.operators, 'hex')).update(`collection~${collection}`).digest('hex');

  test('is made from the operators’, and stands once in the member’s own collection', () => {
    const written = market.answers.flatMap(({ writes }) => writes);
    for (const member of [bank, broker]) {
      const holding = written.filter((write) => JSON.stringify(write).includes(secretOf(member)));
      expect(holding).toEqual([{ collection: member, key: 'secret', value: secretOf(member) }]);
    }
  });

  test('is in no response, event or line of the log', async () => {
    await market.submit('Notes:Keep', keep('N1').request, bank);
    await market.submit('Notes:Break', { secret: 'x' }, bank);
    await market.call('Notes:Fail', { secret: 'x' }, bank);
    await market.call('Market:Cycles', { from: 0 });
    await market.call('Registry:Members', {}, bank);
    const told = market.answers.map(({ payload, message, event }) => ({ payload, message, event }));
    expect(told.length).toBeGreaterThan(10);
    const everything = JSON.stringify([told, market.logged]);
    for (const secret of [secretOf(bank), secretOf(broker), secrets.operators, secrets.board]) {
      expect(everything).not.toContain(secret);
    }
  });
});

describe('checking an instruction', () => {
  const check = (mspId: string, collection: string) =>
    market.call('Market:Check', { method: 'Notes:Keep', request: keep('N1', collection).request }, mspId);

  test('reads the caller’s own collections, whatever else this peer holds, and writes nothing', async () => {
    const own = await check(broker, broker);
    expect(own).toMatchObject({ payload: '{"verdict":"accepted"}', writes: [], event: undefined });
    expect([...own.reads.keys()].sort()).toEqual(['', broker]);

    const foreign = await check(broker, bank);
    expect(foreign).toMatchObject({ payload: '{"verdict":"inconclusive"}', writes: [] });
    expect([...foreign.reads.keys()].sort()).toEqual(['', broker]);
  });

  test('reads what an operator may read', async () => {
    const answer = await check(operator, bank);
    expect(answer.payload).toBe('{"verdict":"accepted"}');
    expect([...answer.reads.keys()].sort()).toEqual(['', bank, 'operators']);
  });
});
