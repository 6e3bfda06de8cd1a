/** `1234567` as `1,234,567`; with decimals `12,345.67`. The same on every machine, whatever its locale. */
export function grouped(value: bigint | number, decimals = 0): string {
  const units = BigInt(value);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals).replaceAll(/\B(?=(?:[0-9]{3})+$)/g, ',');
  const fraction = decimals === 0 ? '' : `.${digits.slice(digits.length - decimals)}`;
  return `${units < 0n ? '-' : ''}${whole}${fraction}`;
}

/** Milliseconds as seconds with one decimal. */
export function seconds(elapsedMs: number): string {
  return (elapsedMs / 1_000).toFixed(1);
}
