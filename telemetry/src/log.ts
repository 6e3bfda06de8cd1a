export type LogLevel = 'info' | 'warn' | 'error';

/** What a line is about, for programs that read it: numbers, codes and public names, never what is private. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line. Nothing of a request, a key or a value is ever given to it. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

export const LOG_FORMATS = ['text', 'json'] as const;
/** `text`: lines for people; `json`: one JSON object a line. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The variable of the environment that asks a process of ours for a format. */
export const LOG_FORMAT_VARIABLE = 'KESSAI_LOG_FORMAT';
/** The variable that tells a process of ours by which name its network knows it. */
export const PROCESS_NAME_VARIABLE = 'KESSAI_PROCESS_NAME';

export interface LogSettings {
  readonly format: LogFormat;
  /** The process's name in its network, as `kessai status` has it. */
  readonly process: string;
}

export const plainLog: LogSettings = { format: 'text', process: '' };

/**
 * A log that writes to the stream. As text a line is time, level and message; as JSON an object of `time` (ISO 8601), `level`, `process`,
 * `pid`, `message` and, where there are any, `fields`.
 */
export function logTo(stream: { write(text: string): unknown }, settings: LogSettings = plainLog): Log {
  const lineOf = settings.format === 'json' ? jsonLine : textLine;
  return (level, message, fields) => {
    stream.write(`${lineOf({ time: new Date().toISOString(), level, message, fields }, settings)}\n`);
  };
}

interface Line {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

function textLine({ time, level, message }: Line): string {
  return `${time} ${level.padEnd(5)} ${message}`;
}

function jsonLine({ time, level, message, fields }: Line, { process: name }: LogSettings): string {
  const known = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined);
  return JSON.stringify({
    ...{ time, level, process: name, pid: process.pid, message },
    ...(known.length === 0 ? {} : { fields: Object.fromEntries(known) }),
  });
}
