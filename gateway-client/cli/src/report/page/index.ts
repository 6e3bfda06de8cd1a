import { createHash } from 'node:crypto';
import type { DayReport } from '../day-report';
import { plain } from '../phrase';
import type { ReportModel, Section } from '../report-model';
import { wholeReport } from '../whole-report';
import { blockMarkup } from './blocks';
import { Markup, markup } from './markup';
import { phraseMarkup } from './phrase-markup';
import { style } from './style';

/** The whole report as one HTML page: it asks for nothing beside itself, and needs no script. */
export function reportPage(report: DayReport): string {
  return pageOf(wholeReport(report)).text;
}

// Whoever opens the page, whatever is in it: nothing is loaded, sent or run, and the one style is its own.
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function pageOf({ title, lead, sections }: ReportModel): Markup {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<title>${plain(title)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<header>
<h1>${phraseMarkup(title)}</h1>
${lead.map((said) => markup`<p>${phraseMarkup(said)}</p>\n`)}</header>
<nav aria-labelledby="contents">
<h2 id="contents">Contents</h2>
<ul>
${sections.map(({ id, title: of }) => markup`<li><a href="#${id}">${phraseMarkup(of)}</a></li>\n`)}</ul>
</nav>
<main id="report">
${sections.map(sectionMarkup)}</main>
</body>
</html>
`;
}

function sectionMarkup({ id, title, blocks }: Section): Markup {
  return markup`<section aria-labelledby="${id}">
<h2 id="${id}">${phraseMarkup(title)}</h2>
${blocks.map((block, index) => blockMarkup(block, { id: `${id}_${(index + 1).toString()}`, section: id }))}</section>
`;
}
