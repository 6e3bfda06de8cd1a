import { type Registry, type ResponseOf, type Unit, publicState } from '@kessai/interface';
import {
  type EvaluateHandler,
  type RangeReader,
  type UnitTerms,
  instruments,
  load,
  moneyTerms,
  monies,
  scanHoldings,
  securityTerms,
  supplyAt,
  totalOf,
} from '@kessai/ledger';
import { allAccountKeepers } from './books-of';

type Method = typeof Registry.methods.Supply;

/** Every registered unit: its supply account beside what all accounts of all organisations hold. */
export const supply: EvaluateHandler<unknown, ResponseOf<Method>> = async (reader, _request, { market }) => {
  const units = await registeredUnits(reader);
  const { supplies } = await load(reader, { supplies: units.map(supplyAt) });
  const held = new Map<Unit, { quantity: bigint; holders: number }>();
  for (const institution of allAccountKeepers(market)) {
    for await (const holding of scanHoldings(reader, institution)) {
      const sum = held.get(holding.unit) ?? { quantity: 0n, holders: 0 };
      held.set(holding.unit, { quantity: sum.quantity + totalOf(holding), holders: sum.holders + 1 });
    }
  }
  return {
    units: units.map(({ unit }, index) => ({
      unit,
      issued: supplies[index]?.issued ?? 0n,
      held: held.get(unit)?.quantity ?? 0n,
      holders: held.get(unit)?.holders ?? 0,
    })),
  };
};

async function registeredUnits(reader: RangeReader): Promise<readonly UnitTerms[]> {
  const units: UnitTerms[] = [];
  for await (const { value } of instruments.below(reader, publicState)) units.push(securityTerms(value));
  for await (const { value } of monies.below(reader, publicState)) units.push(moneyTerms(value));
  return units.sort((a, b) => (a.unit < b.unit ? -1 : 1));
}
