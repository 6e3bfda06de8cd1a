import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { type CallOptions, type Market, MarketError, RejectedError, type Submitted } from '@kessai/gateway-client';
import { type As, shinEtsu } from '../support/market-network';
import { asError } from './as-error';
import { whole } from './whole';

/** How far a trade was acknowledged to whoever acted on it. */
export type Acknowledged = 'nothing' | 'recorded' | 'affirmed' | 'settled';

/** A bilateral trade of the load, with what its submitters were told of it. */
export interface Trade {
  readonly tradeId: string;
  readonly seller: string;
  readonly buyer: string;
  readonly quantity: bigint;
  readonly amount: bigint;
  acknowledged: Acknowledged;
}

/** An order of the load. */
export interface Order {
  readonly orderId: string;
  readonly institution: string;
  readonly account: string;
  readonly quantity: bigint;
  acknowledged: boolean;
}

type Placing = Omit<Order, 'acknowledged' | 'institution'> & { readonly side: 'buy' | 'sell' };

/** An instruction that a cycle has executed, as its sender was told. */
export interface Told {
  readonly member: string;
  readonly method: string;
  readonly transactionId: string;
  readonly cycle: number;
  readonly outcome: string;
}

/** An error that reached a submitter, who then called again. */
export interface ClientFailure {
  readonly member: string;
  readonly code: string;
}

/** All that was traded and acknowledged, over one stretch of trading or several. */
export interface Traded {
  readonly trades: Trade[];
  readonly orders: Order[];
  readonly told: Told[];
}

export function nothingTraded(): Traded {
  return { trades: [], orders: [], told: [] };
}

export function addTraded(sum: Traded, { trades, orders, told }: Traded): void {
  sum.trades.push(...trades);
  sum.orders.push(...orders);
  sum.told.push(...told);
}

export interface Answer {
  /** Instants of this process's clock, in ms. */
  readonly begun: number;
  readonly ended: number;
}

export interface Parties {
  readonly seller: string;
  readonly buyer: string;
}

export const alphaToBeta: Parties = { seller: 'AlphaMSP', buyer: 'BetaMSP' };

/** Who may trade with whom in one stretch of trading, on lanes that they share. */
export type AllParties = readonly [Parties, ...Parties[]];

/** Three members, each of which sells to the next one. */
export const everybody: AllParties = [
  alphaToBeta,
  { seller: 'BetaMSP', buyer: 'GammaMSP' },
  { seller: 'GammaMSP', buyer: 'AlphaMSP' },
];

const nightly = process.env['KESSAI_NIGHTLY'] === '1';

/** Who trades: each lane's accounts are its own. The last lane trades on the board, the others bilaterally. */
export const lanes = nightly ? 12 : 4;
/** Orders that each seller, and then each buyer, of the board's lane places at once. */
const ordersAtOnce = nightly ? 5 : 1;
export const accountsOf = (lane: number) => ({
  seller: `SELLER-${lane.toString()}`,
  buyer: `BUYER-${lane.toString()}`,
});

/** Orders of the board meet at this price. */
const price = 20n;

const operators = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];
const patienceMs = 120_000;
const pauseMs = 50;

/** Ends a lane whose trading has been stopped. */
class Stopped extends Error {}

/**
 * Members trade with each other, bilaterally and on the board, and the operators in turn sign their trades off: one after the other in
 * each lane, lanes side by side, until it is stopped. Whoever meets an error calls again with the same content, as the errors say that it
 * may.
 */
export class Trading implements Traded {
  readonly trades: Trade[] = [];
  readonly orders: Order[] = [];
  readonly told: Told[] = [];
  readonly failures: ClientFailure[] = [];
  readonly answers: Answer[] = [];
  readonly #as: As;
  readonly #name: string;
  readonly #parties: AllParties;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #error: Error | undefined;

  /** @param name makes the ids of this stretch of trading its own. */
  constructor(as: As, name: string, parties: AllParties = [alphaToBeta]) {
    this.#as = as;
    this.#name = name;
    this.#parties = parties;
    // One for each call under way.
    setMaxListeners(0, this.#stop.signal);
    this.#running = Promise.all(Array.from({ length: lanes }, async (_, lane) => this.#lane(lane))).then(
      () => undefined,
      (error: unknown) => {
        this.#error = asError(error);
        this.#stop.abort();
      },
    );
  }

