import { type Json, type JsonObject, type MethodEntry, allMethods, contracts } from '@kessai/interface';
import { openNetwork } from '@kessai/network';
import { closest, describeMethod, methodText, requestOf as exampleOf } from '../api';
import type { Command } from 'commander';
import { parseInstant } from '../instant';
import { CommandError } from '../terminal/command-error';
import { jsonText } from '../terminal/json-text';
import { grouped } from '../terminal/number-format';
import { textTable } from '../terminal/text-table';
import { type CommandContext, type CommonOptions, acting, withJson } from './command-context';
import { type CallerOptions, connectAs, withCaller } from './connect-as';
import { addProfileExport } from './profile-command';
import { requestOf } from './request-option';

interface CallCommandOptions extends CallerOptions {
  readonly request: string;
}

interface RegisterOptions extends CallerOptions {
  readonly asOf?: string;
}

export function addMarketCommands(program: Command, context: CommandContext): void {
  addProfileExport(program, context);
  addCall(program, context);
  addApi(program, context);
  addRegisterShow(program, context);
  addCalendar(program, context);
}

function addCall(program: Command, context: CommandContext): void {
  withCaller(program.command('call <method>'))
    .summary('call any method of the market, Contract:Method')
    .description(
      'Calls one method. Amounts, prices and quantities are decimal strings; "kessai api" lists methods and schemas.',
    )
    .option('--request <json>', 'the request as JSON; @FILE reads a file, - standard input', '{}')
    .addHelpText(
      'after',
      `
Example:
  kessai call Registry:Clock --as AlphaMSP
  kessai call Securities:Transfer --as AlphaMSP --request @transfer.json`,
    )
    .action(
      acting(context, async (method: string, options: CallCommandOptions) => {
        const { fullName, method: definition } = requireMethod(method);
        const request = await requestOf(fullName, options.request);
        const market = await connectAs(options);
        try {
          const answer = await market.call(fullName, request);
          context.terminal.result(options.json === true, answer, () => jsonText(answer, definition.response.schema));
        } finally {
          await market.close();
        }
        return 0;
      }),
    );
}

function addApi(program: Command, context: CommandContext): void {
  withJson(program.command('api [method]'))
    .summary('every method of the market: who may call it, its request and response')
    .description('Lists every method, or describes one: who may call it, its fields, and a request to begin with.')
    .addHelpText('after', '\nExample:\n  kessai api --json\n  kessai api Orders:Place')
    .action(
      acting(context, async (name: string | undefined, { json }: CommonOptions) => {
        if (name === undefined) {
          context.terminal.result(json === true, allMethods().map(apiEntry), apiText);
          return 0;
        }
        const entry = requireMethod(name);
        const document = { ...apiEntry(entry), example: exampleOf(entry.method) };
        context.terminal.result(json === true, document, () => methodText(describeMethod(entry)));
        return 0;
      }),
    );
}

/** @throws CommandError MethodUnknown, with the names that may have been meant */
function requireMethod(name: string): MethodEntry {
  const entry = allMethods().find(({ fullName }) => fullName === name);
  if (entry) return entry;
  const known = allMethods().map(({ fullName }) => fullName);
  const meant = closest(name, known);
  const remedy = meant.length === 0 ? 'kessai api lists all methods.' : `Did you mean ${meant.join(' or ')}?`;
  throw new CommandError('MethodUnknown', `There is no method ${name.slice(0, 200)}.`, remedy, {
    method: name.slice(0, 200),
    suggestions: [...meant],
  });
}

function apiEntry({ contract, name, fullName, method }: MethodEntry): JsonObject {
  const { kind, summary, roles, request, response } = method;
  return {
    ...{ contract, name, fullName, kind, summary, roles },
    ...(method.kind === 'submit'
      ? {
          phases: method.phases,
          sent: method.sent,
          ...(method.approval === undefined ? {} : { approval: method.approval }),
        }
      : { answeredBy: method.answeredBy }),
    request: request.schema as unknown as Json,
    response: response.schema as unknown as Json,
  };
}

