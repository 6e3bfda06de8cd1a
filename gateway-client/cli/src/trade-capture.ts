import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import {
  type JsonObject,
  accountId,
  businessId,
  instant,
  isList,
  isin,
  mspId,
  price,
  quantity,
} from '@kessai/interface';
import type { Market } from '@kessai/gateway-client';
import { InputError, type InputFault } from './input/input-fault';
import { type Column, type Placed, readTable } from './input/table-file';

/** Trades in one instruction. */
const partSize = 1_000;

export interface CaptureReport {
  readonly trades: number;
  readonly captured: number;
  /** Captured before, by an earlier run or from another file. */
  readonly exists: number;
  readonly refused: readonly { readonly line: number; readonly error: JsonObject }[];
}

interface CapturedTrade {
  readonly tradeId: string;
  readonly time: string;
  readonly isin: string;
  readonly quantity: string;
  readonly price: string;
  readonly seller: string;
  readonly sellerAccount: string;
  readonly buyer: string;
  readonly buyerAccount: string;
}

const text = (codec: { decode(value: unknown, field: string): unknown }): Column<string> => ({
  parse: (value) => {
    codec.decode(value, '');
    return value;
  },
});

const columns = {
  ...{ tradeId: text(businessId), time: text(instant), isin: text(isin) },
  ...{ quantity: text(quantity), price: text(price) },
  ...{ seller: text(mspId), sellerAccount: text(accountId), buyer: text(mspId), buyerAccount: text(accountId) },
} as const;

/**
 * Records the matched trades of a file, part by part. A part is one instruction, whose id is made of its content: a file that is sent
 * again is not captured twice. Of a part that is refused the trades that are at fault, or were captured before, are left out, and the rest is
 * sent again.
 * @throws InputError where the file is malformed, with nothing sent; MarketError
 */
export async function captureTrades(
  market: Market,
  file: string,
  onProgress: (done: number, all: number) => void,
): Promise<CaptureReport> {
  const { rows, faults } = readTable(dirname(file), basename(file), columns);
  const wrong = [...faults, ...namedTwice(rows)];
  if (wrong.length > 0) throw new InputError(wrong);
  let captured = 0;
  let exists = 0;
  let done = 0;
  const refused: { line: number; error: JsonObject }[] = [];
  for (let from = 0; from < rows.length; from += partSize) {
    let part = rows.slice(from, from + partSize);
    while (part.length > 0) {
      const [result] = await market.instruct([{ method: 'Orders:CaptureTrades', request: requestOf(part) }]);
      if (result?.outcome === 'created') captured += part.length;
      if (result?.outcome === 'exists') exists += part.length;
      if (result?.outcome !== 'refused') break;
      const error = { ...(result.error as JsonObject) };
      const known = capturedBefore(error);
      exists += known.size;
      part = part.filter((_, index) => !known.has(index));
      if (known.size > 0) continue;
      const at = indexIn(error);
      const wrong = at === undefined ? part : part.slice(at, at + 1);
      refused.push(...wrong.map(({ line }) => ({ line, error })));
      part = part.filter((one) => !wrong.includes(one));
    }
    done = Math.min(rows.length, from + partSize);
    onProgress(done, rows.length);
  }
  return { trades: rows.length, captured, exists, refused };
}

function requestOf(part: readonly Placed<CapturedTrade>[]): JsonObject {
  const trades = part.map(({ row: { seller, sellerAccount, buyer, buyerAccount, ...terms } }) => ({
    ...terms,
    seller: { institution: seller, account: sellerAccount },
    buyer: { institution: buyer, account: buyerAccount },
  }));
  const digest = createHash('sha256').update(JSON.stringify(trades)).digest('hex');
  return { id: `capture-${digest.slice(0, 24)}`, trades };
}

/** A trade that the file names twice: the market would take the second for a repetition of the first. */
function namedTwice(rows: readonly Placed<CapturedTrade>[]): readonly InputFault[] {
  const lines = new Map<string, number>();
  return rows.flatMap(({ row: { tradeId }, line, fault }) => {
    const first = lines.get(tradeId);
    lines.set(tradeId, first ?? line);
    return first === undefined ? [] : [fault('tradeId', `${tradeId} was used before, in line ${first.toString()}`)];
  });
}

/** The trades of the part that the market has recorded before. */
function capturedBefore({ code, indexes }: JsonObject): ReadonlySet<number> {
  return new Set(code === 'TradeCaptured' && isList(indexes) ? indexes.map(Number) : []);
}

/** Which trade of the part the refusal names; undefined where it is about all of them. */
function indexIn(error: JsonObject): number | undefined {
  const { field } = error;
  const found = typeof field === 'string' ? /^trades\[(\d+)\]/.exec(field)?.[1] : undefined;
  return found === undefined ? undefined : Number(found);
}
