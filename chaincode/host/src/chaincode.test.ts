import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { allMethods, decodeRejection, marketLimits, marketRejections } from '@kessai/interface';
import { metadataFunction } from './chaincode';
import { certificateOf } from './tools/certificates';
import { MarketOnPeer, operators } from './tools/market-on-peer';

let market: MarketOnPeer;

beforeEach(async () => {
  market = await MarketOnPeer.start();
});

afterEach(() => {
  market.close();
});

function rejectionOf(answer: { readonly status: number; readonly message: string }) {
  expect(answer.status).toBe(500);
  return decodeRejection(marketRejections, JSON.parse(answer.message));
}

describe('the founding', () => {
  test('answers created, and sends one event with nothing in it', async () => {
    const answer = await market.found();
    expect(answer).toMatchObject({
      status: 200,
      payload: '{"outcome":"created"}',
      event: { name: 'Registry:Found', payload: '{}' },
    });
  });

  test('that was recorded before answers exists, writes nothing and sends no event', async () => {
    await market.found();
    expect(await market.found()).toMatchObject({ payload: '{"outcome":"exists"}', event: undefined, writes: [] });
  });
});

describe('an instruction that is called directly', () => {
  const sealed = allMethods().filter(({ method }) => method.kind === 'submit' && method.sent === 'sealed');

  test.each(sealed.map(({ fullName }) => fullName))('%s is refused: it is sealed', async (method) => {
    const answer = await market.call(method);
    expect(rejectionOf(answer)).toMatchObject({ code: 'SealedOnly', method });
    expect(answer).toMatchObject({ messages: [], event: undefined });
  });
});

describe('a refusal', () => {
  test('is the canonical JSON of the rejection, which the client decodes', async () => {
    const answer = await market.call('Registry:Members');
    expect(answer.message).toBe(
      '{"code":"MarketNotFounded","message":"The market has not been founded yet. An operator calls Registry:Found first."}',
    );
    expect(rejectionOf(answer)).toMatchObject({ code: 'MarketNotFounded' });
  });

  test('carries its payload, writes nothing and sends no event', async () => {
    await market.found();
    const answer = await market.call('Market:Cycle', { number: 7, submissions: [] });
    expect(rejectionOf(answer)).toMatchObject({ code: 'CycleAhead', number: 0 });
    expect(answer).toMatchObject({ writes: [], event: undefined, payload: '' });
  });

  test.each([
    'Registry:Nothing',
    'Nothing:Found',
    'Found',
    'Registry:constructor',
    'Registry:beforeTransaction',
    ':Found',
    '',
  ])('of the method %j is that there is no such method', async (name) => {
    const answer = await market.execute({ arguments: [name], request: '{}' });
    expect(rejectionOf(answer)).toMatchObject({ code: 'MethodUnknown', method: name || '(none)' });
  });

  test('of arguments says that they are public', async () => {
    const answer = await market.execute({ arguments: ['Registry:Members', '{}'] });
    expect(rejectionOf(answer)).toMatchObject({ code: 'ArgumentsNotAllowed', method: 'Registry:Members' });
  });

  test('of a request that is not UTF-8 comes before anything is decoded', async () => {
    const answer = await market.execute({ arguments: ['Registry:Members'], request: Uint8Array.of(0x7b, 0xff, 0x7d) });
    expect(rejectionOf(answer)).toMatchObject({ code: 'TextMalformed', field: '' });
  });

  test('of a request that is too long comes before it is even read as text', async () => {
    const bytes = (length: number) => new Uint8Array(length).fill(0xff);
    const tooLong = await market.execute({
      arguments: ['Market:Instruct'],
      request: bytes(marketLimits.requestBytes + 1),
    });
    const reason = 'is 5242881 bytes long, and may have 5242880';
    expect(rejectionOf(tooLong)).toMatchObject({ code: 'TextTooLong', field: '', reason });
    const longest = await market.execute({ arguments: ['Market:Instruct'], request: bytes(marketLimits.requestBytes) });
    expect(rejectionOf(longest)).toMatchObject({ code: 'TextMalformed' });
  });

  test('of a byte order mark is one of text that is not JSON', async () => {
    await market.found();
    const answer = await market.execute({ arguments: ['Registry:Members'], request: '\ufeff{}' });
    expect(rejectionOf(answer)).toMatchObject({ code: 'TextMalformed' });
  });

  test('of another transient field names it: a misspelt one is not an empty request', async () => {
    const answer = await market.execute({ arguments: ['Registry:Members'], transient: { Request: '{}' } });
    expect(rejectionOf(answer)).toMatchObject({ code: 'FieldUnknown', field: 'transient.Request' });
  });

  test.each([
    [{ mspId: 'Org_1.MSP' }, 'creator'],
    [{ time: '+010000-01-01T00:00:00.000Z' }, 'timestamp'],
  ])('of a proposal with %j names the %s', async (odd, field) => {
    const answer = await market.execute({ arguments: ['Registry:Members'], ...odd });
    expect(rejectionOf(answer)).toMatchObject({ field });
  });

  test('of a certificate of a peer is that of a node', async () => {
    const certificate = certificateOf({ name: 'peer0', units: ['peer'] });
    const answer = await market.execute({ arguments: ['Registry:Members'], certificate });
    expect(rejectionOf(answer)).toMatchObject({ code: 'CallerNotClient' });
  });

  test('of a certificate restricted to another role names the attribute', async () => {
    const attributes = JSON.stringify({ attrs: { 'kessai.role': 'auditor' } });
    const certificate = certificateOf({ name: 'user1', units: ['client'], attributes });
    const answer = await market.execute({ arguments: ['Registry:Found'], certificate, request: '{"id":"X"}' });
    expect(rejectionOf(answer)).toMatchObject({
      code: 'CertificateRestricted',
      attribute: 'auditor',
    });
  });
});

