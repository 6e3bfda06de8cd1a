import { describe, expect, test } from '@jest/globals';
import { type BusinessDate, isRejection } from '@kessai/interface';
import { type Posting, nextBusinessDay } from '@kessai/ledger';
import {
  type Instruction,
  MemoryMarket,
  SamplePostings,
  foundSampleMarket,
  limitOfSequencesMs,
  placeInstrument,
  position,
  sampleTerms,
  sequences,
} from '@kessai/ledger/tools';
import fc from 'fast-check';
import { registry } from './index';

const isin = 'JP3371200001';
const start = Date.parse('2023-03-01T00:00:00.000Z');
const tries = sequences(process.env, 300, 3_000);

/** What is sealed, until a cycle executes it. */
type Sealed =
  | { readonly kind: 'issue'; readonly quantity: bigint }
  | { readonly kind: 'move'; readonly from: number; readonly to: number; readonly share: number }
  | { readonly kind: 'lock' | 'release'; readonly from: number; readonly share: number }
  | { readonly kind: 'tick' }
  | { readonly kind: 'turn' }
  | { readonly kind: 'snapshot'; readonly institutions: readonly string[] };

/** One step of a market's life. Times are milliseconds. */
type Step =
  | Sealed
  | { readonly kind: 'cycle'; readonly after: number; readonly skew: number }
  | { readonly kind: 'ask'; readonly back: number };

const accounts = [
  ['IssuerMSP', 'TREASURY'],
  ['AlphaMSP', 'A-1'],
  ['AlphaMSP', 'A-2'],
  ['BetaMSP', 'B-1'],
  ['BetaMSP', 'B-2'],
] as const;
const holders = ['AlphaMSP', 'BetaMSP', 'IssuerMSP'];

const after = fc.constantFrom(0, 0, 1, 1_000, 60_000);
// Schedulers' clocks: most are right, some are behind, some run ahead.
const skew = fc.constantFrom(0, 0, 0, 1, -1, -60_000, 5_000, 3_600_000);
const account = fc.nat({ max: accounts.length - 1 });
const share = fc.integer({ min: 1, max: 100 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('issue' as const), quantity: fc.bigInt(1n, 1_000n) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('move' as const), from: account, to: account, share }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('lock' as const, 'release'), from: account, share }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('tick' as const, 'turn', 'turn') }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('snapshot' as const), institutions: fc.subarray(holders) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('cycle' as const), after, skew }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), back: fc.nat({ max: 200_000 }) }) },
);

/** What one posting does to an account, in total and locked. */
interface Change {
  readonly account: number;
  readonly change: bigint;
  readonly locked: bigint;
}

interface Posted {
  readonly changes: readonly Change[];
  readonly issued: bigint;
}

/**
 * The oracle: keeps what every cycle posted and adds it up from the beginning, by the definition of a past instant and nothing else. It
 * knows no snapshots.
 */
class Replay {
  readonly cycles: { readonly time: number; readonly posted: readonly Posted[] }[] = [];
  /** Sealed, and not yet executed. */
  waiting: Posted[] = [];

  run(dated: number): void {
    this.cycles.push({ time: Math.max(dated, this.last), posted: this.waiting });
    this.waiting = [];
  }

  get last(): number {
    return this.cycles.at(-1)?.time ?? start;
  }

  register(at = Infinity): { readonly rows: ReadonlyMap<string, string>; readonly issued: bigint } {
    const happened = this.cycles.filter(({ time }) => time <= at).flatMap(({ posted }) => posted);
    const rows = new Map<string, string>();
    for (const [index, [institution, name]] of accounts.entries()) {
      const { quantity, locked } = sumOf(happened, index);
      if (quantity > 0n) rows.set(`${institution}/${name}`, `${quantity.toString()}/${locked.toString()}`);
    }
    return { rows, issued: happened.reduce((sum, { issued }) => sum + issued, 0n) };
  }

  /** What an account will hold when all that waits has been executed. */
  soon(index: number): { readonly quantity: bigint; readonly locked: bigint } {
    return sumOf([...this.cycles.flatMap(({ posted }) => posted), ...this.waiting], index);
  }
}

function sumOf(posted: readonly Posted[], index: number): { readonly quantity: bigint; readonly locked: bigint } {
  const changes = posted.flatMap((one) => one.changes).filter((one) => one.account === index);
  return {
    quantity: changes.reduce((sum, { change }) => sum + change, 0n),
    locked: changes.reduce((sum, one) => sum + one.locked, 0n),
  };
}

