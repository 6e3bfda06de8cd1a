import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayError, type Transaction } from '@hyperledger/fabric-gateway';
import { gateway } from '@hyperledger/fabric-protos';
import { type JsonObject, transientRequestKey } from '@kessai/interface';
import { describeOnEngines, networkOf, withEveryNode } from '../support/engines';
import { type Members, membersOf } from '../support/market-day';
import { type Funding, foundMarket, fund, randomSecret, shinEtsu, yen } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';
import { type SeenState, seenInEnvelope } from './seen';

const money = 10_000_000n;
const own: Funding = { institution: 'GammaMSP', account: 'G-1', name: 'Gamma client', securities: 1_000n, money };
/** Of twenty accounts that somebody may guess, every other one exists. */
const guessed = Array.from({ length: 20 }, (_, n) => `B-${(n + 1).toString()}`);
const existing = guessed.filter((_, n) => n % 2 === 0);
const others: readonly Funding[] = existing.map((account, n) => ({
  ...{ institution: 'BetaMSP', account, name: `Beta client ${n.toString()}` },
  ...(n < 3 ? { securities: 1_000n, money } : {}),
}));

/** At its own peer, at an operator's, at two operators'. */
const endorsing = [['GammaMSP'], ['CsdMSP'], ['ExchangeMSP', 'CsdMSP']] as const;

/** All that an endorsement tells the one who asked for it, or why it was refused. */
interface Told {
  readonly refused?: string;
  readonly response?: unknown;
  readonly states?: readonly SeenState[];
}

