import { isPrintable } from '@kessai/interface';

/**
 * Text from outside for one line: what does not show, or would do something to the terminal or to the text around it, is written as
 * \uXXXX; line breaks too.
 */
export function printableLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, escaped);
}

const escape = '\u001b';
/** A sequence that sets colours, or a character that may not show. */
const colourOrOther = new RegExp(`${escape}\\[[0-9;]*m|[^\\n\\t\\x20-\\x7e]`, 'gu');

/** The same of several lines: line breaks, tabs and colours stay. Of JSON text the value does not change. */
export function printableText(text: string): string {
  return text.replace(colourOrOther, (found) => (found.startsWith(`${escape}[`) ? found : escaped(found)));
}

function escaped(character: string): string {
  if (isPrintable(character.codePointAt(0) ?? 0)) return character;
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
