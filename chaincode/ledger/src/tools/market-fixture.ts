import { type JsonObject, type MspId, type Outcome, type Rejection, inboxOf, isRejection } from '@kessai/interface';
import type { StoredOrder } from './auditor';
import { foundSampleMarket, sampleFounding, sampleInstrument, sampleMembers } from './sample-market';
import type { MemoryMarket } from './memory-market';

/** Shin-Etsu Chemical: traded in lots of 100 at prices of a tenth of a yen. */
export const shinEtsu = sampleInstrument.isin as string;
/** Obayashi: traded one by one, so that prices of a tenth of a yen must be rounded. */
export const obayashi = 'JP3190000004';
/** Registered, and never issued. */
export const unissued = 'JP3633400001';
export const yen = 'JPY@TrustBankMSP';
export const euro = 'EUR@TrustBankMSP';

/** Accounts of the sample day. Each name is found nowhere but where its institution's own data may be. */
export const sampleAccounts = [
  { institution: 'AlphaMSP', account: 'A-1', name: 'Canary Aoki of Alpha' },
  { institution: 'AlphaMSP', account: 'A-2', name: 'Canary Abe of Alpha' },
  { institution: 'BetaMSP', account: 'B-1', name: 'Canary Baba of Beta' },
  { institution: 'BetaMSP', account: 'B-2', name: 'Canary Bando of Beta' },
  { institution: 'GammaMSP', account: 'G-1', name: 'Canary Goto of Gamma' },
  { institution: 'IssuerMSP', account: 'TREASURY', name: 'Canary treasury' },
  { institution: 'IssuerMSP', account: 'TAX', name: 'Canary tax' },
  { institution: 'OtherIssuerMSP', account: 'TREASURY-2', name: 'Canary second treasury' },
  { institution: 'TrustBankMSP', account: 'BANK', name: 'Canary bank' },
] as const;

/** What each client holds of either instrument, and of yen, when the day begins. */
export const sampleHolding = 100_000n;
export const sampleMoney = 1_000_000_000n;

export const sampleInstruments: readonly JsonObject[] = [
  instrumentOf(shinEtsu, 'IssuerMSP', '100', 2),
  instrumentOf(obayashi, 'OtherIssuerMSP', '1', 3),
  instrumentOf(unissued, 'IssuerMSP', '100', 1),
];

/** What an order locks, said in other words than the contract's: a seller the securities; a buyer each lot at its limit, rounded up. */
export function sampleNeedOf({ isin, side, remaining, price }: StoredOrder): bigint {
  if (side === 'sell') return BigInt(remaining);
  const lot = isin === shinEtsu ? 100n : 1n;
  const tenths = lot * BigInt(price);
  return (BigInt(remaining) / lot) * ((tenths + 9n) / 10n);
}

/** A market on a business day, in memory, spoken to as a client does. */
export class SampleDay {
  /** Every collection that something may stand in; '' is public. */
  readonly collections = ['', 'operators', 'board', ...this.members, ...this.inboxes];

  constructor(readonly market: MemoryMarket) {}

  get members(): readonly string[] {
    return [...sampleMembers.filter(({ role }) => role !== 'auditor').map(({ mspId }) => mspId as string), 'GammaMSP'];
  }

  /** Where instructions are sealed: those of operators too. */
  get inboxes(): readonly string[] {
    const operators = sampleFounding.operators.map(({ mspId }) => mspId as string);
    return [...this.members, ...operators].map((mspId) => inboxOf(mspId as MspId));
  }

  submit(caller: string, method: string, request: JsonObject): Promise<Outcome | Rejection> {
    return this.market.submit(caller, method, request);
  }

  /** Submits what must be recorded; what others must approve, they approve. */
  async record(caller: string, method: string, request: JsonObject): Promise<void> {
    const answer = await this.market.act(method, request, caller);
    if (isRejection(answer) || answer.outcome !== 'created') {
      throw new Error(`${method} was not recorded: ${JSON.stringify(answer, bigintsAsText)}`);
    }
  }

  /** Evaluates what must be answered. The form of the answer is the caller's to know. */
  async ask<T>(caller: string, method: string, request: JsonObject = {}): Promise<T> {
    const answer = await this.market.evaluate(caller, method, request);
    if (isRejection(answer)) throw new Error(`${method} was refused: ${JSON.stringify(answer, bigintsAsText)}`);
    return answer as T;
  }

  clock(): Promise<{ readonly businessDate: string; readonly phase: string; readonly sequence: number }> {
    return this.ask('ExchangeMSP', 'Registry:Clock');
  }

  /** To a phase of the same day; the same phase again is a tick. */
  async advance(phase: string): Promise<void> {
    const { businessDate, sequence: from } = await this.clock();
    await this.record('ExchangeMSP', 'Registry:AdvanceClock', { from, businessDate, phase });
  }

  /** From the phase closed to the opening of another day. */
  async openDay(businessDate: string): Promise<void> {
    const { sequence: from } = await this.clock();
    await this.record('ExchangeMSP', 'Registry:AdvanceClock', { from, businessDate, phase: 'open' });
  }

  /** Ends the day and keeps the register of an instrument as it stands then. */
  async closeWithRegister(isin: string): Promise<void> {
    await this.advance('closed');
    await this.record('CsdMSP', 'Registry:Snapshot', { isin });
  }

