export type LogLevel = 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, text: string) => void;

/** Lines of time, level and text. Nothing of a request, a key or a value is ever given to it. */
export function logTo(stream: { write(text: string): unknown }): Log {
  return (level, text) => {
    stream.write(`${new Date().toISOString()} ${level.padEnd(5)} ${text}\n`);
  };
}
