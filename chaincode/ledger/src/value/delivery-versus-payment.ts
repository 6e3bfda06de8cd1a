import { type BusinessDate, type Rejection, isRejection } from '@kessai/interface';
import { type Reader, load } from '../kernel/state';
import { instrumentAt, moneyAt } from '../reference';
import { type Books, type Position, type Posting, openBooks } from './books';
import { type Splits, noSplits, splitBetween, splitsOf } from './splits';
import { type UnitTerms, isSecurity, moneyTerms, securityTerms } from './terms';
import type { NewTrade } from './trade-book';
import { type TradeState, matched } from './trades';

/** The four balances that a trade touches. */
interface Legs {
  readonly deliverer: Position;
  readonly receiver: Position;
  readonly payer: Position;
  readonly payee: Position;
}

export interface SettlementBooks {
  readonly books: Books;
  readonly legsOf: (trade: NewTrade) => Legs;
  /** Of the instruments of the trades. */
  readonly splitsOf: (trade: NewTrade) => Splits;
}

/** Opens the books of all trades at once, and other balances with them: two rounds of reading, whatever their number. */
export async function openLegs(
  reader: Reader,
  trades: readonly NewTrade[],
  others: readonly Position[] = [],
): Promise<SettlementBooks> {
  const { terms, splits } = await termsOf(reader, trades);
  const legsOf = ({ isin, unit, seller, buyer }: NewTrade): Legs => {
    const [security, money] = [terms.get(isin), terms.get(unit)];
    if (!security || !money) throw new Error('The terms of a trade were not read');
    return {
      deliverer: positionOf(seller, security),
      receiver: positionOf(buyer, security),
      payer: positionOf(buyer, money),
      payee: positionOf(seller, money),
    };
  };
  const known = trades.filter(({ isin, unit }) => terms.has(isin) && terms.has(unit));
  const legs = known.flatMap((trade) => Object.values(legsOf(trade)) as readonly Position[]);
  return {
    books: await openBooks(reader, [...legs, ...others]),
    legsOf,
    splitsOf: ({ isin }) => splits.get(isin) ?? noSplits,
  };
}

function positionOf({ institution, account }: NewTrade['seller'], terms: UnitTerms): Position {
  if (account === undefined) throw new Error('A trade that binds names both accounts');
  return { institution, account, terms };
}

interface TradedUnits {
  readonly terms: ReadonlyMap<string, UnitTerms>;
  /** By instrument, where it has any. */
  readonly splits: ReadonlyMap<string, Splits>;
}

async function termsOf(reader: Reader, trades: readonly NewTrade[]): Promise<TradedUnits> {
  const isins = [...new Set(trades.map(({ isin }) => isin))];
  const units = [...new Set(trades.map(({ unit }) => unit))];
  const { instruments, monies, splits } = await load(reader, {
    instruments: isins.map(instrumentAt),
    monies: units.map(moneyAt),
    splits: isins.map(splitsOf),
  });
  const found = [
    ...instruments.flatMap((instrument) => (instrument ? [securityTerms(instrument)] : [])),
    ...monies.flatMap((money) => (money ? [moneyTerms(money)] : [])),
  ];
  return {
    terms: new Map(found.map((terms) => [terms.unit as string, terms])),
    splits: new Map(splits.flatMap((one, index) => (one ? [[isins[index] as string, one] as const] : []))),
  };
}

/**
 * Settles one trade, BIS model 1: both legs in one posting, so that neither moves without the other. Where one balance is short the trade
 * stays pending and nothing moves; so does one over which its instrument has been split, since its quantity is one of before.
 */
export function settleTrade(
  { books, legsOf, splitsOf: splitsOfTraded }: SettlementBooks,
  trade: NewTrade,
  settledOn: BusinessDate,
): TradeState | Rejection {
  if (splitBetween(splitsOfTraded(trade), trade.tradeDate, settledOn)) return { status: 'pending', reason: 'SPLF' };
  const refused = books.post(postingsOf(trade, legsOf(trade)));
  if (!refused) return { status: 'settled', settledOn };
  if (refused.code !== 'HoldingInsufficient') return refused;
  return { status: 'pending', reason: isSecurity(refused.unit) ? 'LACK' : 'MONY' };
}

/**
 * Where a trade stands that settles when it is made, as far as both legs are there. What could not even be held by its receiver waits for
 * an operator, so that one full account does not keep others from trading.
 */
export function settledAtOnce(books: SettlementBooks, trade: NewTrade, settledOn: BusinessDate): TradeState {
  const state = settleTrade(books, trade, settledOn);
  return isRejection(state) ? matched : state;
}

/** Gives back what orders had locked for a trade that comes to nothing. */
export function releaseReserved({ books, legsOf }: SettlementBooks, trade: NewTrade): Rejection | undefined {
  const { deliverer, payer } = legsOf(trade);
  return books.post([...released(deliverer, trade.seller.reserved), ...released(payer, trade.buyer.reserved)]);
}

function postingsOf(
  { quantity, amount, seller, buyer }: NewTrade,
  { deliverer, receiver, payer, payee }: Legs,
): readonly Posting[] {
  const field = 'trades';
  return [
    ...released(deliverer, seller.reserved),
    { position: deliverer, part: 'available', change: -quantity, field },
    { position: receiver, part: 'available', change: quantity, field },
    ...released(payer, buyer.reserved),
    { position: payer, part: 'available', change: -amount, field },
    { position: payee, part: 'available', change: amount, field },
  ];
}

/** What an order locked for this trade becomes available for it; a buyer's better price leaves the rest with the buyer. */
function released(position: Position, reserved = 0n): readonly Posting[] {
  if (reserved === 0n) return [];
  return [
    { position, part: 'order', change: -reserved, field: 'trades' },
    { position, part: 'available', change: reserved, field: 'trades' },
  ];
}
