import {
  type AccountId,
  type Infer,
  type Isin,
  type MspId,
  type Unit,
  accountId,
  accountKind,
  clock as clockCodec,
  collectionOf,
  count,
  displayName,
  instant,
  instrument as instrumentCodec,
  list,
  member as memberCodec,
  money as moneyCodec,
  object,
  publicState,
} from '@kessai/interface';
import { type RangeReader, type Ref, load, table } from './state';

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

export const accountCodec = object({ account: accountId, name: displayName, kind: accountKind });
export type Account = Infer<typeof accountCodec>;

/** Accounts of an organisation, in its own collection. Owned by Registry. */
export const accounts = table('account', accountCodec);

export function accountAt(institution: MspId, account: AccountId): Ref<Account> {
  return accounts.at(collectionOf(institution), account);
}

/** Names of the accounts of an organisation, one or all, for the rows that show them; for evaluate. */
export async function accountNames(
  reader: RangeReader,
  institution: MspId,
  only?: AccountId,
): Promise<ReadonlyMap<AccountId, string>> {
  if (only !== undefined) {
    const { account } = await load(reader, { account: accountAt(institution, only) });
    return new Map(account ? [[account.account, account.name]] : []);
  }
  const names = new Map<AccountId, string>();
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
