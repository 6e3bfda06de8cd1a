import { printableLine } from '../../terminal/printable';

/** Text of HTML or SVG in which nothing from outside can begin an element, end an attribute or turn the text around. */
export class Markup {
  constructor(readonly text: string) {}
}

type Insert = string | number | Markup | readonly Markup[];

/** Markup with texts put in: they are escaped, other markup is not. */
export function markup(literals: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  const parts = literals.map((literal, index) => literal + inserted(inserts[index] ?? ''));
  return new Markup(parts.join(''));
}

export const nothing = new Markup('');

/**
 * A text of which it is not known from which side it is written: it does not disturb what stands around it. A date stays in one line.
 */
export function apart(text: string): Markup {
  if (/^[0-9]{4}-[0-9T:.Z-]+$/.test(text)) return markup`<span class="whole">${text}</span>`;
  return /^[\x20-\x7e]*$/.test(text) ? markup`${text}` : markup`<bdi>${text}</bdi>`;
}

export function joined(parts: readonly Markup[]): Markup {
  return new Markup(parts.map(({ text }) => text).join(''));
}

function inserted(insert: Insert): string {
  if (typeof insert === 'string') return escaped(printableLine(insert));
  if (typeof insert === 'number') return insert.toString();
  return insert instanceof Markup ? insert.text : joined(insert).text;
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => references[character] ?? '');
}
