import { followLog, logs, readLog } from '@kessai/network';
import { type Command, InvalidArgumentError } from 'commander';
import { textTable } from '../terminal/text-table';
import { type CommandContext, type NetworkOptions, acting, withNetwork } from './command-context';

interface LogsOptions extends NetworkOptions {
  readonly lines: number;
  readonly follow?: true;
}

const usualLines = 100;
const mostLines = 100_000;

export function addLogs(program: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(program.command('logs'))
    .summary("the end of a process's log, or which logs there are")
    .argument('[node]', 'a process of the network, by its name in kessai status')
    .option('--lines <count>', 'how many of its last lines', lineCount, usualLines)
    .option('--follow', 'go on with what is written from now on, until Ctrl+C')
    .addHelpText('after', '\nExample:\n  kessai logs\n  kessai logs peer0.alpha.market.example --lines 20 --follow')
    .action(
      acting(context, async (node: string | undefined, { dir, lines, follow, json }: LogsOptions) => {
        if (node === undefined) {
          const found = logs({ directory: dir });
          terminal.result(json === true, { nodes: found.map((log) => ({ ...log })) }, () => listText(found));
          return 0;
        }
        const request = { directory: dir, node, lines };
        // A document has an end: with --json it is what stands there now.
        if (follow === true && json !== true) {
          const signal = context.scope.waiting();
          for await (const line of followLog({ ...request, signal })) terminal.print(line);
          return 0;
        }
        const found = readLog(request);
        terminal.result(json === true, { ...found }, () =>
          found.lines.length === 0 ? `${found.file} is empty.` : found.lines.join('\n'),
        );
        return 0;
      }),
    );
}

function listText(found: ReturnType<typeof logs>): string {
  const columns = [{ title: 'Node' }, { title: 'Kind' }, { title: 'Bytes', numeric: true as const }, { title: 'Log' }];
  return textTable(
    columns,
    found.map(({ name, kind, bytes, file }) => [name, kind, bytes.toString(), file]),
  );
}

function lineCount(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= mostLines) return Number(text);
  throw new InvalidArgumentError(`Give a whole number up to ${mostLines}.`);
}