  /** Waits until so many calls were acknowledged that were made after an instant. @returns the last one's instant. */
  async acknowledged(count: number, after: number): Promise<number> {
    const end = performance.now() + patienceMs;
    for (;;) {
      // They are there in the order in which they ended.
      const lastBefore = this.answers.findLastIndex(({ ended }) => ended < after);
      const last = this.answers.slice(lastBefore + 1).filter(({ begun }) => begun >= after)[count - 1]?.ended;
      if (last !== undefined) return last;
      if (this.#error !== undefined) throw this.#error;
      if (performance.now() > end) throw new Error('Waited in vain for a call to be acknowledged');
      await wait(5);
    }
  }

  /** Lets go of the calls under way, whose outcome nobody learns, and throws what ended a lane before. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (this.#error !== undefined) throw this.#error;
  }

  async #lane(lane: number): Promise<void> {
    const operator = operators[lane % operators.length] ?? '';
    try {
      for (let n = 0; !this.#stop.signal.aborted; n += 1) {
        const id = `${this.#name}-${lane.toString()}-${n.toString()}`;
        const quantity = BigInt(1 + (n % 5));
        const deal = { ...accountsOf(lane), quantity };
        if (lane === lanes - 1) await this.#tradeOnBoard(operator, id, deal);
        else {
          const parties = this.#parties[lane % this.#parties.length] ?? this.#parties[0];
          await this.#tradeBilaterally(operator, parties, { tradeId: id, ...deal, amount: quantity * 100n });
        }
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  async #tradeBilaterally(
    operator: string,
    { seller, buyer }: Parties,
    deal: Omit<Trade, 'acknowledged'>,
  ): Promise<void> {
    const { tradeId, quantity, amount } = deal;
    const terms = { tradeId, isin: shinEtsu, quantity, amount };
    const trade: Trade = { ...deal, acknowledged: 'nothing' };
    this.trades.push(trade);
    const sale = { ...terms, counterparty: buyer, side: 'sell', account: deal.seller } as const;
    const recorded = await this.#instruct(seller, 'Orders:RecordTrade', async ({ orders }, options) =>
      orders.recordTrade(sale, options),
    );
    trade.acknowledged = 'recorded';
    const purchase = { ...terms, recordedBy: seller, side: 'buy', account: deal.buyer } as const;
    const affirmed = await this.#instruct(
      buyer,
      'Orders:AffirmTrade',
      async ({ orders }, options) => orders.affirmTrade(purchase, options),
      recorded.blockNumber,
    );
    trade.acknowledged = 'affirmed';
    const signedOff = await this.#signOff(operator, tradeId, recorded.cycle, affirmed.blockNumber, tradeId);
    if (!signedOff)
      throw new Error(`${operator} has no matched trade ${tradeId}, though its buyer was told that it is`);
    trade.acknowledged = 'settled';
  }

  async #tradeOnBoard(operator: string, id: string, deal: Pick<Trade, 'seller' | 'buyer' | 'quantity'>): Promise<void> {
    const { seller, buyer, quantity } = deal;
    const sold = await this.#placeAtOnce(`${id}-S`, 'seller', { account: seller, quantity, side: 'sell' });
    const bought = await this.#placeAtOnce(`${id}-B`, 'buyer', { account: buyer, quantity, side: 'buy' });
    const from = Math.min(...sold.map(({ cycle }) => cycle));
    const after = bought.reduce((last, { blockNumber }) => (blockNumber > last ? blockNumber : last), 0n);
    // It may have met what was placed before a fault.
    await this.#signOff(operator, id, from, after);
  }

  /** Each seller, or each buyer, places its orders of this content. */
  async #placeAtOnce(id: string, party: keyof Parties, terms: Omit<Placing, 'orderId'>): Promise<readonly Submitted[]> {
    const placings = this.#parties.flatMap((parties) =>
      Array.from({ length: ordersAtOnce }, async (_, n) =>
        this.#place(parties[party], { ...terms, orderId: `${id}-${n.toString()}` }),
      ),
    );
    return Promise.all(placings);
  }

  async #place(institution: string, { side, ...terms }: Placing): Promise<Submitted> {
    const order: Order = { ...terms, institution, acknowledged: false };
    this.orders.push(order);
    const request = { ...terms, isin: shinEtsu, side, price, timeInForce: 'day' } as const;
    const placed = await this.#instruct(institution, 'Orders:Place', async ({ orders }, options) =>
      orders.place(request, options),
    );
    order.acknowledged = true;
    return placed;
  }

  /**
   * An operator signs off the matched trade with an id, or all of the board where none is named.
   * @param from the first page.
   * @returns whether there was any.
   */
  async #signOff(operator: string, id: string, from: number, after: bigint, tradeId?: string): Promise<boolean> {
    const found = await this.#call(operator, after, async ({ settlement }, options) => {
      const instructions = await whole(async (next) => {
        const answer = await settlement.instructions({ from: next, status: 'matched' }, options);
        return { rows: answer.instructions, next: answer.next };
      }, from);
      return instructions.filter((one) => (tradeId === undefined ? one.origin === 'board' : one.tradeId === tradeId));
    });
    const trades = found.flatMap(({ page, number }) =>
      page === undefined || number === undefined ? [] : [{ page, number }],
    );
    if (trades.length === 0) return false;
    await this.#instruct(operator, 'Settlement:Settle', async ({ settlement }, options) =>
      settlement.settle({ id, trades }, options),
    );
    return true;
  }

  async #instruct(
    member: string,
    method: string,
    submit: (market: Market, options: CallOptions) => Promise<Submitted>,
    after?: bigint,
  ): Promise<Submitted> {
    return this.#call(member, after, async (market, options) => {
      const begun = performance.now();
      const submitted = await submit(market, options);
      this.answers.push({ begun, ended: performance.now() });
      const { transactionId, cycle, outcome } = submitted;
      this.told.push({ member, method, transactionId, cycle, outcome });
      return submitted;
    });
  }

  /**
   * @param after the block of what another member did before.
   * @throws Stopped when the trading has been stopped.
   */
  async #call<Result>(
    member: string,
    after: bigint | undefined,
    ask: (market: Market, options: CallOptions) => Promise<Result>,
  ): Promise<Result> {
    const market = await this.#as(member);
    const options = { signal: this.#stop.signal, ...(after === undefined ? {} : { after }) };
    const end = performance.now() + patienceMs;
    for (;;) {
      try {
        return await ask(market, options);
      } catch (error) {
        if (this.#stop.signal.aborted) throw new Stopped();
        // The market refuses what it must not: no repetition mends that.
        if (!(error instanceof MarketError) || error instanceof RejectedError || performance.now() > end) throw error;
        this.failures.push({ member, code: error.code });
        await wait(pauseMs);
      }
    }
  }
}
