/** What is wrong with a whole CSV file, as whoever saved it can mend it. */
export interface CsvFlaw {
  readonly line: number;
  readonly column?: number;
  readonly reason: string;
}

/** What spreadsheets put between fields where the locale has another mark for decimals, or where they are told to. */
const otherSeparators = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
  ['，', 'full-width commas'],
  ['、', 'ideographic commas'],
  ['；', 'full-width semicolons'],
  ['،', 'Arabic commas'],
  ['\u3000', 'ideographic spaces'],
  [':', 'colons'],
  [' ', 'spaces'],
] as const;

/** Some spreadsheets write the separator before the header, and take it out again. */
const separatorLine = /^"?sep=/i;

/** Far more than the names of all columns. */
const longestHeader = 2_000;

/** What tells at the first line that a file is none with these columns. */
export function headerFlaw(text: string, columns: readonly string[]): CsvFlaw | undefined {
  const lines = text.split(/\r\n|\n|\r/, firstLines);
  const index = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  const header = lines[index];
  if (header === undefined) return undefined;
  const line = index + 1;
  if (header.length > longestHeader) {
    return {
      line,
      reason: `has ${header.length} characters in its first line, which names ${columns.join(', ')} and nothing else`,
    };
  }
  if (separatorLine.test(header)) {
    return { line, reason: 'names its separator instead of its columns; take this line out' };
  }
  if (columns.length < 2 || header.includes(',')) return undefined;
  const used = otherSeparators.find(([separator]) => namesColumns(header.split(separator), columns));
  return used === undefined
    ? undefined
    : { line, reason: `separates its fields by ${used[1]}; save it with commas between them` };
}

/** Two of the columns at least, as they stand or between quotes. */
function namesColumns(names: readonly string[], columns: readonly string[]): boolean {
  const known = new Set(names.map((name) => name.trim().replaceAll('"', '')).filter((name) => columns.includes(name)));
  return known.size > 1;
}

/** Remarks may come before the header. */
const firstLines = 1_000;

/** Where the quote stands that is never closed: everything from there to the end of the file is one field. */
export function openQuote(text: string): CsvFlaw | undefined {
  let open: number | undefined;
  let line = 1;
  let isRemark = text.startsWith('#');
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\n') {
      line += 1;
      isRemark = open === undefined && text[at + 1] === '#';
    } else if (character === '"' && !isRemark) {
      // A quote inside a field is written twice, which closes and opens.
      open = open === undefined ? line : undefined;
    }
  }
  return open === undefined ? undefined : { line: open, reason: 'opens a quote (") that is never closed' };
}
