import type { Chart, DrawnChart } from '../chart';
import { plain } from '../phrase';
import { bars } from './bars';
import type { Drawing } from './drawing';
import { type Markup, markup, nothing } from './markup';
import { phraseMarkup } from './phrase-markup';
import { prices } from './prices';
import { spans } from './spans';

export function chartMarkup({ title, summary, chart }: DrawnChart, id: string): Markup {
  const { height, content, legend, note } = drawingOf(chart);
  const names = `${id}_name ${id}_says`;
  return markup`<figure>
<figcaption>${phraseMarkup(title)}${legend.length > 1 ? legendMarkup(legend) : nothing}</figcaption>
<svg class="chart" role="img" aria-labelledby="${names}" height="${height}">
<title id="${id}_name">${plain(title)}</title>
<desc id="${id}_says">${plain(summary)} The figures stand in the table of the same name.</desc>
${content}</svg>
${note === undefined ? nothing : markup`<p>${note}</p>\n`}</figure>
`;
}

function drawingOf(chart: Chart): Drawing {
  switch (chart.kind) {
    case 'bars':
      return bars(chart);
    case 'prices':
      return prices(chart);
    case 'spans':
      return spans(chart);
  }
}

function legendMarkup(legend: readonly string[]): Markup {
  const entries = legend.map(
    (entry, index) =>
      markup`<span><svg aria-hidden="true" class="part-${index + 1}" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>${entry}</span>`,
  );
  return markup`<span class="legend">${entries}</span>`;
}
