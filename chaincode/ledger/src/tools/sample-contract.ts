import {
  type Isin,
  type MspId,
  type Phase,
  type Rejection,
  type RequestOf,
  accountId,
  accountRef,
  anyPhase,
  businessDate,
  businessHours,
  businessId,
  collectionOf,
  count,
  defineContract,
  evaluate,
  everyone,
  flag,
  isRejection,
  isin,
  list,
  member,
  mspId,
  object,
  oneOf,
  phase,
  quantity,
  refuse,
  role,
  submit,
  text,
} from '@kessai/interface';
import type { Context } from '../kernel/context';
import {
  type Decision,
  type FoundingHandler,
  type Implementation,
  type LooseImplementation,
  type SubmitHandler,
  created,
} from '../kernel/decision';
import { logTable } from '../kernel/log';
import { recalled } from '../kernel/recalled';
import { type Reader, load, put, removed, table } from '../kernel/state';
import { type Clock, clockRef, instrumentAt, marketRef, policyRef } from '../reference';
import { openBooks } from '../value/books';
import { type UnitTerms, securityTerms } from '../value/terms';
import { openTrades } from '../value/trade-book';
import { MemoryMarket, type MemoryMarketOptions } from './memory-market';
import { placeInstrument, sampleFounding, sampleInstrument, sampleMembers } from './sample-market';

/**
 * A small contract to test the kernel with: it does each thing that the kernel offers, and each that it must withstand, and knows nothing
 * of the contracts of the market.
 */
export const Depot = defineContract({
  name: 'Depot',
  summary: 'Keeps one security for the clients of institutions.',
  methods: {
    Admit: submit({
      summary: 'Admits a member.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'mspId',
      approval: 'two-operators',
      request: object({ mspId, role, name: text({ maxLength: 140 }) }),
    }),
    Issue: submit({
      summary: 'Issues to an account of the issuer.',
      roles: ['operator', 'issuer'],
      phases: businessHours,
      idField: 'id',
      approval: 'two-operators-and-issuer',
      request: object({ id: businessId, isin, account: accountId, quantity }),
    }),
    Deposit: submit({
      summary: 'Brings a quantity into an account from outside, or takes it out.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'id',
      request: object({ id: businessId, at: accountRef, quantity, out: flag }),
    }),
    Transfer: submit({
      summary: 'Moves a quantity to another account.',
      roles: ['institution'],
      phases: businessHours,
      idField: 'id',
      request: object({ id: businessId, from: accountId, to: accountRef, quantity }),
    }),
    Bind: submit({
      summary: 'Locks a part of a holding for an order, or releases it.',
      roles: ['institution'],
      phases: businessHours,
      idField: 'id',
      request: object({ id: businessId, account: accountId, quantity, release: flag }),
    }),
    Note: submit({
      summary: 'Keeps words, tells them to another member and adds them to the log of its cycle.',
      roles: ['institution'],
      phases: anyPhase,
      idField: 'id',
      request: object({ id: businessId, words: text({ maxLength: 40 }), to: mspId }),
    }),
    Trade: submit({
      summary: 'Makes a trade with another institution.',
      roles: ['institution'],
      phases: ['open'],
      idField: 'id',
      request: object({ id: businessId, buyer: mspId, quantity }),
    }),
    Settle: submit({
      summary: 'Says where a trade stands.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'id',
      request: object({ id: businessId, trade: businessId, status: oneOf('pending', 'settled') }),
    }),
    MoveClock: submit({
      summary: 'Moves the clock.',
      roles: ['operator'],
      phases: anyPhase,
      request: object({ businessDate, phase }),
    }),
    Misbehave: submit({
      summary: 'Does all that another instruction may do, and then what none may.',
      roles: ['institution'],
      phases: anyPhase,
      idField: 'id',
      request: object({
        id: businessId,
        how: oneOf('throw-in-load', 'throw', 'refuse', 'refuse-in-load', 'write-kind', 'append-kind', 'make-value'),
        /** Of the value that it writes. */
        kind: text({ maxLength: 40 }),
      }),
    }),
    Peek: submit({
      summary: "Reads another member's record.",
      roles: everyone,
      phases: anyPhase,
      idField: 'id',
      request: object({ id: businessId, member: mspId }),
    }),
    Noted: evaluate({
      summary: 'The cycles in which words were noted.',
      roles: everyone,
      answeredBy: 'own',
      request: object({ words: text({ maxLength: 40 }) }),
      response: object({ cycles: list(count(0, 1_000_000), { max: 100_000 }) }),
    }),
  },
  rejections: {},
});