function apiText(): string {
  const sections = Object.values(contracts).map(({ name, summary }) => {
    const rows = allMethods()
      .filter(({ contract }) => contract === name)
      .map(({ fullName, method }) => [fullName, method.kind, method.roles.join(', ')]);
    const columns = ['Method', 'Kind', 'Who may call it'].map((title) => ({ title }));
    return `${name}: ${summary}\n${textTable(columns, rows)}`;
  });
  return `${sections.join('\n\n')}\n\nOne of them: kessai api Orders:Place. Request and response schemas: kessai api --json`;
}

function addRegisterShow(program: Command, context: CommandContext): void {
  const registry = program.command('registry').summary('the register of owners');
  withCaller(registry.command('show <isin>'))
    .summary('the register of an instrument, live or as of a past instant')
    .option('--as-of <instant>', 'an ISO 8601 instant; seconds, milliseconds and offset may be left out (UTC then)')
    .addHelpText(
      'after',
      `
Example:
  kessai registry show JP3371200001 --as ShinEtsuMSP
  kessai registry show JP3371200001 --as AlphaMSP --as-of 2023-03-31T15:00+09:00`,
    )
    .action(
      acting(context, async (isin: string, options: RegisterOptions) => {
        const asOf = options.asOf === undefined ? {} : { asOf: parseInstant(options.asOf) };
        const market = await connectAs(options);
        try {
          const { rows, total, ...answer } = await market.registry.register({ isin, ...asOf });
          const told = rows.map(({ quantity, locked, ...row }) => ({
            ...row,
            quantity: quantity.toString(),
            locked: locked.toString(),
          }));
          const document = { isin: answer.isin, asOf: answer.asOf, total: total.toString(), rows: told };
          context.terminal.result(options.json === true, document, () => {
            const columns = [
              ...['Institution', 'Account', 'Name'].map((title) => ({ title })),
              ...['Quantity', 'of which locked'].map((title) => ({ title, numeric: true as const })),
            ];
            const lines = rows.map(({ institution, account, name, quantity, locked }) => [
              ...[institution, account, name],
              ...[grouped(quantity), grouped(locked)],
            ]);
            const state = answer.final ? 'final' : 'may still change';
            const issued = answer.issued === undefined ? '' : `; issued ${grouped(answer.issued)}`;
            const heading = `Register of ${answer.isin} as of ${answer.asOf} (${state}${issued})`;
            return `${heading}\n\n${textTable(columns, lines, [['Total', '', '', grouped(total), '']])}`;
          });
        } finally {
          await market.close();
        }
        return 0;
      }),
    );
}

interface CalendarOptions extends CallerOptions {
  readonly from?: string;
  readonly to?: string;
}

function addCalendar(program: Command, context: CommandContext): void {
  withCaller(program.command('calendar'))
    .summary('the business days of the market')
    .option('--from <date>', 'YYYY-MM-DD (default: the current business date)')
    .option('--to <date>', 'YYYY-MM-DD (default: the last day of the last year whose holidays are named)')
    .addHelpText('after', '\nExample:\n  kessai calendar --from 2024-01-01 --to 2024-01-31')
    .action(
      acting(context, async ({ from, to, json, ...options }: CalendarOptions) => {
        const market = await connectAs({ ...options, ...asked(options) });
        try {
          const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
          const { days } = await market.registry.calendar(period);
          context.terminal.result(json === true, { days: [...days] }, () => days.join('\n'));
        } finally {
          await market.close();
        }
        return 0;
      }),
    );
}

/** Everybody knows the calendar: where nobody is named an operator of the network is asked. */
function asked({ as, dir, profile }: CallerOptions): Pick<CallerOptions, 'as'> {
  if (as !== undefined || profile !== undefined) return {};
  const operator = openNetwork(dir).record.topology.organisations.find(({ role }) => role === 'operator');
  return operator === undefined ? {} : { as: operator.mspId };
}
