/** What combines with the character before it, and the letters of a Hangul syllable after its first. */
const narrowest = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;
/** What East Asian Width calls wide or full-width, and what is shown as a picture. */
const widest =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** How many columns of a terminal a text takes: a character of China, Japan or Korea takes two, one that combines takes none. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (narrowest.test(character)) continue;
    width += widest.test(character) ? 2 : 1;
  }
  return width;
}

/** As much of a text from its beginning as has room in so many columns. */
export function clipped(text: string, columns: number): string {
  let shown = '';
  for (const character of text) {
    if (textWidth(shown + character) > columns) break;
    shown += character;
  }
  return shown;
}

// A hyphen within a date or before an amount ends no word.
const wordEnds = /(?<= )|(?<=-)(?=\p{L})/u;

/** What a text is not broken within, as long as there is room for it. */
export function wordsOf(text: string): readonly string[] {
  return text.split(wordEnds).map((word) => word.trimEnd());
}

/** The text in lines of at most so many columns, broken between words, and within one that is longer. */
export function wrapped(text: string, width: number): readonly string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(wordEnds)) {
    if (line !== '' && textWidth(line + word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    for (const character of word) {
      if (line !== '' && textWidth(line + character) > width && character !== ' ') {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line.trimEnd()];
}