const code = sampleInstrument.isin;
const notes = table(
  'note',
  object({ words: text({ maxLength: 40 }), earlier: list(count(0, 1_000_000), { max: 1_000 }) }),
);
const noteLog = logTable('note-log', object({ by: mspId, words: text({ maxLength: 40 }) }));
const tradeIndex = table('trade-index', object({ page: count(0, 1_000_000), number: count(0, 1_000_000) }));

type Request<K extends keyof typeof Depot.methods> = RequestOf<(typeof Depot.methods)[K]>;

function handler<K extends keyof typeof Depot.methods, L>(
  _method: K,
  halves: {
    load(reader: Reader, request: Request<K>, context: Context): Promise<L>;
    decide(state: Exclude<L, Rejection>, request: Request<K>, context: Context): Decision | Rejection;
  },
): SubmitHandler<Request<K>, Exclude<L, Rejection>> {
  return halves as SubmitHandler<Request<K>, Exclude<L, Rejection>>;
}

async function termsOf(reader: Reader, which: Isin = code): Promise<UnitTerms> {
  const { instrument } = await load(reader, { instrument: instrumentAt(which) });
  if (!instrument) throw new Error('The instrument is not registered');
  return securityTerms(instrument);
}

const bind = handler('Bind', {
  async load(reader, { account }, { caller }) {
    const position = { institution: caller.mspId, account, terms: await termsOf(reader) };
    return { position, books: await openBooks(reader, [position]) };
  },
  decide({ position, books }, { quantity: bound, release }) {
    if (release && (books.holding(position).locked.order ?? 0n) < bound) {
      return refuse('LotViolated', { field: 'quantity', lot: bound });
    }
    const change = release ? -bound : bound;
    return (
      books.post([
        { position, part: 'available', change: -change, field: 'quantity' },
        { position, part: 'order', change, field: 'quantity' },
      ]) ?? created()
    );
  },
});

const note = handler('Note', {
  async load(reader, { words }, { caller }) {
    const earlier = await recalled(reader, caller.mspId, words);
    return { earlier, ...(await load(reader, { before: notes.at(collectionOf(caller.mspId), 'last') })) };
  },
  decide({ earlier, before }, { id, words, to }, { caller, market, cycle }) {
    if (!market.members.some(({ mspId: one }) => one === to))
      return refuse('MemberUnknown', { field: 'to', member: to });
    const value = { words, earlier: earlier.length === 0 ? [] : [earlier.length] };
    const own = collectionOf(caller.mspId);
    return {
      ...created(
        put(notes.at(own, 'last'), value),
        before ? put(notes.at(own, 'before'), before) : removed(notes.at(own, 'before')),
      ),
      advices: [{ to, advice: { kind: 'order', orderId: id, status: 'standing', remaining: 1n } }],
      appended: [{ log: noteLog.at('operators', cycle), line: { by: caller.mspId, words } }],
      remembered: [{ member: caller.mspId, name: words }],
    };
  },
});

