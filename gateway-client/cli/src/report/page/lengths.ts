/** A part of a whole as a percentage of a chart's width, to two decimals and rounded down. */
export function percent(part: bigint, whole: bigint): string {
  if (whole <= 0n) return '0%';
  const hundredths = ((part < 0n ? 0n : part) * 10_000n) / whole;
  return `${(Number(hundredths) / 100).toString()}%`;
}

/** A part of a whole in pixels, to one decimal and rounded down. */
export function pixels(part: bigint, whole: bigint, all: number): number {
  if (whole <= 0n) return 0;
  return Number((part * BigInt(all) * 10n) / whole) / 10;
}

/** Whole milliseconds, to be drawn. */
export function milliseconds(ms: number): bigint {
  return BigInt(Math.max(0, Math.round(ms)));
}
