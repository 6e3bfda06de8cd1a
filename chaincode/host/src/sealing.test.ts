import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type JsonObject, decodeRejection, marketLimits, marketRejections } from '@kessai/interface';
import { certificateOf } from './tools/certificates';
import { MarketOnPeer } from './tools/market-on-peer';

const bank = 'BankMSP';
const salt = 'ab'.repeat(32);
const instruction = { method: 'Notes:Keep', request: { id: 'N1', collection: bank, text: 'the bid is 1000' } };
let market: MarketOnPeer;

beforeEach(async () => {
  market = await MarketOnPeer.start();
});

afterEach(() => {
  market.close();
});

function instruct(instructions: readonly JsonObject[], mspId = bank) {
  return market.call('Market:Instruct', { salt, instructions: [...instructions] }, mspId);
}

describe('sealing instructions', () => {
  test('reads nothing at all and writes one key of the sender’s inbox, with the salt and the instructions', async () => {
    await market.found();
    await market.admit(bank);
    const call = market.proposal('Market:Instruct', { salt, instructions: [instruction] }, bank);
    const answer = await market.peer.execute(call);
    expect(answer.messages).toEqual(['WRITE_BATCH_STATE']);
    expect([...answer.reads]).toEqual([]);
    const [write, ...others] = answer.writes;
    expect(others).toEqual([]);
    expect(write).toMatchObject({ collection: 'BankMSP_inbox', key: `sealed/${call.txId}` });
    expect(JSON.parse(write?.value ?? '')).toEqual({ salt, instructions: [instruction] });
  });

  test('answers created and sends no event', async () => {
    expect(await instruct([instruction])).toMatchObject({
      status: 200,
      payload: '{"outcome":"created"}',
      event: undefined,
    });
  });

  test('is the same for whoever does it, before there is a market and without a member: nothing can be learnt from it', async () => {
    const before = await instruct([instruction], 'StrangerMSP');
    await market.found();
    const after = await instruct([instruction], 'StrangerMSP');
    expect(before).toMatchObject({ status: 200, messages: ['WRITE_BATCH_STATE'] });
    expect(after).toMatchObject({ status: 200, messages: ['WRITE_BATCH_STATE'] });
    expect(after.writes[0]?.value).toBe(before.writes[0]?.value);
  });

  test('of none is cover: another salt, and nothing else', async () => {
    const cover = await instruct([]);
    expect(JSON.parse(cover.writes[0]?.value ?? '')).toEqual({ salt, instructions: [] });
  });

  test('keeps what the certificate restricts its holder to, and the cycle heeds it', async () => {
    await market.found();
    await market.admit(bank);
    const attributes = JSON.stringify({ attrs: { 'kessai.role': 'viewer' } });
    const certificate = certificateOf({ name: 'user1', units: ['client'], attributes });
    const call = market.proposal('Market:Instruct', { salt, instructions: [instruction] }, bank);
    const answer = await market.peer.execute({ ...call, certificate });
    expect(JSON.parse(answer.writes[0]?.value ?? '')).toMatchObject({ restriction: 'viewer' });
    market.peer.commit(answer.writes);
    const { number } = market.nextCycle();
    const submission = { member: bank, transactionId: call.txId, place: { block: 1_000, transaction: 0 } };
    const cycle = await market.call('Market:Cycle', { number, submissions: [submission] });
    expect(cycle.payload).toBe('{"outcome":"created"}');
    market.peer.commit(cycle.writes);
    const advices = await market.call('Market:Advices', { from: number }, bank);
    expect(JSON.parse(advices.payload)).toMatchObject({
      pages: [{ advices: [{ outcome: 'refused', error: { code: 'CertificateRestricted', attribute: 'viewer' } }] }],
    });
  });

  test('is refused to a node, and where it is not well formed', async () => {
    const refusedAs = async (answer: Promise<{ readonly message: string }>) =>
      decodeRejection(marketRejections, JSON.parse((await answer).message))?.code;
    const certificate = certificateOf({ name: 'peer0', units: ['peer'] });
    const request = JSON.stringify({ salt, instructions: [] });
    expect(await refusedAs(market.execute({ arguments: ['Market:Instruct'], certificate, request }))).toBe(
      'CallerNotClient',
    );
    expect(await refusedAs(market.call('Market:Instruct', { salt: 'short', instructions: [] }))).toBe('FieldMalformed');
    const tooMany = Array.from({ length: marketLimits.submissionInstructions + 1 }, () => instruction);
    expect(await refusedAs(instruct(tooMany))).toBe('FieldTooLong');
  });
});
