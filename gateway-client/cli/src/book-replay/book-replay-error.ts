/** Why a message file could not be replayed, in order of precedence. */
export type BookReplayFault =
  | { readonly code: 'FormatUnsupported'; readonly format: string; readonly supported: readonly string[] }
  | { readonly code: 'FileUnreadable'; readonly file: string; readonly reason: string }
  | ({ readonly code: 'LineInvalid' } & LineFault);

/** `line` and `column` count from 1; a column is a field between commas. */
export interface LineFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** A file that cannot be replayed; `fault` says why and where. */
export class BookReplayError extends Error {
  override readonly name = 'BookReplayError';

  constructor(readonly fault: BookReplayFault) {
    super(sentence(fault));
  }

  get code(): BookReplayFault['code'] {
    return this.fault.code;
  }
}

function sentence(fault: BookReplayFault): string {
  switch (fault.code) {
    case 'FormatUnsupported':
      return `the format ${fault.format} is not supported; use ${fault.supported.join(' or ')}`;
    case 'FileUnreadable':
      return `${fault.file} cannot be read: ${fault.reason}`;
    case 'LineInvalid':
      return `${fault.file}, line ${fault.line.toString()}, column ${fault.column.toString()}: ${fault.reason}`;
  }
}
