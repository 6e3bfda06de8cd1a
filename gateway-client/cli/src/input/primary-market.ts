import { accountId, bankReference, businessId, currency, isin, moneyUnit, oneOf } from '@kessai/interface';
import { coded, memberKey, written } from './columns';
import { HoldingsCheck } from './holdings-check';
import type { DayDeposit, MarketDay } from './market-day';
import type { Reference } from './reference';

export function readDeposits(reference: Reference): readonly DayDeposit[] {
  const columns = {
    id: coded(businessId),
    when: coded(oneOf('opening', 'settlement')),
    bank: memberKey,
    currency: coded(currency),
    member: memberKey,
    account: coded(accountId),
    amount: written,
    reference: coded(bankReference),
  };
  const [ids, references] = [new Set<string>(), new Set<string>()];
  return reference.read('deposits.csv', columns, (at): DayDeposit | null => {
    const { id, when, currency: code, account, reference: depositReference } = at.row;
    const bank = reference.member(at, 'bank', at.row.bank, 'settlement-bank');
    const member = reference.member(at, 'member', at.row.member, 'institution', 'issuer', 'settlement-bank');
    const money = bank && reference.money(at, 'currency', moneyUnit(code, bank.mspId));
    const held = member && reference.account(at, 'account', member.mspId, account);
    const amount = money && reference.amount(at, 'amount', at.row.amount, money.decimals);
    const key = `${at.row.bank}/${id}`;
    if (ids.has(key)) reference.refuse(at, 'id', `${id} was used before by ${at.row.bank}`);
    ids.add(key);
    refuseSecondUse(reference, at, references, `${at.row.bank}/${depositReference}`, 'reference');
    if (!bank || !held || amount === null) return null;
    const to = { institution: held.member, account };
    return { when, bank: bank.mspId, mint: { id, currency: code, to, amount, depositReference } };
  });
}

type PrimaryMarket = Pick<MarketDay, 'issuances' | 'allotments' | 'distributions'>;

/** Issues, allotments and distributions, in the order in which securities go from hand to hand. */
export function readPrimaryMarket(reference: Reference): PrimaryMarket {
  const holdings = new HoldingsCheck();
  return {
    issuances: readIssuances(reference, holdings),
    allotments: readAllotments(reference, holdings),
    distributions: readDistributions(reference, holdings),
  };
}

function readIssuances(reference: Reference, holdings: HoldingsCheck): PrimaryMarket['issuances'] {
  const columns = { id: coded(businessId), isin: coded(isin), account: coded(accountId), quantity: written };
  const issued = new Map<string, bigint>();
  const ids = new Set<string>();
  return reference.read('issuances.csv', columns, (at) => {
    const { id, isin: code, account } = at.row;
    const instrument = reference.instrument(at, code);
    if (!instrument) return null;
    const held = reference.account(at, 'account', instrument.issuer, account);
    const quantity = reference.amount(at, 'quantity', at.row.quantity, instrument.decimals);
    refuseSecondUse(reference, at, ids, id);
    if (!held || quantity === null) return null;
    const total = (issued.get(code) ?? 0n) + quantity;
    issued.set(code, total);
    if (total > instrument.supplyCap) {
      reference.refuse(at, 'quantity', `with this more is issued of ${code} than is authorised in instruments.csv`);
    }
    holdings.add(instrument.issuer, account, code, quantity);
    return { id, isin: code, account, quantity };
  });
}

function readAllotments(reference: Reference, holdings: HoldingsCheck): PrimaryMarket['allotments'] {
  const columns = {
    id: coded(businessId),
    isin: coded(isin),
    from: coded(accountId),
    member: memberKey,
    account: coded(accountId),
    quantity: written,
  };
  const ids = new Set<string>();
  return reference.read('allotments.csv', columns, (at) => {
    const { id, isin: code, from, account } = at.row;
    const instrument = reference.instrument(at, code);
    const member = reference.member(at, 'member', at.row.member, 'institution');
    refuseSecondUse(reference, at, ids, id);
    if (!instrument) return null;
    const source = reference.account(at, 'from', instrument.issuer, from);
    const held = member && reference.account(at, 'account', member.mspId, account);
    const quantity = reference.amount(at, 'quantity', at.row.quantity, instrument.decimals);
    if (!member || !source || !held || quantity === null) return null;
    const known = reference.isComplete('issuances.csv', 'allotments.csv');
    const short = known ? holdings.take(instrument.issuer, from, code, quantity) : undefined;
    if (short !== undefined) reference.refuse(at, 'quantity', `${from} has ${short} smallest units left to allot`);
    holdings.add(member.mspId, account, code, quantity);
    return { id, isin: code, from, to: { institution: member.mspId, account }, quantity };
  });
}

function readDistributions(reference: Reference, holdings: HoldingsCheck): PrimaryMarket['distributions'] {
  const columns = {
    id: coded(businessId),
    member: memberKey,
    isin: coded(isin),
    from: coded(accountId),
    to: coded(accountId),
    quantity: written,
  };
  const ids = new Set<string>();
  return reference.read('distributions.csv', columns, (at) => {
    const { id, isin: code, from, to } = at.row;
    const instrument = reference.instrument(at, code);
    const member = reference.member(at, 'member', at.row.member, 'institution');
    refuseSecondUse(reference, at, ids, `${at.row.member}/${id}`);
    if (!instrument || !member) return null;
    const institution = member.mspId;
    const source = reference.account(at, 'from', institution, from);
    const target = reference.account(at, 'to', institution, to);
    const quantity = reference.amount(at, 'quantity', at.row.quantity, instrument.decimals);
    if (from === to) return reference.refuse(at, 'to', 'must be another account than the one that gives');
    if (!source || !target || quantity === null) return null;
    const known = reference.isComplete('issuances.csv', 'allotments.csv', 'distributions.csv');
    const short = known ? holdings.take(institution, from, code, quantity) : undefined;
    if (short !== undefined) reference.refuse(at, 'quantity', `${from} has ${short} smallest units left to hand on`);
    holdings.add(institution, to, code, quantity);
    return { institution, id, isin: code, from, to, quantity };
  });
}

/** An id that its sender has used before would be taken for a repetition of the first. */
export function refuseSecondUse(
  reference: Reference,
  at: Parameters<Reference['refuse']>[0],
  used: Set<string>,
  id: string,
  field = 'id',
): void {
  if (used.has(id)) reference.refuse(at, field, `${id.slice(id.indexOf('/') + 1)} was used before`);
  used.add(id);
}
