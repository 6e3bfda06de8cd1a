import type { AccountId, Isin, MspId, Unit } from '@kessai/interface';
import type { MarketDay } from '../input';

/** What people call members, accounts, instruments and monies. */
export class Names {
  readonly #day: MarketDay;
  readonly #accounts: ReadonlyMap<string, string>;

  constructor(day: MarketDay) {
    this.#day = day;
    this.#accounts = new Map(day.accounts.map(({ member, account, name }) => [`${member}/${account}`, name]));
  }

  member(mspId: MspId): string {
    return this.#day.members.find((member) => member.mspId === mspId)?.name ?? mspId;
  }

  /** What the input files call a member: for tables. */
  short(mspId: MspId): string {
    return this.#day.members.find((member) => member.mspId === mspId)?.shortName ?? mspId;
  }

  account(mspId: MspId, account: AccountId | undefined): string {
    if (account === undefined) return '';
    return this.#accounts.get(`${mspId}/${account}`) ?? account;
  }

  /** A member's account, such as `Alpha, Sato Haruka`. */
  holder(mspId: MspId, account: AccountId | undefined): string {
    const name = this.account(mspId, account);
    return name === '' ? this.short(mspId) : `${this.short(mspId)}, ${name}`;
  }

  instrument(isin: Isin): string {
    const found = this.#day.instruments.find((instrument) => instrument.isin === isin);
    return found?.name ?? isin;
  }

  unit(unit: Unit): string {
    const money = this.#day.monies.find((one) => one.unit === unit);
    return money ? `${money.currency} of ${this.member(money.issuer)}` : this.instrument(unit as string as Isin);
  }
}
