import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { type ChaincodeEvent, type EventStream, type Market, checkpointers, connect } from '@kessai/gateway-client';
import { describeOnEngines, networkOf } from '../support/engines';
import { type Members, advance, membersOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

/** What the network tells by itself: every event once, in order, over reconnections, and nothing private in any. */
describeOnEngines('events', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI-SECRET', name: 'Himitsu Aoki', securities: 1_000n },
      { institution: 'AlphaMSP', account: 'ABE-SECRET', name: 'Himitsu Abe' },
    ]);
  });
  let market: Members;
  let transfers = 0;

  beforeAll(async () => {
    market = await membersOf(network.current);
  });

  /** So many transfers one after the other; their transactions in order. */
  async function transfer(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1) {
      transfers += 1;
      const { transactionId } = await market.alpha.securities.transfer({
        id: `SECRET-${transfers.toString()}`,
        isin: shinEtsu,
        from: 'AOKI-SECRET',
        to: 'ABE-SECRET',
        quantity: 1n,
      });
      ids.push(transactionId);
    }
    return ids;
  }

  async function nextOf<T>(stream: EventStream<T>): Promise<T> {
    for await (const event of stream) return event;
    throw new Error('The stream ended');
  }

  /** Asked after each wait, in which it may have changed. */
  function isAborted(signal: AbortSignal): boolean {
    return signal.aborted;
  }

  async function reconnected(mspId: string): Promise<Market> {
    return connect(network.current.profile(mspId));
  }

  test('a stream tells each recorded request once, in order', async () => {
    await using stream = market.beta.events.chaincode({ startBlock: 0n });
    const ids = await transfer(3);
    const taken: ChaincodeEvent[] = [];
    for await (const event of stream) {
      taken.push(event);
      if (event.transactionId === ids.at(-1)) break;
    }
    expect(taken.slice(-3).map(({ transactionId }) => transactionId)).toEqual(ids);
    expect(taken[0]?.eventName).toBe('Registry:Found');
    expect(new Set(taken.map(({ transactionId }) => transactionId)).size).toBe(taken.length);
    const blocks = taken.map(({ blockNumber }) => blockNumber);
    expect(blocks).toEqual([...blocks].sort((a, b) => Number(a - b)));
  });

  test('an event says what was called, and nothing of who holds what', async () => {
    await using stream = market.gamma.events.chaincode({ startBlock: 0n });
    const [last] = await transfer(1);
    for await (const { eventName, payload, transactionId } of stream) {
      expect(eventName).toMatch(/^[A-Za-z]+:[A-Za-z]+$/);
      expect(Buffer.from(payload).toString()).toBe('{}');
      if (transactionId === last) break;
    }
  });

  test('from a checkpoint a new connection goes on without loss and without repetition', async () => {
    const path = join(network.current.directory, 'checkpoint.json');
    const { blockNumber } = await market.alpha.registry.openAccount({ account: 'MARK', name: 'Mark', kind: 'house' });
    const ids: string[] = [];
    const seen: string[] = [];
    // A reader that is stopped after some events, again and again, and a writer that does not wait for it.
    for (const stopAfter of [1, 3, 2]) {
      ids.push(...(await transfer(3)));
      await using reader = await reconnected('GammaMSP');
      await using stream = reader.events.chaincode({
        checkpointer: await checkpointers.file(path),
        startBlock: blockNumber + 1n,
      });
      let read = 0;
      for await (const { transactionId } of stream) {
        // An event counts as read when the next is asked for: this one was not dealt with and will come again.
        if (read === stopAfter) break;
        seen.push(transactionId);
        read += 1;
      }
      expect(seen).toEqual(ids.slice(0, seen.length));
    }
    await using reader = await reconnected('GammaMSP');
    await using stream = reader.events.chaincode({ checkpointer: await checkpointers.file(path) });
    for await (const { transactionId } of stream) {
      seen.push(transactionId);
      if (transactionId === ids.at(-1)) break;
    }
    expect(seen).toEqual(ids);
  });

  test('without a position a stream begins with what comes next', async () => {
    const [before] = await transfer(1);
    await using stream = market.ccp.events.chaincode();
    const first = nextOf(stream);
    const after: string[] = [];
    // Where it begins is settled while these are recorded: one of them is the first that it tells.
    const beginning = new AbortController();
    void first.then(() => beginning.abort());
    while (!isAborted(beginning.signal)) after.push(...(await transfer(1)));
    expect((await first).transactionId).not.toBe(before);
    expect(after).toContain((await first).transactionId);
  });

  test('a transaction that came too late is in its block as invalid, and no event tells of it', async () => {
    const { exchange, alpha } = market;
    using plain = new PlainGateway(network.current.profile('AlphaMSP'));
    const endorsed = await plain.endorse('Registry:OpenAccount', { account: 'LATE', name: 'Late', kind: 'house' });
    await advance(exchange, 'open');
    const commit = await endorsed.submit();
    const { blockNumber } = await commit.getStatus();
    const late = commit.getTransactionId();
    const [marker] = await transfer(1);

    await using filtered = alpha.events.filteredBlocks({ startBlock: blockNumber });
    const { number, transactions } = await nextOf(filtered);
    expect(number).toBe(blockNumber);
    expect(transactions).toContainEqual({ transactionId: late, validationCode: 'MVCC_READ_CONFLICT' });
    await using stream = alpha.events.chaincode({ startBlock: blockNumber });
    for await (const { transactionId } of stream) {
      expect(transactionId).not.toBe(late);
      if (transactionId === marker) break;
    }
  });

  test('blocks come whole and in order, and what is private in the requests is in none of them', async () => {
    const [last] = await transfer(1);
    const { blockNumber } = await market.alpha.registry.openAccount({
      account: 'LAST-SECRET',
      name: 'Himitsu Last',
      kind: 'house',
    });
    await using stream = market.auditor.events.blocks({ startBlock: 0n });
    let next = 0;
    const bytes: Uint8Array[] = [];
    for await (const block of stream) {
      expect(block.getHeader()?.getNumber()).toBe(next);
      bytes.push(block.serializeBinary());
      if (BigInt(next) === blockNumber) break;
      next += 1;
    }
    const text = Buffer.concat(bytes).toString('latin1');
    expect(text).toContain(last);
    for (const secret of ['AOKI-SECRET', 'SECRET-1', 'Himitsu', 'LAST-SECRET']) expect(text).not.toContain(secret);
  });
});
