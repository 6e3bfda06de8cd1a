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
  type StoredOrder,
  audit,
  faultsOfBoards,
  faultsOfLocks,
  faultsOfValue,
  obayashi,
  openSampleDay,
  sampleAccounts,
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
const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];

/** No submit reads in more rounds than this, however many orders, trades or holders it is about. */
const mostRounds = 7;

const kinds: readonly Kind[] = [...(['repeat', 'alter', 'malformed', 'commit', 'commit'] as const), ...usualCalls];
type Kind = CallKind | 'repeat' | 'alter' | 'malformed' | 'commit';

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  pick: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11), fc.nat(11)),
  later: fc.nat(4).map((one) => one === 0),
});

/** One step of a day. What the numbers pick depends on what the market then holds, so that most steps are about something. */
interface Step {
  readonly kind: Kind;
  readonly pick: CallPick;
  /** Endorsed now, and committed when a later step says so: after others have overtaken it. */
  readonly later: boolean;
}

/** What an order locks, said in other words than the contract's: a seller the securities; a buyer each lot at its limit, rounded up. */
function needOf({ isin, side, remaining, price }: StoredOrder): bigint {
  if (side === 'sell') return BigInt(remaining);
  const lot = isin === shinEtsu ? 100n : 1n;
  const tenths = lot * BigInt(price);
  return (BigInt(remaining) / lot) * ((tenths + 9n) / 10n);
}

/** A market that is run step by step and audited after each. */
class AuditedMarket {
  readonly #queue: { call: Call; endorsed: Awaited<ReturnType<MemoryMarket['endorse']>> }[] = [];
  readonly #done: Call[] = [];
  readonly #calls: RandomCalls;
  #audit: Audit;
  conflicts = 0;

  constructor(readonly day: SampleDay) {
    this.#calls = new RandomCalls(day);
    this.#audit = this.#read();
  }

  async run({ kind, pick, later }: Step): Promise<void> {
    if (kind === 'commit') {
      this.#commitOne();
      return;
    }
    if (kind === 'repeat') return this.#repeat(pick[0]);
    if (kind === 'alter') return this.#alter(pick[0]);
    if (kind === 'malformed') return this.#malformed(pick);
    const call = await this.#calls.of(kind, pick, this.#audit);
    if (!call) return;
    await this.#endorse(call);
    if (!later) this.#commit(this.#queue.length - 1);
  }

  /** Ends the day: every order expires, every trade is tried. Then nothing may be locked any more. */
  async end(): Promise<void> {
    while (this.#queue.length > 0) this.#commitOne();
    const { phase } = await this.day.clock();
    if (phase === 'closed') return;
    if (phase !== 'settlement') await this.#now(await this.#calls.clock('settlement'));
    for (const isin of [shinEtsu, obayashi]) await this.#now(this.#calls.expire(isin, this.#audit));
    const settle = this.#calls.settleAll(this.#audit);
    if (settle) await this.#now(settle);
    const locked = [...this.#audit.holdings].filter(([, holding]) => holding.locked !== 0n);
    expect(locked).toEqual([]);
    expect(this.#audit.trades.filter(({ page, status }) => page.startsWith('board.') && status !== 'settled')).toEqual(
      [],
    );
  }

  async #now(call: Call): Promise<void> {
    await this.#endorse(call);
    this.#commit(this.#queue.length - 1);
  }

  async #endorse(call: Call): Promise<void> {
    const { ledger } = this.day.market;
    const before = ledger.rounds;
    const endorsed = await this.day.market.endorse(call.caller, call.method, call.request);
    expect(ledger.rounds - before).toBeLessThanOrEqual(mostRounds);
    this.#queue.push({ call, endorsed });
  }

  #commitOne(): void {
    if (this.#queue.length > 0) this.#commit(0);
  }

