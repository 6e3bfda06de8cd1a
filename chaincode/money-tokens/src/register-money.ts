import { MoneyTokens, type Rejection, type RequestOf, currencyDecimals, moneyUnit, refuse } from '@kessai/interface';
import { type Money, type SubmitHandler, created, load, memberOf, moneyAt, put, registeredAgain } from '@kessai/ledger';

type Request = RequestOf<typeof MoneyTokens.methods.RegisterMoney>;

interface State {
  readonly registered: Money | undefined;
}

export const registerMoney: SubmitHandler<Request, State> = {
  load: (reader, { unit }) => load(reader, { registered: moneyAt(unit) }),

  decide({ registered }, money, { market }) {
    if (registered) return registeredAgain(MoneyTokens.methods.RegisterMoney.request, registered, money);
    const expected = moneyUnit(money.currency, money.issuer);
    if (money.unit !== expected) return refuse('UnitMismatch', { field: 'unit', expected });
    const wrong = refusedCurrency(money);
    if (wrong) return wrong;
    const issuer = memberOf(market, money.issuer);
    if (!issuer) return refuse('MemberUnknown', { field: 'issuer', member: money.issuer });
    if (issuer.role !== 'settlement-bank') {
      return refuse('MemberRole', {
        field: 'issuer',
        member: money.issuer,
        role: issuer.role,
        needed: ['settlement-bank'],
      });
    }
    return created(put(moneyAt(money.unit), money));
  },
};

/** Amounts of a currency mean the same to everybody: its smallest unit is that of ISO 4217. */
function refusedCurrency({ currency, decimals }: Request): Rejection | undefined {
  const expected = currencyDecimals(currency);
  if (expected === undefined) return refuse('CurrencyUnknown', { field: 'currency', currency });
  return decimals === expected ? undefined : refuse('DecimalsWrong', { field: 'decimals', currency, expected });
}