/** What Gamma learns of others by asking and never having anything ordered. */
describeOnEngines('a member that asks and orders nothing', (engine) => {
  let members: Members;
  let height: bigint;
  const network = networkOf(withEveryNode(engine), async (started) => {
    await foundMarket(started);
    await fund(started, 'oracle', [own, ...others]);
    members = await membersOf(started);
    const { alpha, beta, exchange } = members;
    await alpha.registry.openAccount({ account: 'A-1', name: 'Alpha client', kind: 'client' });
    const order = { isin: shinEtsu, quantity: 100n, timeInForce: 'day' } as const;
    await beta.orders.place({ ...order, orderId: 'order-1', side: 'sell', account: 'B-1', price: 4_250n });
    await beta.orders.place({ ...order, orderId: 'order-2', side: 'sell', account: 'B-3', price: 4_260n });
    await exchange.orders.match({ id: 'm', isin: shinEtsu, orders: [{ institution: 'BetaMSP', orderId: 'order-1' }] });
    for (let n = 1; n <= 10; n += 1) {
      await beta.orders.recordTrade({
        ...{ tradeId: `trade-${n.toString()}`, counterparty: 'AlphaMSP', isin: shinEtsu, side: 'sell', account: 'B-1' },
        ...{ quantity: 1n, amount: 4_250n },
      });
    }
    await started.rest();
  });

  beforeAll(async () => {
    using plain = new PlainGateway(network.current.profile('GammaMSP'));
    // What a scheduler had sent when it was ended is ordered yet.
    let before: bigint;
    do {
      before = await plain.height();
      await pause(2_000);
      height = await plain.height();
    } while (height !== before);
  });

  const ask = async (method: string, request: JsonObject, organisations: readonly string[]): Promise<Told> => {
    using plain = new PlainGateway(network.current.profile('GammaMSP'));
    try {
      const endorsed = await plain.market
        .newProposal(method, {
          transientData: { [transientRequestKey]: JSON.stringify(request) },
          endorsingOrganizations: [...organisations],
        })
        .endorse();
      return told(endorsed);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { refused: error.details.map(({ message }) => message.slice(message.indexOf('{'))).join('\n') };
    }
  };
  const check = (method: string, request: JsonObject): [string, JsonObject] => ['Market:Check', { method, request }];
  const sealed = (method: string, request: JsonObject): [string, JsonObject] => [
    'Market:Instruct',
    { salt: randomSecret(), instructions: [{ method, request }] },
  ];

  const payment = (account: string): JsonObject => ({
    ...{ id: 'guess', unit: yen, from: 'G-1', amount: '1' },
    to: { institution: 'BetaMSP', account },
  });
  /** Questions of one kind, of which some hit what another member has, and some do not. */
  const questions: Readonly<Record<string, { readonly method: string; readonly requests: readonly JsonObject[] }>> = {
    'payments of one yen to guessed accounts': {
      method: 'MoneyTokens:Transfer',
      requests: guessed.map(payment),
    },
    'affirmations of guessed trades of others': {
      method: 'Orders:AffirmTrade',
      requests: guessed.map((_, n) => ({
        ...{
          recordedBy: 'BetaMSP',
          tradeId: `trade-${(n + 1).toString()}`,
          isin: shinEtsu,
          side: 'buy',
          account: 'G-1',
        },
        ...{ quantity: '1', amount: '4250' },
      })),
    },
    'rejections of guessed trades of others': {
      method: 'Orders:RejectTrade',
      requests: guessed.map((_, n) => ({ recordedBy: 'BetaMSP', tradeId: `trade-${(n + 1).toString()}`, reason: 'x' })),
    },
    'trades of guessed ids with who has used them': {
      method: 'Orders:RecordTrade',
      requests: guessed.map((_, n) => ({
        ...{
          tradeId: `trade-${(n + 1).toString()}`,
          counterparty: 'BetaMSP',
          isin: shinEtsu,
          side: 'buy',
          account: 'G-1',
        },
        ...{ quantity: '1', amount: '4250' },
      })),
    },
    'orders at prices that meet others, and that meet none': {
      method: 'Orders:Place',
      requests: guessed.map((_, n) => ({
        ...{ orderId: 'guess', isin: shinEtsu, side: 'buy', account: 'G-1', quantity: '1' },
        ...{ price: (4_245 + n).toString(), timeInForce: n % 4 === 0 ? 'immediate-or-cancel' : 'day' },
      })),
    },
    'cancellations of guessed orders of others': {
      method: 'Orders:Cancel',
      requests: guessed.map((_, n) => ({ orderId: `order-${(n + 1).toString()}` })),
    },
    'orders from guessed accounts of others': {
      method: 'Orders:Place',
      requests: guessed.map((account) => ({
        ...{ orderId: 'guess', isin: shinEtsu, side: 'buy', account, quantity: '1', price: '4250', timeInForce: 'day' },
      })),
    },
  };

  describe.each(endorsing.map((organisations) => ({ organisations, at: organisations.join(' and ') })))(
    'asking $at',
    ({ organisations }) => {
      test('is told of itself what there is to tell', async () => {
        // The control: what is compared below are answers, and they do depend on what the asker has.
        const [small, large] = ['1', '99999999999'].map((amount) => ({ ...payment('B-1'), amount }));
        const answered = await ask(...check('MoneyTokens:Transfer', small ?? {}), organisations);
        expect(answered.response).toMatchObject({ status: 200, payload: '{"verdict":"inconclusive"}' });
        const { refused } = await ask(...check('MoneyTokens:Transfer', large ?? {}), organisations);
        expect(refused).toContain('"code":"HoldingInsufficient"');
      });

      test.each(Object.entries(questions))('is told the same of all %s', async (_, { method, requests }) => {
        for (const form of [check, sealed]) {
          const answers: Told[] = [];
          for (const request of requests) answers.push(await ask(...form(method, request), organisations));
          const forms = new Set(answers.map((answer) => comparable(answer, requests)));
          expect([method, [...forms].slice(0, 3)]).toEqual([method, [expect.any(String)]]);
        }
      });

      test('is refused a cycle before anything is read for it', async () => {
        const { number, heads } = await members.gamma.market.progress();
        const place = { block: Number(height), transaction: 0 };
        const submissions = [heads[0]?.member ?? '', 'NobodyMSP'].map((member) => ({
          member,
          transactionId: 'ab'.repeat(32),
          place,
        }));
        const answers = [];
        for (const part of [submissions.slice(0, 1), submissions.slice(1), []]) {
          answers.push(await ask('Market:Cycle', { number: number + 1, submissions: part }, organisations));
        }
        for (const { refused = '' } of answers) expect(refused).toContain('"code":"RoleNotAllowed"');
        expect(new Set(answers.map((answer) => answer.refused)).size).toBe(1);
      });

      test('is not answered of others’ books', async () => {
        const refusals: Readonly<Record<string, readonly [string, JsonObject]>> = {
          NotYours: ['Registry:Holdings', { institution: 'BetaMSP' }],
          'NotYours ': ['Registry:Holdings', { institution: 'BetaMSP', account: 'B-1' }],
          'NotYours  ': ['Registry:Accounts', { institution: 'BetaMSP' }],
          'NotYours   ': ['Registry:Statement', { institution: 'BetaMSP' }],
          'NotYours    ': ['Orders:Orders', { institution: 'BetaMSP' }],
          'NotYours     ': ['Orders:Trades', { institution: 'BetaMSP' }],
          'NotYours      ': ['Market:Advices', { member: 'BetaMSP', from: 0 }],
          RoleNotAllowed: ['Orders:Pending', { isin: shinEtsu }],
          'RoleNotAllowed ': ['Settlement:Instructions', {}],
          'RoleNotAllowed  ': ['Registry:Supply', {}],
          'RoleNotAllowed   ': ['MoneyTokens:Outstanding', { unit: yen }],
          'RoleNotAllowed    ': ['Market:Cycles', { from: 0 }],
          'RoleNotAllowed     ': ['CorporateActions:Events', { issuer: 'ShinEtsuMSP' }],
        };
        for (const [code, [method, request]] of Object.entries(refusals)) {
          const { refused } = await ask(method, request, organisations);
          expect([method, refused]).toEqual([method, expect.stringContaining(`"code":"${code.trim()}"`)]);
        }
      });
    },
  );

  test('sees of the register its own clients alone', async () => {
    const { rows } = await members.gamma.registry.register({ isin: shinEtsu });
    expect(rows.map(({ institution, account }) => `${institution} ${account}`)).toEqual(['GammaMSP G-1']);
  });

  test('leaves no trace on the ledger', async () => {
    using plain = new PlainGateway(network.current.profile('GammaMSP'));
    expect(await plain.height()).toBe(height);
  });
});

function told(endorsed: Transaction): Told {
  const envelope = gateway.PreparedTransaction.deserializeBinary(endorsed.getBytes()).getEnvelope();
  const seen = envelope && seenInEnvelope(envelope);
  if (!seen) throw new Error('An endorsement is one of a transaction');
  return { response: seen.response, states: seen.states };
}

/** Without what is of the question itself: the key that its transaction's id gives, and the words in which it was asked. */
function comparable({ refused, response, states }: Told, requests: readonly JsonObject[]): string {
  const asked = new Set(requests.flatMap(wordsOf));
  const without = (text: string): string => text.replace(/[\w-]+/g, (word) => (asked.has(word) ? '…' : word));
  return JSON.stringify({
    refused: refused === undefined ? undefined : without(refused),
    response,
    states: states?.map(({ collections, ...state }) => ({
      ...state,
      collections: collections.map(({ writes, ...use }) => ({ ...use, writes: writes.length })),
    })),
  });
}

function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsOf) : [];
}
