/** What can be wrong with a topology file. */
export type TopologyErrorCode =
  | 'TopologyUnreadable'
  | 'TopologySyntax'
  | 'FieldUnknown'
  | 'FieldMissing'
  | 'FieldType'
  | 'FieldValue'
  | 'FieldDuplicate'
  | 'PortShared'
  | 'OrganisationUnknown'
  | 'EndorsementUnsatisfiable'
  | 'CollectionEmpty'
  | 'OrdererMissing';

/** Where in a topology file something stands. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface TopologyFault {
  readonly code: TopologyErrorCode;
  /** The field, e.g. `organisations[2].peer.port`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly place: Place;
}

/** A topology file that cannot be used. Nothing has been changed. */
export class TopologyError extends Error {
  readonly code: TopologyErrorCode;
  readonly path: string;
  readonly remedy: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(fault: TopologyFault) {
    const { file, line, column } = fault.place;
    const position = line === undefined ? file : `${file}:${line}${column === undefined ? '' : `:${column}`}`;
    const field = fault.path === '' ? '' : `${fault.path}: `;
    super(`${position}: ${field}${fault.message}`);
    this.name = 'TopologyError';
    this.code = fault.code;
    this.path = fault.path;
    this.remedy = fault.remedy;
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
