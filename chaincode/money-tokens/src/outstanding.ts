import { type MoneyTokens, type RequestOf, type ResponseOf, publicState, refuse } from '@kessai/interface';
import {
  type EvaluateHandler,
  type Market,
  type Money,
  type RangeReader,
  load,
  moneyAt,
  moneyTerms,
  monies as table,
  scanHoldings,
  supplyAt,
  totalOf,
} from '@kessai/ledger';

type Request = RequestOf<typeof MoneyTokens.methods.Outstanding>;
type Response = ResponseOf<typeof MoneyTokens.methods.Outstanding>;
type Line = Response['monies'][number];

export const monies: EvaluateHandler<object, ResponseOf<typeof MoneyTokens.methods.Monies>> = async (reader) => ({
  monies: await allMonies(reader),
});

/** A bank sees all of its own money; operators and auditors see every money. */
export const outstanding: EvaluateHandler<Request, Response> = async (reader, { unit }, { caller, market }) => {
  const own = (money: Money): boolean => caller.role !== 'settlement-bank' || money.issuer === caller.mspId;
  if (unit === undefined) {
    const visible = (await allMonies(reader)).filter(own);
    return { monies: await Promise.all(visible.map((money) => lineOf(reader, market, money))) };
  }
  const { money } = await load(reader, { money: moneyAt(unit) });
  if (!money) return refuse('MoneyUnknown', { field: 'unit', unit });
  if (!own(money)) return refuse('NotYourMoney', { field: 'unit', unit });
  return { monies: [await lineOf(reader, market, money)] };
};

async function lineOf(reader: RangeReader, market: Market, money: Money): Promise<Line> {
  const { supply } = await load(reader, { supply: supplyAt(moneyTerms(money)) });
  const holders: Line['holders'][number][] = [];
  for (const { mspId: institution, role } of market.members) {
    if (role === 'operator' || role === 'auditor') continue;
    for await (const holding of scanHoldings(reader, institution, money.unit)) {
      holders.push({ institution, account: holding.account, amount: totalOf(holding) });
    }
  }
  return { unit: money.unit, outstanding: supply?.issued ?? 0n, holders };
}

async function allMonies(reader: RangeReader): Promise<readonly Money[]> {
  const found: Money[] = [];
  for await (const { value } of table.below(reader, publicState)) found.push(value);
  return found;
}
