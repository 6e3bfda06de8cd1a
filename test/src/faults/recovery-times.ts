/** How a market came over one fault. Times are ms from the fault. */
export interface Recovery {
  readonly fault: string;
  /** How many blocks there were. */
  readonly blocks: number;
  /** Until a submit that was made after it was acknowledged. */
  readonly commits_ms: number;
  /** Until what was struck served again, with all blocks. */
  readonly serves_ms: number;
  /** Errors that reached submitters. */
  readonly failures: readonly string[];
}

/** How the market came over the end of one scheduler, or of several. */
export interface Takeover {
  readonly victim: string;
  /** From the last advice before the kill to the next one, in ms. */
  readonly silence_ms: number;
  /** Errors that reached submitters. */
  readonly failures: readonly string[];
}

/** Rows of text: for each victim the median and the longest silence. */
export function takeoverTable(takeovers: readonly Takeover[]): string {
  const victims = [...new Set(takeovers.map(({ victim }) => victim))].sort();
  const rows = victims.map((victim) => {
    const of = takeovers.filter((takeover) => takeover.victim === victim);
    const silences = times(of.map(({ silence_ms }) => silence_ms));
    return [victim, of.length.toString(), silences, counted(of.flatMap(({ failures }) => failures))];
  });
  return table([['scheduler of', 'killed', 'advice to advice', 'errors that submitters saw'], ...rows]);
}

/** Rows of text: for each kind of fault the median and the longest time. */
export function recoveryTable(recoveries: readonly Recovery[]): string {
  const faults = [...new Set(recoveries.map(({ fault }) => fault))];
  const rows = faults.map((fault) => {
    const of = recoveries.filter((recovery) => recovery.fault === fault);
    return [
      fault,
      of.length.toString(),
      times(of.map(({ commits_ms }) => commits_ms)),
      times(of.map(({ serves_ms }) => serves_ms)),
      counted(of.flatMap(({ failures }) => failures)),
    ];
  });
  const head = ['fault', 'times', 'commits again', 'serves again, caught up', 'errors that submitters saw'];
  return table([head, ...rows]);
}

/** Median and maximum. */
function times(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${seconds(sorted[Math.floor((sorted.length - 1) / 2)])}, max ${seconds(sorted.at(-1))}`;
}

function seconds(value: number | undefined): string {
  return `${((value ?? 0) / 1_000).toFixed(1)} s`;
}

/** Each kind once, with how often it is there. */
export function counted(codes: readonly string[]): string {
  const kinds = [...new Set(codes)].sort();
  return kinds.map((kind) => `${kind} ${codes.filter((code) => code === kind).length.toString()}`).join(', ') || 'none';
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(' | ')
        .trimEnd(),
    )
    .join('\n');
}
