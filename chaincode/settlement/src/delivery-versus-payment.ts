import { type AccountId, type Isin, type Rejection, type Unit, isRejection, refuse } from '@kessai/interface';
import {
  type Books,
  type Position,
  type Posting,
  type Reader,
  type Trade,
  type UnitTerms,
  instrumentAt,
  isSecurity,
  load,
  moneyAt,
  moneyTerms,
  openBooks,
  orderLock,
  securityTerms,
} from '@kessai/ledger';

/** The four balances that a trade touches. */
interface Legs {
  readonly deliverer: Position;
  readonly receiver: Position;
  readonly payer: Position;
  readonly payee: Position;
}

export interface SettlementBooks {
  readonly books: Books;
  readonly legsOf: (trade: Trade) => Legs;
}

/** Opens the books of all trades at once: two rounds of reading, whatever their number. */
export async function openLegs(reader: Reader, trades: readonly Trade[]): Promise<SettlementBooks | Rejection> {
  const terms = await termsOf(reader, trades);
  if (isRejection(terms)) return terms;
  const legsOf = (trade: Trade): Legs => {
    const security = terms.get(trade.isin);
    const money = terms.get(trade.unit);
    const { seller, buyer } = trade;
    if (!security || !money || seller.account === undefined || buyer.account === undefined) {
      throw new Error('A matched trade names its instrument, its money and both accounts');
    }
    const at = (institution: Position['institution'], account: AccountId, unit: UnitTerms): Position => ({
      institution,
      account,
      terms: unit,
    });
    return {
      deliverer: at(seller.institution, seller.account, security),
      receiver: at(buyer.institution, buyer.account, security),
      payer: at(buyer.institution, buyer.account, money),
      payee: at(seller.institution, seller.account, money),
    };
  };
  const positions = trades.flatMap((trade) => Object.values(legsOf(trade)) as Position[]);
  return { books: await openBooks(reader, positions), legsOf };
}

async function termsOf(reader: Reader, trades: readonly Trade[]): Promise<ReadonlyMap<string, UnitTerms> | Rejection> {
  const isins: readonly Isin[] = [...new Set(trades.map(({ isin }) => isin))];
  const units: readonly Unit[] = [...new Set(trades.map(({ unit }) => unit))];
  const state = await load(reader, { instruments: isins.map(instrumentAt), monies: units.map(moneyAt) });
  const terms = new Map<string, UnitTerms>();
  for (const [index, isin] of isins.entries()) {
    const instrument = state.instruments[index];
    if (!instrument) return refuse('InstrumentUnknown', { field: 'trades', isin });
    terms.set(isin, securityTerms(instrument));
  }
  for (const [index, unit] of units.entries()) {
    const money = state.monies[index];
    if (!money) return refuse('MoneyUnknown', { field: 'trades', unit });
    terms.set(unit, moneyTerms(money));
  }
  return terms;
}

/**
 * Settles one trade, BIS model 1: both legs in one posting, so that neither moves without the other. Where one balance is short the trade
 * stays pending and nothing moves.
 */
export function settleTrade(
  { books, legsOf }: SettlementBooks,
  trade: Trade,
  settledOn: Trade['tradeDate'],
): Trade | Rejection {
  const refused = books.post(postingsOf(trade, legsOf(trade)));
  const { reason: _, ...rest } = trade;
  if (!refused) return { ...rest, status: 'settled', settledOn };
  if (refused.code !== 'HoldingInsufficient') return refused;
  return { ...rest, status: 'pending', reason: isSecurity(refused.unit) ? 'LACK' : 'MONY' };
}

function postingsOf(trade: Trade, { deliverer, receiver, payer, payee }: Legs): readonly Posting[] {
  const { quantity, amount, seller, buyer } = trade;
  const field = 'trades';
  return [
    ...released(deliverer, seller.orderId, seller.reserved),
    { position: deliverer, part: 'available', change: -quantity, field },
    { position: receiver, part: 'available', change: quantity, field },
    ...released(payer, buyer.orderId, buyer.reserved),
    { position: payer, part: 'available', change: -amount, field },
    { position: payee, part: 'available', change: amount, field },
  ];
}

/** What an order locked for this trade becomes available for it; a buyer's better price leaves the rest with the buyer. */
function released(position: Position, orderId: string | undefined, reserved: bigint | undefined): readonly Posting[] {
  if (orderId === undefined || reserved === undefined || reserved === 0n) return [];
  const part = { lock: orderLock(orderId), reason: 'order' } as const;
  return [
    { position, part, change: -reserved, field: 'trades' },
    { position, part: 'available', change: reserved, field: 'trades' },
  ];
}
