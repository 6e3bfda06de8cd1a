import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { type ChaincodeEvent, type EventStream, type Market, checkpointers, connect } from '@kessai/gateway-client';
import { describeOnEngines, networkOf } from '../support/engines';
import { type Members, membersOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

/** What the network tells by itself: an event for each cycle, once, in order, over reconnections, and nothing private in any. */
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

  /** So many transfers one after the other, each in a cycle of its own; the cycles' numbers. */
  async function transfer(count: number): Promise<readonly number[]> {
    const cycles: number[] = [];
    for (let made = 0; made < count; made += 1) {
      transfers += 1;
      const { cycle } = await market.alpha.securities.transfer({
        id: `SECRET-${transfers.toString()}`,
        isin: shinEtsu,
        from: 'AOKI-SECRET',
        to: 'ABE-SECRET',
        quantity: 1n,
      });
      cycles.push(cycle);
    }
    return cycles;
  }

  /** The cycle that an event announces; undefined where it announces something else. */
  function cycleOf({ eventName, payload }: ChaincodeEvent): number | undefined {
    if (eventName !== 'cycle') return undefined;
    return (JSON.parse(Buffer.from(payload).toString()) as { readonly number: number }).number;
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

  test('a stream tells each cycle once, in order, and before them that the market was founded', async () => {
    await using stream = market.beta.events.chaincode({ startBlock: 0n });
    const last = (await transfer(3)).at(-1) ?? 0;
    const taken: ChaincodeEvent[] = [];
    for await (const event of stream) {
      taken.push(event);
      if (cycleOf(event) === last) break;
    }
    expect(taken[0]?.eventName).toBe('Registry:Found');
    expect(taken.slice(1).map(cycleOf)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    const blocks = taken.map(({ blockNumber }) => blockNumber);
    expect(blocks).toEqual([...blocks].sort((a, b) => Number(a - b)));
  });

  test('an event says that a cycle was made, and nothing of what was in it', async () => {
    await using stream = market.gamma.events.chaincode({ startBlock: 0n });
    const [last] = await transfer(1);
    for await (const event of stream) {
      const cycle = cycleOf(event);
      expect(Buffer.from(event.payload).toString()).toBe(
        cycle === undefined ? '{}' : JSON.stringify({ number: cycle }),
      );
      if (cycle === last) break;
    }
  });

  test('from a checkpoint a new connection goes on without loss and without repetition', async () => {
    const path = join(network.current.directory, 'checkpoint.json');
    const { blockNumber } = await market.alpha.registry.openAccount({ account: 'MARK', name: 'Mark', kind: 'house' });
    const cycles: number[] = [];
    const seen: (number | undefined)[] = [];
    // A reader that is stopped after some events, again and again, and a writer that does not wait for it.
    for (const stopAfter of [1, 3, 2]) {
      cycles.push(...(await transfer(3)));
      await using reader = await reconnected('GammaMSP');
      await using stream = reader.events.chaincode({
        checkpointer: await checkpointers.file(path),
        startBlock: blockNumber + 1n,
      });
      let read = 0;
      for await (const event of stream) {
        // An event counts as read when the next is asked for: this one was not dealt with and will come again.
        if (read === stopAfter) break;
        seen.push(cycleOf(event));
        read += 1;
      }
      expect(seen).toEqual(cycles.slice(0, seen.length));
    }
    await using reader = await reconnected('GammaMSP');
    await using stream = reader.events.chaincode({ checkpointer: await checkpointers.file(path) });
    for await (const event of stream) {
      seen.push(cycleOf(event));
      if (seen.at(-1) === cycles.at(-1)) break;
    }
    expect(seen).toEqual(cycles);
  });

  test('without a position a stream begins with what comes next', async () => {
    const [before] = await transfer(1);
    await using stream = market.ccp.events.chaincode();
    const first = nextOf(stream);
    const after: number[] = [];
    // Where it begins is settled while these are recorded: one of them is the first that it tells.
    const beginning = new AbortController();
    void first.then(() => beginning.abort());
    while (!isAborted(beginning.signal)) after.push(...(await transfer(1)));
    expect(cycleOf(await first)).not.toBe(before);
    expect(after).toContain(cycleOf(await first));
  });

  test('of two cycles of one number the second is in its block as invalid, and no event tells of it', async () => {
    const { alpha } = market;
    using exchange = new PlainGateway(network.current.profile('ExchangeMSP'));
    using csd = new PlainGateway(network.current.profile('CsdMSP'));
    const { number } = await alpha.market.progress();
    const empty = { number: number + 1, submissions: [] };
    const [first, second] = [await exchange.endorse('Market:Cycle', empty), await csd.endorse('Market:Cycle', empty)];
    expect(await (await first.submit()).getStatus()).toMatchObject({ successful: true });
    const commit = await second.submit();
    const { blockNumber, successful } = await commit.getStatus();
    expect(successful).toBe(false);
    const late = commit.getTransactionId();
    const [marker] = await transfer(1);

    await using filtered = alpha.events.filteredBlocks({ startBlock: blockNumber });
    const block = await nextOf(filtered);
    expect(block.number).toBe(blockNumber);
    expect(block.transactions).toContainEqual({ transactionId: late, validationCode: 'MVCC_READ_CONFLICT' });
    await using stream = alpha.events.chaincode({ startBlock: blockNumber });
    for await (const event of stream) {
      expect(event.transactionId).not.toBe(late);
      if (cycleOf(event) === marker) break;
    }
  });

  test('blocks come whole and in order, and what is private in the requests is in none of them', async () => {
    await transfer(1);
    const { blockNumber, transactionId } = await market.alpha.registry.openAccount({
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
    expect(text).toContain(transactionId);
    for (const secret of ['AOKI-SECRET', 'SECRET-1', 'Himitsu', 'LAST-SECRET']) expect(text).not.toContain(secret);
  });
});
