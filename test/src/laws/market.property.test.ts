import { beforeAll, describe, expect, test } from '@jest/globals';
import { type JsonObject, isRejection } from '@kessai/interface';
import {
  type Audit,
  type Instruction,
  MemoryMarket,
  SampleDay,
  faultsOfBoards,
  faultsOfCaptured,
  faultsOfLocks,
  faultsOfParties,
  faultsOfSelfTrades,
  faultsOfValue,
  limitOfSequencesMs,
  obayashi,
  openSampleDay,
  sampleFounding,
  sampleNeedOf,
  sequences,
} from '@kessai/ledger/tools';
import fc from 'fast-check';
import { allContracts as contracts } from '../support/all-contracts';
import { ExecutedMarket } from './executed-market';
import { type MarketState, auditOf, stateOf } from './market-state';
import {
  type Instructed,
  RandomInstructions,
  type Sequence,
  type Step,
  altered,
  eveningEvents,
  sequence,
} from './random-instructions';
import { faultsOfAdvices, faultsOfRegisters } from './told';

/**
 * A trade by the instruction that made it: its page is named otherwise where cycles begin and end elsewhere. The index is that among the
 * trades of the instruction, or among those of one of its parties.
 */
interface MadeTrade {
  readonly by: number;
  readonly index: number;
}

type Parties = Pick<Audit['trades'][number], 'seller' | 'buyer'>;

/** An instruction that was executed in a cycle of its own. */
interface Executed {
  readonly caller: string;
  readonly method: string;
  readonly request: JsonObject;
  readonly goodUntil: string | undefined;
  /** Of a sign-off: the trades that it names. */
  readonly settles: readonly MadeTrade[] | undefined;
  /** Of a cancellation: the trade that it names, by its line among the caller's. */
  readonly cancels: MadeTrade | undefined;
  /** Trades that it made. */
  readonly made: readonly Parties[];
  readonly joins: boolean;
  readonly ends: boolean;
}

function faultsOf(audited: Audit): readonly string[] {
  return [
    ...faultsOfValue(audited),
    ...faultsOfBoards(audited),
    ...faultsOfLocks(audited, sampleNeedOf),
    ...faultsOfParties(audited),
    ...faultsOfSelfTrades(audited),
    ...faultsOfCaptured(audited),
  ];
}

