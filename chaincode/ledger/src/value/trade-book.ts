import type { BusinessDate, BusinessId, MspId } from '@kessai/interface';
import type { Advised } from '../kernel/decision';
import { overlayOf } from '../kernel/overlay';
import { type Reader, type Write, load, put } from '../kernel/state';
import { CapturedIds } from './captured-ids';
import { partyPageAt, partyStatusAt, tradePageAt, tradeStatusAt } from './trade-pages';
import {
  type PartyLine,
  type Trade,
  type TradeParty,
  type TradeState,
  addLine,
  groupsOf,
  matched,
  present,
  statesOf,
} from './trades';

/** A trade before its parties' lines are numbered. */
export type NewTrade = Omit<Trade, 'seller' | 'buyer'> & {
  readonly seller: Omit<TradeParty, 'line'>;
  readonly buyer: Omit<TradeParty, 'line'>;
};

interface OpenPage {
  readonly trades: Trade[];
  readonly states: TradeState[];
  /** The state of a line before this cycle changed it. */
  readonly before: Map<number, TradeState>;
}

/** What to do to take a change back: of a trade that was made, or of where one stands. */
type Undo = { readonly made: true } | { readonly page: OpenPage; readonly number: number; readonly state: TradeState };

/** Names the pages of trades that are needed. Pages that there are not stay unknown to `trades`. */
export async function openTrades(reader: Reader, cycle: number, pages: readonly number[]): Promise<TradeBook> {
  const book = overlayOf(reader)?.trades ?? new TradeBook(reader, cycle);
  await book.open(pages);
  return book;
}

/**
 * The trades that a cycle makes and settles. A trade is added once and never changed; where it stands is changed by `set`. The kernel
 * closes it: pages of what is new, records of where everything stands, and the advices of it.
 */
export class TradeBook {
  readonly #reader: Reader;
  readonly #cycle: number;
  readonly #pages = new Map<number, OpenPage>();
  /** Lines that each party has on the page of this cycle. */
  readonly #lines = new Map<MspId, number>();
  readonly #captured: CapturedIds;
  readonly #undo: Undo[] = [];

  constructor(reader: Reader, cycle: number) {
    this.#reader = reader;
    this.#cycle = cycle;
    this.#captured = new CapturedIds(reader);
  }

