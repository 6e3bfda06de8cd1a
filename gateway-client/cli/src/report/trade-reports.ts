import type { MspId } from '@kessai/interface';
import type { DayRecord, Instruction, PartyTrade } from '../day';
import type { RejectedTrade, SettlementSummary, TradeLine, TurnoverLine, ViewComparison } from './day-report';
import { scaleOf, sum } from './scale';
import type { Names } from './names';

interface NumberedTrade {
  readonly line: TradeLine;
  readonly instruction: Instruction;
}

/** Why a trade waits, by the pending reason. */
const waiting = {
  ...{
    MONY: 'short of money',
    LACK: 'short of securities',
    SPLF: 'split since it was traded',
    other: 'short of cover',
  },
} as const;

/** The day's trades, each put together from the operators' record and what its two parties see of it. */
export class TradeBook {
  readonly #record: DayRecord;
  readonly #names: Names;
  readonly #sides: ReadonlyMap<string, PartyTrade>;
  readonly #trades: readonly NumberedTrade[];

  constructor(record: DayRecord, names: Names) {
    this.#record = record;
    this.#names = names;
    this.#sides = new Map(
      [...record.trades].flatMap(([institution, trades]) =>
        trades.map((trade) => [sideName(institution, trade), trade] as const),
      ),
    );
    this.#trades = record.instructions
      .filter(({ status }) => ['matched', 'pending', 'settled'].includes(status))
      .map((instruction, index) => ({ line: this.#lineOf(instruction, index + 1), instruction }));
  }

  get lines(): readonly TradeLine[] {
    return this.#trades.map(({ line }) => line);
  }

  get trades(): readonly NumberedTrade[] {
    return this.#trades;
  }

  /** What one party sees of a trade. */
  side(
    side: PartyTrade['side'],
    { page, seller, sellerNumber, buyer, buyerNumber }: Instruction,
  ): PartyTrade | undefined {
    const [institution, number] = side === 'sell' ? [seller, sellerNumber] : [buyer, buyerNumber];
    return this.#sides.get(sideName(institution, { page, number }));
  }

  turnover(): readonly TurnoverLine[] {
    const { day } = this.#record;
    return day.instruments.map(({ isin }) => {
      const own = this.lines.filter((line) => line.isin === isin);
      const prices = own.flatMap(({ price }) => price ?? []);
      const [open] = prices;
      const last = prices.at(-1);
      const high = prices.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
      const low = prices.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
      const range = open === undefined || last === undefined ? {} : { open, last };
      return {
        instrument: this.#names.instrument(isin),
        isin,
        scale: scaleOf(day, isin),
        boardTrades: own.filter(({ origin }) => origin === 'board').length,
        otcTrades: own.filter(({ origin }) => origin === 'otc').length,
        ...range,
        ...(high === undefined || low === undefined ? {} : { high, low }),
        quantity: sum(own, ({ quantity }) => quantity),
        amount: sum(own, ({ amount }) => amount),
      };
    });
  }

  rejected(): readonly RejectedTrade[] {
    return this.#record.instructions
      .filter(({ status }) => status === 'rejected')
      .map((instruction) => {
        const { isin, seller, buyer, quantity, amount } = instruction;
        const sold = this.side('sell', instruction);
        const [recordedBy, rejectedBy] = sold?.recordedByUs === true ? [seller, buyer] : [buyer, seller];
        return {
          instrument: this.#names.instrument(isin),
          scale: scaleOf(this.#record.day, isin),
          recordedBy: this.#names.member(recordedBy),
          rejectedBy: this.#names.member(rejectedBy),
          quantity,
          amount,
          reason: sold?.rejectionReason ?? '',
        };
      });
  }

  settlement(): SettlementSummary {
    const { cycles } = this.#record;
    return {
      cycles: cycles.map(({ how, results }) => ({
        how,
        trades: results.length,
        settled: results.filter(({ status }) => status === 'settled').length,
        pending: results.filter(({ status }) => status === 'pending').length,
      })),
      net: this.#net(),
    };
  }

  #net(): SettlementSummary['net'] {
    const { day } = this.#record;
    const settled = this.#trades.map(({ instruction }) => instruction).filter(({ status }) => status === 'settled');
    const parties = day.members.filter(({ mspId }) =>
      settled.some(({ seller, buyer }) => [seller, buyer].includes(mspId)),
    );
    const netOf = (mspId: MspId, trades: readonly Instruction[], of: (trade: Instruction) => bigint): bigint =>
      sum(trades, (trade) => (trade.buyer === mspId ? of(trade) : 0n) - (trade.seller === mspId ? of(trade) : 0n));
    return parties.map(({ mspId, name }) => ({
      member: name,
      securities: day.instruments.map(({ isin }) => ({
        instrument: this.#names.instrument(isin),
        scale: scaleOf(day, isin),
        quantity: netOf(
          mspId,
          settled.filter((trade) => trade.isin === isin),
          ({ quantity }) => quantity,
        ),
      })),
      money: day.monies.map(({ unit, currency, decimals }) => ({
        currency,
        decimals,
        amount: -netOf(
          mspId,
          settled.filter((trade) => trade.unit === unit),
          ({ amount }) => amount,
        ),
      })),
    }));
  }

  #lineOf(instruction: Instruction, number: number): TradeLine {
    const { origin, isin, seller, buyer, quantity, amount, status } = instruction;
    const sold = this.side('sell', instruction);
    const bought = this.side('buy', instruction);
    return {
      number,
      origin,
      instrument: this.#names.instrument(isin),
      isin,
      scale: scaleOf(this.#record.day, isin),
      seller: this.#names.holder(seller, sold?.account),
      buyer: this.#names.holder(buyer, bought?.account),
      quantity,
      ...(sold?.price === undefined ? {} : { price: sold.price }),
      amount,
      status,
      settled: this.#howSettled(instruction),
    };
  }

  #howSettled(trade: Instruction): string {
    const tries = this.#record.cycles.flatMap(({ how, results }) =>
      results.filter((result) => isSame(result, trade)).map(({ status, reason }) => ({ how, status, reason })),
    );
    return tries.map(({ how, status, reason }) => (status === 'settled' ? how : waiting[reason ?? 'other'])).join(', ');
  }
}