function expectSame<T extends MarketState | readonly string[]>(actual: T, expected: T): void {
  // The comparison of texts is by far the faster one; the other says where they differ.
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

/** Executes instructions one by one; each follows from the market as the ones before have left it. */
class OneByOne {
  readonly executed: Executed[] = [];
  readonly market: ExecutedMarket;
  readonly #instructions: RandomInstructions;
  /** Which instruction made the trades of a page. */
  readonly #makers = new Map<string, number>();
  state: Audit;

  constructor(market: ExecutedMarket) {
    this.market = market;
    this.#instructions = new RandomInstructions(market.day);
    this.state = auditOf(market.day);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      const again = this.#again(step);
      if (again) await this.#execute(again);
      else await this.#instruct(step);
    }
  }

  /** An earlier instruction once more, as it was or altered. */
  #again({ kind, pick: [one, two], joins, ends }: Step): Omit<Executed, 'made'> | undefined {
    const earlier = this.executed[(one * 12 + two) % Math.max(1, this.executed.length)];
    if (!earlier || (kind !== 'repeat' && kind !== 'alter')) return undefined;
    const request = kind === 'alter' ? altered(earlier.request, two) : earlier.request;
    return { ...earlier, request, joins, ends };
  }

  async #instruct(step: Step): Promise<void> {
    const call: Instructed | undefined = await this.#instructions.of(step, this.state);
    if (!call) return;
    const { caller, method, approvedBy = [], goodUntil } = call;
    const settles = method === 'Settlement:Settle' ? this.#named(call.request) : undefined;
    const cancels = method === 'Orders:CancelTrade' ? this.#lineOf(call.request) : undefined;
    const request = settles ? { id: call.request['id'] ?? '' } : cancels ? {} : call.request;
    const { joins, ends } = step;
    for (const one of [caller, ...approvedBy])
      await this.#execute({ caller: one, method, request, goodUntil, settles, cancels, joins, ends });
  }

  async #execute(instruction: Omit<Executed, 'made'>): Promise<void> {
    const { caller, method, request, goodUntil, settles, cancels } = instruction;
    const trades = settles && settles.length > 0 ? { trades: this.#pagesOf(settles) } : {};
    const [line = {}] = cancels ? this.#pagesOf([cancels]) : [];
    this.#makers.set(this.market.next.toString(), this.executed.length);
    this.market.seal(caller, [
      { method, request: { ...request, ...trades, ...line }, ...(goodUntil === undefined ? {} : { goodUntil }) },
    ]);
    const written = await this.market.cycle();
    const result = this.market.results.at(-1);
    // What is refused, and what exists already, changes nothing at all.
    if (result?.includes('"outcome":"created"') !== true && written.length > 0)
      expect({ result, written }).toEqual({ result, written: [] });
    const before = this.state.trades.length;
    this.state = auditOf(this.market.day);
    const faults = faultsOf(this.state);
    if (faults.length > 0) expect({ method, request, result, faults }).toEqual({ method, request, result, faults: [] });
    this.executed.push({ ...instruction, made: this.state.trades.slice(before) });
  }

  /** Single trades in place of pages, on which there may be more elsewhere. */
  #named(request: JsonObject): readonly MadeTrade[] {
    const { pages = [], trades = [] } = request as {
      readonly pages?: readonly string[];
      readonly trades?: readonly { readonly page: string; readonly number: number }[];
    };
    const open = this.state.trades.filter(({ page, status }) => {
      return pages.includes(page) && !['rejected', 'cancelled', 'lapsed'].includes(status);
    });
    return [...open, ...trades].map(({ page, number }) => ({ by: this.#makers.get(page) ?? -1, index: number }));
  }

  #lineOf(request: JsonObject): MadeTrade {
    const { page, number: index } = request as { readonly page: string; readonly number: number };
    return { by: this.#makers.get(page) ?? -1, index };
  }

  #pagesOf(trades: readonly MadeTrade[]): JsonObject[] {
    const pages = new Map([...this.#makers].map(([page, by]) => [by, page]));
    return trades.map(({ by, index }) => ({ page: pages.get(by) ?? '0', number: index }));
  }
}

/** Where a sequence is cut: after which instructions a cycle ends, and which are sealed together. */
interface Cut {
  readonly ends: (one: Executed) => boolean;
  readonly joins: (one: Executed) => boolean;
}
const oneCycle: Cut = { ends: () => false, joins: () => false };
const anyCycles: Cut = { ends: ({ ends }) => ends, joins: ({ joins }) => joins };

/** Executes the same instructions, cut in another way. A snapshot is of what stood before its cycle: one begins with each. */
async function cutInto(market: ExecutedMarket, executed: readonly Executed[], cut: Cut): Promise<void> {
  const places = new Map<number, Place>();
  let group:
    { readonly caller: string; readonly instructions: Parameters<ExecutedMarket['seal']>[1][number][] } | undefined;
  let madeInCycle: Parties[] = [];
  let began = 0;
  const sealGroup = (): void => {
    if (group) market.seal(group.caller, group.instructions);
    group = undefined;
  };
  for (const [index, one] of executed.entries()) {
    const { caller, method, request, goodUntil, settles, cancels, made } = one;
    const before = executed[index - 1];
    if (before && index > began && (cut.ends(before) || method === 'Registry:Snapshot')) {
      sealGroup();
      await market.cycle();
      madeInCycle = [];
      began = index;
    }
    places.set(index, { page: market.next.toString(), before: madeInCycle });
    madeInCycle = [...madeInCycle, ...made];
    const trades = (settles ?? []).map(({ by, index: line }) => {
      const { page = '0', before: earlier = [] } = places.get(by) ?? {};
      return { page, number: earlier.length + line };
    });
    if (group?.caller !== caller || !cut.joins(one)) sealGroup();
    group ??= { caller, instructions: [] };
    const named = {
      ...request,
      ...(trades.length > 0 ? { trades } : {}),
      ...(cancels ? lineIn(places.get(cancels.by), caller, cancels, executed[cancels.by]?.made) : {}),
    };
    group.instructions.push({ method, request: named, ...(goodUntil === undefined ? {} : { goodUntil }) });
  }
  sealGroup();
  await market.cycle();
}

/** The page to which an instruction adds, and the trades that the cycle had made before it. */
interface Place {
  readonly page: string;
  readonly before: readonly Parties[];
}

/** A line that the trades of its instruction do not have is none of the cycle's either, which may have made more. */
const noLine = 999_999;

function lineIn(
  place: Place | undefined,
  caller: string,
  { index }: MadeTrade,
  made: readonly Parties[] = [],
): JsonObject {
  const number = index < linesOf(caller, made) ? linesOf(caller, place?.before ?? []) + index : noLine;
  return { page: place?.page ?? '0', number };
}

/** On the page of a member each side of a trade that is its own is a line. */
function linesOf(member: string, trades: readonly Parties[]): number {
  return trades.flatMap(({ seller, buyer }) => [seller, buyer]).filter(({ institution }) => institution === member)
    .length;
}

/** What a cycle has taken is not taken again, and a number that has been is not executed again. */
async function expectTakenOnce({ day, taken, next }: ExecutedMarket): Promise<void> {
  const again = await day.market.decideCycle({ number: next - 1, submissions: taken });
  if (isRejection(again) || again.outcome !== 'exists' || again.writes.length > 0)
    throw new Error('A cycle came twice');
  for (const submission of [taken[0], taken.at(-1)]) {
    if (!submission) continue;
    const { member, transactionId, place } = submission;
    const more = await day.market.decideCycle({ number: next, submissions: [{ member, transactionId, place }] });
    if (!isRejection(more) || more.code !== 'SubmissionOutOfOrder') throw new Error('A submission was taken twice');
  }
}

/** Counts how often something ended in which way. */
class Tally {
  readonly counts = new Map<string, number>();
  total = 0;

  add(results: readonly string[]): void {
    for (const result of results) {
      this.total += 1;
      const { method, outcome, error } = JSON.parse(result) as {
        method: string;
        outcome: string;
        error?: { code: string };
      };
      for (const name of [outcome, `${method} ${outcome}`, ...(error ? [error.code] : [])]) {
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      }
    }
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }
}

/** The same day, come to in a cycle instead of a hundred: what has less history is looked through faster. */
async function inOneCycle({ market: opened }: SampleDay): Promise<SampleDay> {
  const market = new MemoryMarket({ contracts });
  const day = new SampleDay(market);
  await market.submit('ExchangeMSP', 'Registry:Found', sampleFounding);
  const sealed = day.inboxes.flatMap((inbox) =>
    opened.ledger.contents(inbox).map(({ key, value }) => ({ member: inbox.replace(/_inbox$/, ''), key, value })),
  );
  for (const { member, value } of sealed.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    market.seal(member, (JSON.parse(value) as { readonly instructions: readonly Instruction[] }).instructions);
  }
  await market.runCycle();
  if (market.failures.length > 0) throw new Error('The day was not opened');
  return day;
}

const tries = sequences(process.env, 150, 1_500);

describe('A market of all contracts', () => {
  const opened = new Map<string, SampleDay>();
  const nameOf = ({ matching, settlement, evening }: Omit<Sequence, 'steps'>): string =>
    `${matching} ${settlement} ${evening}`;

  beforeAll(async () => {
    const day = await inOneCycle(await openSampleDay(new MemoryMarket({ contracts })));
    for (const matching of ['by-operator', 'continuous'] as const) {
      for (const settlement of ['by-operator', 'continuous'] as const) {
        const open = day.copyInto(new MemoryMarket({ contracts }));
        await open.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'policy', policy: { matching, settlement } });
        opened.set(nameOf({ matching, settlement, evening: false }), open);
        const closed = open.copyInto(new MemoryMarket({ contracts }));
        for (const { caller, method, request } of eveningEvents) closed.market.seal(caller, [{ method, request }]);
        await closed.market.runCycle();
        await closed.advance('closed');
        await closed.openDay('2023-03-02');
        await closed.advance('closed');
        // The other's register is still to be kept.
        await closed.record('CsdMSP', 'Registry:Snapshot', { isin: obayashi });
        opened.set(nameOf({ matching, settlement, evening: true }), closed);
      }
    }
  });

  const fork = async (of: Sequence): Promise<ExecutedMarket> => {
    const day = opened.get(nameOf(of));
    if (!day) throw new Error('Every kind of day is opened');
    return ExecutedMarket.of(day.copyInto(new MemoryMarket({ contracts })));
  };

  test(
    'comes to the same however its instructions are cut into cycles, and keeps its laws at each step',
    async () => {
      const tally = new Tally();
      await fc.assert(
        fc.asyncProperty(sequence, async (what) => {
          const alone = new OneByOne(await fork(what));
          const before = alone.state;
          await alone.run(what.steps);
          const state = stateOf(alone.market.day, alone.state);
          for (const cut of [oneCycle, anyCycles]) {
            const market = await fork(what);
            const { day, next: first } = market;
            await cutInto(market, alone.executed, cut);
            expectSame(market.results, alone.market.results);
            const now = auditOf(day);
            expectSame(stateOf(day, now), state);
            expectSame([...market.faults, ...faultsOf(now)], []);
            if (day.market.failures.length > 0) expect(day.market.failures).toEqual([]);
            // What members and operators ask for comes to them from many cycles or from one.
            if (cut === oneCycle) continue;
            expectSame(
              [...(await faultsOfAdvices(day, first, before, now)), ...(await faultsOfRegisters(day, now))],
              [],
            );
            await expectTakenOnce(market);
          }
          expectSame(alone.market.faults, []);
          tally.add(alone.market.results);
        }),
        tries,
      );
      if (process.env['KESSAI_SEQUENCES'] !== undefined)
        console.log(`${tally.total} instructions: ${JSON.stringify(Object.fromEntries([...tally.counts].sort()))}`);
      expect(tally.of('created') / tally.total).toBeGreaterThan(0.5);
    },
    limitOfSequencesMs(process.env, 600_000),
  );
});
