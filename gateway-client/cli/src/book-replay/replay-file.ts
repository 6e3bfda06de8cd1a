import { readFile } from 'node:fs/promises';
import { BookReplayError } from './book-replay-error';
import { replay, type ReplayOutcome } from './exchange-replay';
import { parseLobster, type LobsterMessage } from './lobster-message';

/** The forms in which an exchange's messages can be read. */
export const REPLAY_FORMATS = ['lobster'] as const;
export type ReplayFormat = (typeof REPLAY_FORMATS)[number];

/** What `kessai book replay` prints. */
export interface ReplayReport extends ReplayOutcome {
  /** Messages a second through the matching core, reading and parsing the file not counted. */
  readonly perSecond: number;
}

/** A single pass over a file of a few hundred messages takes less than a millisecond: too short to measure. */
const MEASURED_MS = 500;

/**
 * Replays an exchange's message file through the matching core and measures the core's speed.
 * @throws BookReplayError FormatUnsupported, FileUnreadable or LineInvalid
 */
export async function replayFile(path: string, format: string): Promise<ReplayReport> {
  if (!isReplayFormat(format)) {
    throw new BookReplayError({ code: 'FormatUnsupported', format, supported: REPLAY_FORMATS });
  }
  const messages = parseLobster(await readText(path), path);
  const outcome = replay(messages, path);
  return { ...outcome, perSecond: messagesPerSecond(messages) };
}

function isReplayFormat(format: string): format is ReplayFormat {
  return REPLAY_FORMATS.some((supported) => supported === format);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BookReplayError({ code: 'FileUnreadable', file, reason });
  }
}

/** Repeats the replay, each time from an empty book, for long enough to give a stable figure. */
function messagesPerSecond(messages: readonly LobsterMessage[]): number {
  if (messages.length === 0) return 0;
  let passes = 0;
  let elapsed_ms = 0;
  for (const start = performance.now(); elapsed_ms < MEASURED_MS; elapsed_ms = performance.now() - start) {
    replay(messages);
    passes += 1;
  }
  return Math.round((passes * messages.length * 1000) / elapsed_ms);
}
