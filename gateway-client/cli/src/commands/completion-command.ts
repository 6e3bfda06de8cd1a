import { allMethods } from '@kessai/interface';
import { Argument, type Command } from 'commander';
import { type CommandContext, acting } from './command-context';
import { wholeProgram } from '../program';

const shells = ['bash', 'zsh'] as const;

export function addCompletion(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .summary('print what completes this command in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', '\nExample:\n  eval "$(kessai completion bash)"\n  kessai completion zsh >> ~/.zshrc')
    .action(
      acting(context, async (shell: (typeof shells)[number]) => {
        context.terminal.print(completionScript(shell));
        return 0;
      }),
    );
}

/** A script that completes commands, their options, and the market's methods after `call` and `api`. */
export function completionScript(shell: (typeof shells)[number]): string {
  const { program } = wholeProgram();
  const cases = wordsOf(program, []).map(([path, words]) => `    '${path}'*) words='${words.join(' ')}' ;;`);
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_kessai() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} path= word words=',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case $word in -*) ;; *) path="$path $word" ;; esac; done',
    '  case "$path " in',
    // The longest path first, for a shorter one is its beginning.
    ...cases.reverse(),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    // The names of methods have a colon, at which bash would break them.
    'COMP_WORDBREAKS=${COMP_WORDBREAKS//:}',
    'complete -o default -F _kessai kessai',
  ].join('\n');
}

/** What may follow each path of commands, a path before those that begin with it. */
function wordsOf(command: Command, path: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const options = [...command.options.map(({ long }) => long ?? ''), '--help'].filter((one) => one !== '');
  const subcommands = command.commands.map((one) => one.name());
  const methods = takesMethod.includes(path.join(' ')) ? allMethods().map(({ fullName }) => fullName) : [];
  const own = [path.map((one) => ` ${one}`).join('') + ' ', [...subcommands, ...methods, ...options]] as const;
  return [own, ...command.commands.flatMap((one) => wordsOf(one, [...path, one.name()]))];
}

const takesMethod = ['call', 'api'];
