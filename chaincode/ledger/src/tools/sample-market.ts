import {
  type AccountId,
  type Instant,
  type Isin,
  type JsonObject,
  type MspId,
  type Rejection,
  isRejection,
  publicState,
} from '@kessai/interface';
import { type Posting, type Position, openBooks } from '../books';
import type { Context } from '../context';
import { type Instrument, clockRef, instrumentAt, marketRef, memberOf } from '../reference';
import { load, put } from '../state';
import { type UnitTerms, securityTerms } from '../terms';
import type { MemoryLedger } from './memory-ledger';
import type { MemoryMarket } from './memory-market';

/** The organisations of a small market to test with; AlphaMSP's and BetaMSP's clients hold what IssuerMSP issues. */
export const sampleMembers = [
  { mspId: 'AlphaMSP', role: 'institution', name: 'Alpha Securities' },
  { mspId: 'BetaMSP', role: 'institution', name: 'Beta Securities' },
  { mspId: 'IssuerMSP', role: 'issuer', name: 'Shin-Etsu Chemical' },
  { mspId: 'OtherIssuerMSP', role: 'issuer', name: 'Obayashi' },
  { mspId: 'TrustBankMSP', role: 'settlement-bank', name: 'Trust Bank' },
  { mspId: 'AuditorMSP', role: 'auditor', name: 'Auditor' },
] as const;

/** Shin-Etsu Chemical, 4063 on the Tokyo Stock Exchange. */
export const sampleInstrument: Instrument = {
  isin: 'JP3371200001' as Isin,
  name: 'Shin-Etsu Chemical',
  issuer: 'IssuerMSP' as MspId,
  decimals: 0,
  priceDecimals: 1,
  lot: 100n,
  supplyCap: 10n ** 9n,
  settlementCurrency: 'JPY' as Instrument['settlementCurrency'],
  settlementBank: 'TrustBankMSP' as MspId,
  registerPages: 2,
};

/** A secret for a collection, told apart from others by its number. */
export function sampleSecret(number: number): string {
  return number.toString(16).padStart(64, '0');
}

export const sampleFounding = {
  id: 'founding',
  name: 'Sample market',
  businessDate: '2023-03-01',
  operators: [
    { mspId: 'ExchangeMSP', name: 'Exchange' },
    { mspId: 'CsdMSP', name: 'Central securities depository' },
    { mspId: 'CcpMSP', name: 'Clearing house' },
  ],
  secrets: { operators: sampleSecret(1), board: sampleSecret(2) },
} as const satisfies JsonObject;

/** Founds a market and admits the sample's members, with what the Registry given to it does. */
export async function foundSampleMarket(market: MemoryMarket): Promise<void> {
  await expectCreated(market.submit('ExchangeMSP', 'Registry:Found', sampleFounding));
  for (const [index, member] of sampleMembers.entries()) {
    const secret = member.role === 'auditor' ? {} : { secret: sampleSecret(index + 3) };
    await expectCreated(market.submit('CsdMSP', 'Registry:AdmitMember', { ...member, ...secret }));
  }
}

/** Registers an instrument without the contract whose affair that is. */
export function placeInstrument(ledger: MemoryLedger, instrument: Instrument = sampleInstrument): void {
  ledger.commit({ versions: new Map() }, [put(instrumentAt(instrument.isin), instrument)]);
}

export function position(institution: string, account: string, terms: UnitTerms = sampleTerms): Position {
  return { institution: institution as MspId, account: account as AccountId, terms };
}

export const sampleTerms: UnitTerms = securityTerms(sampleInstrument);

/** What a contract under test would have posted: for tests of what reads the books. */
export interface SamplePosting {
  readonly lines: readonly Posting[];
  readonly txId: string;
  readonly time: string;
  readonly method?: string;
  readonly reference?: string;
}

/** Posts and commits as one transaction under the clock that now stands. */
export async function postTo(
  ledger: MemoryLedger,
  { lines, txId, time, method = 'Securities:Transfer', reference = 'sample' }: SamplePosting,
): Promise<Rejection | undefined> {
  const { reader, readSet } = ledger.simulate();
  const { market, clock } = await load(reader, { market: marketRef, clock: clockRef });
  const caller = market && memberOf(market, market.members[0]?.mspId ?? ('' as MspId));
  if (!market || !clock || !caller) throw new Error(`There is no market in ${JSON.stringify(publicState)}`);
  const context: Context = { txId, time: time as Instant, caller, clock, market, method };
  const books = await openBooks(
    reader,
    lines.flatMap((line) => ('supply' in line ? [] : [line.position])),
    lines.flatMap((line) => ('supply' in line ? [line.supply] : [])),
  );
  const refused = books.post(lines);
  if (refused) return refused;
  if (!ledger.commit(readSet, books.close(context, reference))) throw new Error('Another transaction came in between');
  return undefined;
}

async function expectCreated(answer: Promise<unknown>): Promise<void> {
  const value = await answer;
  if (isRejection(value)) throw new Error(`The sample market was refused: ${JSON.stringify(value)}`);
}
