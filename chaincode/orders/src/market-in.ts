import { type Isin, type Rejection, refuse } from '@kessai/interface';
import { type Instrument, type Money, type Reader, instrumentAt, load, moneyAt, settlementUnit } from '@kessai/ledger';

/** An instrument and the money that it trades in. */
export interface MarketIn {
  readonly instrument: Instrument;
  readonly money: Money;
}

export async function loadMarketIn(reader: Reader, isin: Isin): Promise<MarketIn | Rejection> {
  const { instrument } = await load(reader, { instrument: instrumentAt(isin) });
  if (!instrument) return refuse('InstrumentUnknown', { field: 'isin', isin });
  const unit = settlementUnit(instrument);
  const { money } = await load(reader, { money: moneyAt(unit) });
  return money ? { instrument, money } : refuse('MoneyUnknown', { field: 'isin', unit });
}
