import { Market as MarketContract, type Json, type JsonObject, parseText, FieldError } from '@kessai/interface';
import type { InstructionRequest, Market } from '@kessai/gateway-client';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../terminal/command-error';
import { grouped } from '../terminal/number-format';
import { captureTrades } from '../trade-capture';
import { readLines } from '../input/text-lines';
import { type CommandContext, acting } from './command-context';
import { type CallerOptions, connectAs, withCaller } from './connect-as';

interface AdviceOptions extends CallerOptions {
  readonly from?: number;
  readonly follow?: true;
}

/** Cycles that one question asks for. */
const pageCycles = 100;
/** Instructions of a file under way at once: more than fit one submission are sealed one submission after another. */
const linesAtOnce = 1_000;

export function addInstructionCommands(program: Command, context: CommandContext): void {
  addInstruct(program, context);
  addAdvices(program, context);
  addTradesCapture(program, context);
}

function addInstruct(program: Command, context: CommandContext): void {
  withCaller(program.command('instruct <file>'))
    .summary('seal the instructions of a file and tell what became of each')
    .description(
      'Each line of the file is one instruction: {"method":"Orders:Place","request":{...}}, with "goodUntil" or "notBefore" if it must not be executed later or earlier. ' +
        'They are executed in the order of the file. Prints one JSON line for each when it has been executed.',
    )
    .addHelpText('after', '\nExample:\n  kessai instruct orders.jsonl --as AlphaMSP')
    .action(
      acting(context, async (file: string, options: CallerOptions) => {
        const lines = readLines(file).map(({ text, line }) => ({ line, instruction: instructionOf(text, line) }));
        const market = await connectAs(options);
        let refused = false;
        try {
          for (let from = 0; from < lines.length; from += linesAtOnce) {
            const part = lines.slice(from, from + linesAtOnce);
            const results = await market.instruct(part.map(({ instruction }) => instruction));
            for (const [index, { line }] of part.entries()) {
              const result = results[index];
              if (!result) continue;
              const { outcome, cycle, error, awaiting } = result;
              refused ||= outcome === 'refused';
              context.terminal.print(
                JSON.stringify({
                  ...{ line, outcome, cycle },
                  ...(awaiting === undefined ? {} : { awaiting }),
                  ...(error === undefined ? {} : { error }),
                }),
              );
            }
          }
        } finally {
          await market.close();
        }
        return refused ? 1 : 0;
      }),
    );
}

function instructionOf(text: string, line: number): InstructionRequest {
  const wrong = (reason: string): CommandError =>
    new CommandError(
      'RequestUnreadable',
      `Line ${line.toString()} ${reason}.`,
      'Give one {"method","request"} a line. Nothing was sealed.',
      { line },
    );
  let value: Json;
  try {
    value = parseText(text);
  } catch (error) {
    if (error instanceof FieldError) throw wrong(error.reason);
    throw error;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrong('is not an object');
  const { method, request = {}, goodUntil, notBefore, ...rest } = value as JsonObject;
  const [other] = Object.keys(rest);
  if (other !== undefined)
    throw wrong(`has the field "${other}", which is none of method, request, goodUntil, notBefore`);
  if (typeof method !== 'string') throw wrong('lacks "method", a text such as Orders:Place');
  const times: Record<string, string> = {};
  for (const [name, time] of Object.entries({ goodUntil, notBefore })) {
    if (time === undefined) continue;
    if (typeof time !== 'string') throw wrong(`has a "${name}" that is no instant`);
    times[name] = time;
  }
  return { method, request, ...times };
}

function addAdvices(program: Command, context: CommandContext): void {
  withCaller(program.command('advices'))
    .summary('what happened to the member, one JSON line for each advice')
    .option('--from <cycle>', 'the first cycle (default: all of them)', cycleNumber)
    .option('--follow', 'go on as cycles come, until interrupted')
    .addHelpText('after', '\nExample:\n  kessai advices --as AlphaMSP --from 120 --follow')
    .action(
      acting(context, async ({ from = 0, follow, ...options }: AdviceOptions) => {
        const market = await connectAs(options);
        try {
          if (follow === true) await followAdvices(market, from, context);
          else await printAdvices(market, from, context);
        } finally {
          await market.close();
        }
        return 0;
      }),
    );
}

async function printAdvices(market: Market, first: number, context: CommandContext): Promise<void> {
  for (let from = first; ;) {
    const answer = await market.market.advices({ from, limit: pageCycles });
    for (const page of answer.pages) printPage(page, context);
    if (answer.next > answer.last) return;
    from = answer.next;
  }
}

async function followAdvices(market: Market, from: number, context: CommandContext): Promise<void> {
  const signal = context.scope.waiting();
  for await (const page of market.advices.follow({ from, signal })) printPage(page, context);
}

type Page = Awaited<ReturnType<Market['market']['advices']>>['pages'][number];

/** The advices of a cycle, then the changes of balances that it made, each with its cycle and time. */
function printPage(page: Page, { terminal }: CommandContext): void {
  const encoded = MarketContract.methods.Advices.response.encode({
    ...{ member: '' as never, next: 0, last: 0 },
    pages: [page],
  }) as {
    readonly pages: readonly { readonly advices: readonly JsonObject[]; readonly postings: readonly JsonObject[] }[];
  };
  const { cycle, time, clock } = page;
  const head = { cycle, time, businessDate: clock.businessDate };
  for (const { advices, postings } of encoded.pages) {
    for (const advice of advices) terminal.print(JSON.stringify({ ...head, ...advice }));
    for (const posting of postings) terminal.print(JSON.stringify({ ...head, kind: 'posting', ...posting }));
  }
}

function addTradesCapture(program: Command, context: CommandContext): void {
  const trades = program.command('trades').summary('trades that were made elsewhere');
  withCaller(trades.command('capture <file>'))
    .summary('record the matched trades of an outside matching engine')
    .description(
      'Reads CSV with the columns tradeId, time, isin, quantity, price, seller, sellerAccount, buyer, buyerAccount. Trades are sent in ' +
        'parts of a thousand. The market records a trade once, by its tradeId, so a file may be sent again after an interruption.',
    )
    .addHelpText('after', '\nExample:\n  kessai trades capture trades.csv --as ExchangeMSP')
    .action(
      acting(context, async (file: string, options: CallerOptions) => {
        const { terminal } = context;
        const market = await connectAs(options);
        try {
          const report = await captureTrades(market, file, (done, all) => {
            terminal.progress.step(`Captured ${grouped(done)} of ${grouped(all)} trades`);
          });
          terminal.result(
            options.json === true,
            { ...report, refused: report.refused.map((one) => ({ ...one })) },
            () =>
              [
                `${grouped(report.trades)} trades: ${grouped(report.captured)} captured, ${grouped(report.exists)} known before, ${grouped(report.refused.length)} refused.`,
                ...report.refused.map(
                  ({ line, error }) => `  line ${line.toString()}: ${JSON.stringify(error['message'])}`,
                ),
              ].join('\n'),
          );
          return report.refused.length > 0 ? 1 : 0;
        } finally {
          await market.close();
        }
      }),
    );
}

function cycleNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('It is the number of a cycle, 0 or more.');
}
