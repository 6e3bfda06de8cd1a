import { beforeAll, describe, expect, test } from '@jest/globals';
import { corporateActions } from '@kessai/corporate-actions';
import { type JsonObject, isRejection, marketRejections } from '@kessai/interface';
import {
  type Audit,
  type Call,
  type CallKind,
  type CallPick,
  MemoryMarket,
  RandomCalls,
  type SampleDay,
  audit,
  faultsOfBoards,
  faultsOfLocks,
  faultsOfParties,
  faultsOfValue,
  limitOfSequencesMs,
  obayashi,
  openSampleDay,
  sampleAccounts,
  sampleNeedOf,
  sequences,
  shinEtsu,
  usualCalls,
} from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import fc from 'fast-check';
import { settlement } from './index';

const contracts = {
  ...{ Registry: registry, Securities: securities, MoneyTokens: moneyTokens },
  ...{ Orders: orders, Settlement: settlement, CorporateActions: corporateActions },
};
const tries = sequences(process.env, 100, 1_250);
const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];

const kinds: readonly Kind[] = [...(['repeat', 'alter', 'malformed', 'cycle'] as const), ...usualCalls];
type Kind = CallKind | 'repeat' | 'alter' | 'malformed' | 'cycle';

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  pick: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11), fc.nat(11)),
  later: fc.nat(2).map((one) => one === 0),
});

/** One step of a day. What the numbers pick depends on what the market then holds, so that most steps are about something. */
interface Step {
  readonly kind: Kind;
  readonly pick: CallPick;
  /** Sealed now, and executed with what comes after it: when others may have made it obsolete. */
  readonly later: boolean;
}

const policies = ['by-operator', 'continuous'].flatMap((matching) =>
  ['by-operator', 'continuous'].map((settling) => ({ matching, settlement: settling })),
);
type Policy = (typeof policies)[number];

/** A market that is run step by step and audited after each cycle. */
class AuditedMarket {
  readonly #done: Call[] = [];
  readonly #calls: RandomCalls;
  #waiting: Call[] = [];
  #audit: Audit;
  /** Cycles that executed several instructions. */
  shared = 0;

  constructor(
    readonly day: SampleDay,
    readonly policy: Policy,
  ) {
    this.#calls = new RandomCalls(day);
    this.#audit = this.#read();
  }

  async run({ kind, pick, later }: Step): Promise<void> {
    if (kind === 'cycle') return this.#cycle();
    if (kind === 'repeat' || kind === 'alter' || kind === 'malformed') {
      await this.#cycle();
      if (kind === 'repeat') return this.#repeat(pick[0]);
      if (kind === 'alter') return this.#alter(pick[0]);
      return this.#malformed(pick);
    }
    const call = await this.#calls.of(kind, pick, this.#audit);
    if (call) await this.#send(call, later);
  }

  /** Ends the day: every order expires, every trade is tried. Then no order may lock anything any more. */
  async end(): Promise<void> {
    await this.#cycle();
    const { phase } = await this.day.clock();
    if (phase === 'closed') return;
    if (phase !== 'settlement') await this.#send(await this.#calls.clock('settlement'), false);
    for (const isin of [shinEtsu, obayashi]) await this.#send(this.#calls.expire(isin), false);
    const settle = this.#calls.settleAll(this.#audit);
    if (settle) await this.#send(settle, false);
    const locked = [...this.#audit.holdings].filter(([, holding]) => holding.locked !== 0n);
    expect(locked).toEqual([]);
    expect(this.#audit.trades.filter(({ origin, status }) => origin === 'board' && status !== 'settled')).toEqual([]);
  }

  async #send({ approvedBy = [], ...call }: Call, later: boolean): Promise<void> {
    for (const caller of [call.caller, ...approvedBy]) {
      this.day.market.seal(caller, [{ method: call.method, request: call.request }]);
      this.#waiting.push({ ...call, caller });
    }
    if (!later) await this.#cycle();
  }

  async #cycle(): Promise<void> {
    const calls = this.#waiting;
    this.#waiting = [];
    if (calls.length > 1) this.shared += 1;
    const results = await this.day.market.cycle();
    expect(results).toHaveLength(calls.length);
    for (const [index, result] of results.entries()) {
      const call = calls[index];
      if (isRejection(result)) expect(marketRejections).toHaveProperty(result.code);
      else if (call && result.outcome === 'created') this.#done.push(call);
    }
    this.#look(calls);
  }

