// The statement of an account for a period as CSV: every change of its balances in order, with what each came to.
//   node statement.js PROFILE ACCOUNT [FROM [TO]] > statement.csv          FROM and TO are business dates, YYYY-MM-DD
import { type RegistryStatementResponse, connect } from '@kessai/gateway-client';

const [profile = 'alpha.json', account = 'A-1003', from, to] = process.argv.slice(2);

const columns = [
  'businessDate',
  'time',
  'cycle',
  'reference',
  'unit',
  'change',
  'balance',
  'lockedBalance',
  'transactionId',
] as const;

/** A field of CSV as RFC 4180 has it. */
function field(value: string | number | bigint | undefined): string {
  const text = value?.toString() ?? '';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function main(): Promise<void> {
  await using market = await connect(profile);
  console.log(columns.join(','));
  const period = { account, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  // A long statement comes in parts of whole cycles.
  for (let fromCycle: number | undefined = 0; fromCycle !== undefined;) {
    const { entries, next }: RegistryStatementResponse = await market.registry.statement({ ...period, fromCycle });
    for (const entry of entries) console.log(columns.map((column) => field(entry[column])).join(','));
    fromCycle = next;
  }
}

void main();
