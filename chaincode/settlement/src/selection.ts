import { type Rejection, type RequestOf, type Settlement, refuse } from '@kessai/interface';
import { type Reader, type Trade, load, tradePageAt } from '@kessai/ledger';

type Request = RequestOf<typeof Settlement.methods.Settle>;

/** The pages that a sign-off names, and which of their trades it settles, in the order in which it names them. */
export interface Selection {
  readonly pages: ReadonlyMap<string, readonly Trade[]>;
  readonly chosen: readonly Chosen[];
}

/** A trade and its position on its page. */
export interface Chosen {
  readonly page: string;
  readonly index: number;
  readonly trade: Trade;
}

interface Wish {
  readonly page: string;
  readonly number: number | undefined;
  readonly field: string;
}

/** Reads the pages named, once each, and picks what can be settled; what is settled already is passed over. */
export async function selectTrades(reader: Reader, request: Request): Promise<Selection | Rejection> {
  const wishes = wishesOf(request);
  if (wishes.length === 0) return refuse('NothingToSettle', { field: 'pages' });
  const names = [...new Set(wishes.map(({ page }) => page))];
  const state = await load(reader, { pages: names.map(tradePageAt) });
  const read = new Map(names.map((name, index) => [name, state.pages[index]]));
  const pages = new Map<string, readonly Trade[]>();
  for (const { page, field } of wishes) {
    const trades = pages.get(page) ?? read.get(page)?.trades;
    if (!trades) return refuse('PageUnknown', { field, page });
    pages.set(page, trades);
  }
  const chosen = new Map<string, Chosen>();
  for (const { page, number, field } of wishes) {
    const trades = pages.get(page) ?? [];
    const wanted = number === undefined ? trades.keys() : [number];
    for (const index of wanted) {
      // The number of a trade is its position on its page.
      const trade = trades[index];
      if (!trade) return refuse('TradeNumberUnknown', { field, number: index });
      if (trade.status === 'recorded' || trade.status === 'rejected') {
        return refuse('TradeNotMatched', { field, status: trade.status });
      }
      const name = `${page} ${index.toString()}`;
      if (trade.status !== 'settled' && !chosen.has(name)) chosen.set(name, { page, index, trade });
    }
  }
  return { pages, chosen: [...chosen.values()] };
}

function wishesOf({ pages = [], trades = [] }: Request): readonly Wish[] {
  return [
    ...pages.map((page, index) => ({ page, number: undefined, field: `pages[${index.toString()}]` })),
    ...trades.map(({ page, number }, index) => ({ page, number, field: `trades[${index.toString()}]` })),
  ];
}
