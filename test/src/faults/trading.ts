import { setTimeout as wait } from 'node:timers/promises';
import { type CallOptions, type Market, MarketError, RejectedError } from '@kessai/gateway-client';
import { type As, shinEtsu } from '../support/market-network';
import { asError } from './as-error';

/** How far a trade was acknowledged to whoever submitted it. */
export type Acknowledged = 'nothing' | 'recorded' | 'affirmed' | 'settled';

/** A trade of the load, with what its submitters were told of it. */
export interface Trade {
  readonly tradeId: string;
  /** The page of the operators' books on which it stands. */
  readonly page: string;
  readonly seller: string;
  readonly buyer: string;
  readonly quantity: bigint;
  readonly amount: bigint;
  acknowledged: Acknowledged;
}

/** An error that reached a submitter, who then called again. */
export interface ClientFailure {
  readonly member: string;
  readonly code: string;
}

interface Commit {
  /** Instants of this process's clock, in ms. */
  readonly begun: number;
  readonly ended: number;
}

/** Who trades: each lane's accounts are its own, so that lanes do not wait for one another. */
export const lanes = 4;
export const accountsOf = (lane: number) => ({
  seller: `SELLER-${lane.toString()}`,
  buyer: `BUYER-${lane.toString()}`,
});

const operators = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];
const patienceMs = 120_000;
const pauseMs = 50;

/**
 * Trades between Alpha and Beta, settled by the operators in turn: one after the other in each lane, lanes side by side, until it is
 * stopped. A member that meets an error calls again with the same content, as the errors say that it may.
 */
export class Trading {
  readonly trades: Trade[] = [];
  readonly failures: ClientFailure[] = [];
  readonly #stop = new AbortController();
  readonly #commits: Commit[] = [];
  readonly #running: Promise<void>;
  #error: Error | undefined;

  /** @param name makes the ids of this stretch of trading its own. */
  constructor(as: As, name: string) {
    const all = Array.from({ length: lanes }, async (_, lane) => this.#trade(as, name, lane));
    this.#running = Promise.all(all).then(
      () => undefined,
      (error: unknown) => {
        this.#error = asError(error);
        this.#stop.abort();
      },
    );
  }

  /** Waits until so many commits were acknowledged that were submitted after an instant. @returns the last one's instant. */
  async commits(count: number, after: number): Promise<number> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const ended = this.#commits.filter(({ begun }) => begun >= after).map((commit) => commit.ended);
      const last = ended.sort((a, b) => a - b)[count - 1];
      if (last !== undefined) return last;
      if (this.#error !== undefined) throw this.#error;
      if (performance.now() > end) throw new Error('Waited in vain for a commit to be acknowledged');
      await wait(5);
    }
  }

  /** Lets go of the calls under way, whose outcome nobody learns, and throws what ended a lane before. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (this.#error !== undefined) throw this.#error;
  }

  async #trade(as: As, name: string, lane: number): Promise<void> {
    const operator = operators[lane % operators.length] ?? '';
    const { seller, buyer } = accountsOf(lane);
    for (let n = 0; !this.#stop.signal.aborted; n += 1) {
      const tradeId = `${name}-${lane.toString()}-${n.toString()}`;
      const terms = { tradeId, isin: shinEtsu, quantity: BigInt(1 + (n % 5)), amount: BigInt(100 + (n % 7)) };
      const page = `otc.AlphaMSP.${tradeId}`;
      const trade: Trade = { ...terms, page, seller, buyer, acknowledged: 'nothing' };
      this.trades.push(trade);
      const recorded = await this.#call(as, 'AlphaMSP', undefined, async ({ orders }, options) =>
        orders.recordTrade({ ...terms, counterparty: 'BetaMSP', side: 'sell', account: seller }, options),
      );
      if (recorded === undefined) return;
      trade.acknowledged = 'recorded';
      const affirmed = await this.#call(as, 'BetaMSP', recorded, async ({ orders }, options) =>
        orders.affirmTrade({ ...terms, recordedBy: 'AlphaMSP', side: 'buy', account: buyer }, options),
      );
      if (affirmed === undefined) return;
      trade.acknowledged = 'affirmed';
      const settled = await this.#call(as, operator, affirmed, async ({ settlement }, options) =>
        settlement.settle({ id: tradeId, pages: [page] }, options),
      );
      if (settled === undefined) return;
      trade.acknowledged = 'settled';
    }
  }

  /**
   * @param after the block of what another member did before.
   * @returns the block in which it is; undefined: the trading has been stopped.
   */
  async #call(
    as: As,
    member: string,
    after: bigint | undefined,
    submit: (market: Market, options: CallOptions) => Promise<{ readonly blockNumber: bigint }>,
  ): Promise<bigint | undefined> {
    const market = await as(member);
    const options = { signal: this.#stop.signal, ...(after === undefined ? {} : { after }) };
    const end = performance.now() + patienceMs;
    for (;;) {
      const begun = performance.now();
      try {
        const { blockNumber } = await submit(market, options);
        this.#commits.push({ begun, ended: performance.now() });
        return blockNumber;
      } catch (error) {
        if (this.#stop.signal.aborted) return undefined;
        if (!(error instanceof MarketError) || performance.now() > end) throw error;
        // The market refuses what it must not: no repetition mends that.
        if (error instanceof RejectedError && !mayBeBehind(error)) throw error;
        this.failures.push({ member, code: error.code });
        await wait(pauseMs);
      }
    }
  }
}

/** Endorsers that cannot be asked for their height may not know what another member did: refused wrongly, counted as an error. */
function mayBeBehind({ code }: RejectedError): boolean {
  return code === 'TradeUnknown' || code === 'PageUnknown' || code === 'TradeNotMatched';
}
