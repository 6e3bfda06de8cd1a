import { type MoneyTokens, type RequestOf, moneyUnit, refuse } from '@kessai/interface';
import { type SubmitHandler, created, memberOf, moneyAt, put } from '@kessai/ledger';

type Request = RequestOf<typeof MoneyTokens.methods.RegisterMoney>;

export const registerMoney: SubmitHandler<Request, null> = {
  load: () => Promise.resolve(null),

  decide(_, money, { market }) {
    const expected = moneyUnit(money.currency, money.issuer);
    if (money.unit !== expected) return refuse('UnitMismatch', { field: 'unit', expected });
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
