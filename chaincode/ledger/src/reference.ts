import {
  type AccountId,
  type AccountRef,
  type Infer,
  type Isin,
  type MspId,
  type Unit,
  accountId,
  accountKind,
  businessDate,
  businessId,
  clock as clockCodec,
  collectionOf,
  count,
  cycleNumber,
  displayName,
  instant,
  instrument as instrumentCodec,
  type MarketProgress,
  list,
  marketPolicy,
  marketState,
  member as memberCodec,
  money as moneyCodec,
  object,
  publicState,
} from '@kessai/interface';
import { type RangeReader, type Ref, load, table } from './kernel/state';

/** Reference data that several contracts read. The contract that owns a table is the only one that writes it. */

export type Clock = Infer<typeof clockCodec>;
export type Member = Infer<typeof memberCodec>;
export type Instrument = Infer<typeof instrumentCodec>;
export type Money = Infer<typeof moneyCodec>;

const clocks = table('clock', clockCodec);
export const clockRef: Ref<Clock> = clocks.at(publicState, 'now');

/** Every advance of the clock under its sequence: the intervals of the journal. Owned by Registry. */
export const clockTicks = table('clock-tick', clockCodec);

export const marketCodec = object({
  name: displayName,
  founded: instant,
  members: list(memberCodec, { max: 10_000 }),
});
export type Market = Infer<typeof marketCodec>;

const markets = table('market', marketCodec);
/** The market and its members in one record: every transaction reads it. Owned by Registry. */
export const marketRef: Ref<Market> = markets.at(publicState, 'constitution');

export type Policy = Infer<typeof marketPolicy>;
const policies = table('policy', marketPolicy);
/** How far the market goes by itself. Owned by Registry. */
export const policyRef: Ref<Policy> = policies.at(publicState, 'market');

const calendarCodec = object({
  years: list(object({ year: count(1_900, 9_999), holidays: list(businessDate, { max: 366 }) }), { max: 10_000 }),
});
export type Calendar = Infer<typeof calendarCodec>;
const calendars = table('calendar', calendarCodec);
/** The holidays of each year that the operators have named. Owned by Registry. */
export const calendarRef: Ref<Calendar> = calendars.at(publicState, 'market');

const foundings = table('founding', object({ id: businessId }));
/** The founding that made this market. */
export const foundingRef = foundings.at(publicState, 'market');

export type Progress = MarketProgress;
const progresses = table('progress', marketState);
/** How far cycles have come. Written by the kernel alone. */
export const progressRef: Ref<Progress> = { ...progresses.at(publicState, 'market'), key: 'progress' };

export const accountCodec = object({ account: accountId, name: displayName, kind: accountKind });
export type Account = Infer<typeof accountCodec>;

/** Accounts of an organisation, in its own collection. Owned by Registry. */
export const accounts = table('account', accountCodec);

export function accountAt(institution: MspId, account: AccountId): Ref<Account> {
  return accounts.at(collectionOf(institution), account);
}

/**
 * The account of every organisation that keeps accounts, without being opened: it receives what others send to accounts that are not there,
 * so that nobody learns from a payment or a delivery which accounts exist.
 */
export const suspenseAccount = 'SUSPENSE' as AccountId;
const suspenseName = 'Suspense';

/** Whether there is such an account, `found` being what is stored of it. */
export function isAccount(account: AccountId, found: Account | undefined): boolean {
  return found !== undefined || account === suspenseAccount;
}

/**
 * The account that receives what `sender` sends to `to`: of another member its suspense account, where there is no such account. Undefined
 * where it is the sender's own and there is none.
 */
export function receivingAccount(to: AccountRef, found: Account | undefined, sender: MspId): AccountRef | undefined {
  if (isAccount(to.account, found)) return to;
  return to.institution === sender ? undefined : { ...to, account: suspenseAccount };
}

/** Names of the accounts of an organisation, one or all, for the rows that show them; for evaluate. */
export async function accountNames(
  reader: RangeReader,
  institution: MspId,
  only?: AccountId,
): Promise<ReadonlyMap<AccountId, string>> {
  if (only === suspenseAccount) return new Map([[only, suspenseName]]);
  if (only !== undefined) {
    const { account } = await load(reader, { account: accountAt(institution, only) });
    return new Map(account ? [[account.account, account.name]] : []);
  }
  const names = new Map<AccountId, string>([[suspenseAccount, suspenseName]]);
  for await (const { value } of accounts.below(reader, collectionOf(institution))) names.set(value.account, value.name);
  return names;
}

/** Owned by Securities; CorporateActions changes the supply cap. */
export const instruments = table('instrument', instrumentCodec);

export function instrumentAt(isin: Isin): Ref<Instrument> {
  return instruments.at(publicState, isin);
}

/** Owned by MoneyTokens. */
export const monies = table('money', moneyCodec);

export function moneyAt(unit: Unit): Ref<Money> {
  return monies.at(publicState, unit);
}

export function memberOf(market: Market, mspId: MspId): Member | undefined {
  return market.members.find((member) => member.mspId === mspId);
}

export const sequenceCodec = count(0, 9_999_999_999);
export const cycleCodec = cycleNumber;
