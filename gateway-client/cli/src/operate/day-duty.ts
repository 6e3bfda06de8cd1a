import { type Market, RejectedError } from '@kessai/gateway-client';
import { phases } from '@kessai/interface';
import { type DayPlan, localTime, momentOf, phaseAt } from './day-plan';
import type { Duty } from './duties';
import type { DutyInstruction, MarketClock } from './operate-port';

/** What of the market the day's duties need to know. */
export interface DayPort {
  /** Business days of a period, by the market's calendar; undefined where the calendar does not say. */
  businessDays(from: string, to: string): Promise<readonly string[] | undefined>;
  instruments(): Promise<readonly string[]>;
  pendingOrders(isin: string): Promise<readonly { readonly institution: string; readonly orderId: string }[]>;
  /** Pages with trades that are to be settled. */
  unsettledPages(): Promise<readonly string[]>;
}

type Phase = MarketClock['phase'];

/**
 * Leads the market through its business days: opens it when the calendar and the plan say so, matches what is pending, signs trades off,
 * lets orders expire, closes, clears away what was never affirmed, and keeps the registers of the day. One step at a time, each as the ledger then stands, so that a scheduler that comes late
 * catches up, and several do no harm: what one has done is not due any more.
 */
export class DayDuty implements Duty {
  readonly name = 'the day';
  readonly #port: DayPort;
  readonly #plan: DayPlan;
  readonly #now: () => Date;
  /** The last day whose end this scheduler has seen to. */
  #kept: string | undefined;

  constructor(port: DayPort, plan: DayPlan, now: () => Date = () => new Date()) {
    this.#port = port;
    this.#plan = plan;
    this.#now = now;
  }

  async due(_progress: unknown, clock: MarketClock): Promise<readonly DutyInstruction[]> {
    const target = await this.#target(clock);
    if (!target) return [];
    const { businessDate, phase, sequence } = clock;
    if (phase === 'closed') {
      const evening = await this.#evening(clock);
      if (evening.length > 0) return evening;
      if (businessDate === target.date && sequence > 0) return [];
      return target.phase === undefined ? [] : [this.#advance(sequence, target.date, 'open')];
    }
    const last = businessDate < target.date ? 'closed' : (target.phase ?? phase);
    const next = phases[phases.indexOf(phase) + 1];
    if (next === undefined || phases.indexOf(last) <= phases.indexOf(phase)) return [];
    const advance = this.#advance(sequence, businessDate, next);
    // Whoever is early does the phase's work no sooner than the phase ends: what is matched or settled early leaves out who comes in time.
    const { notBefore } = advance;
    return [...(await this.#work(clock)).map((one) => ({ ...one, notBefore })), advance];
  }

  /** The last business day that has begun, and the phase in which it is. */
  async #target({ businessDate }: MarketClock): Promise<{ date: string; phase: Phase | undefined } | undefined> {
    const { date: today, time } = localTime(this.#now(), this.#plan.zone);
    if (today < businessDate) return undefined;
    const days = await this.#port.businessDays(businessDate, today);
    const phase = phaseAt(this.#plan, time);
    const begun = days?.filter((day) => day < today || phase !== undefined);
    const date = begun?.at(-1);
    if (date === undefined) return undefined;
    return { date, phase: date === today ? phase : 'closed' };
  }

  /** What is done before a phase ends. */
  async #work({ phase, sequence }: MarketClock): Promise<readonly DutyInstruction[]> {
    const id = (what: string): string => `${what}-${sequence.toString()}`;
    const isins = await this.#port.instruments();
    if (phase === 'matching') {
      const matchings = await Promise.all(
        isins.map(async (isin) => {
          const orders = await this.#port.pendingOrders(isin);
          const request = { id: id(`match-${isin}`), isin, orders: orders.map((order) => ({ ...order })) };
          return orders.length === 0 ? [] : [{ method: 'Orders:Match', request }];
        }),
      );
      return matchings.flat();
    }
    if (phase !== 'settlement') return [];
    const pages = await this.#port.unsettledPages();
    const settle = { method: 'Settlement:Settle', request: { id: id('settle'), pages: [...pages] } };
    const expiries = isins.map((isin) => ({ method: 'Orders:Expire', request: { id: id(`expire-${isin}`), isin } }));
    return [...(pages.length === 0 ? [] : [settle]), ...expiries];
  }

  /** What is done when the day is over, once: trades that were recorded and never affirmed lapse, and the registers are kept. */
  async #evening({ businessDate, sequence }: MarketClock): Promise<readonly DutyInstruction[]> {
    // On the day of its founding the market has not been open yet.
    if (sequence === 0 || this.#kept === businessDate) return [];
    const isins = await this.#port.instruments();
    this.#kept = businessDate;
    return [
      { method: 'Orders:LapseTrades', request: { id: `lapse-${sequence.toString()}` } },
      ...isins.map((isin) => ({ method: 'Registry:Snapshot', request: { isin } })),
    ];
  }

  /** With the time at which it is due by the plan, so that nothing happens early because this machine's clock is ahead. */
  #advance(from: number, businessDate: string, phase: Phase): Required<DutyInstruction> {
    const notBefore = momentOf({ date: businessDate, time: this.#plan.times[phase] }, this.#plan.zone).toISOString();
    return { method: 'Registry:AdvanceClock', request: { from, businessDate, phase, notBefore }, notBefore };
  }
}

export function dayPort(market: Market): DayPort {
  return {
    async businessDays(from, to) {
      try {
        return (await market.registry.calendar({ from, to })).days;
      } catch (error) {
        if (error instanceof RejectedError && error.code === 'CalendarMissing') return undefined;
        throw error;
      }
    },
    instruments: async () => (await market.securities.instruments({})).instruments.map(({ isin }) => isin),
    pendingOrders: async (isin) => (await market.orders.pending({ isin })).orders,
    unsettledPages: async () => {
      const pages = new Set<string>();
      for (const status of ['matched', 'pending'] as const) {
        for (let from = 0; ;) {
          const { instructions, next } = await market.settlement.instructions({ status, from });
          for (const { page } of instructions) if (page !== undefined) pages.add(page);
          if (next === undefined) break;
          from = next;
        }
      }
      return [...pages];
    },
  };
}
