import { type RequestOf, type ResponseOf, type Settlement, operatorsCollection } from '@kessai/interface';
import {
  type EvaluateHandler,
  type RangeReader,
  type Trade,
  load,
  present,
  tradePageAt,
  tradePages,
} from '@kessai/ledger';

type Request = RequestOf<typeof Settlement.methods.Instructions>;
type Response = ResponseOf<typeof Settlement.methods.Instructions>;

export const instructions: EvaluateHandler<Request, Response> = async (reader, { status, isin, page }) => {
  const found: Response['instructions'][number][] = [];
  for await (const { name, trades } of pagesOf(reader, page)) {
    for (const trade of trades) {
      if (status !== undefined && trade.status !== status) continue;
      if (isin !== undefined && trade.isin !== isin) continue;
      found.push(instructionOf(name, trade));
    }
  }
  return { instructions: found };
};

async function* pagesOf(
  reader: RangeReader,
  page: string | undefined,
): AsyncIterable<{ readonly name: string; readonly trades: readonly Trade[] }> {
  if (page !== undefined) {
    const { one } = await load(reader, { one: tradePageAt(page) });
    if (one) yield { name: page, trades: one.trades };
    return;
  }
  for await (const { parts, value } of tradePages.below(reader, operatorsCollection)) {
    yield { name: parts.join('/'), trades: value.trades };
  }
}

function instructionOf(page: string, trade: Trade): Response['instructions'][number] {
  const { number, origin, isin, quantity, amount, unit, tradeDate, status, seller, buyer } = trade;
  return {
    ...{ page, number, origin, isin, quantity, amount, unit, tradeDate, status },
    seller: seller.institution,
    buyer: buyer.institution,
    ...present({ reason: trade.reason, settledOn: trade.settledOn }),
  };
}
