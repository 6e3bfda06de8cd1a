import {
  type Infer,
  type MspId,
  type Orders,
  type RequestOf,
  count,
  list,
  mspId,
  object,
  operatorsCollection,
  refuse,
} from '@kessai/interface';
import {
  type Ref,
  type SettlementBooks,
  type SubmitHandler,
  type Trade,
  type TradeBook,
  type TradeState,
  alreadyDone,
  created,
  load,
  openLegs,
  openTrades,
  put,
  releaseReserved,
  table,
} from '@kessai/ledger';

type Request = RequestOf<typeof Orders.methods.CancelTrade>;

/** Which trades of a page one party wants to be cancelled and the other has not agreed to, in the operators' collection. */
const wishesCodec = object({ trades: list(object({ number: count(0, 999_999), by: mspId }), { max: 1_000_000 }) });
type Wishes = Infer<typeof wishesCodec>;

const wishesTable = table('trade-cancellations', wishesCodec);

function wishesOn(page: number): Ref<Wishes> {
  return wishesTable.at(operatorsCollection, page);
}

interface State {
  readonly page: number;
  /** The trade, its number on the page, and where it stands. */
  readonly number: number;
  readonly trade: Trade;
  readonly state: TradeState;
  readonly tradeBook: TradeBook;
  readonly wishes: Wishes;
  /** Of a trade that may still settle: the balances that it locks. */
  readonly settlement: SettlementBooks | undefined;
}

/**
 * A trade that binds is cancelled by both of its parties: the first asks, and with the second it takes effect. Until then it may settle. What
 * orders have locked for it is free again; the orders themselves do not come back.
 */
export const cancelTrade: SubmitHandler<Request, State> = {
  async load(reader, { page: name, number: line }, { caller: { mspId: us }, cycle }) {
    const page = Number(name);
    const tradeBook = await openTrades(reader, cycle, [page]);
    const trades = tradeBook.trades(page) ?? [];
    const number = trades.findIndex(({ seller, buyer }) =>
      [seller, buyer].some((party) => party.institution === us && party.line === line),
    );
    const trade = trades[number];
    // A page on which the caller has no such trade is told like one that does not exist.
    if (!trade) return refuse('TradeNumberUnknown', { field: 'number', number: line });
    const state = tradeBook.state(page, number);
    const { wishes = { trades: [] } } = await load(reader, { wishes: wishesOn(page) });
    const settlement = mayBeCancelled(state) ? await openLegs(reader, [trade]) : undefined;
    return { page, number, trade, state, tradeBook, wishes, settlement };
  },

  decide({ page, number, trade, state, tradeBook, wishes, settlement }, _request, { caller: { mspId: us } }) {
    if (state.status === 'cancelled') return alreadyDone;
    if (!settlement) return refuse('TradeNotCancellable', { field: 'number', status: state.status });
    const wish = wishes.trades.find((one) => one.number === number);
    const other = counterpartyOf(trade, us);
    if (!wish && other) {
      const asked = [...wishes.trades, { number, by: us }];
      return {
        ...created(put(wishesOn(page), { trades: asked })),
        advices: [
          { to: other.institution, advice: { kind: 'cancellation', page: page.toString(), number: other.line } },
        ],
      };
    }
    if (wish?.by === us) return alreadyDone;
    const refused = releaseReserved(settlement, trade);
    if (refused) return refused;
    tradeBook.set(page, number, { status: 'cancelled' });
    const others = wishes.trades.filter((one) => one.number !== number);
    return created(wish ? [put(wishesOn(page), { trades: others })] : []);
  },
};

function mayBeCancelled({ status }: TradeState): boolean {
  return status === 'matched' || status === 'pending';
}

/** Undefined where both parties are clients of one institution: its word is that of both. */
function counterpartyOf({ seller, buyer }: Trade, us: MspId): Trade['seller'] | undefined {
  return [seller, buyer].find(({ institution }) => institution !== us);
}
