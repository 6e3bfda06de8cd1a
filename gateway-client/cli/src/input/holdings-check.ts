import type { AccountId, Isin, MspId } from '@kessai/interface';

/** What the accounts hold while the files hand securities on, so that more than there is is noticed before anything starts. */
export class HoldingsCheck {
  readonly #held = new Map<string, bigint>();

  add(member: MspId, account: AccountId, isin: Isin, quantity: bigint): void {
    const key = `${member}/${account}/${isin}`;
    this.#held.set(key, (this.#held.get(key) ?? 0n) + quantity);
  }

  /** Takes the quantity away, where there is so much. @returns undefined then, else what there is. */
  take(member: MspId, account: AccountId, isin: Isin, quantity: bigint): bigint | undefined {
    const held = this.#held.get(`${member}/${account}/${isin}`) ?? 0n;
    if (held < quantity) return held;
    this.add(member, account, isin, -quantity);
    return undefined;
  }
}
