import { type Markup, markup } from './markup';

/** A line of writing, and below it the bar. */
export const rowHeight = 36;
const lineHeight = 18;
export const barTop = 20;
export const barHeight = 9;

/** What stands above a bar: its name, cut off where there is no room, and its amount. */
export function rowTitle(top: number, label: string, written: string): Markup {
  return markup`<svg x="0" y="${top}" width="70%" height="${lineHeight}"><text x="0" y="13">${label}</text></svg>
<text x="100%" y="${top + 13}" text-anchor="end">${written}</text>
<rect class="track" x="0" y="${top + barTop}" width="100%" height="${barHeight}"/>
`;
}
