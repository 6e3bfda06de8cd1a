import type { SpanChart } from '../chart';
import type { Drawing } from './drawing';
import { milliseconds, percent } from './lengths';
import { type Markup, markup } from './markup';
import { barHeight, barTop, rowHeight, rowTitle } from './row';

type Span = SpanChart['spans'][number];

/** What went on from when to when, one below the other on one scale of time; a stroke for each thing that happened. */
export function spans({ spans: all }: SpanChart): Drawing {
  const end = milliseconds(Math.max(0, ...all.map(({ untilMs }) => untilMs)));
  return {
    height: Math.max(1, all.length * rowHeight),
    content: markup`${all.map((span, index) => spanMarkup(span, end, index * rowHeight))}`,
    legend: [],
  };
}

function spanMarkup({ label, fromMs, untilMs, written, atMs }: Span, end: bigint, top: number): Markup {
  const from = milliseconds(fromMs);
  const width = percent(milliseconds(untilMs) - from, end);
  // Also of what took no time it is seen when that was.
  const strokes = [...new Set([...atMs, ...(untilMs === fromMs ? [fromMs] : [])])].map((ms) => {
    const at = percent(milliseconds(ms), end);
    return markup`<line class="stroke" x1="${at}" x2="${at}" y1="${top + barTop}" y2="${top + barTop + barHeight}"/>
`;
  });
  return markup`${rowTitle(top, label, written)}<rect class="part-1" x="${percent(from, end)}" y="${top + barTop}" width="${width}" height="${barHeight}"/>
${strokes}`;
}
