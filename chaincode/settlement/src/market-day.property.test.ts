import { beforeAll, describe, expect, test } from '@jest/globals';
import { corporateActions } from '@kessai/corporate-actions';
import { type JsonObject, isRejection, marketRejections } from '@kessai/interface';
import {
  type Audit,
  MemoryMarket,
  SampleDay,
  type StoredOrder,
  audit,
  faultsOfBoards,
  faultsOfLocks,
  faultsOfValue,
  obayashi,
  openSampleDay,
  sampleAccounts,
  shinEtsu,
  yen,
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
const clients = sampleAccounts.filter(({ institution }) => ['AlphaMSP', 'BetaMSP', 'GammaMSP'].includes(institution));
const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];
const boards = [
  { isin: shinEtsu, lot: 100, price: 42_500, issuer: 'IssuerMSP', treasury: 'TREASURY' },
  // A price of 1.5 yen and one security a lot: every other amount is rounded.
  { isin: obayashi, lot: 1, price: 15, issuer: 'OtherIssuerMSP', treasury: 'TREASURY-2' },
] as const;

/** No submit reads in more rounds than this, however many orders, trades or holders it is about. */
const mostRounds = 7;

const kinds = [
  ...[
    'place',
    'place',
    'place',
    'place',
    'place',
    'place',
    'cancel',
    'match',
    'match',
    'match',
    'match',
    'settle',
    'settle',
  ],
  ...['settle', 'record', 'record', 'affirm', 'affirm', 'reject', 'deliver', 'pay', 'mint', 'burn', 'issue', 'allot'],
  ...['expire', 'clock', 'repeat', 'alter', 'malformed', 'commit', 'commit'],
] as const;
type Kind = (typeof kinds)[number];

/** One step of a day. What the numbers pick depends on what the market then holds, so that most steps are about something. */
interface Step {
  readonly kind: Kind;
  readonly pick: readonly [number, number, number, number];
  /** Endorsed now, and committed when a later step says so: after others have overtaken it. */
  readonly later: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  pick: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11), fc.nat(11)),
  later: fc.nat(4).map((one) => one === 0),
});

interface Call {
  readonly caller: string;
  readonly method: string;
  readonly request: JsonObject;
}

/** What an order locks, said in other words than the contract's: a seller the securities; a buyer each lot at its limit, rounded up. */
function needOf({ isin, side, remaining, price }: StoredOrder): bigint {
  if (side === 'sell') return BigInt(remaining);
  const lot = isin === shinEtsu ? 100n : 1n;
  const tenths = lot * BigInt(price);
  return (BigInt(remaining) / lot) * ((tenths + 9n) / 10n);
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}

/** A market that is run step by step and audited after each. */
class AuditedMarket {
  readonly #queue: { call: Call; endorsed: Awaited<ReturnType<MemoryMarket['endorse']>> }[] = [];
  readonly #done: Call[] = [];
  #ids = 0;
  #audit: Audit;
  conflicts = 0;

  constructor(readonly day: SampleDay) {
    this.#audit = this.#read();
  }

  async run({ kind, pick, later }: Step): Promise<void> {
    if (kind === 'commit') return this.#commitOne();
    if (kind === 'repeat') return this.#repeat(pick[0]);
    if (kind === 'alter') return this.#alter(pick[0]);
    if (kind === 'malformed') return this.#malformed(pick);
    const call = await this.#callOf(kind, pick);
    if (!call) return;
    await this.#endorse(call);
    if (!later) this.#commit(this.#queue.length - 1);
  }