interface Answer {
  readonly asOf: string;
  readonly final: boolean;
  readonly total: string;
  readonly issued: string;
  readonly rows: readonly { institution: string; account: string; quantity: string; locked: string }[];
}

/** A market and its oracle side by side. */
class Life {
  readonly market: MemoryMarket;
  readonly replay = new Replay();
  readonly #postings = new SamplePostings();
  /** Final answers given, which must stay. */
  readonly #given = new Map<number, Answer>();
  readonly #snapshots: boolean;
  #now = start;
  #day = 1;
  #businessDate = '2023-03-01' as BusinessDate;
  #phase: 'open' | 'closed' = 'closed';
  #sequence = 0;
  /** Of what waits: whether it must be recorded, or may be refused for a reason of the snapshots. */
  #expected: ('created' | 'open')[] = [];
  /** The day of the last snapshot that was tried. */
  #tried = 0;
  snapshotsTaken = 0;

  constructor(snapshots: boolean) {
    this.#snapshots = snapshots;
    this.market = new MemoryMarket({
      definitions: this.#postings.definitions,
      contracts: { Registry: registry, ...this.#postings.contracts },
    });
  }

  static async begin(snapshots: boolean): Promise<Life> {
    const life = new Life(snapshots);
    await foundSampleMarket(life.market);
    placeInstrument(life.market.ledger);
    life.#now = Date.parse(life.market.now);
    life.#advance('open');
    await life.#cycle(0);
    return life;
  }

  async take(one: Step): Promise<void> {
    if (one.kind === 'ask') await this.#ask(Math.max(start, this.#now - one.back));
    else if (one.kind === 'cycle') {
      this.#now += one.after;
      await this.#cycle(one.skew);
    } else if (one.kind === 'tick') this.#advance(this.#phase);
    else if (one.kind === 'turn') this.#turn();
    else if (one.kind === 'snapshot') this.#snapshot(one.institutions);
    else this.#post(one);
  }

  /** Asks at every instant at which something may have changed, and just before, and again at those asked for earlier. */
  async askEverywhere(): Promise<void> {
    await this.#cycle(0);
    const instants = [...this.replay.cycles.map(({ time }) => time), ...this.#given.keys()];
    for (const at of new Set(instants.flatMap((time) => [time - 1, time]))) {
      if (at >= start) await this.#ask(at);
    }
  }

  async asOf(at?: number): Promise<Answer> {
    const request = at === undefined ? { isin } : { isin, asOf: new Date(at).toISOString() };
    this.#dated(this.#now);
    return (await this.market.evaluate('CsdMSP', 'Registry:Register', request)) as unknown as Answer;
  }

  async #ask(at: number): Promise<void> {
    const answer = await this.asOf(at);
    const expected = this.replay.register(at);
    expect(rowsOf(answer)).toEqual(expected.rows);
    expect([answer.total, answer.issued]).toEqual([expected.issued.toString(), expected.issued.toString()]);
    expect(answer.final).toBe(at < this.replay.last);
    const earlier = this.#given.get(at);
    if (earlier) expect(answer.rows).toEqual(earlier.rows);
    if (answer.final) this.#given.set(at, answer);

    const live = await this.asOf();
    const now = this.replay.register();
    expect(rowsOf(live)).toEqual(now.rows);
    expect([live.total, live.issued, live.final]).toEqual([now.issued.toString(), now.issued.toString(), false]);
    expect(Date.parse(live.asOf)).toBe(Math.max(this.#now, this.replay.last));
  }

  /** The next transaction is dated so. */
  #dated(time: number): void {
    this.market.wait(time - Date.parse(this.market.now));
  }

  async #cycle(skewed: number): Promise<void> {
    // A cycle dated before the market was founded is dated like the last one too, but this clock begins there.
    const dated = Math.max(start, this.#now + skewed);
    this.#dated(dated);
    const results = await this.market.cycle();
    const expected = this.#expected;
    this.#expected = [];
    this.replay.run(dated);
    for (const [index, result] of results.entries()) {
      if (expected[index] === 'created') expect(result).toMatchObject({ outcome: 'created' });
      else if (isRejection(result)) expect(result.code).toBe('ClockTickNeeded');
      else if (result.outcome === 'created') this.snapshotsTaken += 1;
    }
    expect(results).toHaveLength(expected.length);
  }

  #seal(caller: string, instruction: Instruction, expected: 'created' | 'open' = 'created'): void {
    this.market.seal(caller, [instruction]);
    this.#expected.push(expected);
  }

  #advance(phase: 'open' | 'closed'): void {
    const businessDate = this.#businessDate;
    const request = { from: this.#sequence, businessDate, phase };
    this.#seal('CsdMSP', { method: 'Registry:AdvanceClock', request });
    this.#phase = phase;
    this.#sequence += 1;
  }

  /** The day ends, or the next one begins. */
  #turn(): void {
    if (this.#phase === 'closed') {
      this.#day += 1;
      this.#businessDate = nextBusinessDay(undefined, this.#businessDate) ?? this.#businessDate;
    }
    this.#advance(this.#phase === 'open' ? 'closed' : 'open');
  }