  /** Pays a corporate action in full: the answer of Pages is the request of Pay. */
  async payEvent(issuer: string, eventId: string): Promise<void> {
    const event = { issuer, eventId };
    await this.record('CsdMSP', 'CorporateActions:Pay', await this.ask('CsdMSP', 'CorporateActions:Pages', event));
    await this.record('CsdMSP', 'CorporateActions:Complete', event);
  }

  /** What one account holds of a unit: available and locked. */
  async holding(institution: string, account: string, unit: string): Promise<readonly [bigint, bigint]> {
    const { holdings } = await this.ask<Holdings>(institution, 'Registry:Holdings', { account });
    const found = holdings.find((holding) => holding.unit === unit);
    const locked = (found?.locks ?? []).reduce((sum, { quantity }) => sum + BigInt(quantity), 0n);
    return [BigInt(found?.available ?? 0), locked];
  }

  /** What a member was told of the last cycle, in wire form, but for the outcomes of its instructions. */
  async advices(member: string): Promise<readonly JsonObject[]> {
    const { number: from } = await this.ask<{ readonly number: number }>(member, 'Market:Progress');
    const { pages } = await this.ask<{ readonly pages: readonly { readonly advices: readonly JsonObject[] }[] }>(
      member,
      'Market:Advices',
      { from, limit: 1 },
    );
    return pages.flatMap(({ advices }) => advices).filter(({ kind }) => kind !== 'outcome');
  }

  /** Everything on the ledger, as one text: two ledgers with the same one are the same to the byte. */
  contents(): string {
    const { ledger } = this.market;
    return JSON.stringify(this.collections.map((collection) => [collection, ledger.contents(collection)]));
  }

  /** The same day in another, empty market: what is done there is not done here. */
  copyInto(market: MemoryMarket): SampleDay {
    market.ledger.takeOver(this.market.ledger);
    market.continueAfter(this.market);
    market.wait(millisecondsBetween(market.now, this.market.now));
    return new SampleDay(market);
  }
}

interface Holdings {
  readonly holdings: readonly {
    readonly unit: string;
    readonly available: string;
    readonly locks: readonly { readonly quantity: string }[];
  }[];
}

/**
 * Founds a market through its contracts, opens a day and gives every client securities and money. Business date 2023-03-01, phase open.
 */
export async function openSampleDay(market: MemoryMarket): Promise<SampleDay> {
  const day = new SampleDay(market);
  await foundSampleMarket(market);
  const gamma = { mspId: 'GammaMSP', role: 'institution', name: 'Gamma Securities' };
  await day.record('CsdMSP', 'Registry:AdmitMember', gamma);
  for (const [unit, currency, decimals] of [
    [yen, 'JPY', 0],
    [euro, 'EUR', 2],
  ] as const) {
    await day.record('ExchangeMSP', 'MoneyTokens:RegisterMoney', {
      ...{ unit, currency, decimals, issuer: 'TrustBankMSP', registerPages: 2 },
    });
  }
  for (const instrument of sampleInstruments) {
    await day.record('ExchangeMSP', 'Securities:RegisterInstrument', instrument);
  }
  for (const { institution, account, name } of sampleAccounts) {
    await day.record(institution, 'Registry:OpenAccount', { account, name, kind: 'client' });
  }
  await day.advance('open');
  await endow(day);
  await day.advance('open');
  return day;
}

async function endow(day: SampleDay): Promise<void> {
  for (const [isin, account] of [
    [shinEtsu, 'TREASURY'],
    [obayashi, 'TREASURY-2'],
  ] as const) {
    const quantity = (sampleHolding * 10n).toString();
    await day.record('CsdMSP', 'Securities:Issue', { id: `issue-${isin}`, isin, account, quantity });
  }
  const clients = sampleAccounts.filter(({ institution }) => ['AlphaMSP', 'BetaMSP', 'GammaMSP'].includes(institution));
  for (const { institution, account } of clients) {
    const to = { institution, account };
    for (const [isin, from] of [
      [shinEtsu, 'TREASURY'],
      [obayashi, 'TREASURY-2'],
    ] as const) {
      const quantity = sampleHolding.toString();
      await day.record('CsdMSP', 'Securities:Allot', { id: `${account}-${isin}`, isin, from, to, quantity });
    }
    await mint(day, account, to);
  }
  await mint(day, 'TREASURY', { institution: 'IssuerMSP', account: 'TREASURY' });
  await mint(day, 'TREASURY-2', { institution: 'OtherIssuerMSP', account: 'TREASURY-2' });
}

async function mint(day: SampleDay, id: string, to: JsonObject): Promise<void> {
  await day.record('TrustBankMSP', 'MoneyTokens:Mint', {
    ...{ id, currency: 'JPY', to, amount: sampleMoney.toString(), depositReference: `Deposit ${id}` },
  });
}

function instrumentOf(isin: string, issuer: string, lot: string, registerPages: number): JsonObject {
  return {
    ...{ isin, issuer, lot, registerPages, name: `Shares ${isin}`, decimals: 0, priceDecimals: 1 },
    ...{ supplyCap: '2000000', settlementCurrency: 'JPY', settlementBank: 'TrustBankMSP' },
  };
}

function bigintsAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Both of one day. */
function millisecondsBetween(earlier: string, later: string): number {
  const ofDay = (instant: string): number => {
    const [hours = 0, minutes = 0, seconds = 0] = instant.slice(11, 23).split(':').map(Number);
    return Math.round((hours * 3_600 + minutes * 60 + seconds) * 1_000);
  };
  return ofDay(later) - ofDay(earlier);
}