  /** What must come to nothing: a rejection, or the answer that it has happened before. */
  async #toNothing({ caller, method, request }: Call): Promise<unknown> {
    const answer = await this.day.market.submit(caller, method, request);
    expect(this.#read()).toEqual(this.#audit);
    return answer;
  }

  /** The laws that hold in every state, and those of the step into it. */
  #look(calls: readonly Call[]): void {
    const before = this.#audit;
    const now = this.#read();
    this.#audit = now;
    expect(this.day.market.failures).toEqual([]);
    expect([
      ...[...faultsOfValue(now), ...faultsOfBoards(now), ...faultsOfLocks(now, sampleNeedOf), ...faultsOfParties(now)],
    ]).toEqual([]);
    expect(now.trades.filter(({ origin, status }) => origin === 'board' && status === 'pending')).toEqual([]);
    const settled = legsOfNewlySettled(before, now);
    const methods = new Set(calls.map(({ method }) => method));
    const moving = [...methods].filter((method) => !/^(Orders|Settlement|Registry):/.test(method));
    // Where nothing else moves, both legs of the trades that settled are all that moves.
    if (moving.length === 0) expect(changesOf(before, now)).toEqual(settled);
    if (this.policy.settlement === 'by-operator' && !methods.has('Settlement:Settle'))
      expect(settled).toEqual(new Map());
  }

  #read(): Audit {
    return audit(this.day.market.ledger, this.day.collections);
  }

  async #repeat(pick: number): Promise<void> {
    const call = this.#done[pick % this.#done.length];
    if (!call) return;
    const answer = await this.#toNothing(call);
    const ofOwnId = !['Orders:Cancel', 'Registry:AdvanceClock'].includes(call.method);
    if (ofOwnId && !/:(Affirm|Reject)Trade$/.test(call.method)) expect(answer).toMatchObject({ outcome: 'exists' });
    else expect(answer).toBeDefined();
  }

  async #alter(pick: number): Promise<void> {
    const call = this.#done[pick % this.#done.length];
    const field = ['quantity', 'amount', 'pages', 'orders'].find((name) => Object.hasOwn(call?.request ?? {}, name));
    if (!call || field === undefined || call.method.endsWith(':AffirmTrade')) return;
    const other = { quantity: '987654321', amount: '987654321', pages: ['999999'] }[field] ?? [
      { institution: 'AlphaMSP', orderId: 'another' },
    ];
    const answer = await this.#toNothing({ ...call, request: { ...call.request, [field]: other } });
    expect(answer).toMatchObject({ code: 'Conflict', field: expect.stringMatching(`^${field}`) as unknown });
  }

  async #malformed([kind, one, two]: CallPick): Promise<void> {
    const call = { ...this.#calls.place([one, two, 1, 1]), caller: 'AlphaMSP' };
    const [flaw, code] = (
      [
        [{ quantity: '0' }, 'FieldOutOfRange'],
        [{ quantity: '-100' }, 'FieldOutOfRange'],
        [{ quantity: '1.5' }, 'FieldMalformed'],
        [{ quantity: '9223372036854775808' }, 'FieldOutOfRange'],
        [{ isin: 'JP3371200002' }, 'IsinInvalid'],
        [{ isin: 'US0378331005' }, 'InstrumentUnknown'],
        [{ account: 'B-1' }, 'AccountUnknown'],
        [{ account: 'Z-9' }, 'AccountUnknown'],
        [{ note: 'x' }, 'FieldUnknown'],
        [{ isin: shinEtsu, account: 'A-1', quantity: '150' }, 'LotViolated'],
      ] as const
    )[kind % 10] as readonly [JsonObject, string];
    const answer = await this.#toNothing({ ...call, request: { ...call.request, ...flaw } });
    const { phase } = await this.day.clock();
    const closed = phase !== 'open' && /Unknown$|Violated$/.test(code) && code !== 'FieldUnknown';
    // A board on which orders of an earlier day stand takes none, whatever their quantity.
    const codes = code === 'LotViolated' ? [code, 'OrdersNotExpired'] : [code];
    expect(closed ? ['PhaseClosed'] : codes).toContain((answer as { code?: string }).code);
  }
}

