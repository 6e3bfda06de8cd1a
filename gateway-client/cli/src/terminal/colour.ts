/** As much of a stream as it takes to know whether it shows colours. */
export interface ColourStream {
  readonly isTTY?: boolean;
}

const codes = { bold: ['1', '22'], red: ['31', '39'] } as const;

/** Whether colours are wanted there: on a terminal that has them, unless NO_COLOR says otherwise (no-color.org). */
export function wantsColour(stream: ColourStream, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { NO_COLOR: none = '', TERM: terminal } = environment;
  return none === '' && stream.isTTY === true && terminal !== 'dumb';
}

/** The text in a style where the stream wants it, else as it is. */
export function styled(text: string, style: keyof typeof codes, stream: ColourStream): string {
  if (text === '' || !wantsColour(stream)) return text;
  const [on, off] = codes[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