  /** Ends the day: every order expires, every trade is tried. Then nothing may be locked any more. */
  async end(): Promise<void> {
    while (this.#queue.length > 0) this.#commitOne();
    const { phase } = await this.day.clock();
    if (phase === 'closed') return;
    if (phase !== 'settlement') await this.#now(await this.#clock('settlement'));
    for (const { isin } of boards) await this.#now(this.#expire(isin));
    const pages = this.#openPages();
    if (pages.length > 0) await this.#now(this.#operator('Settlement:Settle', { id: this.#id(), pages }));
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
    const call = at(this.#done, pick);
    if (!call) return;
    const answer = await this.#toNothing(call);
    const ofOwnId = !['Orders:Cancel', 'Registry:AdvanceClock'].includes(call.method);
    if (ofOwnId && !/:(Affirm|Reject)Trade$/.test(call.method)) expect(answer).toEqual({ outcome: 'exists' });
    else expect(answer).toBeDefined();
  }

  async #alter(pick: number): Promise<void> {
    const call = at(this.#done, pick);
    const field = ['quantity', 'amount', 'pages', 'orders', 'pending'].find((name) =>
      Object.hasOwn(call?.request ?? {}, name),
    );
    if (!call || field === undefined || /:AffirmTrade$/.test(call.method)) return;
    const other = { quantity: '987654321', amount: '987654321', pages: ['board.another'] }[field] ?? [
      { institution: 'AlphaMSP', orderId: 'another' },
    ];
    const answer = await this.#toNothing({ ...call, request: { ...call.request, [field]: other } });
    expect(answer).toMatchObject({ code: 'Conflict', field: expect.stringMatching(`^${field}`) as unknown });
  }

  async #malformed([kind, one, two]: Step['pick']): Promise<void> {
    const call = { ...this.#place([one, two, 1, 1]), caller: 'AlphaMSP' };
    const [flaw, code] = at(
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
      ],
      kind,
    ) as [JsonObject, string];
    const answer = await this.#toNothing({ ...call, request: { ...call.request, ...flaw } });
    const { phase } = await this.day.clock();
    const closed = phase !== 'open' && /Unknown$|Violated$/.test(code) && code !== 'FieldUnknown';
    expect(answer).toMatchObject({ code: closed ? 'PhaseClosed' : code });
  }

  async #callOf(kind: Kind, pick: Step['pick']): Promise<Call | undefined> {
    const [one, two, three, four] = pick;
    const { isin, lot, issuer, treasury } = boards[one % 2 === 0 ? 0 : 1];
    const from = at(clients, two);
    const to = at(clients, three);
    if (!from || !to) return undefined;
    const quantity = (1 + four) * 9_000;
    switch (kind) {
      case 'place':
        return this.#place(pick);
      case 'cancel': {
        const order = at(this.#audit.orders, one + two * 3);
        const caller = four === 0 ? 'GammaMSP' : (order?.institution ?? 'AlphaMSP');
        return { caller, method: 'Orders:Cancel', request: { orderId: order?.orderId ?? 'none' } };
      }
      case 'match':
        return this.#match(isin, four);
      case 'settle':
        return this.#settle(pick);
      case 'record':
      case 'affirm':
      case 'reject':
        return this.#bilateral(kind, pick);
      case 'deliver':
        return {
          caller: from.institution,
          method: 'Securities:Transfer',
          request: { id: this.#id(), isin, from: from.account, to: to.account, quantity: quantity.toString() },
        };
      case 'pay':
        return {
          caller: from.institution,
          method: 'MoneyTokens:Transfer',
          request: {
            ...{ id: this.#id(), unit: yen, from: from.account, amount: (quantity * 9_000).toString() },
            to: { institution: to.institution, account: to.account },
          },
        };
      case 'mint':
        return {
          caller: 'TrustBankMSP',
          method: 'MoneyTokens:Mint',
          request: {
            ...{ id: this.#id(), currency: 'JPY', amount: (lot * quantity).toString(), depositReference: 'D' },
            to: { institution: to.institution, account: to.account },
          },
        };
      case 'burn':
        return {
          caller: from.institution,
          method: 'MoneyTokens:Burn',
          request: {
            ...{ id: this.#id(), unit: yen, from: from.account, payoutReference: 'P' },
            amount: (quantity * 9_000).toString(),
          },
        };
      case 'issue':
        return this.#operator('Securities:Issue', {
          ...{ id: this.#id(), isin, account: treasury, quantity: (quantity * 6).toString() },
        });
      case 'allot':
        return this.#operator('Securities:Allot', {
          ...{ id: this.#id(), isin, from: three === 0 ? 'TAX' : treasury, quantity: (quantity * 6).toString() },
          to:
            three === 1
              ? { institution: issuer, account: treasury }
              : { institution: to.institution, account: to.account },
        });
      case 'expire':
        return this.#expire(isin);
      case 'clock':
        return this.#clock(four > 10 ? 'next' : 'same');
      default:
        return undefined;
    }
  }

  #place([one, two, three, four]: Step['pick']): Call {
    const { isin, lot, price } = boards[one % 2 === 0 ? 0 : 1];
    const client = at(clients, two) ?? clients[0];
    const { institution = '', account = '' } = client ?? {};
    return {
      caller: institution,
      method: 'Orders:Place',
      request: {
        orderId: `CanaryOrder-${institution}-${this.#id()}`,
        ...{ isin, account, side: three % 2 === 0 ? 'buy' : 'sell' },
        quantity: (lot * (1 + (four % 7))).toString(),
        price: (price + ((one + four) % 5) + (three % 2 === 0 ? 2 : 0)).toString(),
        timeInForce: three > 8 ? 'immediate-or-cancel' : 'day',
      },
    };
  }

  #match(isin: string, variant: number): Call {
    const inIt = this.#audit.orders.filter((order) => order.isin === isin);
    const refs = (list: typeof inIt): JsonObject[] =>
      list.map(({ institution, orderId }) => ({ institution, orderId }));
    const pending = inIt.filter(({ status }) => status === 'pending');
    const wanted = variant === 0 ? inIt.slice(0, 3) : variant < 3 ? pending.slice(0, 1) : pending;
    const cancels = inIt.filter((order) => 'cancelRequested' in order);
    return this.#operator('Orders:Match', { id: this.#id(), isin, cancels: refs(cancels), orders: refs(wanted) });
  }

  #settle([one, two, three]: Step['pick']): Call {
    const pages = this.#openPages();
    const trade = at(this.#audit.trades, one + two);
    const single = trade ? { trades: [{ page: trade.page, number: trade.number }] } : {};
    const whole = pages.length > 0 ? { pages } : {};
    return this.#operator('Settlement:Settle', { id: this.#id(), ...(three < 2 ? single : whole) });
  }

  #openPages(): string[] {
    const open = this.#audit.trades.filter(({ status }) => status === 'matched' || status === 'pending');
    return [...new Set(open.map(({ page }) => page))];
  }

