import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** What a process has used. What the system does not tell is left out. */
export interface ProcessUse {
  /** Seconds of processor time since it started. */
  readonly cpuSeconds?: number;
  /** Bytes of memory that it has in use now. */
  readonly residentBytes?: number;
  readonly uptimeSeconds?: number;
}

/** A process as the system lists it. */
export interface ListedProcess extends ProcessUse {
  readonly pid: number;
  readonly parent: number;
}

const ANSWER_MS = 5_000;
const KIBIBYTE = 1_024;
// The unit in which Linux tells times to programs, whatever it counts in itself.
const TICKS_PER_SECOND = 100;
// Places in a line of /proc/PID/stat after the command's name, which may hold spaces and brackets.
const [PARENT, USER_TIME, SYSTEM_TIME, START_TIME] = [1, 11, 12, 19] as const;
const UNIT_SECONDS = [1, 60, 3_600] as const;
const DAY_SECONDS = 86_400;

/** Every process of this machine that may be seen; none where the system does not tell. */
export async function listProcesses(): Promise<readonly ListedProcess[]> {
  return existsSync('/proc/self/stat') ? listByProc() : listByPs();
}

/** What a process and all that it started have used together; the uptime is its own. */
export function useWithDescendants(processes: readonly ListedProcess[], pid: number): ProcessUse {
  const own = processes.find((process) => process.pid === pid);
  if (own === undefined) return {};
  const all = [own, ...descendantsOf(processes, pid)];
  const sum = (of: 'cpuSeconds' | 'residentBytes'): number => all.reduce((total, one) => total + (one[of] ?? 0), 0);
  return {
    ...(own.cpuSeconds === undefined ? {} : { cpuSeconds: sum('cpuSeconds') }),
    ...(own.residentBytes === undefined ? {} : { residentBytes: sum('residentBytes') }),
    ...(own.uptimeSeconds === undefined ? {} : { uptimeSeconds: own.uptimeSeconds }),
  };
}

function descendantsOf(processes: readonly ListedProcess[], pid: number): readonly ListedProcess[] {
  const children = processes.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendantsOf(processes, child.pid)]);
}

function listByProc(): readonly ListedProcess[] {
  const running = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [stat, status] = ['stat', 'status'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
        return [parseProc(Number(pid), stat ?? '', status ?? '', running)];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** @param runningSeconds for how long the machine has run. */
export function parseProc(pid: number, stat: string, status: string, runningSeconds: number): ListedProcess {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const seconds = (place: number): number => Number(fields[place]) / TICKS_PER_SECOND;
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return {
    pid,
    parent: Number(fields[PARENT]),
    cpuSeconds: seconds(USER_TIME) + seconds(SYSTEM_TIME),
    ...(resident === undefined ? {} : { residentBytes: Number(resident) * KIBIBYTE }),
    uptimeSeconds: Math.max(0, runningSeconds - seconds(START_TIME)),
  };
}

async function listByPs(): Promise<readonly ListedProcess[]> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', PS_COLUMNS], { timeout: ANSWER_MS });
    return parsePs(stdout);
  } catch {
    return [];
  }
}

const PS_COLUMNS = 'pid=,ppid=,time=,rss=,etime=';

/** What `ps` prints with these columns. */
export function parsePs(said: string): readonly ListedProcess[] {
  return said
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length === PS_COLUMNS.split(',').length)
    .map(([pid = '', parent = '', time = '', resident = '', elapsed = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      cpuSeconds: secondsOf(time),
      residentBytes: Number(resident) * KIBIBYTE,
      uptimeSeconds: secondsOf(elapsed),
    }));
}

// [[days-]hours:]minutes:seconds
function secondsOf(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  const parts = clock.split(':').map(Number).reverse();
  return parts.reduce((sum, part, place) => sum + part * (UNIT_SECONDS[place] ?? 0), Number(days) * DAY_SECONDS);
}
