import { type JsonObject, type MspId, isRejection } from '@kessai/interface';
import { type AdvicePage, adviceAt } from '../kernel/advices';
import { load } from '../kernel/state';
import { openBooks } from '../value/books';
import type { Instruction, MemoryMarket, Submission } from './memory-market';
import { position } from './sample-market';

/** What tests of the kernel say in a market with the depot. */

/** From the sender's account A-1 to the other's. */
export function transfer(id: string, quantity: number, institution: string): Instruction {
  const to = { institution, account: 'A-1' };
  return { method: 'Depot:Transfer', request: { id, from: 'A-1', to, quantity: quantity.toString() } };
}

export function bind(id: string, quantity: number, release = false): Instruction {
  return { method: 'Depot:Bind', request: { id, account: 'A-1', quantity: quantity.toString(), release } };
}

export function note(id: string, words: string, to = 'BetaMSP'): Instruction {
  return { method: 'Depot:Note', request: { id, words, to } };
}

export function trade(id: string, buyer: string, quantity = 100): Instruction {
  return { method: 'Depot:Trade', request: { id, buyer, quantity: quantity.toString() } };
}

export function settle(id: string, made: string, status: 'pending' | 'settled' = 'settled'): Instruction {
  return { method: 'Depot:Settle', request: { id, trade: made, status } };
}

export function misbehave(id: string, how: string, kind = 'note'): Instruction {
  return { method: 'Depot:Misbehave', request: { id, how, kind } };
}

export function peek(id: string, member: string): Instruction {
  return { method: 'Depot:Peek', request: { id, member } };
}

export function clockTo(businessDate: string, phase: string): Instruction {
  return { method: 'Depot:MoveClock', request: { businessDate, phase } };
}

/** Brings a quantity into an account, in a cycle of its own. */
export async function deposit(
  market: MemoryMarket,
  institution: string,
  account: string,
  quantity: number,
): Promise<void> {
  const request: JsonObject = {
    ...{ id: `${institution}.${account}`, at: { institution, account } },
    ...{ quantity: quantity.toString(), out: false },
  };
  const answer = await market.submit('ExchangeMSP', 'Depot:Deposit', request);
  if (isRejection(answer)) throw new Error(`The deposit was refused: ${answer.code}`);
}

/** Seals what must be well formed. */
export function sealed(market: MemoryMarket, member: string, instructions: readonly Instruction[]): Submission {
  const submission = market.seal(member, instructions);
  if (isRejection(submission)) throw new Error(`It was not sealed: ${submission.code}`);
  return submission;
}

/** What a member's peer might write into its inbox by itself. */
export function inboxText(instructions: readonly unknown[]): string {
  return JSON.stringify({ instructions, salt: 'a'.repeat(64) });
}

/** What an account holds: available and locked for orders. */
export async function holdingOf(
  { ledger }: MemoryMarket,
  institution: string,
  account = 'A-1',
): Promise<readonly [bigint, bigint]> {
  const place = position(institution, account);
  const { available, locked } = (await openBooks(ledger.simulate().reader, [place])).holding(place);
  return [available, locked.order ?? 0n];
}

/** The collections of the depot's market. */
export const depotCollections = [
  ...['', 'operators', 'AlphaMSP', 'BetaMSP', 'IssuerMSP', 'OtherIssuerMSP', 'TrustBankMSP', 'GammaMSP'],
] as const;

/** All values of these kinds, or of all but what a cycle writes of itself. */
export function contentsOf({ ledger }: MemoryMarket, kinds?: readonly string[]): readonly unknown[] {
  const ofEveryCycle = ['advice', 'cycle', 'progress'];
  return depotCollections.flatMap((collection) =>
    ledger.contents(collection).flatMap(({ key, value }) => {
      const [kind = ''] = key.split('/');
      return (kinds?.includes(kind) ?? !ofEveryCycle.includes(kind)) ? [[collection, key, value]] : [];
    }),
  );
}

/** A member's page of a cycle, as it is stored. */
export async function adviceOf(
  { ledger }: MemoryMarket,
  member: string,
  cycle: number,
): Promise<AdvicePage | undefined> {
  const { page } = await load(ledger.simulate().reader, { page: adviceAt(member as MspId, cycle) });
  return page;
}
