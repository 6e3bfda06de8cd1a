import { type Rejection, type RequestOf, type Settlement, refuse } from '@kessai/interface';
import { type Reader, type Trade, load, tradePageAt } from '@kessai/ledger';

type Request = RequestOf<typeof Settlement.methods.Settle>;

/** A page of trades and which of its trades are to be settled, in order. */
export interface SelectedPage {
  readonly page: string;
  readonly trades: readonly Trade[];
  /** Positions in `trades`. */
  readonly chosen: readonly number[];
}

interface Wish {
  readonly page: string;
  readonly number: number | undefined;
  readonly field: string;
}

/** Reads the pages named, once each, and picks what can be settled; what is settled already is passed over. */
export async function selectTrades(reader: Reader, request: Request): Promise<readonly SelectedPage[] | Rejection> {
  const wishes = wishesOf(request);
  if (wishes.length === 0) return refuse('NothingToSettle', { field: 'pages' });
  const names = [...new Set(wishes.map(({ page }) => page))];
  const state = await load(reader, { pages: names.map(tradePageAt) });
  const pages = new Map(names.map((name, index) => [name, state.pages[index]]));
  const chosen = new Map<string, Set<number>>(names.map((name) => [name, new Set()]));
  for (const { page, number, field } of wishes) {
    const trades = pages.get(page)?.trades;
    if (!trades) return refuse('PageUnknown', { field, page });
    const wanted =
      number === undefined ? trades.map((_, index) => index) : [trades.findIndex((t) => t.number === number)];
    for (const index of wanted) {
      const trade = trades[index];
      if (!trade) return refuse('TradeNumberUnknown', { field, number: number ?? 0 });
      if (trade.status === 'recorded' || trade.status === 'rejected') {
        return refuse('TradeNotMatched', { field, status: trade.status });
      }
      if (trade.status !== 'settled') chosen.get(page)?.add(index);
    }
  }
  return names.map((page) => ({
    page,
    trades: pages.get(page)?.trades ?? [],
    chosen: [...(chosen.get(page) ?? [])],
  }));
}

function wishesOf({ pages = [], trades = [] }: Request): readonly Wish[] {
  return [
    ...pages.map((page, index) => ({ page, number: undefined, field: `pages[${index.toString()}]` })),
    ...trades.map(({ page, number }, index) => ({ page, number, field: `trades[${index.toString()}]` })),
  ];
}