/** A transfer of 1, a trade and words in all ways, before what must take them back. */
const misbehave = handler('Misbehave', {
  async load(reader, { how }, { caller, cycle }) {
    const terms = await termsOf(reader);
    const [from, to] = (['A-1', 'A-2'] as const).map((account) => ({
      institution: caller.mspId,
      account: accountId.decode(account, ''),
      terms,
    }));
    if (!from || !to) throw new Error('There are two');
    const books = await openBooks(reader, [from, to]);
    const trades = await openTrades(reader, cycle, []);
    if (how === 'throw-in-load') throw new Error('A defect in load');
    if (how === 'refuse-in-load') return refuse('SameAccount', { field: 'id' });
    return { from, to, books, trades };
  },
  decide({ from, to, books, trades }, { id, how, kind }, { caller, clock, cycle }) {
    const refused = books.post([
      { position: from, part: 'available', change: how === 'make-value' ? -2n : -1n, field: 'id' },
      { position: to, part: 'available', change: 1n, field: 'id' },
    ]);
    if (isRejection(refused)) return refused;
    trades.add({
      ...{ origin: 'otc', isin: code, quantity: 1n, amount: 1n, unit: from.terms.unit, tradeDate: clock.businessDate },
      seller: { institution: caller.mspId, account: from.account },
      buyer: { institution: caller.mspId, account: to.account },
    });
    if (how === 'throw') throw new Error('A defect in decide');
    if (how === 'refuse') return refuse('SameAccount', { field: 'id' });
    const forbidden = table(kind, object({ words: text({ maxLength: 40 }) })).at(collectionOf(caller.mspId), 'x');
    const log = logTable(kind, object({ words: text({ maxLength: 40 }) })).at('operators', cycle);
    return {
      ...created(
        put(notes.at(collectionOf(caller.mspId), 'misbehaved'), { words: id, earlier: [] }),
        ...(how === 'write-kind' ? [put(forbidden, { words: 'forbidden' })] : []),
      ),
      advices: [{ to: caller.mspId, advice: { kind: 'order', orderId: id, status: 'standing', remaining: 1n } }],
      ...(how === 'append-kind' ? { appended: [{ log, line: { words: 'forbidden' } }] } : {}),
      remembered: [{ member: caller.mspId, name: id }],
    };
  },
});

const implementation: Implementation<typeof Depot> = {
  Admit: handler('Admit', {
    load: async () => Promise.resolve({}),
    decide(_state, { mspId: who, role: as, name }, { market, cycle }) {
      const admitted = member.decode({ mspId: who, role: as, name, admittedIn: cycle }, '');
      return created(put(marketRef, { ...market, members: [...market.members, admitted] }));
    },
  }),
  Issue: handler('Issue', {
    async load(reader, { isin: which, account }) {
      const terms = await termsOf(reader, which);
      const position = { institution: terms.issuer, account, terms };
      return { position, terms, books: await openBooks(reader, [position], [terms]) };
    },
    decide({ position, terms, books }, { quantity: issued }) {
      const lines = [
        { supply: terms, change: -issued },
        { position, part: 'available', change: issued, field: 'quantity' } as const,
      ];
      return books.post(lines) ?? created();
    },
  }),
  Deposit: handler('Deposit', {
    async load(reader, { at }) {
      const terms = await termsOf(reader);
      const position = { ...at, terms };
      return { position, terms, books: await openBooks(reader, [position], [terms]) };
    },
    decide({ position, terms, books }, { quantity: moved, out }) {
      const change = out ? -moved : moved;
      const lines = [
        { supply: terms, change: -change },
        { position, part: 'available', change, field: 'quantity' } as const,
      ];
      return books.post(lines) ?? created();
    },
  }),
  Transfer: handler('Transfer', {
    async load(reader, { from, to }, { caller }) {
      const terms = await termsOf(reader);
      const giving = { institution: caller.mspId, account: from, terms };
      const taking = { ...to, terms };
      return { giving, taking, books: await openBooks(reader, [giving, taking]) };
    },
    decide({ giving, taking, books }, { quantity: moved }) {
      return (
        books.post([
          { position: giving, part: 'available', change: -moved, field: 'from' },
          { position: taking, part: 'available', change: moved, field: 'to' },
        ]) ?? created()
      );
    },
  }),
  Bind: bind,
  Note: note,
  Trade: handler('Trade', {
    load: async (reader, _request, { cycle }) => openTrades(reader, cycle, []),
    decide(trades, { id, buyer, quantity: traded }, { caller, clock }) {
      const { page, number } = trades.add({
        ...{ origin: 'otc', isin: code, quantity: traded, amount: traded, unit: code as string as UnitTerms['unit'] },
        ...{ tradeDate: clock.businessDate, recordedBy: caller.mspId, tradeId: id },
        seller: { institution: caller.mspId, account: accountId.decode('A-1', '') },
        buyer: { institution: buyer, account: accountId.decode('A-1', '') },
      });
      return created(put(tradeIndex.at('operators', id), { page, number }));
    },
  }),
  Settle: handler('Settle', {
    async load(reader, { trade }, { cycle }) {
      const { found } = await load(reader, { found: tradeIndex.at('operators', trade) });
      return { found, trades: await openTrades(reader, cycle, found ? [found.page] : []) };
    },
    decide({ found, trades }, { status }, { clock }) {
      if (!found) return refuse('PageUnknown', { field: 'trade', page: '0' });
      const standing = trades.state(found.page, found.number).status;
      if (standing === 'settled') return refuse('TradeNotMatched', { field: 'trade', status: standing });
      const how = status === 'settled' ? { settledOn: clock.businessDate } : { reason: 'LACK' as const };
      trades.set(found.page, found.number, { status, ...how });
      return created();
    },
  }),
  MoveClock: handler('MoveClock', {
    load: async () => Promise.resolve({}),
    decide(_state, { businessDate: day, phase: next }, { clock, cycle, time }) {
      return created(put(clockRef, { businessDate: day, phase: next, sequence: clock.sequence + 1, time, cycle }));
    },
  }),
  Misbehave: misbehave,
  Peek: handler('Peek', {
    load: async (reader, { member: who }) => load(reader, { found: notes.at(collectionOf(who), 'last') }),
    decide({ found }, { id }, { caller }) {
      const own = caller.role === 'operator' ? 'operators' : collectionOf(caller.mspId);
      return created(put(notes.at(own, id), { words: found?.words ?? 'nothing', earlier: [] }));
    },
  }),
  Noted: async (reader, { words }, { caller }) => ({ cycles: await recalled(reader, caller.mspId, words) }),
};

