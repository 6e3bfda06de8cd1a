import { type RequestOf, type ResponseOf, type Settlement, type MspId, operatorsCollection } from '@kessai/interface';
import {
  type Clock,
  type EvaluateHandler,
  type OpenBilateralTrade,
  type RangeReader,
  type Trade,
  type TradeState,
  byName,
  isLapsed,
  linesOfAnswer,
  load,
  matched,
  openBilateralTrades,
  present,
  statesOf,
  tradePageAt,
  tradePages,
  tradeStatusAt,
} from '@kessai/ledger';

type Request = RequestOf<typeof Settlement.methods.Instructions>;
type Response = ResponseOf<typeof Settlement.methods.Instructions>;
type Instruction = Response['instructions'][number];

interface Page {
  readonly page: number;
  readonly trades: readonly Trade[];
}

export const instructions: EvaluateHandler<Request, Response> = async (reader, request, { clock }) => {
  const { status, isin } = request;
  const { pages, next } = await pagesAsked(reader, request);
  const { statuses } = await load(reader, { statuses: pages.map(({ page }) => tradeStatusAt(page)) });
  const found: Instruction[] = [];
  for (const [index, { page, trades }] of pages.entries()) {
    const states = statesOf(trades.length, statuses[index]);
    for (const [number, trade] of trades.entries()) {
      found.push(instructionOf(page, number, trade, states[number] ?? matched));
    }
  }
  if (next === undefined && request.page === undefined) found.push(...(await openInstructions(reader, clock)));
  return {
    instructions: found.filter(
      (one) => (status === undefined || one.status === status) && (isin === undefined || one.isin === isin),
    ),
    ...present({ next }),
  };
};

async function pagesAsked(
  reader: RangeReader,
  { page: named, from = 0, status }: Request,
): Promise<{ readonly pages: readonly Page[]; readonly next?: number | undefined }> {
  // What is recorded and not yet affirmed stands on no page.
  if (status === 'recorded') return { pages: [] };
  if (named !== undefined) {
    const page = Number(named);
    const { found } = await load(reader, { found: tradePageAt(page) });
    return { pages: found && page >= from ? [{ page, trades: found.lines }] : [] };
  }
  const pages: Page[] = [];
  let lines = 0;
  for await (const { parts, value } of tradePages.since(reader, operatorsCollection, from)) {
    const page = Number(parts[0]);
    if (lines >= linesOfAnswer) return { pages, next: page };
    lines += value.lines.length;
    pages.push({ page, trades: value.lines });
  }
  return { pages };
}

/** Bilateral trades that the counterparty has not answered. */
async function openInstructions(reader: RangeReader, clock: Clock): Promise<readonly Instruction[]> {
  const open: Instruction[] = [];
  for await (const { parts, value } of openBilateralTrades.below(reader, operatorsCollection)) {
    const ofOne = [...value.values()].sort(byName(({ tradeDate, tradeId }) => `${tradeDate} ${tradeId}`));
    open.push(...ofOne.map((one) => openInstruction(parts[0] as MspId, one, clock)));
  }
  return open;
}

function openInstruction(recordedBy: MspId, trade: OpenBilateralTrade, clock: Clock): Instruction {
  const { tradeId, isin, quantity, amount, unit, tradeDate, counterparty, side } = trade;
  const [seller, buyer] = side === 'sell' ? [recordedBy, counterparty] : [counterparty, recordedBy];
  return {
    ...{ origin: 'otc', isin, quantity, amount, unit, seller, buyer, recordedBy, tradeId, tradeDate },
    status: isLapsed(trade, clock) ? 'lapsed' : 'recorded',
  };
}

function instructionOf(page: number, number: number, trade: Trade, state: TradeState): Instruction {
  const { origin, isin, quantity, amount, unit, tradeDate, seller, buyer, recordedBy, tradeId } = trade;
  const { status, reason, settledOn } = state;
  return {
    ...{ page: page.toString(), number, origin, isin, quantity, amount, unit, tradeDate, status },
    ...{ seller: seller.institution, sellerNumber: seller.line, buyer: buyer.institution, buyerNumber: buyer.line },
    ...present({ recordedBy, tradeId, reason, settledOn }),
  };
}
