import { GatewayError } from '@hyperledger/fabric-gateway';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Submission, publicBlocks, submissionsOf } from '@kessai/gateway-client';
import { type JsonObject, decodeRejection, marketRejections } from '@kessai/interface';
import { describeOnEngines, networkOf } from '../support/engines';
import { kessaiAs } from '../support/kessai-command';
import { type Members, balanceOf, expectConserved, membersOf, outcomesOf } from '../support/market-day';
import { foundMarket, fund, yen } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

/** Operators make cycles, any of them, each number once; and everybody can check that all that was sealed was taken in its order. */
describeOnEngines('cycles', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', money: 1_000n },
      { institution: 'BetaMSP', account: 'BABA', name: 'Baba', money: 1_000n },
    ]);
  });
  let market: Members;
  let exchange: PlainGateway;
  let payments = 0;

  beforeAll(async () => {
    market = await membersOf(network.current);
    exchange = new PlainGateway(network.current.profile('ExchangeMSP'));
  });
  afterAll(() => exchange[Symbol.dispose]());

  /** Alpha and Beta pay each other a yen, so many times each. */
  async function pay(count: number, until: 'sealed' | 'executed' = 'executed'): Promise<readonly string[]> {
    const ids: string[] = [];
    const both = [
      { member: market.alpha, from: 'AOKI', to: { institution: 'BetaMSP', account: 'BABA' } },
      { member: market.beta, from: 'BABA', to: { institution: 'AlphaMSP', account: 'AOKI' } },
    ];
    await Promise.all(
      both.map(async ({ member, from, to }) => {
        for (let made = 0; made < count; made += 1) {
          payments += 1;
          const payment = { id: `P-${payments.toString()}`, unit: yen, from, to, amount: 1n };
          // Each a submission of its own.
          const { transactionId } =
            until === 'sealed'
              ? await member.moneyTokens.transfer(payment, { until })
              : await member.moneyTokens.transfer(payment);
          ids.push(transactionId);
        }
      }),
    );
    return ids;
  }

  /** All that cycles have taken, as operators have kept it. */
  async function cycles() {
    const all = [];
    for (let from = 1; ; from = (all.at(-1)?.number ?? 0) + 1) {
      const { cycles: part } = await market.auditor.market.cycles({ from });
      if (part.length === 0) return all;
      all.push(...part);
    }
  }

  async function check(): Promise<{
    readonly exitCode: number;
    readonly report: JsonObject;
    readonly kinds: readonly unknown[];
  }> {
    await network.current.caughtUp();
    const result = await kessaiAs(network.current, 'GammaMSP', 'cycles', 'check', '--json');
    const report = JSON.parse(result.out) as JsonObject & { readonly faults: readonly JsonObject[] };
    return { exitCode: result.exitCode, report, kinds: report.faults.map(({ kind }) => kind) };
  }

  test('of all schedulers together each number is made once, and each submission is taken once', async () => {
    const ids = await pay(8);
    const all = await cycles();
    expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1));
    const taken = all.flatMap(({ submissions }) => submissions.map(({ transactionId }) => transactionId));
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toEqual(expect.arrayContaining([...ids]));
    const times = all.map(({ time }) => time);
    expect(times).toEqual([...times].sort());
    await expectConserved(market.auditor);
  });

  test('whoever sends a number that has been made is told so, and changes nothing', async () => {
    const { number } = await market.alpha.market.progress();
    const again = await exchange.endorse('Market:Cycle', { number, submissions: [] });
    expect(JSON.parse(Buffer.from(again.getResult()).toString())).toEqual({ outcome: 'exists' });
    expect(await (await again.submit()).getStatus()).toMatchObject({ successful: true });
    expect(await market.alpha.market.progress()).toMatchObject({ number });
  });

  test('the scheduler that made the last cycle ends, and another goes on by itself', async () => {
    await network.current.rest();
    const first = await network.current.operateAs('ExchangeMSP');
    const second = await network.current.operateAs('CsdMSP');
    await pay(2);
    await network.current.rest('ExchangeMSP');
    await pay(2);
    expect(second.status.cycles).toBeGreaterThan(0);
    expect(first.status.cycles + second.status.cycles).toBeGreaterThan(1);
    await network.current.rest('CsdMSP');
  });

  test('what is sealed while none is at work waits, and the one that comes takes it all in order', async () => {
    const before = await balanceOf(market.alpha, 'AOKI', yen);
    const { number } = await market.alpha.market.progress();
    const ids = await pay(3, 'sealed');
    expect(await market.alpha.market.progress()).toMatchObject({ number });
    const scheduler = await network.current.operateAs('CcpMSP');
    await pay(1);
    const all = (await cycles()).filter((one) => one.number > number).flatMap(({ submissions }) => submissions);
    expect(all.map(({ transactionId }) => transactionId)).toEqual(expect.arrayContaining([...ids]));
    const places = all.map(({ place }) => place.block * 1_000_000 + place.transaction);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(scheduler.status.submissions).toBe(all.length);
    expect(await balanceOf(market.alpha, 'AOKI', yen)).toEqual(before);
  });

  test('any member finds no fault in all that was made', async () => {
    const { exitCode, report } = await check();
    expect({ exitCode, ...report }).toMatchObject({ exitCode: 0, faults: [], waiting: 0 });
    const { number } = await market.alpha.market.progress();
    expect(report).toMatchObject({ cycles: number });
    const text = await kessaiAs(network.current, 'AlphaMSP', 'cycles', 'check');
    expect(text).toMatchObject({ exitCode: 0, out: expect.stringContaining('No faults') });
  });

  describe('made by hand', () => {
    const sealed = new Map<string, Submission>();

    beforeAll(async () => {
      await network.current.rest();
    });

    /** One submission of Alpha after another, with their places. */
    async function seal(...names: readonly string[]): Promise<void> {
      const ids = new Map<string, string>();
      for (const name of names) {
        const to = { institution: 'BetaMSP', account: 'BABA' };
        const payment = { id: `H-${name}`, unit: yen, from: 'AOKI', to, amount: 1n };
        const { transactionId } = await market.alpha.moneyTokens.transfer(payment, { until: 'sealed' });
        ids.set(transactionId, name);
      }
      const profile = network.current.profile('AlphaMSP');
      for await (const block of publicBlocks(profile)) {
        for (const submission of submissionsOf(block, profile.chaincode)) {
          const name = ids.get(submission.transactionId);
          if (name !== undefined) sealed.set(name, submission);
        }
      }
    }

    function entry(name: string, placeOf = name): JsonObject {
      const [of, at] = [sealed.get(name), sealed.get(placeOf)];
      if (!of || !at) throw new Error(`${name} was not sealed`);
      return { member: 'AlphaMSP', transactionId: of.transactionId, place: { ...at.place } };
    }

    async function cycle(...submissions: readonly JsonObject[]): Promise<void> {
      const { number } = await market.alpha.market.progress();
      const transaction = await exchange.endorse('Market:Cycle', { number: number + 1, submissions: [...submissions] });
      expect(await (await transaction.submit()).getStatus()).toMatchObject({ successful: true });
      await network.current.caughtUp();
    }

    async function refusalOf(request: JsonObject, sender = exchange): Promise<unknown> {
      const error: unknown = await sender.endorse('Market:Cycle', request).catch((reason: unknown) => reason);
      if (!(error instanceof GatewayError)) throw error;
      const [text] = error.details.map(({ message }) => message.slice(message.indexOf('{')));
      return decodeRejection(marketRejections, JSON.parse(text ?? ''));
    }

    test('it is refused where it is out of order, repeats, invents, goes ahead, or is no operator’s', async () => {
      await seal('a', 'b');
      const { number: last } = await market.alpha.market.progress();
      const number = last + 1;
      const outOfOrder = { code: 'SubmissionOutOfOrder' };
      expect(await refusalOf({ number, submissions: [entry('b'), entry('a')] })).toMatchObject(outOfOrder);
      expect(await refusalOf({ number, submissions: [entry('a'), entry('a')] })).toMatchObject(outOfOrder);
      const [taken] = (await cycles()).findLast(({ submissions }) => submissions.length > 0)?.submissions ?? [];
      expect(taken).toBeDefined();
      expect(await refusalOf({ number, submissions: [{ ...taken, place: { ...taken?.place } }] })).toMatchObject(
        outOfOrder,
      );
      const invented = { ...entry('a'), transactionId: 'f'.repeat(64) };
      expect(await refusalOf({ number, submissions: [invented] })).toMatchObject({
        code: 'SubmissionUnknown',
        member: 'AlphaMSP',
      });
      // Another's name on it does not make it another's.
      expect(await refusalOf({ number, submissions: [{ ...entry('a'), member: 'BetaMSP' }] })).toMatchObject({
        code: 'SubmissionUnknown',
        member: 'BetaMSP',
      });
      expect(await refusalOf({ number: number + 1, submissions: [] })).toMatchObject({
        code: 'CycleAhead',
        number: last,
      });
      using alpha = new PlainGateway(network.current.profile('AlphaMSP'));
      expect(await refusalOf({ number, submissions: [] }, alpha)).toMatchObject({ code: 'RoleNotAllowed' });
      expect(await market.alpha.market.progress()).toMatchObject({ number: last });
    });

    test('as it should be, it is a cycle like any other, and what was refused before is taken', async () => {
      await cycle(entry('a'), entry('b'));
      expect(await outcomesOf(market.alpha, sealed.get('a')?.transactionId ?? '')).toMatchObject([
        { outcome: 'created' },
      ]);
      expect((await check()).kinds).toEqual([]);
    });

    test('two submissions of one member that are executed at each other’s place are named by who checks', async () => {
      await seal('x', 'y');
      const placeOf = (name: string) => ({ block: 0, transaction: 0, ...sealed.get(name)?.place });
      await cycle({ ...entry('y'), place: placeOf('x') }, { ...entry('x'), place: placeOf('y') });
      expect((await check()).kinds).toContain('reordered');
    });

    test('places that are not the true ones are named by who checks', async () => {
      await seal('c', 'd');
      const { place } = sealed.get('c') ?? {};
      const elsewhere = { block: place?.block ?? 0, transaction: (place?.transaction ?? 0) + 1 };
      await cycle({ ...entry('c'), place: elsewhere }, entry('d'));
      const { exitCode, kinds } = await check();
      expect(exitCode).toBe(1);
      expect(kinds).toContain('reordered');
    });

    test('one that is left out is named, with whose it was; the rest of the market goes on', async () => {
      await seal('e', 'f');
      await cycle(entry('f'));
      const { report, kinds } = await check();
      expect(kinds).toContain('leftOut');
      expect(report).toMatchObject({
        faults: expect.arrayContaining([
          expect.objectContaining({
            kind: 'leftOut',
            submission: { member: 'AlphaMSP', place: sealed.get('e')?.place },
          }),
        ]),
      });
      await network.current.operate();
      await pay(1);
      const again = await kessaiAs(network.current, 'BetaMSP', 'cycles', 'check');
      expect(again).toMatchObject({ exitCode: 1, out: expect.stringContaining('leftOut') });
      await expectConserved(market.auditor);
    });
  });
});
