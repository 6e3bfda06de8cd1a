import type { BusinessId } from '@kessai/interface';
import type { Instruction, SettlementCycle } from './day-record';
import type { DayRun } from './day-run';
import { mint } from './opening';

/**
 * An operator signs the day's trades off: some one by one, the rest in one batch. Those that were short of money or securities are
 * tried once more after the deposits of the settlement phase.
 */
export async function settle(run: DayRun): Promise<readonly SettlementCycle[]> {
  const matched = await instructionsOf(run, 'matched');
  const single = matched.slice(0, run.day.market.settledOneByOne);
  const cycles: SettlementCycle[] = [];
  for (const [index, trade] of single.entries()) {
    run.count(index, matched.length, 'trades');
    cycles.push(await signOff(run, `DVP-${(index + 1).toString().padStart(3, '0')}`, 'one by one', [trade]));
  }
  const rest = matched.slice(single.length);
  if (rest.length > 0) cycles.push(await signOff(run, 'DVP-BATCH', 'batch', rest));
  run.count(matched.length, matched.length, 'trades');
  await mint(run, 'settlement');
  const waiting = await instructionsOf(run, 'pending');
  if (waiting.length > 0) cycles.push(await signOff(run, 'DVP-AGAIN', 'second try', waiting));
  return cycles;
}

async function instructionsOf(run: DayRun, status: Instruction['status']): Promise<readonly Instruction[]> {
  const { instructions } = await run.calls.evaluate(run.settler, 'Settlement:Instructions', { status });
  return inDayOrder(instructions);
}

async function signOff(
  run: DayRun,
  id: string,
  how: SettlementCycle['how'],
  trades: readonly Instruction[],
): Promise<SettlementCycle> {
  const named = trades.flatMap(({ page, number }) =>
    page === undefined || number === undefined ? [] : [{ page, number }],
  );
  await run.calls.submit(run.settler, 'Settlement:Settle', { id: id as BusinessId, trades: named });
  const { instructions } = await run.calls.evaluate(run.settler, 'Settlement:Instructions', {});
  const names = new Set(named.map(nameOf));
  const results = instructions
    .filter((instruction) => names.has(nameOf(instruction)))
    .map(({ page, number, status, reason }) => ({
      status,
      ...(page === undefined ? {} : { page }),
      ...(number === undefined ? {} : { number }),
      ...(reason === undefined ? {} : { reason }),
    }));
  return { id, how, results };
}

export function nameOf({ page = '', number = 0 }: Pick<Instruction, 'page' | 'number'>): string {
  return `${page}#${number.toString()}`;
}

/**
 * The board's trades by matching, then bilateral ones by who recorded them. Which cycles made them is a matter of chance, and so are
 * the pages on which they stand.
 */
export function inDayOrder(instructions: readonly Instruction[]): readonly Instruction[] {
  const nameIn = ({ origin, recordedBy, tradeId }: Instruction): string => [origin, recordedBy, tradeId].join(' ');
  return [...instructions].sort((a, b) => {
    const [first, second] = [nameIn(a), nameIn(b)];
    if (first !== second) return first < second ? -1 : 1;
    return (a.number ?? 0) - (b.number ?? 0);
  });
}
