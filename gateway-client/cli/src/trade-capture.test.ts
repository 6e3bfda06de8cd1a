import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InstructionRequest, Market } from '@kessai/gateway-client';
import { InputError } from './input/input-fault';
import { captureTrades } from './trade-capture';

const header = 'tradeId,time,isin,quantity,price,seller,sellerAccount,buyer,buyerAccount';
const row = (tradeId: string, buyerAccount = 'B-1'): string =>
  [
    tradeId,
    '2023-03-01T01:00:00.000Z',
    'JP3371200001',
    '100',
    '42500',
    'AlphaMSP',
    'A-1',
    'BetaMSP',
    buyerAccount,
  ].join(',');

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-capture-'));
  file = join(directory, 'trades.csv');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Sent {
  readonly id: string;
  readonly trades: readonly { readonly tradeId: string; readonly buyer: { readonly account: string } }[];
}

/** A market that records a trade once, and knows no account NOBODY: in that order of reasons. */
class RecordingMarket {
  readonly recorded: string[] = [];
  sent = 0;
  readonly #instructions = new Set<string>();

  /** As much of it as captures trades. */
  get market(): Market {
    return { instruct: async (all: readonly InstructionRequest[]) => all.map((one) => this.#executed(one)) } as never;
  }

  #executed({ request }: InstructionRequest): object {
    this.sent += 1;
    const { id, trades } = request as unknown as Sent;
    if (this.#instructions.has(id)) return { outcome: 'exists' };
    const nobody = trades.findIndex(({ buyer }) => buyer.account === 'NOBODY');
    if (nobody >= 0) return refused({ code: 'AccountUnknown', field: `trades[${nobody.toString()}].buyer.account` });
    const indexes = trades.flatMap(({ tradeId }, index) => (this.recorded.includes(tradeId) ? [index] : []));
    const [first] = indexes;
    if (first !== undefined) {
      return refused({ code: 'TradeCaptured', field: `trades[${first.toString()}].tradeId`, indexes });
    }
    this.#instructions.add(id);
    this.recorded.push(...trades.map(({ tradeId }) => tradeId));
    return { outcome: 'created' };
  }
}

function refused(error: object): object {
  return { outcome: 'refused', error };
}

describe('a file of captured trades', () => {
  const capture = async (market: RecordingMarket, ...rows: readonly string[]) => {
    writeFileSync(file, [header, ...rows].join('\n'));
    return captureTrades(market.market, file, () => undefined);
  };

  test('that begins with one more line is not captured twice, and takes no request for each of its trades', async () => {
    const market = new RecordingMarket();
    const rows = Array.from({ length: 1_500 }, (_, n) => row(`E-${n.toString()}`));
    expect(await capture(market, ...rows)).toEqual({ trades: 1_500, captured: 1_500, exists: 0, refused: [] });
    market.sent = 0;
    // All parts begin elsewhere now.
    expect(await capture(market, row('E-new'), ...rows)).toEqual({
      ...{ trades: 1_501, captured: 1, exists: 1_500, refused: [] },
    });
    expect(market.sent).toBe(3);
    expect(market.recorded).toHaveLength(1_501);
  });

  test('in which one trade is wrong is captured without it, and when it is mended with it alone', async () => {
    const market = new RecordingMarket();
    const rows = ['E-1', 'E-2', 'E-3'].map((tradeId) => row(tradeId));
    const wrong = [rows[0] ?? '', row('E-2', 'NOBODY'), rows[2] ?? ''];
    expect(await capture(market, ...wrong)).toMatchObject({ captured: 2, exists: 0, refused: [{ line: 3 }] });
    expect(await capture(market, ...wrong)).toMatchObject({ captured: 0, exists: 2, refused: [{ line: 3 }] });
    expect(await capture(market, ...rows)).toEqual({ trades: 3, captured: 1, exists: 2, refused: [] });
    expect(market.recorded.sort()).toEqual(['E-1', 'E-2', 'E-3']);
  });

  test('that names a trade twice is refused with both lines, and nothing is sent', async () => {
    const market = new RecordingMarket();
    const twice = capture(market, row('E-1'), row('E-2'), row('E-1', 'B-2'));
    await expect(twice).rejects.toThrow(InputError);
    await expect(twice).rejects.toMatchObject({
      faults: [{ file: 'trades.csv', line: 4, column: 1, field: 'tradeId', reason: 'E-1 was used before, in line 2' }],
    });
    expect(market.sent).toBe(0);
  });
});
