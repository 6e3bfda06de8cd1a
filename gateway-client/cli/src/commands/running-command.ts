import type { Terminal } from '../terminal/terminal';
import type { CommandContext } from './command-context';
import type { CommandScope } from './command-scope';

/** What one run of the program is given. Its scope loads the network's part, so it comes with the command that runs; help has none. */
export class RunningCommand implements CommandContext {
  readonly terminal: Terminal;
  readonly words: readonly string[];
  exitCode = 0;
  #scope: CommandScope | undefined;

  constructor(terminal: Terminal, words: readonly string[]) {
    this.terminal = terminal;
    this.words = words;
  }

  get scope(): CommandScope {
    if (this.#scope === undefined) throw new Error('No command runs yet');
    return this.#scope;
  }

  set scope(scope: CommandScope) {
    this.#scope = scope;
  }
}