describe('an absent transient field', () => {
  test('is the empty request', async () => {
    await market.found();
    const answer = await market.execute({ arguments: ['Registry:Members'] });
    const members = operators.map((mspId) => ({ mspId }));
    expect(JSON.parse(answer.payload)).toMatchObject({ name: 'Test market', members });
  });
});

describe('a contract that fails', () => {
  test('answers that it failed; neither the answer nor the log tells of the request', async () => {
    await market.found();
    const answer = await market.call('Notes:Fail', { secret: 'the-bid-is-1000' });
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.message)).toMatchObject({ code: 'Internal' });
    expect(answer.writes).toEqual([]);
    const logged = market.logged.join('');
    expect(logged).toMatch(/error transaction 0+2 of Notes:Fail failed: Error \| at /);
    expect(answer.message + logged).not.toContain('the-bid-is-1000');
  });

  test('a certificate with attributes that the shim cannot read fails its transaction alone', async () => {
    const certificate = certificateOf({ name: 'user1', units: ['client'], attributes: 'not JSON' });
    const answer = await market.execute({ arguments: ['Registry:Members'], certificate });
    expect(JSON.parse(answer.message)).toMatchObject({ code: 'Internal' });
    expect((await market.found()).status).toBe(200);
  });
});

describe('a peer', () => {
  test('that sends KEEPALIVE gets it back, and the chaincode lives on', async () => {
    await market.peer.keepalive();
    expect((await market.found()).status).toBe(200);
  });

  test('that is told of every method by the metadata', async () => {
    const answer = await market.execute({ arguments: [metadataFunction] });
    const metadata = JSON.parse(answer.payload) as {
      contracts: Record<string, { transactions: { name: string; tag: string[] }[] }>;
    };
    for (const { contract, name, method } of allMethods()) {
      const described = metadata.contracts[contract]?.transactions.find((transaction) => transaction.name === name);
      expect(described?.tag[0]).toBe(method.kind === 'submit' ? 'SUBMIT' : 'EVALUATE');
    }
  });

  test('that goes away leaves no transaction in flight behind', async () => {
    await market.found();
    market.peer.mute();
    const lost = market.call('Registry:Members');
    await market.peer.asked();
    market.peer.close();
    await expect(lost).rejects.toThrow();
    await market.chaincode.idle();
  });
});
