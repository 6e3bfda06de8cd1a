import { type OrderFault, type OrderReport, checkOrder, placeText, publicBlocks } from '@kessai/gateway-client';
import type { JsonObject } from '@kessai/interface';
import { type Command, InvalidArgumentError } from 'commander';
import { grouped } from '../terminal/number-format';
import { textTable } from '../terminal/text-table';
import { type CommandContext, acting } from './command-context';
import { type CallerOptions, profileOf, withCaller } from './connect-as';

interface CheckOptions extends CallerOptions {
  readonly patience?: number;
}

/** More of them tell a person nothing more; with --json all are told. */
const shownFaults = 100;
const blocksPerStep = 1_000;

export function addCycles(program: Command, context: CommandContext): void {
  const cycles = program.command('cycles').summary("the market's cycles, as everybody can check them");
  withCaller(cycles.command('check'))
    .summary('check that cycles took what members sealed: all of it, once, in the order of the ledger')
    .description(
      "Reads all blocks of the channel through the caller's own gateway, which any member may do, and names every fault of those who make cycles.",
    )
    .option('--patience <cycles>', 'cycles in a row that may pass a member over before it is a fault', cycleCount)
    .addHelpText('after', '\nExit code 0: no fault; 1: faults.\n\nExample:\n  kessai cycles check --as AlphaMSP')
    .action(
      acting(context, async ({ patience, json, ...caller }: CheckOptions) => {
        const { terminal } = context;
        const profile = await profileOf(caller);
        terminal.progress.step('Reading the blocks of the channel');
        const report = await checkOrder(publicBlocks(profile), {
          chaincode: profile.chaincode,
          ...(patience === undefined ? {} : { patience }),
          onBlock: (number) => {
            if (number > 0 && number % blocksPerStep === 0) terminal.progress.step(`Block ${grouped(number)} is read`);
          },
        });
        terminal.result(json === true, documentOf(report), () => textOf(report));
        return report.faults.length === 0 ? 0 : 1;
      }),
    );
}

function documentOf({ faults, ...counts }: OrderReport): JsonObject {
  return { ...counts, faults: faults.map((fault): JsonObject => ({ ...fault })) };
}

function textOf({ blocks, cycles, submissions, waiting, faults }: OrderReport): string {
  const counts = `${grouped(blocks)} blocks, ${grouped(cycles)} cycles, ${grouped(submissions)} submissions, ${grouped(waiting)} of them waiting.`;
  if (faults.length === 0) return `${counts}\nNo faults: everything was taken once, in the order of the ledger.`;
  const columns = [
    { title: 'Cycle', numeric: true as const },
    ...['At', 'Fault', 'What happened'].map((title) => ({ title })),
  ];
  const shown = textTable(columns, faults.slice(0, shownFaults).map(rowOf));
  const more = faults.length > shownFaults ? `\n${grouped(faults.length - shownFaults)} more: see --json.` : '';
  return `${counts}\n${grouped(faults.length)} faults:\n\n${shown}${more}`;
}

function rowOf({ cycle, place, kind, detail }: OrderFault): readonly string[] {
  return [cycle === undefined ? '' : grouped(cycle), placeText(place), kind, detail];
}

function cycleCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= 1) return count;
  throw new InvalidArgumentError('Give a whole number from 1.');
}
