import { type AccountRef, type Rejection, type Role, refuse } from '@kessai/interface';
import { type Account, type Market, type Ref, accountAt, memberOf } from '@kessai/ledger';

const holders: readonly Role[] = ['institution', 'issuer', 'settlement-bank'];

/** Money is held at organisations that keep accounts. */
export function refusedHolder(market: Market, { institution }: AccountRef, field: string): Rejection | undefined {
  const member = memberOf(market, institution);
  if (!member) return refuse('MemberUnknown', { field: `${field}.institution`, member: institution });
  if (holders.includes(member.role)) return undefined;
  return refuse('MemberRole', {
    field: `${field}.institution`,
    member: institution,
    role: member.role,
    needed: holders,
  });
}

export function holderAccountAt({ institution, account }: AccountRef): Ref<Account> {
  return accountAt(institution, account);
}

export function sameAccount(a: AccountRef, b: AccountRef): boolean {
  return a.institution === b.institution && a.account === b.account;
}
