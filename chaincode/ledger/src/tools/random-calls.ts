import type { BusinessDate, JsonObject } from '@kessai/interface';
import { nextBusinessDay } from '../calendar';
import type { Audit } from './auditor';
import { type SampleDay, obayashi, sampleAccounts, shinEtsu, yen } from './market-fixture';

const clients = sampleAccounts.filter(({ institution }) => ['AlphaMSP', 'BetaMSP', 'GammaMSP'].includes(institution));
const institutions = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];
const boards = [
  { isin: shinEtsu, lot: 100, price: 42_500, issuer: 'IssuerMSP', treasury: 'TREASURY' },
  // A price of 1.5 yen and one security a lot: every other amount is rounded.
  { isin: obayashi, lot: 1, price: 15, issuer: 'OtherIssuerMSP', treasury: 'TREASURY-2' },
] as const;

/** What happens on a day, the usual things more often. */
export const usualCalls = [
  ...repeated('place', 6),
  ...repeated('match', 4),
  ...repeated('settle', 3),
  ...repeated('record', 2),
  ...repeated('affirm', 2),
  ...(['cancel', 'reject', 'capture', 'deliver', 'pay', 'mint', 'burn', 'issue', 'allot', 'expire', 'clock'] as const),
];
export type CallKind = (typeof usualCalls)[number];

/** Numbers from 0 to 11, which pick who, what and how much. */
export type CallPick = readonly [number, number, number, number];

export interface Call {
  readonly caller: string;
  readonly method: string;
  readonly request: JsonObject;
  /** Who must send the same before it takes effect. */
  readonly approvedBy?: readonly string[];
}

function repeated<K extends string>(kind: K, times: number): readonly K[] {
  return Array.from({ length: times }, () => kind);
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}

function openPages({ trades }: Audit): string[] {
  const open = trades.filter(({ status }) => status === 'matched' || status === 'pending');
  return [...new Set(open.map(({ page }) => page))];
}

/** Calls for a sample day made of random numbers: most are fit for the market as it stands, some are refused. */
export class RandomCalls {
  #ids = 0;

  constructor(readonly day: SampleDay) {}

