import {
  type AccountId,
  type Instant,
  type Isin,
  type JsonObject,
  type MspId,
  type Rejection,
  isRejection,
} from '@kessai/interface';
import { Overlay } from '../kernel/overlay';
import { load, put, stored } from '../kernel/state';
import { type Instrument, clockRef, instrumentAt, progressRef } from '../reference';
import type { Position, Posting } from '../value/books';
import { journalAt } from '../value/journal';
import { type UnitTerms, securityTerms } from '../value/terms';
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
  for (const member of sampleMembers) await expectCreated(market.act('Registry:AdmitMember', member));
}

/** Registers an instrument without the contract whose affair that is. */
export function placeInstrument(ledger: MemoryLedger, instrument: Instrument = sampleInstrument): void {
  ledger.commit({ versions: new Map() }, [stored(put(instrumentAt(instrument.isin), instrument))]);
}

export function position(institution: string, account: string, terms: UnitTerms = sampleTerms): Position {
  return { institution: institution as MspId, account: account as AccountId, terms };
}

export const sampleTerms: UnitTerms = securityTerms(sampleInstrument);

/** What a contract under test would have posted: for tests of what reads the books. */
export interface SamplePosting {
  readonly lines: readonly Posting[];
  readonly time: string;
  readonly reference?: string;
}

/** Posts in a cycle of its own, under the clock that now stands, past all contracts. */
export async function postTo(
  ledger: MemoryLedger,
  { lines, time, reference = 'Securities:Transfer sample' }: SamplePosting,
): Promise<Rejection | undefined> {
  const { reader, readSet } = ledger.simulate();
  const { clock, progress } = await load(reader, { clock: clockRef, progress: progressRef });
  if (!clock || !progress) throw new Error('There is no market');
  const number = progress.number + 1;
  const { books } = new Overlay(reader, { number, submissions: [] });
  await books.open(
    lines.flatMap((line) => ('supply' in line ? [] : [line.position])),
    lines.flatMap((line) => ('supply' in line ? [line.supply] : [])),
  );
  const refused = books.post(lines);
  if (refused) return refused;
  const { businessDate, sequence } = clock;
  const head = { businessDate, sequence, cycle: number, time: time as Instant };
  const journals = [...books.linesSince(0, reference)].map(([member, one]) =>
    put(journalAt(member, number), { ...head, instructions: [one], closing: books.closing(member, [one]) }),
  );
  const next = put(progressRef, { ...progress, number, time: time as Instant, taken: [] });
  if (!ledger.commit(readSet, [...books.close(number), ...journals, next].map(stored))) {
    throw new Error('Another transaction came in between');
  }
  return undefined;
}

async function expectCreated(answer: Promise<unknown>): Promise<void> {
  const value = await answer;
  if (isRejection(value)) throw new Error(`The sample market was refused: ${JSON.stringify(value)}`);
}
