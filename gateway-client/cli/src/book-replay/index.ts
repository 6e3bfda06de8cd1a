export { BookReplayError, type BookReplayFault, type LineFault } from './book-replay-error';
export { ExchangeReplay, replay, type ReplayOutcome } from './exchange-replay';
export { parseLobster, type LobsterEvent, type LobsterMessage } from './lobster-message';
export type { Mismatch } from './mismatch';
export { REPLAY_FORMATS, replayFile, type ReplayFormat, type ReplayReport } from './replay-file';
