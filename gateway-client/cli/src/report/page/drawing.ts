import type { Markup } from './markup';

/** A chart without the frame that all have in common. */
export interface Drawing {
  /** In pixels. Lengths from left to right are percentages, so that the chart is as wide as there is room, and its letters stay as they are. */
  readonly height: number;
  readonly content: Markup;
  /** What each part of a bar is, where a bar has several. */
  readonly legend: readonly string[];
  /** What is not drawn. */
  readonly note?: string;
}
