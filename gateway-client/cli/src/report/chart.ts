import type { Phrase } from './phrase';

/** What a chart draws: amounts as they are, and beside them as they are written. How it is drawn is the page's own. */
export type Chart = BarChart | PriceChart | SpanChart;

/** A bar for each line, made of one part for each series. No amount is below zero. */
export interface BarChart {
  readonly kind: 'bars';
  readonly series: readonly string[];
  readonly bars: readonly {
    readonly label: string;
    /** One for each series. */
    readonly parts: readonly bigint[];
    /** The amount that stands at the bar. */
    readonly written: string;
  }[];
}

/** The trades of one security in their order: the price of each, and below it the quantity. */
export interface PriceChart {
  readonly kind: 'prices';
  readonly trades: readonly {
    readonly number: string;
    readonly price: bigint;
    readonly priceWritten: string;
    readonly quantity: bigint;
    readonly quantityWritten: string;
  }[];
}

/** When each of several things began and ended, on one scale that begins at 0. */
export interface SpanChart {
  readonly kind: 'spans';
  readonly spans: readonly {
    readonly label: string;
    readonly fromMs: number;
    readonly untilMs: number;
    readonly written: string;
    /** What happened in between. */
    readonly atMs: readonly number[];
  }[];
}

/** A chart with its name, and what it shows, for those who do not see it. */
export interface DrawnChart {
  readonly title: Phrase;
  readonly summary: Phrase;
  readonly chart: Chart;
}
