import { describe, expect, test } from '@jest/globals';
import {
  MemoryMarket,
  type SamplePosting,
  foundSampleMarket,
  placeInstrument,
  position,
  postTo,
  sampleTerms,
} from '@kessai/ledger/tools';
import type { AccountId } from '@kessai/interface';
import { type Posting, pageNumber } from '@kessai/ledger';
import fc from 'fast-check';
import { registry } from './index';

const isin = 'JP3371200001';
const start = Date.parse('2023-03-01T00:00:00.000Z');
const runs = 1_000;

/** One step of a market's life. Times are milliseconds after the step before. */
type Step =
  | { readonly kind: 'issue'; readonly quantity: bigint; readonly after: number; readonly ahead: number }
  | {
      readonly kind: 'move';
      readonly from: number;
      readonly to: number;
      readonly share: number;
      readonly after: number;
      readonly ahead: number;
    }
  | {
      readonly kind: 'lock';
      readonly from: number;
      readonly share: number;
      readonly after: number;
      readonly ahead: number;
    }
  | { readonly kind: 'tick'; readonly after: number }
  | { readonly kind: 'day'; readonly after: number }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'ask'; readonly back: number };

const accounts = [
  ['IssuerMSP', 'TREASURY'],
  ['AlphaMSP', 'A-1'],
  ['AlphaMSP', 'A-2'],
  ['BetaMSP', 'B-1'],
  ['BetaMSP', 'B-2'],
] as const;

const after = fc.constantFrom(0, 0, 1, 1_000, 60_000);
// Senders' clocks: most are right, some run ahead, even past the clock's next advances.
const ahead = fc.constantFrom(0, 0, 0, 1, 5_000, 3_600_000, 86_400_000);
const account = fc.nat({ max: accounts.length - 1 });
const share = fc.integer({ min: 1, max: 100 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('issue' as const), quantity: fc.bigInt(1n, 1_000n), after, ahead }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('move' as const), from: account, to: account, share, after, ahead }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lock' as const), from: account, share, after, ahead }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tick' as const), after }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('day' as const), after }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'snapshot' as const }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), back: fc.nat({ max: 200_000 }) }) },
);

interface Posted {
  readonly sequence: number;
  readonly time: number;
  /** Changes per account, in total and locked. */
  readonly changes: readonly { readonly account: number; readonly change: bigint; readonly locked: bigint }[];
  readonly issued: bigint;
}

/**
 * The oracle: keeps every posting and every advance and adds them up from the beginning, by the definition of a past instant and
 * nothing else. It knows no snapshots. A posting is no earlier than the last one, under the same sequence, of balances it builds on.
 */
class Replay {
  readonly ticks: number[] = [start];
  readonly posted: Posted[] = [];
  readonly #latest = new Map<string, { readonly sequence: number; readonly time: number }>();

  post(dated: number, { changes, issued }: Pick<Posted, 'changes' | 'issued'>): void {
    const sequence = this.ticks.length - 1;
    const touched = changes.map(({ account }) => {
      const [institution, name] = accounts[account] ?? ['', ''];
      return `${institution}/${pageNumber(name as AccountId, sampleTerms.registerPages).toString()}`;
    });
    const times = touched.map((page) => this.#latest.get(page)).filter((last) => last?.sequence === sequence);
    const time = Math.max(dated, ...times.map((last) => last?.time ?? 0));
    for (const page of touched) this.#latest.set(page, { sequence, time });
    this.posted.push({ sequence, time, changes, issued });
  }

  register(at: number): { readonly rows: ReadonlyMap<string, string>; readonly issued: bigint } {
    const interval = this.ticks.findLastIndex((time) => time <= at);
    const happened = this.posted.filter(
      ({ sequence, time }) => sequence < interval || (sequence === interval && time <= at),
    );
    return this.#sum(happened);
  }

  now(): { readonly rows: ReadonlyMap<string, string>; readonly issued: bigint } {
    return this.#sum(this.posted);
  }

  available(index: number): bigint {
    const changes = this.posted.flatMap(({ changes }) => changes).filter((one) => one.account === index);
    return changes.reduce((sum, { change, locked }) => sum + change - locked, 0n);
  }

  #sum(happened: readonly Posted[]) {
    const rows = new Map<string, string>();
    for (const [index, [institution, name]] of accounts.entries()) {
      const changes = happened.flatMap(({ changes }) => changes).filter((one) => one.account === index);
      const quantity = changes.reduce((sum, { change }) => sum + change, 0n);
      const locked = changes.reduce((sum, one) => sum + one.locked, 0n);
      if (quantity > 0n) rows.set(`${institution}/${name}`, `${quantity.toString()}/${locked.toString()}`);
    }
    return { rows, issued: happened.reduce((sum, { issued }) => sum + issued, 0n) };
  }
}

