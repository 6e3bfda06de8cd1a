import type {
  AccountId,
  BusinessDate,
  BusinessId,
  Currency,
  EventTerms,
  Isin,
  MspId,
  RequestOf,
  Role,
  Side,
  Unit,
  contracts,
} from '@kessai/interface';

type Requests<C extends keyof typeof contracts, M extends keyof (typeof contracts)[C]['methods']> = RequestOf<
  (typeof contracts)[C]['methods'][M]
>;

/** A market's day as its input files state it: every amount in smallest units, every organisation by its MSP id. */
export interface MarketDay {
  readonly market: DayPlan;
  readonly members: readonly DayMember[];
  readonly monies: readonly DayMoney[];
  readonly instruments: readonly DayInstrument[];
  readonly accounts: readonly DayAccount[];
  readonly deposits: readonly DayDeposit[];
  readonly issuances: readonly Requests<'Securities', 'Issue'>[];
  readonly allotments: readonly Requests<'Securities', 'Allot'>[];
  readonly distributions: readonly ({ readonly institution: MspId } & Requests<'Securities', 'Transfer'>)[];
  /** In the order of the file, which is that of arrival within a round. */
  readonly orders: readonly DayOrder[];
  readonly cancels: readonly DayCancel[];
  readonly bilaterals: readonly DayBilateral[];
  readonly corporateActions: readonly DayEvent[];
}

export interface DayPlan {
  readonly name: string;
  readonly businessDate: BusinessDate;
  readonly nextBusinessDate: BusinessDate;
  /** The board is looked at after the matching of this round. */
  readonly noonAfterRound: number;
  /** So many trades are signed off one by one, the rest in one batch. */
  readonly settledOneByOne: number;
}

export interface DayMember {
  /** What the input files call it. */
  readonly shortName: string;
  readonly mspId: MspId;
  readonly role: Role;
  readonly name: string;
}

export interface DayMoney {
  readonly unit: Unit;
  readonly currency: Currency;
  readonly issuer: MspId;
  readonly decimals: number;
  readonly registerPages: number;
}

export interface DayInstrument extends Requests<'Securities', 'RegisterInstrument'> {
  /** The exchange's own code, for people. */
  readonly code: string;
}

export interface DayAccount {
  readonly member: MspId;
  readonly account: AccountId;
  readonly name: string;
  readonly kind: 'client' | 'house' | 'treasury';
}

export interface DayDeposit {
  /** `opening`: before trading. `settlement`: after a first try to settle. */
  readonly when: 'opening' | 'settlement';
  readonly bank: MspId;
  readonly mint: Requests<'MoneyTokens', 'Mint'>;
}

export interface DayOrder {
  readonly round: number;
  readonly institution: MspId;
  readonly order: Requests<'Orders', 'Place'>;
}

export interface DayCancel {
  /** Asked for before the matching of this round. */
  readonly round: number;
  readonly institution: MspId;
  readonly orderId: BusinessId;
}

/** A trade agreed between two institutions: what one records and how the other answers. */
export interface DayBilateral {
  readonly recordedBy: MspId;
  readonly record: Requests<'Orders', 'RecordTrade'>;
  readonly answer:
    { readonly kind: 'affirm'; readonly account: AccountId } | { readonly kind: 'reject'; readonly reason: string };
}

export interface DayEvent {
  readonly issuer: MspId;
  readonly eventId: BusinessId;
  readonly terms: EventTerms;
}

export function oppositeSide(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}

/** The registered instrument of an ISIN that the input has been checked to know. */
export function instrumentOf(day: Pick<MarketDay, 'instruments'>, isin: Isin): DayInstrument {
  const found = day.instruments.find((instrument) => instrument.isin === isin);
  if (!found) throw new RangeError(`${isin} is not an instrument of this day`);
  return found;
}
