import type { BusinessDate, JsonObject } from '@kessai/interface';
import { addDays } from '@kessai/ledger';
import {
  type Audit,
  type Call,
  type CallKind,
  type CallPick,
  RandomCalls,
  type SampleDay,
  obayashi,
  sampleInstruments,
  shinEtsu,
  usualCalls,
  yen,
} from '@kessai/ledger/tools';
import fc from 'fast-check';

/** What may come at any time of the day, beside the usual business. */
const oddities = [
  ...(['repeat', 'repeat', 'alter', 'malformed', 'dated', 'unentitled', 'account'] as const),
  ...(['announce', 'withdraw', 'snapshot', 'entitle', 'complete'] as const),
  ...(['take back', 'call off', 'call off', 'lapse'] as const),
];
const dayKinds = [...usualCalls, ...usualCalls, ...(['settle', 'settle', 'affirm', 'act'] as const), ...oddities];
/** After hours corporate actions are run. */
const eveningKinds = [
  ...([
    'entitle',
    'entitle',
    'entitle',
    'entitle',
    'entitle',
    'complete',
    'complete',
    'snapshot',
    'snapshot',
    'announce',
    'withdraw',
    'lapse',
  ] as const),
  ...(['repeat', 'alter', 'account', 'dated', 'place', 'deliver', 'cancel'] as const),
];
type Kind = (typeof dayKinds)[number] | (typeof eveningKinds)[number] | 'morning';

export interface Step {
  readonly kind: Kind;
  readonly pick: CallPick;
  /** It is sealed together with the one before, where both are of one member. */
  readonly joins: boolean;
  /** A cycle ends with it. */
  readonly ends: boolean;
}

/** A sequence, and the market in which it begins. */
export interface Sequence {
  readonly matching: 'by-operator' | 'continuous';
  readonly settlement: 'by-operator' | 'continuous';
  /** It begins when the day is over. */
  readonly evening: boolean;
  readonly steps: readonly Step[];
}

const stepsOf = (kinds: readonly Kind[], lengths: { minLength: number; maxLength: number }): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      pick: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11), fc.nat(11)),
      joins: fc.nat(2).map((one) => one === 0),
      ends: fc.nat(3).map((one) => one === 0),
    }),
    { ...lengths, size: 'max' },
  );
const policy = fc.constantFrom('by-operator' as const, 'continuous' as const);
const morning: Step = { kind: 'morning', pick: [0, 0, 0, 0], joins: false, ends: false };
/** The rest of a split that has been begun, without which there is no morning. */
const finishing: readonly Step[] = [
  { kind: 'entitle', pick: [1, 1, 0, 0], joins: true, ends: false },
  { kind: 'complete', pick: [1, 1, 1, 1], joins: true, ends: false },
];

export const sequence: fc.Arbitrary<Sequence> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ matching: policy, settlement: policy, evening: fc.constant(false) },
      steps: stepsOf(dayKinds, { minLength: 3, maxLength: 12 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ matching: policy, settlement: policy, evening: fc.constant(true) },
      steps: fc
        .tuple(
          stepsOf(eveningKinds, { minLength: 2, maxLength: 7 }),
          fc.constantFrom(finishing, []),
          stepsOf(dayKinds, { minLength: 0, maxLength: 4 }),
        )
        .map(([before, finished, after]) => [...before, ...finished, morning, ...after]),
    }),
  },
);

const issues = [
  { isin: shinEtsu, issuer: 'IssuerMSP', treasury: 'TREASURY', pages: 2 },
  { isin: obayashi, issuer: 'OtherIssuerMSP', treasury: 'TREASURY-2', pages: 3 },
] as const;

function issueOf(index: number): (typeof issues)[number] {
  return issues[index % 2 === 0 ? 0 : 1];
}

function announcement(eventId: string, kind: number, recordDate: string): Call {
  const { isin, issuer, treasury } = issueOf(kind);
  const terms =
    kind % 4 === 0 || kind % 4 === 3
      ? { ...{ kind: 'cash-dividend', unit: yen, payer: treasury }, rate: { numerator: '275', denominator: '10' } }
      : {
          ...{ kind: 'stock-split', supplyCap: '9000000', residue: treasury },
          ratio: { numerator: '3', denominator: '2' },
        };
  return {
    caller: issuer,
    method: 'CorporateActions:Announce',
    request: { eventId, terms: { isin, recordDate, ...terms } },
  };
}

