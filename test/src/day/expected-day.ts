import type { MarketDay } from '@kessai/cli';

/** A trade as plain price-time priority makes it. */
export interface ExpectedTrade {
  readonly isin: string;
  readonly seller: string;
  readonly buyer: string;
  readonly quantity: bigint;
  readonly amount: bigint;
}

interface Standing {
  readonly id: string;
  readonly owner: string;
  readonly side: 'buy' | 'sell';
  readonly price: bigint;
  left: bigint;
}

/** Balances by `member/account`, then by ISIN or unit of money. */
export type Balances = Map<string, Map<string, bigint>>;

/**
 * What a day must come to, worked out from its input alone, in the plainest way: lists instead of books, no locks, no ledger. It holds for
 * days whose instruments have no decimals and whose trades all settle.
 */
export class ExpectedDay {
  readonly opening: Balances = new Map();
  readonly close: Balances = new Map();
  readonly trades: ExpectedTrade[] = [];
  readonly refused: string[] = [];
  readonly #day: MarketDay;

  constructor(day: MarketDay) {
    this.#day = day;
    this.#open();
    const locked = new Map<string, bigint>();
    for (const { isin } of day.instruments) this.#trade(isin, locked);
    for (const { recordedBy, record, answer } of day.bilaterals) {
      if (answer.kind === 'reject') continue;
      const us = `${recordedBy}/${record.account}`;
      const them = `${record.counterparty}/${answer.account}`;
      const [seller, buyer] = record.side === 'sell' ? [us, them] : [them, us];
      const { isin, quantity, amount } = record;
      this.trades.push({ isin, seller, buyer, quantity, amount });
    }
    for (const [holder, units] of this.opening) this.close.set(holder, new Map(units));
    for (const { bank, mint } of day.deposits) {
      add(this.close, holderOf(mint.to), `${mint.currency}@${bank}`, mint.amount);
    }
    for (const { isin, seller, buyer, quantity, amount } of this.trades) {
      const money = this.moneyOf(isin);
      add(this.close, seller, isin, -quantity);
      add(this.close, buyer, isin, quantity);
      add(this.close, seller, money, amount);
      add(this.close, buyer, money, -amount);
    }
  }

  /** The money in which an instrument trades. */
  moneyOf(isin: string): string {
    const found = this.#day.instruments.find((instrument) => instrument.isin === isin);
    return `${found?.settlementCurrency ?? ''}@${found?.settlementBank ?? ''}`;
  }

  #open(): void {
    const issuer = (isin: string): string => this.#day.instruments.find((one) => one.isin === isin)?.issuer ?? '';
    for (const { isin, account, quantity } of this.#day.issuances) {
      add(this.opening, `${issuer(isin)}/${account}`, isin, quantity);
    }
    for (const { isin, from, to, quantity } of this.#day.allotments) {
      add(this.opening, `${issuer(isin)}/${from}`, isin, -quantity);
      add(this.opening, holderOf(to), isin, quantity);
    }
    for (const { institution, isin, from, to, quantity } of this.#day.distributions) {
      add(this.opening, `${institution}/${from}`, isin, -quantity);
      add(this.opening, `${institution}/${to}`, isin, quantity);
    }
  }

  /** Nobody's money runs short in these days; securities that are sold or offered already cannot be offered again. */
  #trade(isin: string, offered: Map<string, bigint>): void {
    const standing: Standing[] = [];
    const rounds = [...new Set(this.#day.orders.map(({ round }) => round))].sort((a, b) => a - b);
    for (const round of rounds) {
      for (const cancel of this.#day.cancels.filter((one) => one.round === round)) {
        const index = standing.findIndex(({ id }) => id === `${cancel.institution}/${cancel.orderId}`);
        if (index >= 0) standing.splice(index, 1);
      }
      for (const { institution, order } of this.#day.orders.filter((one) => one.round === round)) {
        if (order.isin !== isin) continue;
        const owner = `${institution}/${order.account}`;
        const id = `${institution}/${order.orderId}`;
        if (order.side === 'sell') {
          const already = offered.get(`${owner}/${isin}`) ?? 0n;
          if (already + order.quantity > balanceOf(this.opening, owner, isin)) {
            this.refused.push(id);
            continue;
          }
          offered.set(`${owner}/${isin}`, already + order.quantity);
        }
        const left = this.#take(
          isin,
          { id, owner, side: order.side, price: order.price, left: order.quantity },
          standing,
        );
        if (left.left > 0n && order.timeInForce === 'day') standing.push(left);
      }
    }
  }

  #take(isin: string, incoming: Standing, standing: Standing[]): Standing {
    const buys = incoming.side === 'buy';
    for (;;) {
      // The first of the best price is the oldest: orders are appended as they come.
      const best = standing
        .filter(
          ({ side, price }) => side !== incoming.side && (buys ? price <= incoming.price : price >= incoming.price),
        )
        .reduce<Standing | undefined>(
          (a, b) => (!a || (buys ? b.price < a.price : b.price > a.price) ? b : a),
          undefined,
        );
      if (!best || incoming.left === 0n) return incoming;
      const quantity = best.left < incoming.left ? best.left : incoming.left;
      best.left -= quantity;
      incoming.left -= quantity;
      if (best.left === 0n) standing.splice(standing.indexOf(best), 1);
      const [seller, buyer] = buys ? [best.owner, incoming.owner] : [incoming.owner, best.owner];
      this.trades.push({ isin, seller, buyer, quantity, amount: quantity * best.price });
    }
  }
}

export function balanceOf(balances: Balances, holder: string, unit: string): bigint {
  return balances.get(holder)?.get(unit) ?? 0n;
}

export function add(balances: Balances, holder: string, unit: string, change: bigint): void {
  const units = balances.get(holder) ?? new Map<string, bigint>();
  units.set(unit, (units.get(unit) ?? 0n) + change);
  balances.set(holder, units);
}

function holderOf({ institution, account }: { readonly institution: string; readonly account: string }): string {
  return `${institution}/${account}`;
}
