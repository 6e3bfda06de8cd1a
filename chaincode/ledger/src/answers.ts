/** A query that reads page after page ends its answer with the page on which it has come to so many lines. */
export const linesOfAnswer = 20_000;