/** Announced on the day before the evenings on which a sequence may begin. */
export const eveningEvents: readonly Call[] = [
  announcement('e0', 0, '2023-03-02'),
  announcement('e1', 1, '2023-03-02'),
];

/** An instruction as it is sealed, and who else must send it. */
export interface Instructed extends Call {
  readonly goodUntil?: string;
}

/** Instructions made of random numbers: most are fit for the market as it stands, some are refused. */
export class RandomInstructions {
  readonly #calls: RandomCalls;
  readonly #day: SampleDay;
  #ids = 0;

  constructor(day: SampleDay) {
    this.#calls = new RandomCalls(day);
    this.#day = day;
  }

  /** What a step means in the market as it stands; undefined where there is nothing to do it to. */
  async of({ kind, pick }: Step, state: Audit): Promise<Instructed | undefined> {
    const [one, two, three, four] = pick;
    switch (kind) {
      case 'repeat':
      case 'alter':
        return undefined;
      case 'malformed':
        return this.#malformed(pick);
      case 'dated':
        return {
          ...this.#calls.place(pick),
          goodUntil: three < 4 ? '2023-01-01T00:00:00.000Z' : '2999-01-01T00:00:00.000Z',
        };
      case 'unentitled':
        return {
          ...this.#calls.place(pick),
          caller: ['IssuerMSP', 'CsdMSP', 'AuditorMSP', 'TrustBankMSP'][four % 4] ?? '',
        };
      case 'account':
        return this.#account(pick);
      case 'act':
        return this.#act(pick);
      case 'announce': {
        const { businessDate } = await this.#day.clock();
        // Today is too soon; mostly it is the next day.
        const ahead = two === 1 ? 0 : Math.max(1, two - 7);
        const later = addDays(businessDate as BusinessDate, ahead);
        return announcement(`e${three % 4}`, one, two === 0 ? '2023-02-28' : later);
      }
      case 'withdraw':
        return {
          ...{ caller: issueOf(one).issuer, method: 'CorporateActions:Withdraw' },
          request: { eventId: `e${three % 4}` },
        };
      case 'take back': {
        if (state.recorded.length === 0) return this.#calls.of('record', pick, state);
        const trade = state.recorded[two % Math.max(1, state.recorded.length)];
        const caller = three === 0 ? 'GammaMSP' : (trade?.recordedBy ?? 'AlphaMSP');
        return { caller, method: 'Orders:WithdrawTrade', request: { tradeId: trade?.tradeId ?? 'none' } };
      }
      case 'call off':
        return state.trades.length === 0 ? this.#calls.of('capture', pick, state) : cancellation(pick, state);
      case 'lapse':
        return this.#operator(two, 'Orders:LapseTrades', {
          ...{ id: `lapse-${three}` },
          ...(four < 8 ? {} : { recordedBy: ['AlphaMSP', four < 11 ? 'BetaMSP' : 'DeltaMSP'] }),
        });
      case 'snapshot': {
        const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP', issueOf(one).issuer].slice(0, 1 + (two % 4));
        return this.#operator(two, 'Registry:Snapshot', {
          isin: issueOf(one).isin,
          ...(three % 2 === 0 ? {} : { institutions }),
        });
      }
      case 'entitle':
        return this.#entitle(pick);
      case 'complete':
        return this.#operator(three, 'CorporateActions:Complete', {
          ...{ issuer: issueOf(one).issuer, eventId: `e${four === 0 ? two % 4 : one % 2}` },
        });
      case 'morning':
        return this.#calls.clock('next');
      default:
        return this.#calls.of(fitting(kind, state), pick, state);
    }
  }

  #malformed([one, two, three, four]: CallPick): Instructed {
    const flaws: readonly JsonObject[] = [
      ...[{ quantity: '0' }, { quantity: '-100' }, { quantity: '1.5' }, { quantity: '9223372036854775808' }],
      ...[{ isin: 'JP3371200002' }, { isin: 'US0378331005' }, { account: 'Z-9' }, { note: 'x' }, { quantity: '150' }],
    ];
    const call = this.#calls.place([one, two, three, 1]);
    return { ...call, request: { ...call.request, ...flaws[four % flaws.length] } };
  }

  #account([one, two, three, four]: CallPick): Instructed {
    const caller = ['AlphaMSP', 'BetaMSP', 'GammaMSP'][one % 3] ?? '';
    const [from, account] = [`${caller.slice(0, 1)}-1`, `${caller.slice(0, 1)}-NEW-${two % 3}`];
    if (three < 6) {
      const request = { account, name: four === 0 ? 'Another name' : 'A new client', kind: 'client' };
      return { caller, method: 'Registry:OpenAccount', request };
    }
    this.#ids += 1;
    const request = { id: `new-${this.#ids}`, isin: issueOf(four).isin, from, to: account, quantity: '700' };
    return { caller, method: 'Securities:Transfer', request };
  }

  /** What operators do together. */
  #act([one, two, three, four]: CallPick): Instructed {
    const id = `act-${four % 6}`;
    const policyOf = (pick: number): string => (pick % 2 === 0 ? 'by-operator' : 'continuous');
    const acts = {
      'Registry:SetPolicy': { id, policy: { matching: policyOf(two), settlement: policyOf(three) } },
      'Registry:SetCalendar': { id, year: 2023, holidays: two < 6 ? ['2023-03-02'] : [] },
      'Securities:RegisterInstrument': { ...sampleInstruments[0], isin: 'JP3435000009', lot: two < 8 ? '100' : '10' },
    };
    const names = Object.keys(acts) as (keyof typeof acts)[];
    const method = names[one % names.length] ?? 'Registry:SetPolicy';
    const call = this.#operator(two, method, acts[method]);
    return { ...call, approvedBy: [three === 0 ? call.caller : call.caller === 'CcpMSP' ? 'CsdMSP' : 'CcpMSP'] };
  }

  /** All pages of an event's holders, or some of them. */
  #entitle([one, two, three, four]: CallPick): Instructed {
    const { issuer, pages } = issueOf(one);
    const all = ['AlphaMSP', 'BetaMSP', 'GammaMSP', issuer].flatMap((institution) =>
      Array.from({ length: pages }, (_, page) => ({ institution, page })),
    );
    // The issuer's own pages are none of a dividend's.
    const due = one % 2 === 0 && two > 0 ? all.filter(({ institution }) => institution !== issuer) : all;
    const some = three < 3 ? due : [...due, ...due].slice(two, two + 1 + (four % 4));
    return this.#operator(two, 'CorporateActions:Pay', { issuer, eventId: `e${one % 2}`, pages: some });
  }

  #operator(pick: number, method: string, request: JsonObject): Instructed {
    return { caller: ['ExchangeMSP', 'CsdMSP', 'CcpMSP'][pick % 3] ?? '', method, request };
  }
}

