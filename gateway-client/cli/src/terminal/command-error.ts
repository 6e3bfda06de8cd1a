import type { JsonObject } from '@kessai/interface';

/** Why the command itself refuses; what the market or the network refuses has errors of its own. */
export type CommandErrorCode =
  | 'UsageInvalid'
  | 'RequestUnreadable'
  | 'InstantInvalid'
  | 'SecretExposed'
  | 'FileExists'
  | 'FileUnwritable'
  | 'EngineUnavailable'
  | 'PlatformUnsupported'
  | 'NetworkInUse'
  | 'SystemdUnavailable'
  | 'Interrupted'
  | 'MethodUnknown';

/** A command that was not carried out. `remedy` says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    readonly code: CommandErrorCode,
    message: string,
    readonly remedy: string,
    readonly payload: JsonObject = {},
  ) {
    super(message);
  }

  /** Wrong usage is told apart from what was rejected or failed. */
  get exitCode(): 1 | 2 {
    return ['UsageInvalid', 'RequestUnreadable', 'InstantInvalid', 'SecretExposed'].includes(this.code) ? 2 : 1;
  }
}