/** By holding: what both legs of the trades that are settled now, and were not before, come to. */
function legsOfNewlySettled(before: Audit, now: Audit): Map<string, bigint> {
  const nameOf = ({ page, number }: { page: string; number: number }): string => `${page} ${number}`;
  const settledBefore = new Set(before.trades.filter(({ status }) => status === 'settled').map(nameOf));
  const changes = new Map<string, bigint>();
  const add = (
    { institution, account = '' }: { institution: string; account?: string },
    unit: string,
    by: bigint,
  ): void => {
    const name = `${institution}/${account}/${unit}`;
    changes.set(name, (changes.get(name) ?? 0n) + by);
  };
  for (const trade of now.trades) {
    if (trade.status !== 'settled' || settledBefore.has(nameOf(trade))) continue;
    const { isin, unit, quantity, amount, seller, buyer } = trade;
    add(seller, isin, -BigInt(quantity));
    add(buyer, isin, BigInt(quantity));
    add(buyer, unit, -BigInt(amount));
    add(seller, unit, BigInt(amount));
  }
  return withoutZeros(changes);
}

function changesOf(before: Audit, now: Audit): Map<string, bigint> {
  const changes = new Map<string, bigint>();
  for (const name of new Set([...before.holdings.keys(), ...now.holdings.keys()])) {
    const [then, since] = [before.holdings.get(name), now.holdings.get(name)];
    const total = (holding: typeof then): bigint => (holding?.available ?? 0n) + (holding?.locked ?? 0n);
    changes.set(name, total(since) - total(then));
  }
  return withoutZeros(changes);
}

function withoutZeros(changes: ReadonlyMap<string, bigint>): Map<string, bigint> {
  return new Map([...changes].filter(([, change]) => change !== 0n).sort());
}

/** What is Alpha's, Beta's or Gamma's alone, found where others may look. */
function leaks(day: SampleDay): readonly string[] {
  const secretsOf = (institution: string): string[] => [
    `CanaryOrder-${institution}`,
    ...sampleAccounts
      .filter((one) => one.institution === institution)
      .flatMap(({ account, name }) => [`"${account}"`, `/${account}`, name]),
  ];
  return ['', 'board', ...institutions].flatMap((collection) => {
    const text = day.market.ledger
      .contents(collection)
      .map(({ key, value }) => `${key} ${key.startsWith('advice/') ? withoutEchoes(value) : value}`)
      .join();
    return institutions
      .filter((institution) => institution !== collection)
      .flatMap(secretsOf)
      .filter((secret) => text.includes(secret))
      .map((secret) => `${collection} holds ${secret}`);
  });
}

async function withPolicy(day: SampleDay, policy: Policy): Promise<SampleDay> {
  await day.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'policy', policy });
  return day;
}

/** A refusal may name what its caller named itself. */
function withoutEchoes(page: string): string {
  const { outcomes, ...rest } = JSON.parse(page) as {
    outcomes: { runs: { error?: { code: string } }[] }[];
  };
  const errors = outcomes.flatMap(({ runs }) => runs.flatMap(({ error }) => error ?? []));
  const echoes = ['AccountUnknown', 'OrderUnknown', 'TradeUnknown'];
  return JSON.stringify({ ...rest, errors: errors.filter(({ code }) => !echoes.includes(code)) });
}

describe('A market in which anything may happen in any order', () => {
  let opened: SampleDay;
  const forks = (): SampleDay => opened.copyInto(new MemoryMarket({ contracts }));

  beforeAll(async () => {
    opened = await openSampleDay(new MemoryMarket({ contracts }));
  });

  test('a canary is found where its owner keeps it, so that a leak would be', () => {
    expect(JSON.stringify(opened.market.ledger.contents('AlphaMSP'))).toContain('Canary Aoki of Alpha');
    expect(leaks(opened)).toEqual([]);
  });

  test(
    'conserves value, settles both legs or neither, repeats nothing, locks what is needed, and tells nobody else',
    async () => {
      let shared = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...policies),
          fc.array(step, { minLength: 10, maxLength: 32, size: 'max' }),
          async (policy, steps) => {
            const market = new AuditedMarket(await withPolicy(forks(), policy), policy);
            for (const one of steps) await market.run(one);
            await market.end();
            expect(leaks(market.day)).toEqual([]);
            shared += market.shared;
          },
        ),
        tries,
      );
      // Instructions that others had overtaken within their cycle must have been among them.
      expect(shared).toBeGreaterThan(tries.numRuns / 3);
    },
    limitOfSequencesMs(process.env, 600_000),
  );
});