/** One of a trade's parties, mostly, asks for its cancellation: one that the other may have asked for before. */
function cancellation([one, two, three, four]: CallPick, { trades }: Audit): Instructed {
  const open = trades.filter(({ status }) => status === 'matched' || status === 'pending');
  const from = four === 0 || open.length === 0 ? trades : open.slice(0, 2);
  const trade = from[one % Math.max(1, from.length)];
  const { institution, line } = (two % 2 === 0 ? trade?.seller : trade?.buyer) ?? { institution: 'AlphaMSP', line: 0 };
  return {
    ...{ caller: three === 0 ? 'GammaMSP' : institution, method: 'Orders:CancelTrade' },
    request: { page: trade?.page ?? '999999', number: line },
  };
}

/** The kind itself, or, where there is hardly anything to do it to, one that makes something. */
function fitting(kind: CallKind, { orders, trades, recorded }: Audit): CallKind {
  if (kind === 'match' && !orders.some(({ status }) => status === 'pending')) return 'place';
  if (kind === 'settle' && !trades.some(({ status }) => status !== 'settled')) return 'capture';
  if ((kind === 'affirm' || kind === 'reject') && recorded.length === 0) return 'record';
  if (kind === 'cancel' && orders.length === 0) return 'place';
  return kind;
}

/** The same with other content, under the same id. */
export function altered(request: JsonObject, pick: number): JsonObject {
  const field = ['quantity', 'amount', 'name', 'pages'].find((name) => Object.hasOwn(request, name));
  if (field === undefined) return request;
  const values: JsonObject = { quantity: '700', amount: '7', name: `Other ${pick}`, pages: ['999999'] };
  return { ...request, [field]: values[field] ?? '' };
}
