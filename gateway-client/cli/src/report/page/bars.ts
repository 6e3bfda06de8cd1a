import type { BarChart } from '../chart';
import type { Drawing } from './drawing';
import { percent } from './lengths';
import { type Markup, markup } from './markup';
import { barHeight, barTop, rowHeight, rowTitle } from './row';

type Bar = BarChart['bars'][number];

/** More bars than that are no picture any more. */
const barsShown = 20;

/** Bars that lie one below the other; the largest ones where there are too many. */
export function bars({ series, bars: all }: BarChart): Drawing {
  const shown = all.length > barsShown ? largest(all) : all;
  const longest = shown.reduce((most, bar) => (lengthOf(bar) > most ? lengthOf(bar) : most), 0n);
  const drawing = {
    height: Math.max(1, shown.length * rowHeight),
    content: markup`${shown.map((bar, index) => barMarkup(bar, series, longest, index * rowHeight))}`,
    legend: series,
  };
  return shown.length === all.length
    ? drawing
    : { ...drawing, note: `The chart shows the ${barsShown.toString()} largest of ${all.length.toString()}.` };
}

function largest(all: readonly Bar[]): readonly Bar[] {
  const kept = new Set(
    [...all].sort((a, b) => (lengthOf(a) > lengthOf(b) ? -1 : lengthOf(a) < lengthOf(b) ? 1 : 0)).slice(0, barsShown),
  );
  return all.filter((bar) => kept.has(bar));
}

function barMarkup({ label, parts, written }: Bar, series: readonly string[], longest: bigint, top: number): Markup {
  let before = 0n;
  const drawn = parts.map((part, index) => {
    const from = before;
    before += part;
    if (part === 0n) return markup``;
    const name = `${label}: ${series[index] ?? ''}`;
    return markup`<rect class="part-${index + 1}" x="${percent(from, longest)}" y="${top + barTop}" width="${percent(part, longest)}" height="${barHeight}"><title>${name}</title></rect>
`;
  });
  return markup`${rowTitle(top, label, written)}${drawn}`;
}

function lengthOf({ parts }: Bar): bigint {
  return parts.reduce((total, part) => total + part, 0n);
}
