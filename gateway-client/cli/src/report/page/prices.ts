import type { PriceChart } from '../chart';
import type { Drawing } from './drawing';
import { percent, pixels } from './lengths';
import { type Markup, markup } from './markup';

type Trade = PriceChart['trades'][number];

/** From top to bottom, in pixels. */
const priceTop = 18;
const priceHeight = 130;
const volumeTop = priceTop + priceHeight + 42;
const volumeHeight = 50;

/** The price of each trade as a line from one to the next, and its quantity as a bar below. */
export function prices({ trades }: PriceChart): Drawing {
  const [first] = trades;
  if (!first) return { height: 1, content: markup``, legend: [] };
  const high = trades.reduce((most, trade) => (trade.price > most.price ? trade : most), first);
  const low = trades.reduce((least, trade) => (trade.price < least.price ? trade : least), first);
  const most = trades.reduce((largest, trade) => (trade.quantity > largest.quantity ? trade : largest), first);
  const range = high.price - low.price;
  // Without a range the line is in the middle.
  const heightOf = ({ price }: Trade): number =>
    priceTop + (range === 0n ? priceHeight / 2 : pixels(high.price - price, range, priceHeight));
  const points = trades.map((trade, index) => ({ trade, x: middleOf(index, trades.length), y: heightOf(trade) }));
  return {
    height: volumeTop + volumeHeight + 1,
    content: markup`${level(heightOf(high))}${level(heightOf(low))}${level(volumeTop + volumeHeight)}
${points.map((point, index) => pathTo(point, points[index - 1]))}${points.map(dot)}
${points.map(({ trade }, index) => volume(trade, index, trades.length, most.quantity))}
${written(heightOf(high) - 6, `highest ${high.priceWritten}`)}${range === 0n ? markup`` : written(heightOf(low) + 16, `lowest ${low.priceWritten}`)}
${written(volumeTop - 4, `quantity, at most ${most.quantityWritten}`)}`,
    legend: [],
  };
}

interface Point {
  readonly trade: Trade;
  readonly x: string;
  readonly y: number;
}

function middleOf(index: number, of: number): string {
  return percent(BigInt(2 * index + 1), BigInt(2 * of));
}

function level(y: number): Markup {
  return markup`<line class="level" x1="0" x2="100%" y1="${y}" y2="${y}"/>
`;
}

function pathTo({ x, y }: Point, before: Point | undefined): Markup {
  if (!before) return markup``;
  return markup`<line class="path" x1="${before.x}" y1="${before.y}" x2="${x}" y2="${y}"/>
`;
}

function dot({ trade, x, y }: Point): Markup {
  return markup`<circle class="part-1" cx="${x}" cy="${y}" r="3.5"><title>${titleOf(trade)}</title></circle>
`;
}

function volume(trade: Trade, index: number, of: number, most: bigint): Markup {
  const height = pixels(trade.quantity, most, volumeHeight);
  const x = percent(BigInt(10 * index + 2), BigInt(10 * of));
  const width = percent(6n, BigInt(10 * of));
  return markup`<rect class="part-2" x="${x}" y="${volumeTop + volumeHeight - height}" width="${width}" height="${height}"><title>${titleOf(trade)}</title></rect>
`;
}

function titleOf({ number, priceWritten, quantityWritten }: Trade): string {
  return `No ${number}: ${quantityWritten} at ${priceWritten}`;
}

function written(y: number, text: string): Markup {
  return markup`<text class="quiet halo" x="0" y="${y}">${text}</text>
`;
}
