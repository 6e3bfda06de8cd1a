import type { Phrase } from '../phrase';
import { type Markup, apart, joined, markup } from './markup';

export function phraseMarkup({ literals, values }: Phrase): Markup {
  return joined(
    literals.map((literal, index) => {
      const value = values[index];
      return value === undefined ? markup`${literal}` : markup`${literal}${apart(value)}`;
    }),
  );
}