  #commit(index: number): void {
    const [waiting] = this.#queue.splice(index, 1);
    if (!waiting) return;
    const { call, endorsed } = waiting;
    if (isRejection(endorsed)) {
      expect(marketRejections).toHaveProperty(endorsed.code);
    } else if (!this.day.market.commit(endorsed)) {
      this.conflicts += 1;
    } else {
      if (endorsed.outcome.outcome === 'created') this.#done.push(call);
      this.#look(call);
    }
  }

  /** Endorses what must come to nothing: a rejection, or the answer that it has happened before. */
  async #toNothing({ caller, method, request }: Call): Promise<unknown> {
    const endorsed = await this.day.market.endorse(caller, method, request);
    if (isRejection(endorsed)) return endorsed;
    expect(endorsed.writes).toEqual([]);
    return endorsed.outcome;
  }

  /** The laws that hold in every state, and those of the step into it. */
  #look({ method }: Call): void {
    const before = this.#audit;
    const now = this.#read();
    expect([...faultsOfValue(now), ...faultsOfBoards(now), ...faultsOfLocks(now, needOf)]).toEqual([]);
    expect(now.trades.filter(({ page, status }) => page.startsWith('board.') && status === 'pending')).toEqual([]);
    const settled = legsOfNewlySettled(before, now);
    // Outside of settlement no trade settles; in it nothing moves but both legs of the trades that did.
    if (method === 'Settlement:Settle') expect(changesOf(before, now)).toEqual(settled);
    else expect(settled).toEqual(new Map());
    this.#audit = now;
  }

  #read(): Audit {
    return audit(this.day.market.ledger, this.day.collections);
  }

  async #repeat(pick: number): Promise<void> {
    const call = this.#done[pick % this.#done.length];
    if (!call) return;
    const answer = await this.#toNothing(call);
    const ofOwnId = !['Orders:Cancel', 'Registry:AdvanceClock'].includes(call.method);
    if (ofOwnId && !/:(Affirm|Reject)Trade$/.test(call.method)) expect(answer).toEqual({ outcome: 'exists' });
    else expect(answer).toBeDefined();
  }

  async #alter(pick: number): Promise<void> {
    const call = this.#done[pick % this.#done.length];
    const field = ['quantity', 'amount', 'pages', 'orders', 'pending'].find((name) =>
      Object.hasOwn(call?.request ?? {}, name),
    );
    if (!call || field === undefined || call.method.endsWith(':AffirmTrade')) return;
    const other = { quantity: '987654321', amount: '987654321', pages: ['board.another'] }[field] ?? [
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
    expect(answer).toMatchObject({ code: closed ? 'PhaseClosed' : code });
  }
}

/** By holding: what both legs of the trades that are settled now, and were not before, come to. */
function legsOfNewlySettled(before: Audit, now: Audit): Map<string, bigint> {
  const open = new Set(
    before.trades.filter(({ status }) => status !== 'settled').map(({ page, number }) => `${page} ${number}`),
  );
  const changes = new Map<string, bigint>();
  const add = (
    { institution, account = '' }: { institution: string; account?: string },
    unit: string,
    by: bigint,
  ): void => {
    const name = `${institution}/${account}/${unit}`;
    changes.set(name, (changes.get(name) ?? 0n) + by);
  };
  for (const { page, number, status, isin, unit, quantity, amount, seller, buyer } of now.trades) {
    if (status !== 'settled' || !open.has(`${page} ${number}`)) continue;
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
    const text = JSON.stringify(day.market.ledger.contents(collection)).replaceAll('\\"', '"');
    return institutions
      .filter((institution) => institution !== collection)
      .flatMap(secretsOf)
      .filter((secret) => text.includes(secret))
      .map((secret) => `${collection} holds ${secret}`);
  });
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

  test('conserves value, settles both legs or neither, repeats nothing, locks what is needed, and tells nobody else', async () => {
    let conflicts = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 32, size: 'max' }), async (steps) => {
        const market = new AuditedMarket(forks());
        for (const one of steps) await market.run(one);
        await market.end();
        expect(leaks(market.day)).toEqual([]);
        conflicts += market.conflicts;
      }),
      { numRuns: 1_000 },
    );
    // Transactions that were overtaken must have been among them.
    expect(conflicts).toBeGreaterThan(100);
  }, 300_000);
});
