import { type Registry, type RequestOf, type ResponseOf, isRejection, refuse } from '@kessai/interface';
import { type EvaluateHandler, accountNames, locksOf, scanHoldings } from '@kessai/ledger';
import { booksOf } from './books-of';

type Method = typeof Registry.methods.Holdings;
type Row = ResponseOf<Method>['holdings'][number];

/** What the accounts of one organisation hold, by account and unit. */
export const holdings: EvaluateHandler<RequestOf<Method>, ResponseOf<Method>> = async (reader, request, context) => {
  const institution = booksOf(context, request.institution);
  if (isRejection(institution)) return institution;
  const { account } = request;
  const names = await accountNames(reader, institution, account);
  if (account !== undefined && !names.has(account)) {
    return refuse('AccountUnknown', { field: 'account', institution, account });
  }
  const rows: Row[] = [];
  for await (const holding of scanHoldings(reader, institution)) {
    if (account !== undefined && holding.account !== account) continue;
    const { account: number, unit, available } = holding;
    rows.push({ account: number, name: names.get(number) ?? number, unit, available, locks: locksOf(holding) });
  }
  return { institution, holdings: rows.sort(byAccountAndUnit) };
};

function byAccountAndUnit(a: Row, b: Row): number {
  if (a.account !== b.account) return a.account < b.account ? -1 : 1;
  return a.unit < b.unit ? -1 : 1;
}
