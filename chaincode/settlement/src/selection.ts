import { type Rejection, type RequestOf, type Settlement, refuse } from '@kessai/interface';
import { type Context, type Reader, type Trade, type TradeBook, type TradeState, openTrades } from '@kessai/ledger';

type Request = RequestOf<typeof Settlement.methods.Settle>;

/** The trades that a sign-off settles, in the order in which it names them. */
export interface Selection {
  readonly tradeBook: TradeBook;
  readonly chosen: readonly Chosen[];
}

/** A trade and where it stands. */
export interface Chosen {
  readonly page: number;
  readonly number: number;
  readonly trade: Trade;
}

interface Wish {
  readonly page: string;
  readonly number: number | undefined;
  readonly field: string;
}

/** Where a trade stands that binds its parties. */
const binding: readonly TradeState['status'][] = ['matched', 'pending', 'settled'];

/** Opens the pages named, once each, and picks what can be settled; what is settled already is passed over. */
export async function selectTrades(
  reader: Reader,
  request: Request,
  { cycle }: Context,
): Promise<Selection | Rejection> {
  const wishes = wishesOf(request);
  if (wishes.length === 0) return refuse('NothingToSettle', { field: 'pages' });
  const tradeBook = await openTrades(
    reader,
    cycle,
    wishes.map(({ page }) => Number(page)),
  );
  for (const { page, field } of wishes) {
    if (!tradeBook.trades(Number(page))) return refuse('PageUnknown', { field, page });
  }
  const chosen: Chosen[] = [];
  const chosenOn = new Map<number, Set<number>>();
  for (const { page: name, number, field } of wishes) {
    const page = Number(name);
    const trades = tradeBook.trades(page) ?? [];
    const before = chosenOn.get(page) ?? new Set();
    chosenOn.set(page, before);
    for (const one of number === undefined ? trades.keys() : [number]) {
      const trade = trades[one];
      if (!trade) return refuse('TradeNumberUnknown', { field, number: one });
      const { status } = tradeBook.state(page, one);
      if (!binding.includes(status)) {
        // A page holds what several instructions of a cycle made: what comes to nothing does not keep the rest of it from settling.
        if (number === undefined) continue;
        return refuse('TradeNotMatched', { field, status });
      }
      if (status === 'settled' || before.has(one)) continue;
      before.add(one);
      chosen.push({ page, number: one, trade });
    }
  }
  return { tradeBook, chosen };
}

function wishesOf({ pages = [], trades = [] }: Request): readonly Wish[] {
  return [
    ...pages.map((page, index) => ({ page, number: undefined, field: `pages[${index.toString()}]` })),
    ...trades.map(({ page, number }, index) => ({ page, number, field: `trades[${index.toString()}]` })),
  ];
}