  #bilateral(kind: 'record' | 'affirm' | 'reject', [one, two, three, four]: Step['pick']): Call | undefined {
    const { isin } = boards[one % 2 === 0 ? 0 : 1];
    const us = at(clients, two) ?? clients[0];
    const counterparty = at(institutions, three) ?? 'BetaMSP';
    if (!us) return undefined;
    if (kind === 'record') {
      return {
        caller: us.institution,
        method: 'Orders:RecordTrade',
        request: {
          ...{ tradeId: `T${this.#id()}`, counterparty, isin, account: us.account },
          ...{ side: four % 2 === 0 ? 'buy' : 'sell', quantity: ((1 + four) * 10_000).toString() },
          amount: ((1 + one) * 120_000_000).toString(),
        },
      };
    }
    const trade = at(
      this.#audit.trades.filter(({ page }) => page.startsWith('otc.')),
      one,
    );
    const [, recordedBy = '', tradeId = ''] = trade?.page.split('.') ?? [];
    if (!trade) return undefined;
    const side = trade.seller.institution === recordedBy ? 'buy' : 'sell';
    const caller = side === 'buy' ? trade.buyer.institution : trade.seller.institution;
    if (kind === 'reject') {
      return { caller, method: 'Orders:RejectTrade', request: { recordedBy, tradeId, reason: `reason ${four % 2}` } };
    }
    const { account = '' } = clients.find(({ institution }) => institution === caller) ?? {};
    const amount = four === 0 ? '1' : trade.amount;
    return {
      caller,
      method: 'Orders:AffirmTrade',
      request: { recordedBy, tradeId, isin: trade.isin, side, account, quantity: trade.quantity, amount },
    };
  }

  #expire(isin: string): Call {
    const pending = this.#audit.orders
      .filter((order) => order.isin === isin && order.status === 'pending')
      .map(({ institution, orderId }) => ({ institution, orderId }));
    return this.#operator('Orders:Expire', { id: this.#id(), isin, pending });
  }

  async #clock(to: string): Promise<Call> {
    const { businessDate, phase, sequence: from } = await this.day.clock();
    const phases = ['open', 'matching', 'settlement', 'closed'];
    const next = to === 'same' ? phase : to === 'next' ? (phases[phases.indexOf(phase) + 1] ?? 'open') : to;
    const date = phase === 'closed' && next === 'open' ? nextDay(businessDate) : businessDate;
    return this.#operator('Registry:AdvanceClock', { from, businessDate: date, phase: next });
  }

  #operator(method: string, request: JsonObject): Call {
    return { caller: this.#ids % 2 === 0 ? 'ExchangeMSP' : 'CsdMSP', method, request };
  }

  #id(): string {
    this.#ids += 1;
    return `id${this.#ids.toString()}`;
  }
}

function nextDay(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
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
  }, 120_000);
});
