import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type JsonObject, decodeRejection, marketLimits, marketRejections } from '@kessai/interface';
import { describeOnEngines, networkOf } from '../support/engines';
import { type Members, balanceOf, expectConserved, membersOf, outcomesOf, rejectionOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

/** Members seal what they want done; its place on the ledger is its place in the order, and a cycle executes it. */
describeOnEngines('sealing', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
      { institution: 'AlphaMSP', account: 'ABE', name: 'Abe' },
      { institution: 'AlphaMSP', account: 'ARAI', name: 'Arai' },
    ]);
  });
  let market: Members;
  let plain: PlainGateway;

  beforeAll(async () => {
    market = await membersOf(network.current);
    plain = new PlainGateway(network.current.profile('AlphaMSP'));
  });
  afterAll(() => plain[Symbol.dispose]());

  const transfer = (id: string, from: string, to: string, quantity = 10n) => ({
    id,
    isin: shinEtsu,
    from,
    to,
    quantity,
  });
  const instruction = (id: string, from: string, to: string, quantity = '10') => ({
    method: 'Securities:Transfer',
    request: { id, isin: shinEtsu, from, to, quantity },
  });

  async function held(account: string): Promise<bigint> {
    return (await balanceOf(market.alpha, account, shinEtsu)).available;
  }

  /** What the chaincode says to a transaction that it does not endorse. */
  async function refusalOf(call: Promise<unknown>): Promise<unknown> {
    const error: unknown = await call.catch((reason: unknown) => reason);
    if (!(error instanceof GatewayError)) throw error;
    const [text] = error.details.map(({ message }) => message.slice(message.indexOf('{')));
    return decodeRejection(marketRejections, JSON.parse(text ?? ''));
  }

  test('what is sealed has its place and moves nothing yet; the cycle that comes executes it, without its sender', async () => {
    const { alpha } = market;
    await network.current.rest();
    const { number } = await alpha.market.progress();
    const sealed = await alpha.securities.transfer(transfer('T-1', 'AOKI', 'ABE'), { until: 'sealed' });
    expect(sealed).toMatchObject({
      outcome: 'sealed',
      index: 0,
      transactionId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await alpha.market.progress()).toMatchObject({ number });
    expect(await held('ABE')).toBe(0n);
    await network.current.operate();
    expect(await outcomesOf(alpha, sealed.transactionId)).toEqual([
      {
        ...{ kind: 'outcome', transactionId: sealed.transactionId, index: 0 },
        method: 'Securities:Transfer',
        outcome: 'created',
      },
    ]);
    expect(await held('ABE')).toBe(10n);
  });

  test('many are one submission, executed in their order: each builds on the one before', async () => {
    // The same ten securities go round and round: in any other order one of the steps would lack them.
    const round = ['ABE', 'ARAI', 'AOKI', 'ABE'];
    const steps = Array.from({ length: 90 }, (_, n) =>
      instruction(`R-${n}`, round[n % 3] ?? '', round[(n % 3) + 1] ?? ''),
    );
    const before = await held('AOKI');
    const spare = before.toString();
    const results = await market.alpha.instruct([
      instruction('R-away', 'AOKI', 'ARAI', spare),
      // Aoki and Arai have nothing else to give now.
      ...steps,
      instruction('R-back', 'ARAI', 'AOKI', spare),
    ]);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    expect(results.map(({ index }) => index)).toEqual(results.map((_, index) => index));
    expect(new Set(results.map(({ transactionId }) => transactionId)).size).toBe(1);
    expect(new Set(results.map(({ cycle }) => cycle)).size).toBe(1);
    expect([await held('AOKI'), await held('ABE'), await held('ARAI')]).toEqual([before, 10n, 0n]);
  });

  test('one that is refused says why, and does not keep the others from being executed', async () => {
    const results = await market.alpha.instruct([
      instruction('M-1', 'ARAI', 'ABE', '1'),
      instruction('M-2', 'ABE', 'ARAI', '4'),
      instruction('M-3', 'ARAI', 'ABE', '4'),
      instruction('M-3', 'ARAI', 'ABE', '4'),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['refused', 'created', 'created', 'exists']);
    expect(results[0]?.error).toMatchObject({
      code: 'HoldingInsufficient',
      account: 'ARAI',
      needed: '1',
      available: '0',
    });
  });

  test('calls made at once share submissions and keep their order', async () => {
    const { alpha } = market;
    const accounts = Array.from({ length: 60 }, (_, n) => `CLIENT-${n.toString().padStart(2, '0')}`);
    const opened = await Promise.all(
      accounts.map(async (account) => alpha.registry.openAccount({ account, name: account, kind: 'client' })),
    );
    expect(new Set(opened.map(({ transactionId }) => transactionId)).size).toBeLessThan(accounts.length);
    const cycles = opened.map(({ cycle }) => cycle);
    expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
  });

  test('more than fit one submission are sealed as several, one after another', async () => {
    const { bank } = market;
    const count = marketLimits.submissionInstructions / 2 + 1;
    const accounts = Array.from({ length: count }, (_, n) => {
      const account = `DEPOSIT-${n.toString()}`;
      return { method: 'Registry:OpenAccount', request: { account, name: account, kind: 'client' } };
    });
    const results = await bank.instruct(accounts);
    expect(results).toHaveLength(count);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    expect(new Set(results.map(({ transactionId }) => transactionId)).size).toBe(2);
    expect(results.at(-1)?.index).toBe(0);
  });

  test('what is beyond the limits is refused before it is ordered, by the client and by the chaincode', async () => {
    const { alpha } = market;
    const submissions = await plain.submissions();
    const text = 'x'.repeat(marketLimits.submissionCharacters);
    const long = { method: 'Registry:OpenAccount', request: { account: 'LONG', name: text, kind: 'client' } };
    expect(await rejectionOf(alpha.instruct([long]))).toMatchObject({ code: expect.stringMatching(/TooLong$/) });
    const salt = 'a'.repeat(64);
    const many: readonly JsonObject[] = Array.from({ length: marketLimits.submissionInstructions + 1 }, () => long).map(
      ({ method }) => ({ method, request: {} }),
    );
    for (const [instructions, field] of [
      [many, 'instructions'],
      [[{ method: 'Orders:Cancel', request: {}, goodUntil: 'tomorrow' }], 'instructions[0].goodUntil'],
      [[{ method: 'Orders:Cancel' }], 'instructions[0].request'],
    ] as const) {
      const refused = plain.endorse('Market:Instruct', { salt, instructions: [...instructions] }, ['AlphaMSP']);
      expect(await refusalOf(refused)).toMatchObject({ code: expect.stringMatching(/^Field/), field });
    }
    const unsalted = plain.endorse('Market:Instruct', { salt: '', instructions: [] }, ['AlphaMSP']);
    expect(await refusalOf(unsalted)).toMatchObject({ field: 'salt' });
    expect(await plain.submissions()).toBe(submissions);
  });

  test('a submission of nothing does nothing', async () => {
    const [submissions, before] = [await plain.submissions(), await market.alpha.registry.holdings()];
    expect(await market.alpha.instruct([], { until: 'sealed' })).toEqual([]);
    expect(await plain.submissions()).toBe(submissions + 1);
    expect(await market.alpha.registry.holdings()).toEqual(before);
  });

  test('an instruction is no transaction of its own, and a transaction of its own is no instruction', async () => {
    const request = { id: 'T-2', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: '1' };
    expect(await refusalOf(plain.endorse('Securities:Transfer', request))).toMatchObject({
      code: 'SealedOnly',
      method: 'Securities:Transfer',
    });
    const [advice] = await plain.outcomesOf(await plain.seal([{ method: 'Market:Progress', request: {} }]));
    expect(advice).toMatchObject({ outcome: 'refused', error: { code: 'MethodUnknown' } });
    const [other] = await plain.outcomesOf(await plain.seal([{ method: 'Market:Cycle', request: {} }]));
    expect(other).toMatchObject({ outcome: 'refused', error: { code: 'SentDirectly', method: 'Market:Cycle' } });
  });

  test("what the member's own peer has not endorsed is not sealed, whoever else has", async () => {
    const request = { salt: 'b'.repeat(64), instructions: [instruction('FORGED', 'AOKI', 'ABE')] };
    const forged = await plain.endorse('Market:Instruct', request, ['ExchangeMSP', 'CsdMSP']);
    const status = await (await forged.submit()).getStatus();
    expect(status.code).toBe(StatusCode.ENDORSEMENT_POLICY_FAILURE);
    const next = await plain.seal([instruction('AFTER', 'AOKI', 'ABE')]);
    expect(await plain.outcomesOf(next)).toMatchObject([{ outcome: 'created' }]);
    const { entries } = await market.alpha.registry.statement();
    expect(entries.map(({ reference }) => reference)).not.toContain('Securities:Transfer FORGED');
  });

  test('what is sure to be refused is known at once and not sealed; who wants it so has it sealed unchecked', async () => {
    const { alpha } = market;
    const tooMuch = transfer('T-3', 'ARAI', 'ABE', 1n);
    const submissions = await plain.submissions();
    const request = { ...tooMuch, quantity: '1' };
    const checked = { method: 'Securities:Transfer', request };
    expect(await rejectionOf(alpha.market.check(checked))).toMatchObject({ code: 'HoldingInsufficient' });
    expect(await alpha.market.check({ ...checked, request: { ...request, from: 'AOKI' } })).toEqual({
      verdict: 'accepted',
    });
    expect(await rejectionOf(alpha.securities.transfer(tooMuch))).toMatchObject({ code: 'HoldingInsufficient' });
    expect(await plain.submissions()).toBe(submissions);
    expect(await rejectionOf(alpha.securities.transfer(tooMuch, { check: false }))).toMatchObject({
      code: 'HoldingInsufficient',
    });
    expect(await plain.submissions()).toBe(submissions + 1);
    await expectConserved(market.auditor);
  });
});
