import { type SampleDay, shinEtsu } from '@kessai/ledger/tools';
import { recorded } from './provocation';

/** A trade between Alpha and Beta. */

const agreed = { isin: shinEtsu, quantity: '100', amount: '425000' };
export const trade = { ...agreed, tradeId: 't1', counterparty: 'BetaMSP', side: 'sell', account: 'A-1' };
export const affirmation = { ...agreed, recordedBy: 'AlphaMSP', tradeId: 't1', side: 'buy', account: 'B-1' };

export const tradeRecorded = recorded(['AlphaMSP', 'Orders:RecordTrade', trade]);
export const tradeRejected = recorded(
  ['AlphaMSP', 'Orders:RecordTrade', trade],
  ['BetaMSP', 'Orders:RejectTrade', { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Not ours' }],
);

/** The page of the trade. */
export async function pageOf(day: SampleDay): Promise<string> {
  const { instructions } = await day.ask<{ readonly instructions: readonly { readonly page: string }[] }>(
    'CcpMSP',
    'Settlement:Instructions',
  );
  return instructions[0]?.page ?? '';
}
