import { describe, expect, test } from '@jest/globals';
import type { Instruction, MemoryMarket } from '../tools';
import { bind, deposit, misbehave, note, sealed, settle, trade, transfer } from '../tools/depot-day';
import { openDepot } from '../tools/sample-contract';
import type { CycleDecision } from './cycle';

const senders = ['AlphaMSP', 'BetaMSP'] as const;
const accounts = 50;

/** One of many, of all kinds: some are refused, some are sent again. */
function instructionOf(n: number, other: string): Instruction {
  const id = `many-${n.toString()}`;
  switch (n % 8) {
    case 0:
      return bind(id, 5);
    case 1:
      return bind(id, 3, true);
    case 2:
      return note(id, `words-${(n % 100).toString()}`, other);
    case 3:
      return trade(id, other);
    case 4:
      return misbehave(id, 'refuse');
    case 5:
      return transfer(`many-${(n + 1).toString()}`, 1, other);
    case 6:
      return transfer(id, 1, other);
    default: {
      const [from, account] = [n % accounts, (n * 7) % accounts].map((one) => `A-${(one + 1).toString()}`);
      const to = { institution: other, account: account ?? '' };
      return { method: 'Depot:Transfer', request: { id, from: from ?? '', to, quantity: '1' } };
    }
  }
}

async function marketWith(instructions: number): Promise<MemoryMarket> {
  const market = await openDepot();
  for (const sender of senders) {
    for (let n = 1; n <= accounts; n += 1) await deposit(market, sender, `A-${n.toString()}`, 1_000_000);
  }
  for (let from = 0; from < instructions; from += 500) {
    const turn = (from / 500) % 2;
    const [sender, other] = [senders[turn] ?? '', senders[1 - turn] ?? ''];
    sealed(
      market,
      sender,
      Array.from({ length: Math.min(500, instructions - from) }, (_, n) => instructionOf(from + n, other)),
    );
  }
  return market;
}

/** Processor time and rounds of reading of one cycle of so many instructions. */
async function costOf(instructions: number): Promise<{ readonly milliseconds: number; readonly rounds: number }> {
  const market = await marketWith(instructions);
  const before = process.cpuUsage();
  const { rounds } = await market.runCycle();
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: (user + system) / 1_000, rounds };
}

describe('a cycle', () => {
  test('costs in proportion to its instructions, and as many rounds of reading for many as for few', async () => {
    await costOf(1_000);
    const [one, many] = [await costOf(1_000), await costOf(10_000)];
    const again = await costOf(1_000);
    expect(Math.max(one.rounds, many.rounds)).toBeLessThanOrEqual(6);
    expect(many.rounds).toBe(one.rounds);
    expect(many.milliseconds / Math.max(one.milliseconds, again.milliseconds)).toBeLessThan(14);
  }, 120_000);

  test('reads what was said under ids that are used again side by side', async () => {
    const market = await marketWith(0);
    const all = Array.from({ length: 200 }, (_, n) => transfer(`t-${n.toString()}`, 1, 'BetaMSP'));
    // Each in a submission of its own, and these in many cycles.
    for (const [n, one] of all.entries()) {
      sealed(market, 'AlphaMSP', [one]);
      if (n % 20 === 19) await market.runCycle();
    }
    sealed(market, 'AlphaMSP', all);
    const { rounds } = await market.runCycle();
    expect(rounds).toBeLessThanOrEqual(8);
  }, 120_000);

  test('settles trades of earlier cycles without writing them again', async () => {
    const market = await marketWith(0);
    const made = Array.from({ length: 1_000 }, (_, n) => trade(`t-${n.toString()}`, 'BetaMSP'));
    sealed(market, 'AlphaMSP', made);
    await market.runCycle();
    sealed(
      market,
      'CsdMSP',
      Array.from({ length: 1_000 }, (_, n) => settle(`s-${n.toString()}`, `t-${n.toString()}`)),
    );
    const { writes, rounds } = await market.runCycle();
    expect(writes.some(({ key }) => /^(party-)?trades\//.test(key))).toBe(false);
    // For each of a thousand settlements little more than its id.
    expect(bytesOf(writes) / 1_000).toBeLessThan(20);
    expect(rounds).toBeLessThanOrEqual(6);
  }, 120_000);
});

function bytesOf(writes: CycleDecision['writes']): number {
  return writes.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
}
