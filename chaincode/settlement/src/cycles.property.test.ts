import { beforeAll, describe, expect, test } from '@jest/globals';
import { corporateActions } from '@kessai/corporate-actions';
import type { JsonObject } from '@kessai/interface';
import {
  type Audit,
  type CallPick,
  type InstructionResult,
  MemoryMarket,
  RandomCalls,
  type SampleDay,
  audit,
  openSampleDay,
  usualCalls,
} from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import fc from 'fast-check';
import { settlement } from './index';

const contracts = {
  ...{ Registry: registry, Securities: securities, MoneyTokens: moneyTokens },
  ...{ Orders: orders, Settlement: settlement, CorporateActions: corporateActions },
};

const step = fc.record({
  kind: fc.constantFrom(...usualCalls),
  pick: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11), fc.nat(11)),
  /** Where the instructions are executed together: whether a cycle ends with this one. */
  ends: fc.nat(3).map((one) => one === 0),
});

/** A trade by the instruction that made it: its page is named otherwise where cycles begin and end elsewhere. */
interface MadeTrade {
  readonly by: number;
  readonly index: number;
}

/** An instruction that was executed in a cycle of its own, and what came of it. */
interface Executed {
  readonly caller: string;
  readonly method: string;
  readonly request: JsonObject;
  /** Of a sign-off: the trades that it names. */
  readonly settles: readonly MadeTrade[] | undefined;
  readonly result: unknown;
  /** Trades that it made. */
  readonly made: number;
  readonly ends: boolean;
}

/** Executes instructions one by one; each follows from the market as the ones before have left it. */
class OneByOne {
  readonly executed: Executed[] = [];
  readonly #calls: RandomCalls;
  /** Which instruction made the trades of a page. */
  readonly #makers = new Map<string, number>();
  #state: Audit;

  constructor(readonly day: SampleDay) {
    this.#calls = new RandomCalls(day);
    this.#state = this.#read();
  }

  async run(steps: readonly { kind: (typeof usualCalls)[number]; pick: CallPick; ends: boolean }[]): Promise<void> {
    for (const { kind, pick, ends } of steps) {
      const call = await this.#calls.of(kind, pick, this.#state);
      if (!call) continue;
      const { caller, method, approvedBy = [] } = call;
      const settles = method === 'Settlement:Settle' ? this.#named(call.request) : undefined;
      const request = settles
        ? { id: call.request['id'] ?? '', ...(settles.length === 0 ? {} : { trades: this.#pagesOf(settles) }) }
        : call.request;
      for (const one of [caller, ...approvedBy]) await this.#execute({ caller: one, method, request, settles, ends });
    }
  }

  async #execute(instruction: Omit<Executed, 'result' | 'made'>): Promise<void> {
    const before = this.#state;
    const { caller, method, request } = instruction;
    const result = await this.day.market.submit(caller, method, request);
    this.#state = this.#read();
    const { number } = await this.day.ask<{ readonly number: number }>('CsdMSP', 'Market:Progress');
    this.#makers.set(number.toString(), this.executed.length);
    this.executed.push({ ...instruction, result, made: this.#state.trades.length - before.trades.length });
  }

  /** Single trades in place of pages, on which there may be more elsewhere. */
  #named(request: JsonObject): readonly MadeTrade[] {
    const { pages = [], trades = [] } = request as {
      readonly pages?: readonly string[];
      readonly trades?: readonly { readonly page: string; readonly number: number }[];
    };
    const open = this.#state.trades.filter(({ page, status }) => pages.includes(page) && status !== 'rejected');
    return [...open, ...trades].map(({ page, number }) => ({ by: this.#makers.get(page) ?? -1, index: number }));
  }

  #pagesOf(trades: readonly MadeTrade[]): JsonObject[] {
    const pages = new Map([...this.#makers].map(([page, by]) => [by, page]));
    return trades.map(({ by, index }) => ({ page: pages.get(by) ?? '0', number: index }));
  }

  #read(): Audit {
    return audit(this.day.market.ledger, this.day.collections);
  }
}

/** Executes the same instructions in cycles that end where it is said. @returns how each ended. */
async function together(day: SampleDay, executed: readonly Executed[]): Promise<readonly InstructionResult[]> {
  const places = new Map<number, { readonly page: string; readonly first: number }>();
  const results: InstructionResult[] = [];
  let { number: cycle } = await day.ask<{ readonly number: number }>('CsdMSP', 'Market:Progress');
  let madeInCycle = 0;
  cycle += 1;
  for (const [index, { caller, method, request, settles, made, ends }] of executed.entries()) {
    places.set(index, { page: cycle.toString(), first: madeInCycle });
    madeInCycle += made;
    const trades = (settles ?? []).map((one) => {
      const { page = '0', first = 0 } = places.get(one.by) ?? {};
      return { page, number: first + one.index };
    });
    const named = trades.length > 0 ? { ...request, trades } : request;
    day.market.seal(caller, [{ method, request: named }]);
    if (!ends && index < executed.length - 1) continue;
    results.push(...(await day.market.cycle()));
    cycle += 1;
    madeInCycle = 0;
  }
  return results;
}

/** What the market has come to, but for the names and times of cycles. */
function stateOf(day: SampleDay): unknown {
  const {
    holdings,
    issued,
    held,
    journal,
    orders: all,
    trades,
    recorded,
    boards,
  } = audit(day.market.ledger, day.collections);
  const partyOf = ({ line: _, ...party }: (typeof trades)[number]['seller']) => party;
  return {
    ...{ holdings, issued, held, recorded, boards },
    journal: new Map([...journal].filter(([, { change, lockedChange }]) => change !== 0n || lockedChange !== 0n)),
    orders: all,
    trades: trades.map(({ page: _page, number: _number, ...trade }) => ({
      ...trade,
      seller: partyOf(trade.seller),
      buyer: partyOf(trade.buyer),
    })),
  };
}

/** How an instruction ended, without the transaction that sealed it and without the page that a sign-off named. */
function endOf(result: unknown): unknown {
  const { transactionId: _, page: _page, number: _number, ...rest } = result as Record<string, unknown>;
  return rest;
}

describe('Instructions that cycles execute together', () => {
  let opened: SampleDay;

  beforeAll(async () => {
    opened = await openSampleDay(new MemoryMarket({ contracts }));
  });

  test('come to what they come to one by one, wherever a cycle ends', async () => {
    const policy = fc.record({
      matching: fc.constantFrom('by-operator', 'continuous'),
      settlement: fc.constantFrom('by-operator', 'continuous'),
    });
    let trades = 0;
    await fc.assert(
      fc.asyncProperty(policy, fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), async (how, steps) => {
        const fork = async (): Promise<SampleDay> => {
          const day = opened.copyInto(new MemoryMarket({ contracts }));
          await day.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'policy', policy: how });
          return day;
        };
        const alone = new OneByOne(await fork());
        await alone.run(steps);
        const day = await fork();
        const results = await together(day, alone.executed);
        expect([...alone.day.market.failures, ...day.market.failures]).toEqual([]);
        expect(results.map(endOf)).toEqual(alone.executed.map(({ result }) => endOf(result)));
        expect(stateOf(day)).toEqual(stateOf(alone.day));
        trades += audit(day.market.ledger, day.collections).trades.length;
      }),
      { numRuns: 150 },
    );
    expect(trades).toBeGreaterThan(150);
  }, 600_000);
});
