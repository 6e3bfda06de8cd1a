/** Light and dark as the reader's system is, on paper light; wide tables scroll by themselves, so that the page does not. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #c9d1d9; --soft: #f3f5f7;
  --first: #1f5f99; --second: #d9822b; --link: #0b57a4; --yes: #dcefe1; --ink-yes: #14532d;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e6e9ec; --quiet: #a3adb8; --line: #3d4650; --soft: #1d232a;
    --first: #63a7e6; --second: #e8a35c; --link: #7db7f0; --yes: #1d3b28; --ink-yes: #b7e4c4;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: auto; }
body {
  margin: 0 auto; padding: 1rem 1rem 4rem; max-width: 78rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Noto Sans", "Hiragino Sans", "Yu Gothic", sans-serif; overflow-wrap: break-word;
}
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; inset-inline-start: -100vw; }
.skip:focus { inset-inline-start: 1rem; background: var(--paper); padding: .5rem; z-index: 1; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .5rem 0; max-width: 48rem; }
nav ul { max-width: none; columns: 18rem; column-gap: 2rem; padding: 0; margin: .5rem 0; list-style: none; }
nav li { padding: .2rem 0; break-inside: avoid; }
section { border-top: 1px solid var(--line); padding-top: 1.25rem; margin-top: 2rem; }
ul { max-width: 48rem; padding-inline-start: 1.25rem; }
.scroll { overflow-x: auto; margin: .75rem 0; max-width: 100%; }
table { border-collapse: collapse; width: max-content; font-size: .9rem; line-height: 1.35; }
th, td { padding: .3rem .6rem; max-width: 26rem; text-align: start; vertical-align: top; font-weight: 400; }
tbody th { position: sticky; inset-inline-start: 0; background: var(--paper); }
@media (max-width: 40rem) { tbody th { max-width: 11rem; } }
thead th { vertical-align: bottom; font-weight: 600; border-bottom: 2px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tfoot > tr > * { font-weight: 600; border-top: 2px solid var(--line); }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
thead .number { white-space: normal; }
.matrix td, .matrix thead th + th { text-align: center; }
.yes { background: var(--yes); color: var(--ink-yes); font-weight: 600; }
.no { color: var(--quiet); }
.pair { display: grid; gap: 0 2rem; grid-template-columns: minmax(0, 1fr); align-items: start; }
@media (min-width: 68rem) {
  .pair { grid-template-columns: minmax(24rem, 1fr) minmax(0, max-content); }
  .pair figure { position: sticky; top: .5rem; }
}
figure { margin: .75rem 0; }
figcaption { font-weight: 600; margin-bottom: .5rem; }
.legend { font-weight: 400; color: var(--quiet); display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
.legend svg { display: inline-block; width: .8em; height: .8em; margin-inline-end: .4em; }
.chart { display: block; width: 100%; font-size: .8125rem; fill: var(--ink); font-variant-numeric: tabular-nums; }
.quiet { fill: var(--quiet); }
.whole { white-space: nowrap; }
.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.track { fill: var(--soft); }
.part-1 { fill: var(--first); }
.part-2 { fill: var(--second); }
.level { stroke: var(--line); }
.path { stroke: var(--first); stroke-width: 2; }
.stroke { stroke: var(--ink); stroke-width: 1; }
@media print {
  @page { margin: 14mm; }
  body { padding: 0; max-width: none; font-size: 9pt; }
  nav, .skip { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td { padding: .15rem .4rem; }
  h2, h3, thead { break-after: avoid; }
  tbody th, .pair figure { position: static; }
  table { width: auto; }
  tr, figure { break-inside: avoid; }
  .yes { border: 1px solid; }
  .chart, .yes, .legend svg { print-color-adjust: exact; }
}
`;
