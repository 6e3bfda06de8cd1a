import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readCorporateActions } from './corporate-actions';
import { InputError } from './input-fault';
import type { MarketDay } from './market-day';
import { readDeposits, readPrimaryMarket } from './primary-market';
import { type NetworkOrganisation, Reference } from './reference';
import { readBilaterals, readCancels, readOrders } from './trading';

/**
 * Reads and checks all files of a market's day; their formats are in samples/market-day/README.md.
 * @param organisations those of the network, which each member must be one of; undefined where it is not known yet.
 * @throws InputError with every fault found.
 */
export function readMarketDay(directory: string, organisations?: readonly NetworkOrganisation[]): MarketDay {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    const place = { file: basename(directory) || dirname(directory), line: 1, column: 1, field: '' };
    throw new InputError([{ ...place, reason: `${directory} is not a directory of input files` }]);
  }
  const reference = new Reference(directory, organisations);
  const deposits = readDeposits(reference);
  const primary = readPrimaryMarket(reference);
  const orders = readOrders(reference);
  const cancels = readCancels(reference, orders);
  const bilaterals = readBilaterals(reference);
  const corporateActions = readCorporateActions(directory, reference);
  const { plan, faults } = reference;
  if (!plan || faults.length > 0) throw new InputError([...faults].sort(byPlace));
  return {
    market: plan,
    members: [...reference.members.values()],
    monies: [...reference.monies.values()],
    instruments: [...reference.instruments.values()],
    accounts: [...reference.accounts.values()],
    deposits,
    ...primary,
    orders,
    cancels,
    bilaterals,
    corporateActions,
  };
}

function byPlace(a: InputError['faults'][number], b: InputError['faults'][number]): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