/** What the first two institutions of the day see of the trades between them, side by side. */
export function viewComparison(record: DayRecord, book: TradeBook, names: Names): ViewComparison | undefined {
  const [first, second, ...others] = [...record.trades.keys()];
  if (first === undefined || second === undefined) return undefined;
  const between = book.trades.filter(
    ({ instruction: { seller, buyer } }) =>
      (seller === first && buyer === second) || (seller === second && buyer === first),
  );
  return {
    first: names.short(first),
    second: names.short(second),
    rows: between.map(({ line, instruction }) => ({
      number: line.number,
      instrument: line.instrument,
      scale: line.scale,
      quantity: line.quantity,
      amount: line.amount,
      firstSees: seenBy(first, instruction, book, names),
      secondSees: seenBy(second, instruction, book, names),
    })),
    others: others.map((institution) => ({
      institution: names.short(institution),
      // A party's own trades are all that it is shown: what is shown to it and not its own would be one of these.
      sees: (record.trades.get(institution) ?? []).filter((trade) =>
        between.some(({ instruction }) => isBetweenOthers(trade, instruction)),
      ).length,
    })),
  };
}

function seenBy(institution: MspId, instruction: Instruction, book: TradeBook, names: Names): string {
  const side = instruction.seller === institution ? 'sell' : 'buy';
  const seen = book.side(side, instruction);
  if (!seen) return 'nothing';
  const where = seen.counterparty === undefined ? 'on the board' : partner(seen.side, names.short(seen.counterparty));
  return `${seen.side === 'sell' ? 'sold' : 'bought'} ${where} for ${names.account(institution, seen.account)}`;
}

function partner(side: PartyTrade['side'], name: string): string {
  return `${side === 'sell' ? 'to' : 'from'} ${name}`;
}

function isSame(a: Pick<Instruction, 'page' | 'number'>, b: Pick<Instruction, 'page' | 'number'>): boolean {
  return a.page === b.page && a.number === b.number;
}

/** Whether what an institution is shown is this trade between two others: by the id that both of these know. */
function isBetweenOthers(shown: PartyTrade, trade: Instruction): boolean {
  return trade.origin === 'otc' && shown.tradeId !== undefined && shown.tradeId === trade.tradeId;
}

function sideName(
  institution: MspId,
  { page = '', number = 0 }: { readonly page?: string | undefined; readonly number?: number | undefined },
): string {
  return `${institution} ${page} ${number.toString()}`;
}