/** Founds with all members of the sample at once. */
const found: FoundingHandler<unknown> = {
  founding: true,
  decide(_request, _caller, { time }) {
    const members = [...sampleFounding.operators.map((one) => ({ ...one, role: 'operator' })), ...sampleMembers].map(
      (one) => member.decode(one, ''),
    );
    const clock = { businessDate: sampleFounding.businessDate, phase: 'open', sequence: 0, time, cycle: 0 };
    return {
      writes: [
        put(marketRef, { name: sampleFounding.name, founded: time, members }),
        put(clockRef, clock as unknown as Clock),
        put(policyRef, { matching: 'by-operator', settlement: 'by-operator' }),
      ],
      secrets: [],
    };
  },
};

/** Another handler for a method of the depot, where a test needs one. */
export type DepotChanges = { readonly [K in keyof Implementation<typeof Depot>]?: SubmitHandler<never, never> };

/** A founded market in which the depot is the only contract. */
export async function openDepot(
  changes: DepotChanges = {},
  options: Pick<MemoryMarketOptions, 'limits'> = {},
): Promise<MemoryMarket> {
  const contracts: Readonly<Record<string, LooseImplementation>> = {
    Depot: { ...implementation, ...changes } as LooseImplementation,
    Registry: { Found: found },
  };
  const market = new MemoryMarket({ contracts, definitions: [Depot], ...options });
  const founded = await market.submit('ExchangeMSP', 'Registry:Found', sampleFounding);
  if (isRejection(founded)) throw new Error(`The depot was refused: ${founded.code}`);
  placeInstrument(market.ledger);
  return market;
}

/** To another phase, or another day. */
export async function moveClock(market: MemoryMarket, day: string, next: Phase): Promise<void> {
  await market.submit('ExchangeMSP', 'Depot:MoveClock', { businessDate: day, phase: next });
}

export const alpha = 'AlphaMSP' as MspId;
export const beta = 'BetaMSP' as MspId;