  async open(numbers: readonly number[]): Promise<void> {
    // What this cycle makes nobody has written yet.
    const wanted = [...new Set(numbers)].filter((page) => page !== this.#cycle && !this.#pages.has(page));
    if (wanted.length === 0) return;
    const { pages, statuses } = await load(this.#reader, {
      pages: wanted.map(tradePageAt),
      statuses: wanted.map(tradeStatusAt),
    });
    for (const [index, page] of wanted.entries()) {
      const trades = pages[index]?.lines;
      if (trades === undefined || this.#pages.has(page)) continue;
      const states = statesOf(trades.length, statuses[index]);
      this.#pages.set(page, { trades: [...trades], states, before: new Map() });
    }
  }

  /**
   * Which of these ids of an outside engine name a trade already, of this cycle or of the days that are remembered. Asked before captured
   * trades are added.
   */
  async capturedBefore(ids: readonly BusinessId[], today: BusinessDate): Promise<ReadonlySet<BusinessId>> {
    await this.#captured.open();
    const found = this.#captured.find(ids, today);
    const cycles = [...new Set([...found.values()].flat())];
    await this.open(cycles);
    const named = new Map(cycles.map((cycle) => [cycle, this.#capturedOn(cycle)]));
    const isKnown = (id: BusinessId): boolean =>
      this.#captured.has(id) || (found.get(id) ?? []).some((cycle) => named.get(cycle)?.has(id) === true);
    return new Set(ids.filter(isKnown));
  }

  /** The trades of a page; undefined where there is none, or it was not opened. */
  trades(page: number): readonly Trade[] | undefined {
    return this.#pages.get(page)?.trades;
  }

  /** Where a trade stands. */
  state(page: number, number: number): TradeState {
    return this.#pages.get(page)?.states[number] ?? matched;
  }

  /** @returns the trade's page and number. */
  add(
    trade: NewTrade,
    state: TradeState = matched,
  ): { readonly page: number; readonly number: number; readonly trade: Trade } {
    const page = this.#own();
    const number = page.trades.length;
    const sellerLine = this.#nextLine(trade.seller.institution);
    const buyerLine = this.#nextLine(trade.buyer.institution);
    const whole: Trade = {
      ...trade,
      seller: { ...trade.seller, line: sellerLine },
      buyer: { ...trade.buyer, line: buyerLine },
    };
    page.trades.push(whole);
    page.states.push(state);
    this.#undo.push({ made: true });
    const captured = capturedIdOf(whole);
    if (captured !== undefined) this.#captured.add(captured, whole.tradeDate);
    return { page: this.#cycle, number, trade: whole };
  }

  set(pageNumber: number, number: number, state: TradeState): void {
    const page = this.#pages.get(pageNumber);
    const old = page?.states[number];
    if (!page || !old) throw new Error('The page of a trade was not opened');
    this.#undo.push({ page, number, state: old });
    if (!page.before.has(number)) page.before.set(number, old);
    page.states[number] = state;
  }

  mark(): number {
    return this.#undo.length;
  }

  rollBack(mark: number): void {
    for (const undo of this.#undo.splice(mark).reverse()) {
      if ('made' in undo) {
        const page = this.#own();
        const trade = page.trades.pop();
        page.states.pop();
        page.before.delete(page.trades.length);
        if (trade && capturedIdOf(trade) !== undefined) this.#captured.takeBack();
        // The buyer's line was given last.
        for (const party of [trade?.buyer, trade?.seller]) if (party) this.#lines.set(party.institution, party.line);
      } else {
        undo.page.states[undo.number] = undo.state;
      }
    }
  }

  close(): { readonly writes: readonly Write[]; readonly advices: readonly Advised[] } {
    const writes: Write[] = [];
    const advices: Advised[] = [];
    for (const [number, page] of [...this.#pages].sort(([a], [b]) => a - b)) {
      const isNew = number === this.#cycle;
      const changed = [...page.before].filter(([line, before]) => page.states[line] !== before).map(([line]) => line);
      const moved = isNew ? page.states.some(({ status }) => status !== 'matched') : changed.length > 0;
      if (!isNew && !moved) continue;
      const parties = partiesOf(page.trades);
      if (isNew && page.trades.length > 0) {
        writes.push(put(tradePageAt(number), { lines: page.trades }));
        for (const [member, lines] of parties) {
          writes.push(
            put(partyPageAt(member, number), { lines: lines.map(({ trade, side }) => partyLine(trade, side)) }),
          );
          const made = lines.length - 1;
          advices.push({
            to: member,
            advice: { kind: 'trades', page: number.toString(), lines: [{ from: 0, to: made }] },
          });
        }
      }
      if (!moved) continue;
      writes.push(put(tradeStatusAt(number), { groups: groupsOf(page.states) }));
      const touched = new Set(isNew ? page.states.keys() : changed);
      for (const [member, lines] of parties) {
        if (!lines.some(({ number: one }) => touched.has(one))) continue;
        const states = lines.map(({ number: one }) => page.states[one] ?? matched);
        writes.push(put(partyStatusAt(member, number), { groups: groupsOf(states) }));
        advices.push(...movesOf(member, number, lines, states, touched));
      }
    }
    writes.push(...this.#captured.close(this.#cycle));
    return { writes, advices };
  }

  #capturedOn(page: number): ReadonlySet<BusinessId | undefined> {
    return new Set((this.trades(page) ?? []).map(capturedIdOf));
  }

  #own(): OpenPage {
    const found = this.#pages.get(this.#cycle) ?? { trades: [], states: [], before: new Map<number, TradeState>() };
    this.#pages.set(this.#cycle, found);
    return found;
  }

  #nextLine(member: MspId): number {
    const line = this.#lines.get(member) ?? 0;
    this.#lines.set(member, line + 1);
    return line;
  }
}

/** The outside engine's id; undefined where it is another trade. */
function capturedIdOf({ origin, tradeId }: Trade): BusinessId | undefined {
  return origin === 'captured' ? tradeId : undefined;
}

/** A party's line: the trade, its number on the page, and the side that the party sees. */
interface PartyView {
  readonly number: number;
  readonly trade: Trade;
  readonly side: 'sell' | 'buy';
}

/** The lines of each party, in their order; by name, so that everybody writes them alike. */
function partiesOf(trades: readonly Trade[]): readonly (readonly [MspId, readonly PartyView[]])[] {
  const parties = new Map<MspId, PartyView[]>();
  const add = (trade: Trade, number: number, side: 'sell' | 'buy'): void => {
    const { institution } = side === 'sell' ? trade.seller : trade.buyer;
    const lines = parties.get(institution) ?? [];
    parties.set(institution, lines);
    lines.push({ number, trade, side });
  };
  for (const [number, trade] of trades.entries()) {
    add(trade, number, 'sell');
    add(trade, number, 'buy');
  }
  return [...parties].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function partyLine(trade: Trade, side: 'sell' | 'buy'): PartyLine {
  const [us, them] = side === 'sell' ? [trade.seller, trade.buyer] : [trade.buyer, trade.seller];
  const { origin, isin, quantity, amount, unit, tradeDate } = trade;
  const anonymous = origin === 'board';
  return {
    ...{ origin, side, isin, quantity, amount, unit, tradeDate },
    ...present({
      ...{ account: us.account, price: trade.price, orderId: us.orderId, recordedBy: trade.recordedBy },
      rejectionReason: trade.rejectionReason,
      counterparty: anonymous ? undefined : them.institution,
      tradeId: anonymous ? undefined : trade.tradeId,
    }),
  };
}

function movesOf(
  to: MspId,
  page: number,
  lines: readonly PartyView[],
  states: readonly TradeState[],
  touched: ReadonlySet<number>,
): readonly Advised[] {
  const moves = new Map<string, { state: TradeState; lines: { from: number; to: number }[] }>();
  for (const [line, { number }] of lines.entries()) {
    const state = states[line] ?? matched;
    if (!touched.has(number) || state.status === 'matched') continue;
    const name = `${state.status}/${state.reason ?? ''}`;
    const move = moves.get(name) ?? { state, lines: [] };
    moves.set(name, move);
    addLine(move.lines, line);
  }
  return [...moves]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([
        ,
        {
          state: { status, reason },
          lines: ranges,
        },
      ]) => ({
        to,
        advice: { kind: 'settlement' as const, page: page.toString(), lines: ranges, status, ...present({ reason }) },
      }),
    );
}
