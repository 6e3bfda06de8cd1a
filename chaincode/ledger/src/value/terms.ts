import { type MspId, type Unit, moneyUnit, securityUnit } from '@kessai/interface';
import type { Instrument, Money } from '../reference';

/** What the books need to know of a unit: whose supply it is and over how many pages an institution's holders are spread. */
export interface UnitTerms {
  readonly unit: Unit;
  /** Whose collection keeps the supply account: the issuer of the security or of the money. */
  readonly issuer: MspId;
  readonly registerPages: number;
}

export function securityTerms(instrument: Instrument): UnitTerms {
  return { unit: securityUnit(instrument.isin), issuer: instrument.issuer, registerPages: instrument.registerPages };
}

export function moneyTerms(money: Money): UnitTerms {
  return { unit: money.unit, issuer: money.issuer, registerPages: money.registerPages };
}

/** The money that trades in an instrument settle in. */
export function settlementUnit(instrument: Instrument): Unit {
  return moneyUnit(instrument.settlementCurrency, instrument.settlementBank);
}

export function isSecurity(unit: Unit): boolean {
  return !unit.includes('@');
}
