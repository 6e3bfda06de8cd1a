import { expect } from '@jest/globals';
import { type Market, RejectedError } from '@kessai/gateway-client';
import type { OutcomeAdvice, Phase } from '@kessai/interface';
import { type MarketNetwork, shinEtsu } from './market-network';

/** The members of the market by what they are called in the scenarios. */
export interface Members {
  readonly exchange: Market;
  readonly csd: Market;
  readonly ccp: Market;
  readonly alpha: Market;
  readonly beta: Market;
  readonly gamma: Market;
  readonly bank: Market;
  readonly issuer: Market;
  readonly otherIssuer: Market;
  readonly auditor: Market;
}

export async function membersOf(network: MarketNetwork): Promise<Members> {
  const as = async (name: string): Promise<Market> => network.as(`${name}MSP`);
  return {
    exchange: await as('Exchange'),
    csd: await as('Csd'),
    ccp: await as('Ccp'),
    alpha: await as('Alpha'),
    beta: await as('Beta'),
    gamma: await as('Gamma'),
    bank: await as('TrustBank'),
    issuer: await as('ShinEtsu'),
    otherIssuer: await as('Keyence'),
    auditor: await as('Auditor'),
  };
}

/** Moves the clock on from where it stands. */
export async function advance(operator: Market, phase: Phase, businessDate?: string): Promise<void> {
  const { sequence, ...clock } = await operator.registry.clock();
  await operator.registry.advanceClock({ from: sequence, businessDate: businessDate ?? clock.businessDate, phase });
}

/** Closes the day, keeps the register of the instrument, and opens the next day. */
export async function closeDay(operator: Market, next: string): Promise<void> {
  await advance(operator, 'closed');
  await operator.registry.snapshot({ isin: shinEtsu });
  await advance(operator, 'open', next);
}

export interface OrderRef {
  readonly institution: string;
  readonly orderId: string;
}

/** Takes orders onto the board in the order in which they are named. */
export async function match(operator: Market, id: string, orders: readonly OrderRef[]): Promise<void> {
  await operator.orders.match({ id, isin: shinEtsu, orders });
}

/**
 * The page of a trade: the cycle that made it. A trade is found by the id of its matching, of its recording, or of its capture; both
 * parties of a bilateral one may have used the same.
 */
export async function pageOf(operator: Market, tradeId: string, recordedBy?: string): Promise<string> {
  const { instructions } = await operator.settlement.instructions();
  const found = instructions.find(
    (one) =>
      (one.tradeId as string | undefined) === tradeId &&
      (recordedBy === undefined || (one.recordedBy as string | undefined) === recordedBy),
  );
  if (found?.page === undefined) throw new Error(`No page has a trade of ${tradeId}`);
  return found.page;
}

/** What one account has available and locked of one unit. */
export async function balanceOf(
  keeper: Market,
  account: string,
  unit: string,
): Promise<{ readonly available: bigint; readonly locked: bigint }> {
  const { holdings } = await keeper.registry.holdings({ account });
  const [holding] = holdings.filter((row) => (row.unit as string) === unit);
  const locked = holding?.locks.reduce((sum, { quantity }) => sum + quantity, 0n) ?? 0n;
  return { available: holding?.available ?? 0n, locked };
}

/** The register as lines of a few words, which is how a failing test shows it best. */
export async function registerLines(reader: Market, asOf?: string): Promise<readonly string[]> {
  const { rows } = await reader.registry.register({ isin: shinEtsu, ...(asOf === undefined ? {} : { asOf }) });
  return rows.map(({ institution, account, quantity }) => `${institution} ${account} ${quantity.toString()}`);
}

/** Of every unit exactly what was issued is held. */
export async function expectConserved(auditor: Market): Promise<void> {
  const { units } = await auditor.registry.supply();
  expect(units.length).toBeGreaterThan(0);
  for (const { issued, held } of units) expect(held).toBe(issued);
}

/** What became of the instructions of a submission, when a cycle has executed it. */
export async function outcomesOf(member: Market, transactionId: string): Promise<readonly OutcomeAdvice[]> {
  await using pages = member.advices.follow({ from: 0 });
  for await (const { advices } of pages) {
    const outcomes = advices.filter(
      (one): one is OutcomeAdvice => one.kind === 'outcome' && one.transactionId === transactionId,
    );
    if (outcomes.length > 0) return outcomes;
  }
  throw new Error('The advices ended');
}

/** The rejection of a call as its code and payload. A call that is not rejected by the market fails the test. */
export async function rejectionOf(call: Promise<unknown>): Promise<RejectedError['rejection']> {
  const error: unknown = await call.then(
    () => new Error('The call was accepted'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RejectedError)) throw error;
  return error.rejection;
}

/** The same instant in the notation of the ledger. */
export function now(): string {
  return new Date().toISOString();
}
