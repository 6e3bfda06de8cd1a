import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type AdvicePage, type AdvicePosition, type Market, adviceCheckpoints } from '@kessai/gateway-client';
import { describeOnEngines, networkOf } from '../support/engines';
import { kessaiAs, linesOf } from '../support/kessai-command';
import { type Members, match, membersOf, pageOf, rejectionOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu, yen } from '../support/market-network';

/** A member is told all that happens to it, cycle by cycle: what became of its instructions, and what others did that concerns it. */
describeOnEngines('advices', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
      { institution: 'BetaMSP', account: 'BABA', name: 'Baba', money: 10_000_000n },
    ]);
  });
  let market: Members;

  beforeAll(async () => {
    market = await membersOf(network.current);
  });

  async function lastCycle(): Promise<number> {
    await network.current.caughtUp();
    return (await market.alpha.market.progress()).number;
  }

  /** All pages from a cycle to the last one. */
  async function pagesOf(member: Market, from: number): Promise<readonly AdvicePage[]> {
    const last = await lastCycle();
    const pages: AdvicePage[] = [];
    if (from > last) return pages;
    await using stream = member.advices.follow({ from });
    for await (const page of stream) {
      pages.push(page);
      if (page.cycle >= last) break;
    }
    return pages;
  }

  /** Without the outcomes of its own instructions. */
  async function toldOf(member: Market, from: number): Promise<readonly unknown[]> {
    const pages = await pagesOf(member, from);
    return pages.flatMap(({ advices }) => advices).filter(({ kind }) => kind !== 'outcome');
  }

  async function placed(): Promise<void> {
    const terms = { isin: shinEtsu, quantity: 100n, price: 4_250n, timeInForce: 'day' } as const;
    await market.alpha.orders.place({ ...terms, orderId: 's', side: 'sell', account: 'AOKI', quantity: 150n });
    await market.beta.orders.place({ ...terms, orderId: 'b', side: 'buy', account: 'BABA' });
  }

  test('there is a page for each cycle, whether or not something happened to the member in it', async () => {
    const [alphas, gammas] = [await pagesOf(market.alpha, 0), await pagesOf(market.gamma, 0)];
    for (const pages of [alphas, gammas]) {
      const [first] = pages;
      expect(pages.map(({ cycle }) => cycle)).toEqual(pages.map((_, index) => (first?.cycle ?? 0) + index));
    }
    // What was done to all by the operators is not told to anybody as done to it.
    expect(gammas.flatMap(({ advices, postings }) => [...advices, ...postings])).toEqual([]);
    const references = alphas.flatMap(({ postings }) => postings.map(({ reference }) => reference));
    expect(references).toEqual(['Securities:Allot fund-0']);
  });

  test('on the board: each party is told of its order, its trade and its settlement, and not of the other', async () => {
    const from = (await lastCycle()) + 1;
    await placed();
    await match(market.exchange, 'm', [
      { institution: 'AlphaMSP', orderId: 's' },
      { institution: 'BetaMSP', orderId: 'b' },
    ]);
    const page = await pageOf(market.exchange, 'm');
    await market.exchange.settlement.settle({ id: 'sign-off', pages: [page] });
    const lines = [{ from: 0, to: 0 }];
    const settled = { kind: 'settlement', page, lines, status: 'settled' };
    const alphas = await toldOf(market.alpha, from);
    expect(alphas).toEqual(
      expect.arrayContaining([
        { kind: 'order', orderId: 's', status: 'standing', remaining: 50n },
        { kind: 'trades', page, lines },
        settled,
      ]),
    );
    const betas = await toldOf(market.beta, from);
    expect(betas).toEqual(
      expect.arrayContaining([{ kind: 'order', orderId: 'b', status: 'filled', remaining: 0n }, settled]),
    );
    const text = (told: readonly unknown[]): string =>
      JSON.stringify(told, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    expect(text(alphas)).not.toMatch(/Beta|BABA|"b"/);
    expect(text(betas)).not.toMatch(/Alpha|AOKI|"s"/);
    expect(await toldOf(market.gamma, from)).toEqual([]);
    const postings = (await pagesOf(market.beta, from)).flatMap((one) => one.postings);
    expect(postings).toContainEqual(
      expect.objectContaining({
        reference: 'Settlement:Settle sign-off',
        account: 'BABA',
        unit: shinEtsu,
        change: 100n,
      }),
    );
  });

  test('a bilateral trade that another recorded is told as it looks from the side of who is told', async () => {
    const from = (await lastCycle()) + 1;
    const agreed = { tradeId: 'T-1', isin: shinEtsu, quantity: 10n, amount: 42_500n };
    await market.alpha.orders.recordTrade({ ...agreed, counterparty: 'BetaMSP', side: 'sell', account: 'AOKI' });
    const allegement = { ...agreed, kind: 'allegement', recordedBy: 'AlphaMSP', side: 'buy', unit: yen };
    expect(await toldOf(market.beta, from)).toEqual([allegement]);
    expect(await toldOf(market.gamma, from)).toEqual([]);
  });

  test('who oversees the market may ask for those of a member; another member may not', async () => {
    const from = await lastCycle();
    const asked = { member: 'BetaMSP', from: from - 3 };
    const own = await market.beta.market.advices({ from: from - 3 });
    expect(await market.auditor.market.advices(asked)).toEqual(own);
    expect(await market.csd.market.advices(asked)).toEqual(own);
    expect(await rejectionOf(market.gamma.market.advices(asked))).toEqual({ code: 'NotYours', field: 'member' });
    const unknown = market.csd.market.advices({ ...asked, member: 'NobodyMSP' });
    expect(await rejectionOf(unknown)).toMatchObject({ code: 'MemberUnknown', field: 'member' });
  });

  describe('a checkpoint', () => {
    const position = async (): Promise<AdvicePosition> => {
      const kept = await adviceCheckpoints.file(file()).read();
      if (!kept) throw new Error('Nothing is kept');
      return kept;
    };

    function file(): string {
      return join(network.current.directory, 'advices.json');
    }

    async function firstOf(member: Market, kept: AdvicePosition): Promise<AdvicePage> {
      const checkpoint = adviceCheckpoints.inMemory();
      await checkpoint.write(kept);
      await using stream = member.advices.follow({ checkpoint });
      for await (const page of stream) return page;
      throw new Error('The stream ended');
    }

    test('lets a reader that was stopped again and again miss nothing and read nothing twice', async () => {
      const all = (await pagesOf(market.alpha, 0)).map(({ cycle }) => cycle);
      const seen: number[] = [];
      for (const stopAfter of [2, 1, all.length]) {
        await using reader = await network.current.connect(network.current.profile('AlphaMSP'));
        await using stream = reader.advices.follow({ from: 0, checkpoint: adviceCheckpoints.file(file()) });
        let read = 0;
        for await (const { cycle } of stream) {
          // A page counts as read when the next is asked for: this one was not dealt with and will come again.
          if (read === stopAfter) break;
          seen.push(cycle);
          read += 1;
          if (cycle === all.at(-1)) break;
        }
      }
      expect(seen).toEqual(all);
    });

    test('of another member, of another ledger, or of cycles that this ledger has not, is an error', async () => {
      const kept = await position();
      const foreign = { code: 'CheckpointForeign' };
      await expect(firstOf(market.beta, kept)).rejects.toMatchObject({ ...foreign, differs: 'member' });
      for (const [change, differs] of [
        [{ channel: 'another' }, 'channel'],
        [{ ledger: '0'.repeat(64) }, 'ledger'],
        [{ digest: '0'.repeat(64) }, 'page'],
        [{ cycle: 1_000_000 }, 'cycle'],
      ] as const) {
        await expect(firstOf(market.alpha, { ...kept, ...change })).rejects.toMatchObject({ ...foreign, differs });
      }
      // As it was kept, it goes on with what comes.
      const next = firstOf(market.alpha, kept);
      await market.alpha.registry.openAccount({ account: 'NEXT', name: 'Next', kind: 'house' });
      expect((await next).cycle).toBe(kept.cycle + 1);
    });
  });

  describe('by the command', () => {
    function at(name: string): string {
      return join(network.current.directory, name);
    }

    test('kessai instruct executes a file in its order and tells what became of each line', async () => {
      const account = (name: string) => ({ account: name, name: 'By file', kind: 'client' });
      const transfer = { id: 'F-1', isin: shinEtsu, from: 'AOKI', to: 'FILE-1', quantity: '5' };
      const lines = [
        { method: 'Registry:OpenAccount', request: account('FILE-1') },
        { method: 'Securities:Transfer', request: transfer },
        {
          method: 'Securities:Transfer',
          request: { ...transfer, id: 'F-2', from: 'FILE-1', to: 'AOKI', quantity: '6' },
        },
        { method: 'Registry:OpenAccount', request: account('FILE-2'), goodUntil: '2020-01-01T00:00:00.000Z' },
      ];
      await writeFile(at('orders.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n\n`).join(''));
      const first = await kessaiAs(network.current, 'AlphaMSP', 'instruct', at('orders.jsonl'));
      expect(first.exitCode).toBe(1);
      expect(linesOf(first)).toEqual([
        { line: 1, outcome: 'created', cycle: expect.any(Number) },
        { line: 3, outcome: 'created', cycle: expect.any(Number) },
        {
          ...{ line: 5, outcome: 'refused', cycle: expect.any(Number) },
          error: expect.objectContaining({ code: 'HoldingInsufficient' }),
        },
        {
          ...{ line: 7, outcome: 'refused', cycle: expect.any(Number) },
          error: expect.objectContaining({ code: 'InstructionExpired' }),
        },
      ]);
      const again = linesOf(await kessaiAs(network.current, 'AlphaMSP', 'instruct', at('orders.jsonl')));
      expect(again.map(({ outcome }) => outcome)).toEqual(['exists', 'exists', 'refused', 'refused']);
    });

    test.each([
      ['{"method":"Registry:OpenAccount","request":{}', 'RequestUnreadable', 2],
      ['{"request":{}}', 'RequestUnreadable', 2],
      ['{"method":"Orders:Steal","request":{}}', 'MethodUnknown', 1],
      ['{"method":"Registry:OpenAccount","request":{"account":"A B"}}', 'FieldMalformed', 1],
    ])('a file with the line %s is refused as %s, and nothing of it is sealed', async (line, code, wanted) => {
      const last = await lastCycle();
      const sound = { method: 'Registry:OpenAccount', request: { account: 'NEVER', name: 'Never', kind: 'client' } };
      await writeFile(at('wrong.jsonl'), `${JSON.stringify(sound)}\n${line}\n`);
      const { exitCode, out } = await kessaiAs(network.current, 'AlphaMSP', 'instruct', at('wrong.jsonl'), '--json');
      expect(exitCode).toBe(wanted);
      expect(JSON.parse(out)).toMatchObject({ error: { code } });
      expect(await lastCycle()).toBe(last);
    });

    test('kessai advices prints a line for each advice and each change of a balance', async () => {
      const from = await lastCycle();
      await market.alpha.securities.transfer({ id: 'C-1', isin: shinEtsu, from: 'AOKI', to: 'FILE-1', quantity: 3n });
      await network.current.caughtUp();
      const { exitCode, out } = await kessaiAs(network.current, 'AlphaMSP', 'advices', '--from', (from + 1).toString());
      expect(exitCode).toBe(0);
      const lines = linesOf({ exitCode, out });
      const head = { cycle: from + 1, time: expect.any(String), businessDate: '2023-03-30' };
      const reference = 'Securities:Transfer C-1';
      const posting = { ...head, kind: 'posting', reference, unit: shinEtsu, lockedChange: '0' };
      expect(lines).toEqual([
        {
          ...head,
          kind: 'outcome',
          transactionId: expect.any(String),
          index: 0,
          method: 'Securities:Transfer',
          outcome: 'created',
        },
        ...[
          { ...posting, account: 'AOKI', change: '-3' },
          { ...posting, account: 'FILE-1', change: '3' },
        ],
      ]);
    });
  });
});