interface Answer {
  readonly final: boolean;
  readonly total: string;
  readonly issued: string;
  readonly rows: readonly { institution: string; account: string; quantity: string; locked: string }[];
}

/** A market and its oracle side by side. */
class Life {
  readonly market = new MemoryMarket({ contracts: { Registry: registry } });
  readonly replay = new Replay();
  /** Final answers given, which must stay. */
  readonly given = new Map<number, Answer>();
  #now = start;
  #day = 1;
  #locks = 0;
  readonly #snapshots: boolean;
  snapshotsTaken = 0;

  constructor(snapshots: boolean) {
    this.#snapshots = snapshots;
  }

  static async begin(snapshots: boolean): Promise<Life> {
    const life = new Life(snapshots);
    await foundSampleMarket(life.market);
    placeInstrument(life.market.ledger);
    life.#now = Date.parse(life.market.now);
    await life.#advance('open');
    return life;
  }

  get sequence(): number {
    return this.replay.ticks.length - 1;
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'ask') return this.#ask(Math.max(start, this.#now - step.back));
    if (step.kind === 'snapshot') return this.#snapshot();
    this.#now += step.after;
    if (step.kind === 'tick') return this.#advance(this.#phase);
    if (step.kind === 'day') return this.#turnOfDay();
    return this.#post(step);
  }

  /** Asks at every instant at which something may have changed, and just before, and again at those asked for earlier. */
  async askEverywhere(): Promise<void> {
    const instants = [...this.replay.ticks, ...this.replay.posted.map(({ time }) => time), ...this.given.keys()];
    for (const at of new Set(instants.flatMap((time) => [time - 1, time]))) {
      if (at >= start && at <= this.#now) await this.#ask(at);
    }
  }

  async asOf(at: number | undefined): Promise<Answer> {
    const request = at === undefined ? { isin } : { isin, asOf: new Date(at).toISOString() };
    return (await this.#at(this.#now).evaluate('CsdMSP', 'Registry:Register', request)) as unknown as Answer;
  }

  async #ask(at: number): Promise<void> {
    const answer = await this.asOf(at);
    const expected = this.replay.register(at);
    expect(rowsOf(answer)).toEqual(expected.rows);
    expect([answer.total, answer.issued]).toEqual([expected.issued.toString(), expected.issued.toString()]);
    expect(answer.final).toBe(at < (this.replay.ticks.at(-1) ?? start));
    const earlier = this.given.get(at);
    if (earlier) expect(answer.rows).toEqual(earlier.rows);
    if (answer.final) this.given.set(at, answer);

    const live = await this.asOf(undefined);
    const now = this.replay.now();
    expect(rowsOf(live)).toEqual(now.rows);
    expect([live.total, live.issued, live.final]).toEqual([now.issued.toString(), now.issued.toString(), false]);
  }

  /** The next transaction is dated so. */
  #at(time: number): MemoryMarket {
    this.market.wait(time - Date.parse(this.market.now));
    return this.market;
  }

  #phase: 'open' | 'closed' = 'closed';

  async #advance(phase: 'open' | 'closed'): Promise<void> {
    const businessDate = `2023-03-${this.#day.toString().padStart(2, '0')}`;
    const request = { from: this.sequence, businessDate, phase };
    const answer = await this.#at(this.#now).submit('CsdMSP', 'Registry:AdvanceClock', request);
    expect(answer).toEqual({ outcome: 'created' });
    this.#phase = phase;
    this.replay.ticks.push(this.#now);
  }

  async #turnOfDay(): Promise<void> {
    await this.#advance('closed');
    await this.#snapshot();
    this.#day += 1;
    this.#now += 1_000;
    await this.#advance('open');
  }

  async #snapshot(): Promise<void> {
    if (!this.#snapshots || this.#phase !== 'closed') return;
    const answer = await this.#at(this.#now).submit('CsdMSP', 'Registry:Snapshot', { isin });
    expect(answer).toEqual({ outcome: 'created' });
    this.snapshotsTaken += 1;
  }

  async #post(step: Extract<Step, { readonly ahead: number }>): Promise<void> {
    const lines = this.#lines(step);
    if (!lines) return;
    const time = this.#now + step.ahead;
    const txId = (0xffff - this.replay.posted.length).toString(16).padStart(64, '0');
    const posting: SamplePosting = { lines: lines.lines, txId, time: new Date(time).toISOString() };
    expect(await postTo(this.market.ledger, posting)).toBeUndefined();
    this.replay.post(time, lines);
  }

  #lines(
    step: Extract<Step, { readonly ahead: number }>,
  ): (Omit<Posted, 'sequence' | 'time'> & { lines: Posting[] }) | undefined {
    const line = (index: number, change: bigint, lock?: string): Posting => ({
      position: position(accounts[index]?.[0] ?? '', accounts[index]?.[1] ?? ''),
      part: lock === undefined ? 'available' : { lock, reason: 'pledge' },
      change,
      field: 'quantity',
    });
    if (step.kind === 'issue') {
      const { quantity } = step;
      const changes = [{ account: 0, change: quantity, locked: 0n }];
      return { lines: [{ supply: sampleTerms, change: -quantity }, line(0, quantity)], changes, issued: quantity };
    }
    const quantity = (this.replay.available(step.from) * BigInt(step.share)) / 100n;
    if (quantity === 0n || (step.kind === 'move' && step.from === step.to)) return undefined;
    if (step.kind === 'lock') {
      this.#locks += 1;
      const changes = [{ account: step.from, change: 0n, locked: quantity }];
      return {
        lines: [line(step.from, -quantity), line(step.from, quantity, `lock-${this.#locks.toString()}`)],
        changes,
        issued: 0n,
      };
    }
    const changes = [
      { account: step.from, change: -quantity, locked: 0n },
      { account: step.to, change: quantity, locked: 0n },
    ];
    return { lines: [line(step.from, -quantity), line(step.to, quantity)], changes, issued: 0n };
  }
}

