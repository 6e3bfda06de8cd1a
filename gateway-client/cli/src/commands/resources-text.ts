import type { NodeUse, ResourceUse } from '@kessai/network';
import { textTable } from '../terminal/text-table';

const mebibyte = 1024 * 1024;
const [minute, hour, day] = [60, 3_600, 86_400];

/** What a network uses, as a table with its totals. */
export function resourcesText({ nodes, totals }: ResourceUse): string {
  const numeric = true as const;
  const columns = [
    { title: 'Node' },
    { title: 'CPU, s', numeric },
    { title: 'Memory, MiB', numeric },
    { title: 'Data, MiB', numeric },
    { title: 'Blocks', numeric },
    { title: 'Up for', numeric },
  ];
  const row = (name: string, { cpuSeconds, residentBytes, dataBytes, blocks, uptimeSeconds }: NodeUse): string[] => [
    name,
    cpuSeconds?.toFixed(1) ?? '',
    mebibytes(residentBytes),
    mebibytes(dataBytes),
    blocks?.toString() ?? '',
    duration(uptimeSeconds),
  ];
  const rows = Object.entries(nodes).map(([name, use]) => row(name, use));
  return textTable(columns, rows, [row('All', totals)]);
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : (bytes / mebibyte).toFixed(1);
}

/** The two largest units, such as `2 h 5 min`. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const whole = Math.floor(seconds);
  if (whole < minute) return `${whole} s`;
  if (whole < hour) return `${Math.floor(whole / minute)} min ${whole % minute} s`;
  if (whole < day) return `${Math.floor(whole / hour)} h ${Math.floor((whole % hour) / minute)} min`;
  return `${Math.floor(whole / day)} d ${Math.floor((whole % day) / hour)} h`;
}