  /** The call that a kind and its numbers mean in the market as it stands; undefined where there is nothing to do it to. */
  async of(kind: CallKind, pick: CallPick, state: Audit): Promise<Call | undefined> {
    const [one, two, three, four] = pick;
    const { isin, lot, issuer, treasury } = boards[one % 2 === 0 ? 0 : 1];
    const from = at(clients, two);
    const to = at(clients, three);
    if (!from || !to) return undefined;
    const quantity = (1 + four) * 9_000;
    switch (kind) {
      case 'place':
        return this.place(pick);
      case 'cancel': {
        const order = at(state.orders, one + two * 3);
        const caller = four === 0 ? 'GammaMSP' : (order?.institution ?? 'AlphaMSP');
        return { caller, method: 'Orders:Cancel', request: { orderId: order?.orderId ?? 'none' } };
      }
      case 'match':
        return this.#match(isin, four, state);
      case 'settle':
        return this.#settle(pick, state);
      case 'record':
      case 'affirm':
      case 'reject':
        return this.#bilateral(kind, pick, state);
      case 'deliver': {
        const own = clients.filter(({ institution }) => institution === from.institution);
        const account = (four === 0 ? to : at(own, three))?.account ?? '';
        return {
          caller: from.institution,
          method: 'Securities:Transfer',
          request: { id: this.#id(), isin, from: from.account, to: account, quantity: quantity.toString() },
        };
      }
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
            ...{ ...this.#referred('depositReference'), currency: 'JPY', amount: (lot * quantity).toString() },
            to: { institution: to.institution, account: to.account },
          },
        };
      case 'burn':
        return {
          caller: from.institution,
          method: 'MoneyTokens:Burn',
          request: {
            ...{ ...this.#referred('payoutReference'), unit: yen, from: from.account },
            amount: (quantity * 9_000).toString(),
          },
        };
      case 'issue':
        return this.#approved(issuer, 'Securities:Issue', {
          ...{ id: this.#id(), isin, account: treasury, quantity: (quantity * 6).toString() },
        });
      case 'allot':
        return this.#approved(issuer, 'Securities:Allot', {
          ...{ id: this.#id(), isin, from: three === 0 ? 'TAX' : treasury, quantity: (quantity * 6).toString() },
          to:
            three === 1
              ? { institution: issuer, account: treasury }
              : { institution: to.institution, account: to.account },
        });
      case 'capture':
        return this.#capture(pick);
      case 'expire':
        return this.expire(isin);
      case 'clock':
        return this.clock(four > 10 ? 'next' : 'same');
    }
  }

  place([one, two, three, four]: CallPick): Call {
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

  #match(isin: string, variant: number, state: Audit): Call {
    const inIt = state.orders.filter((order) => order.isin === isin);
    const refs = (list: typeof inIt): JsonObject[] =>
      list.map(({ institution, orderId }) => ({ institution, orderId }));
    const pending = inIt.filter(({ status }) => status === 'pending');
    const wanted = variant === 0 ? inIt.slice(0, 3) : variant < 3 ? pending.slice(0, 1) : pending;
    return this.#operator('Orders:Match', { id: this.#id(), isin, orders: refs(wanted) });
  }

  #settle([one, two, three]: CallPick, state: Audit): Call {
    const pages = openPages(state);
    const trade = at(state.trades, one + two);
    const single = trade ? { trades: [{ page: trade.page, number: trade.number }] } : {};
    const whole = pages.length > 0 ? { pages } : {};
    return this.#operator('Settlement:Settle', { id: this.#id(), ...(three < 2 ? single : whole) });
  }

  /** Every trade that is bound and not settled. */
  settleAll(state: Audit): Call | undefined {
    const pages = openPages(state);
    return pages.length === 0 ? undefined : this.#operator('Settlement:Settle', { id: this.#id(), pages });
  }

  #bilateral(kind: 'record' | 'affirm' | 'reject', [one, two, three, four]: CallPick, state: Audit): Call | undefined {
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
    const trade = at([...state.recorded, ...state.trades.filter(({ origin }) => origin === 'otc')], one);
    if (!trade) return undefined;
    const { recordedBy = '', tradeId = '', isin: traded, quantity, amount: agreed } = trade;
    const parties =
      'counterparty' in trade
        ? { side: trade.side === 'sell' ? 'buy' : 'sell', caller: trade.counterparty }
        : trade.seller.institution === recordedBy
          ? { side: 'buy', caller: trade.buyer.institution }
          : { side: 'sell', caller: trade.seller.institution };
    const { side, caller } = parties;
    if (kind === 'reject') {
      return { caller, method: 'Orders:RejectTrade', request: { recordedBy, tradeId, reason: `reason ${four % 2}` } };
    }
    const { account = '' } = clients.find(({ institution }) => institution === caller) ?? {};
    const amount = four === 0 ? '1' : agreed;
    return {
      caller,
      method: 'Orders:AffirmTrade',
      request: { recordedBy, tradeId, isin: traded, side, account, quantity, amount },
    };
  }

  #capture([one, two, three, four]: CallPick): Call {
    const { isin, lot, price } = boards[one % 2 === 0 ? 0 : 1];
    const partyOf = (index: number): JsonObject => {
      const { institution = '', account = '' } = at(clients, index) ?? {};
      return { institution, account: index % 12 === 11 ? 'NOBODY' : account };
    };
    // Mostly two accounts: one that trades with itself is refused.
    const buyerOf = (seller: number): number =>
      four > 0 && (seller - three) % clients.length === 0 ? three + 1 : three;
    const trades = Array.from({ length: 1 + (four % 3) }, (_, index) => ({
      // Some engine sends a trade again, under another instruction.
      ...{
        tradeId: two > 9 && index === 0 ? `E-${three % 3}` : `E${this.#id()}`,
        time: '2023-03-01T00:00:00.000Z',
        isin,
        price: (price + index).toString(),
      },
      quantity: (lot * (1 + four)).toString(),
      seller: partyOf(two + index),
      buyer: partyOf(buyerOf(two + index)),
    }));
    return this.#operator('Orders:CaptureTrades', { id: this.#id(), trades });
  }

  expire(isin: string): Call {
    return this.#operator('Orders:Expire', { id: this.#id(), isin });
  }

  async clock(to: string): Promise<Call> {
    const { businessDate, phase, sequence: from } = await this.day.clock();
    const phases = ['open', 'matching', 'settlement', 'closed'];
    const next = to === 'same' ? phase : to === 'next' ? (phases[phases.indexOf(phase) + 1] ?? 'open') : to;
    const opens = phase === 'closed' && next === 'open';
    const date = (opens ? nextBusinessDay(undefined, businessDate as BusinessDate) : undefined) ?? businessDate;
    return this.#operator('Registry:AdvanceClock', { from, businessDate: date, phase: next });
  }

  /** An operator's act that another operator and the issuer approve. */
  #approved(issuer: string, method: string, request: JsonObject): Call {
    return { ...this.#operator(method, request), approvedBy: ['CcpMSP', issuer] };
  }

  #operator(method: string, request: JsonObject): Call {
    return { caller: this.#ids % 2 === 0 ? 'ExchangeMSP' : 'CsdMSP', method, request };
  }

  /** An id and the reference to money outside that goes with it. */
  #referred(field: 'depositReference' | 'payoutReference'): JsonObject {
    const id = this.#id();
    return { id, [field]: `Reference of ${id}` };
  }

  #id(): string {
    this.#ids += 1;
    return `id${this.#ids.toString()}`;
  }
}
