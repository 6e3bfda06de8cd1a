import type { Cycle, DayRecord } from '../day';
import type { PhaseLine } from './day-report';

/** The day's cycles, by the phase in which each left the clock. */
export function phaseLines({ ledgerCycles }: DayRecord): readonly PhaseLine[] {
  const [first] = ledgerCycles;
  if (!first) return [];
  const start = Date.parse(first.time);
  const groups: { readonly head: Cycle; readonly cycles: PhaseLine['cycles'][number][] }[] = [];
  for (const cycle of ledgerCycles) {
    if (nameOf(groups.at(-1)?.head) !== nameOf(cycle)) groups.push({ head: cycle, cycles: [] });
    groups.at(-1)?.cycles.push({ atMs: Date.parse(cycle.time) - start, submissions: cycle.submissions.length });
  }
  return groups.map(({ head, cycles }, index) => {
    const fromMs = cycles[0]?.atMs ?? 0;
    return {
      businessDate: head.clock.businessDate,
      phase: phaseOf(head),
      began: head.time,
      fromMs,
      untilMs: groups[index + 1]?.cycles[0]?.atMs ?? cycles.at(-1)?.atMs ?? fromMs,
      cycles,
    };
  });
}

function phaseOf({ clock }: Cycle): PhaseLine['phase'] {
  return clock.sequence === 0 ? 'founding' : clock.phase;
}

function nameOf(cycle: Cycle | undefined): string {
  return cycle ? `${cycle.clock.businessDate} ${phaseOf(cycle)}` : '';
}
