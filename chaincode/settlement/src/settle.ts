import { type RequestOf, type Settlement, isRejection } from '@kessai/interface';
import { type SubmitHandler, type Trade, type Write, created, putTrades } from '@kessai/ledger';
import { type SettlementBooks, openLegs, settleTrade } from './delivery-versus-payment';
import { type SelectedPage, selectTrades } from './selection';

type Request = RequestOf<typeof Settlement.methods.Settle>;

interface State extends SettlementBooks {
  readonly pages: readonly SelectedPage[];
}

/** An operator's sign-off: from one trade to thousands in one transaction. */
export const settle: SubmitHandler<Request, State> = {
  async load(reader, request) {
    const pages = await selectTrades(reader, request);
    if (isRejection(pages)) return pages;
    const selected = pages;
    const legs = await openLegs(reader, selected.flatMap(chosenOf));
    return 'code' in legs ? legs : { ...legs, pages: selected };
  },

  decide(state, { id }, context) {
    const written: (readonly Write[])[] = [];
    for (const { page, trades, chosen } of state.pages) {
      const next = [...trades];
      for (const index of chosen) {
        const trade = trades[index];
        if (!trade) throw new Error('A chosen trade stands on its page');
        const settled = settleTrade(state, trade, context.clock.businessDate);
        if ('code' in settled) return settled;
        next[index] = settled;
      }
      if (next.some((trade, index) => !sameState(trade, trades[index]))) written.push(putTrades(page, next));
    }
    return created(...written, state.books.close(context, id));
  },
};

function chosenOf({ trades, chosen }: SelectedPage): readonly Trade[] {
  return chosen.flatMap((index) => trades[index] ?? []);
}

function sameState(a: Trade, b: Trade | undefined): boolean {
  return a.status === b?.status && a.reason === b.reason;
}
