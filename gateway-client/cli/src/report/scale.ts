import type { Isin } from '@kessai/interface';
import type { MarketDay } from '../input';
import type { Scale } from './day-report';

/** How the amounts of an instrument are written. */
export function scaleOf(day: MarketDay, isin: Isin): Scale {
  const instrument = day.instruments.find((one) => one.isin === isin);
  const unit = instrument && `${instrument.settlementCurrency}@${instrument.settlementBank}`;
  const money = day.monies.find((one) => one.unit === unit);
  return {
    decimals: instrument?.decimals ?? 0,
    priceDecimals: (instrument?.priceDecimals ?? 0) + (money?.decimals ?? 0),
    currency: money?.currency ?? '',
    moneyDecimals: money?.decimals ?? 0,
  };
}

export function sum<T>(items: readonly T[], of: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n);
}