  /** At the end of a day: of this one, if it has not ended. */
  #snapshot(institutions: readonly string[]): void {
    if (this.#phase === 'open') this.#turn();
    if (!this.#snapshots) return;
    const request = { isin, ...(institutions.length > 0 ? { institutions } : {}) };
    // The first of a day is taken, unless something was posted in its own cycle before it.
    const free = this.#tried < this.#day && this.replay.waiting.length === 0;
    this.#tried = this.#day;
    this.#seal('CsdMSP', { method: 'Registry:Snapshot', request }, free ? 'created' : 'open');
    if (free) this.snapshotsTaken += 1;
  }

  #post(one: Extract<Sealed, { readonly quantity: bigint } | { readonly share: number }>): void {
    const posting = this.#postingOf(one);
    if (!posting) return;
    const { lines, ...posted } = posting;
    this.#seal('IssuerMSP', this.#postings.instruction(lines));
    this.replay.waiting.push(posted);
  }

  #postingOf(
    one: Extract<Sealed, { readonly quantity: bigint } | { readonly share: number }>,
  ): (Posted & { readonly lines: readonly Posting[] }) | undefined {
    if (one.kind === 'issue') {
      const { quantity } = one;
      const changes = [{ account: 0, change: quantity, locked: 0n }];
      return { lines: [{ supply: sampleTerms, change: -quantity }, line(0, quantity)], changes, issued: quantity };
    }
    const { quantity: held, locked } = this.replay.soon(one.from);
    const quantity = ((one.kind === 'release' ? locked : held - locked) * BigInt(one.share)) / 100n;
    if (quantity === 0n || (one.kind === 'move' && one.from === one.to)) return undefined;
    if (one.kind !== 'move') {
      const more = one.kind === 'lock' ? quantity : -quantity;
      return {
        lines: [line(one.from, -more), line(one.from, more, 'pledge')],
        changes: [{ account: one.from, change: 0n, locked: more }],
        issued: 0n,
      };
    }
    const changes = [
      { account: one.from, change: -quantity, locked: 0n },
      { account: one.to, change: quantity, locked: 0n },
    ];
    return { lines: [line(one.from, -quantity), line(one.to, quantity)], changes, issued: 0n };
  }
}

function line(index: number, change: bigint, part: 'available' | 'pledge' = 'available'): Posting {
  const [institution = '', name = ''] = accounts[index] ?? [];
  return { position: position(institution, name), part, change, field: 'quantity' };
}

function rowsOf({ rows }: Answer): ReadonlyMap<string, string> {
  return new Map(
    rows.map(({ institution, account: name, quantity, locked }) => [`${institution}/${name}`, `${quantity}/${locked}`]),
  );
}

const life = fc.array(step, { minLength: 5, maxLength: 40 });

describe('the register of owners, as of any instant', () => {
  test(
    'equals a replay of all cycles, equals issued supply, and once final never changes',
    async () => {
      let snapshots = 0;
      await fc.assert(
        fc.asyncProperty(life, async (steps) => {
          const one = await Life.begin(true);
          for (const each of steps) await one.take(each);
          await one.askEverywhere();
          snapshots += one.snapshotsTaken;
        }),
        tries,
      );
      // Otherwise the law would hold of journals alone.
      expect(snapshots).toBeGreaterThan(tries.numRuns / 4);
    },
    limitOfSequencesMs(process.env, 240_000),
  );

  test(
    'is the same whether snapshots were taken or not',
    async () => {
      await fc.assert(
        fc.asyncProperty(life, async (steps) => {
          const [withThem, without] = [await Life.begin(true), await Life.begin(false)];
          for (const each of steps) {
            await withThem.take(each);
            await without.take(each);
          }
          for (const { time } of without.replay.cycles) {
            expect((await withThem.asOf(time)).rows).toEqual((await without.asOf(time)).rows);
          }
        }),
        sequences(process.env, 200),
      );
    },
    limitOfSequencesMs(process.env, 120_000),
  );
});
