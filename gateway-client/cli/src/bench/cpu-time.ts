import { readFileSync, readdirSync } from 'node:fs';

// Of user time and system time: Linux tells both in hundredths of a second, whatever the machine.
const TICKS_PER_SECOND = 100;
const PARENT = 1;
const USER = 11;
const SYSTEM = 12;

/**
 * CPU time that these processes and their children have used since they started, in seconds; of this process too. Undefined where
 * the system has no /proc to tell it.
 */
export function cpuSecondsOf(pids: readonly number[]): number | undefined {
  const processes = allProcesses();
  if (processes.size === 0) return undefined;
  const wanted = new Set(pids);
  let grown = true;
  while (grown) {
    const before = wanted.size;
    for (const [pid, { parent }] of processes) if (wanted.has(parent)) wanted.add(pid);
    grown = wanted.size > before;
  }
  // The network may be of this process's making: it is counted once.
  wanted.delete(process.pid);
  const { user, system } = process.cpuUsage();
  let sum = (user + system) / 1_000_000;
  for (const pid of wanted) sum += processes.get(pid)?.seconds ?? 0;
  return sum;
}

function allProcesses(): ReadonlyMap<number, { readonly parent: number; readonly seconds: number }> {
  const found = new Map<number, { readonly parent: number; readonly seconds: number }>();
  for (const entry of processNumbers()) {
    try {
      const stat = readFileSync(`/proc/${entry.toString()}/stat`, 'utf8');
      // The second field may hold spaces and brackets, so it is cut off by its end.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const seconds = ((fields[USER] ?? 0) + (fields[SYSTEM] ?? 0)) / TICKS_PER_SECOND;
      found.set(entry, { parent: fields[PARENT] ?? 0, seconds });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

function processNumbers(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