function rowsOf({ rows }: Answer): ReadonlyMap<string, string> {
  return new Map(
    rows.map(({ institution, account: name, quantity, locked }) => [`${institution}/${name}`, `${quantity}/${locked}`]),
  );
}

const life = fc.array(step, { minLength: 5, maxLength: 30 });

describe('the register of owners, as of any instant', () => {
  test('equals a replay of all postings, equals issued supply, and once final never changes', async () => {
    let snapshots = 0;
    await fc.assert(
      fc.asyncProperty(life, async (steps) => {
        const one = await Life.begin(true);
        for (const each of steps) await one.take(each);
        await one.askEverywhere();
        snapshots += one.snapshotsTaken;
      }),
      { numRuns: runs },
    );
    // Otherwise the law would hold of journals alone.
    expect(snapshots).toBeGreaterThan(runs / 4);
  }, 240_000);

  test('is the same whether snapshots were taken or not', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (steps) => {
        const [withThem, without] = [await Life.begin(true), await Life.begin(false)];
        for (const each of steps) {
          await withThem.take(each);
          await without.take(each);
        }
        for (const { time } of without.replay.posted) {
          const at = Math.min(time, ...without.replay.ticks.slice(-1));
          expect((await withThem.asOf(at)).rows).toEqual((await without.asOf(at)).rows);
        }
      }),
      { numRuns: 200 },
    );
  }, 120_000);
});
