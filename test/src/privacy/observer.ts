import type { SeenCollection, SeenTransaction } from './seen';

/** A bilateral trade as it was: what an observer tries to find out. */
export interface TrueTrade {
  /** The transaction in which one party sealed its record of the trade. The observer is told which it was, and guesses the rest. */
  readonly transactionId: string;
  readonly recorder: string;
  readonly counterparty: string;
  readonly side: 'buy' | 'sell';
  readonly isin: string;
}

const subjects = ['counterparty', 'instrument', 'side'] as const;
export type Subject = (typeof subjects)[number];

/** Of all ways the one that was best in the first half of the trades: one guess, without the luck that the best of many has. */
export const bestWay = 'the way that was best in the first half, in the second';

interface Way {
  readonly how: string;
  readonly guess: (trade: TrueTrade) => string;
}

/** How often a way of guessing was right. */
export interface HitRate {
  readonly what: Subject;
  readonly how: string;
  readonly hits: number;
  readonly of: number;
  /** How often chance would be right. */
  readonly chance: number;
}

interface SeenCycle {
  readonly at: readonly [number, number];
  readonly sentAt: number;
  /** Places of the submissions that it took. */
  readonly taken: ReadonlySet<string>;
  readonly publicReads: ReadonlySet<string>;
  /** Hashes of keys, by collection. */
  readonly reads: ReadonlyMap<string, ReadonlySet<string>>;
  readonly writes: ReadonlyMap<string, ReadonlySet<string>>;
  /** By collection how what was read and written is listed: what of it is new, what is known from when. */
  readonly lists: ReadonlyMap<string, string>;
}

/** Cycles after the one that took the record in which the answer is looked for. */
const window = 8;
/** Cycles before and after in which a collection's usual list is looked for. */
const nearby = 20;
const none: ReadonlySet<string> = new Set();

/**
 * Who reads all blocks and has no key: it knows who sealed when, which inboxes each cycle read, and of every collection which hashes of
 * keys each cycle read and wrote.
 */
export class Observer {
  readonly #sealed: readonly SeenTransaction[];
  readonly #cycles: readonly SeenCycle[];
  readonly #institutions: readonly string[];
  readonly #random: () => number;
  /** For each cycle how many submissions it took of whom. */
  readonly #takenOf: readonly ReadonlyMap<string, number>[];
  /** For each cycle the list that is most frequent around it, by collection. */
  readonly #usual: readonly ReadonlyMap<string, string>[];
  readonly #beats: ReadonlyMap<string, number>;

  constructor(blocks: readonly SeenTransaction[], institutions: readonly string[], random: () => number) {
    this.#institutions = institutions;
    this.#random = random;
    this.#sealed = blocks.filter(({ valid, functionName }) => valid && functionName === 'Market:Instruct');
    this.#cycles = cyclesIn(
      blocks.filter(
        ({ valid, functionName, event }) => valid && functionName === 'Market:Cycle' && event !== undefined,
      ),
    );
    const makers = new Map(
      this.#sealed.map(({ creator, block, index }) => [`${block.toString()}/${index.toString()}`, creator]),
    );
    this.#takenOf = this.#cycles.map(({ taken }) => {
      const counts = new Map<string, number>();
      for (const place of taken) {
        const maker = makers.get(place) ?? '';
        counts.set(maker, (counts.get(maker) ?? 0) + 1);
      }
      return counts;
    });
    this.#usual = this.#cycles.map((_, index) =>
      usualLists(this.#cycles.slice(Math.max(0, index - nearby), index + nearby)),
    );
    this.#beats = new Map(institutions.map((member) => [member, usualGap(this.#sealed, member)]));
  }

  /** Everything that it can think of, and how often each was right. */
  guess(trades: readonly TrueTrade[]): readonly HitRate[] {
    const others = this.#institutions.length - 1;
    const isins = [...new Set(trades.map(({ isin }) => isin))];
    const chanceOf: Readonly<Record<Subject, number>> = {
      counterparty: 1 / others,
      instrument: 1 / isins.length,
      side: 1 / 2,
    };
    const half = Math.floor(trades.length / 2);
    const [known, unknown] = [trades.slice(0, half), trades.slice(half)];
    return subjects.flatMap((what) => {
      const chance = chanceOf[what];
      const ways = this.#ways(what, isins).map(({ how, guess }) => {
        const right = trades.map((trade) => guess(trade) === truthOf(what, trade));
        return { how, right, first: countOf(right.slice(0, half)) };
      });
      const [best] = [...ways].sort((one, other) => other.first - one.first);
      return [
        ...ways.map(({ how, right }) => ({ what, how, chance, hits: countOf(right), of: trades.length })),
        {
          ...{ what, chance, of: unknown.length, how: 'learnt from the other half of the trades' },
          hits: this.#learnt(known, unknown, what),
        },
        {
          ...{ what, chance, of: unknown.length, how: bestWay },
          hits: countOf(best?.right.slice(half) ?? []),
        },
      ];
    });
  }

  #ways(what: Subject, isins: readonly string[]): readonly Way[] {
    switch (what) {
      case 'counterparty':
        return Object.entries(this.#counterparties()).map(([how, scoreOf]) => ({
          how,
          guess: (trade) => this.#best(trade, scoreOf),
        }));
      case 'instrument':
        return [
          { how: 'the instrument that the cycle read', guess: (trade) => this.#instrument(trade, isins, 0) },
          { how: 'the instrument that the next cycle read', guess: (trade) => this.#instrument(trade, isins, 1) },
        ];
      case 'side':
        return [
          { how: 'whose books were used more', guess: (trade) => this.#side(trade, (...use) => this.#excess(...use)) },
          { how: 'whose books were news', guess: (trade) => this.#side(trade, (...use) => this.#news(...use)) },
        ];
    }
  }

  /** Ways to tell how much speaks for a member being the counterparty. */
  #counterparties(): Readonly<Record<string, (trade: TrueTrade, member: string) => number>> {
    return {
      'who sealed first after the record was executed': (trade, member) => {
        const at = this.#cycles[this.#cycleOf(trade)]?.at ?? [0, 0];
        const next = this.#sealed.findIndex(
          ({ creator, block, index }) => creator === member && isAfter([block, index], at),
        );
        return next < 0 ? Number.NEGATIVE_INFINITY : -next;
      },
      'in whose collection the cycle wrote more keys': (trade, member) =>
        this.#count('writes', this.#cycleOf(trade), member),
      'in whose collection the cycle read more keys': (trade, member) =>
        this.#count('reads', this.#cycleOf(trade), member),
      'whose keys were others than in the cycle before': (trade, member) => this.#news(this.#cycleOf(trade), member),
      'whose keys were used again that had rested': (trade, member) => this.#returned(this.#cycleOf(trade), member),
      'who was used together with the recorder afterwards': (trade, member) =>
        this.#together(trade, member, (cycle, one) => this.#excess(cycle, one)),
      'whose keys changed together with the recorder’s afterwards': (trade, member) =>
        this.#together(trade, member, (cycle, one) => this.#news(cycle, one)),
      'who sealed before a cycle that used the recorder’s books': (trade, member) =>
        this.#together(trade, member, (cycle, one) =>
          one === trade.recorder
            ? this.#excess(cycle, one)
            : this.#sealedIn(cycle, one) * (1 + this.#excess(cycle, one)),
        ),
      'whose hashes were listed otherwise than usual in the cycle': (trade, member) =>
        this.#unusual(this.#cycleOf(trade), member),
      'whose hashes were listed otherwise than usual, as were the recorder’s, afterwards': (trade, member) =>
        this.#together(trade, member, (cycle, one) => this.#unusual(cycle, one)),
      'who was furthest off its beat after the record was executed': (trade, member) => this.#offBeat(trade, member),
      'who was ordered behind what was sent later': (trade, member) => this.#overtaken(trade, member),
    };
  }

  /** The counterparty for which most speaks; by chance where nothing tells them apart. */
  #best(trade: TrueTrade, scoreOf: (trade: TrueTrade, member: string) => number): string {
    const candidates = this.#institutions.filter((member) => member !== trade.recorder);
    const scores = candidates.map((member) => scoreOf(trade, member));
    const highest = Math.max(...scores);
    return this.#any(candidates.filter((_, index) => scores[index] === highest));
  }

  #instrument(trade: TrueTrade, isins: readonly string[], later: number): string {
    const read = (index: number): readonly string[] =>
      isins.filter((isin) => this.#cycles[index]?.publicReads.has(`instrument/${isin}`) === true);
    const now = read(this.#cycleOf(trade) + later);
    const before = read(this.#cycleOf(trade) + later - 1);
    const fresh = now.filter((isin) => !before.includes(isin));
    return this.#any(fresh.length > 0 ? fresh : now.length > 0 ? now : isins);
  }

  #side(trade: TrueTrade, useOf: (cycle: number, member: string) => number): string {
    const first = this.#cycleOf(trade);
    const balance = Array.from({ length: window }, (_, n) => first + n).reduce((sum, cycle) => {
      const counterparty = this.#best(trade, (_, member) => useOf(cycle, member));
      return sum + useOf(cycle, trade.recorder) - useOf(cycle, counterparty);
    }, 0);
    return balance === 0 ? this.#any(['buy', 'sell']) : balance > 0 ? 'sell' : 'buy';
  }

  /** Learns from trades of which everything is known which marks go with what, and guesses the others by it. */
  #learnt(known: readonly TrueTrade[], unknown: readonly TrueTrade[], what: Subject): number {
    const labelOf = (trade: TrueTrade): string => truthOf(what, trade);
    const labels = [...new Set(known.map(labelOf))];
    const marks = new Map(labels.map((label) => [label, new Map<string, number>()]));
    const totals = new Map(labels.map((label) => [label, 0]));
    for (const trade of known) {
      const label = labelOf(trade);
      totals.set(label, (totals.get(label) ?? 0) + 1);
      const counts = marks.get(label);
      for (const mark of this.#marks(trade)) counts?.set(mark, (counts.get(mark) ?? 0) + 1);
    }
    return unknown.filter((trade) => {
      const seen = [...this.#marks(trade)];
      const candidates = labels.filter((label) => what !== 'counterparty' || label !== trade.recorder);
      const scores = candidates.map((label) => {
        const total = totals.get(label) ?? 0;
        return seen.reduce(
          (sum, mark) => sum + Math.log(((marks.get(label)?.get(mark) ?? 0) + 0.5) / (total + 1)),
          Math.log((total + 1) / (known.length + labels.length)),
        );
      });
      const highest = Math.max(...scores);
      return this.#any(candidates.filter((_, index) => scores[index] === highest)) === labelOf(trade);
    }).length;
  }

  /** What there is to see of a trade: who was used how much, and which keys. */
  #marks(trade: TrueTrade): ReadonlySet<string> {
    const first = this.#cycleOf(trade);
    const marks = new Set<string>();
    for (let index = first; index < first + window; index += 1) {
      const cycle = this.#cycles[index];
      if (!cycle) continue;
      const offset = Math.min(index - first, 2).toString();
      for (const key of cycle.publicReads) marks.add(`${offset} reads ${key}`);
      for (const [collection, keys] of cycle.writes) {
        marks.add(
          `${offset} ${collection} ${this.#count('reads', index, collection).toString()} ${keys.size.toString()}`,
        );
        if (this.#excess(index, collection) > 0) marks.add(`${offset} uses ${collection}`);
        if (this.#unusual(index, collection) > 0) marks.add(`${offset} lists ${collection}`);
        if (this.#news(index, collection) > 0) marks.add(`${offset} changes ${collection}`);
        for (const key of keys) marks.add(`${offset} ${key}`);
      }
      for (const member of this.#institutions)
        if (this.#sealedIn(index, member) > 0) marks.add(`${offset} takes ${member}`);
    }
    return marks;
  }

  #together(trade: TrueTrade, member: string, useOf: (cycle: number, member: string) => number): number {
    const first = this.#cycleOf(trade);
    const uses = Array.from({ length: window }, (_, n) => first + 1 + n).map(
      (cycle) => Math.min(useOf(cycle, trade.recorder), useOf(cycle, member)) / (cycle - first),
    );
    return Math.max(...uses);
  }

  #cycleOf({ transactionId }: TrueTrade): number {
    const sealed = this.#sealed.find((one) => one.transactionId === transactionId);
    const place = sealed === undefined ? '' : `${sealed.block.toString()}/${sealed.index.toString()}`;
    return this.#cycles.findIndex(({ taken }) => taken.has(place));
  }

  #count(kind: 'reads' | 'writes', cycle: number, collection: string): number {
    return this.#cycles[cycle]?.[kind].get(collection)?.size ?? 0;
  }

  /** Keys that were used beyond what was used of the member that was used least. */
  #excess(cycle: number, collection: string): number {
    const used = (one: string): number => this.#count('reads', cycle, one) + this.#count('writes', cycle, one);
    return used(collection) - Math.min(...this.#institutions.map(used));
  }

  /** Keys that the cycle before did not use; those that were never used before are as many for everybody. */
  #news(cycle: number, collection: string): number {
    const before = this.#used(cycle - 1, collection);
    return [...this.#used(cycle, collection)].filter((key) => !before.has(key)).length;
  }

  /** Keys that the cycle before did not use, and an earlier one did. */
  #returned(cycle: number, collection: string): number {
    const before = this.#used(cycle - 1, collection);
    const earlier = new Set(
      Array.from({ length: 50 }, (_, n) => cycle - 2 - n).flatMap((one) => [...this.#used(one, collection)]),
    );
    return [...this.#used(cycle, collection)].filter((key) => !before.has(key) && earlier.has(key)).length;
  }

  #used(cycle: number, collection: string): ReadonlySet<string> {
    const found = this.#cycles[cycle];
    return new Set([...(found?.reads.get(collection) ?? none), ...(found?.writes.get(collection) ?? none)]);
  }

  /** Submissions of the member that the cycle took. */
  #sealedIn(cycle: number, member: string): number {
    return this.#takenOf[cycle]?.get(member) ?? 0;
  }

  /** Whether what the cycle read and wrote of the collection is listed in another way than around it. */
  #unusual(cycle: number, collection: string): number {
    const list = this.#cycles[cycle]?.lists.get(collection);
    return list !== undefined && list !== this.#usual[cycle]?.get(collection) ? 1 : 0;
  }

  /** What the member sealed next, once the record was executed. */
  #next(trade: TrueTrade, member: string): readonly SeenTransaction[] {
    const at = this.#cycles[this.#cycleOf(trade)]?.at ?? [0, 0];
    const own = this.#sealed.filter(({ creator }) => creator === member);
    const first = own.findIndex(({ block, index }) => isAfter([block, index], at));
    return first < 1 ? [] : own.slice(first - 1, first + 3);
  }

  /** By how many milliseconds its next submissions were earlier or later than usual. */
  #offBeat(trade: TrueTrade, member: string): number {
    const usual = this.#beats.get(member) ?? 0;
    return Math.max(0, ...gaps(this.#next(trade, member)).map((gap) => Math.abs(gap - usual)));
  }

  /** How many were sent later than its next submissions and ordered before them. */
  #overtaken(trade: TrueTrade, member: string): number {
    const next = this.#next(trade, member).slice(1);
    return Math.max(
      0,
      ...next.map((one) => {
        const place = this.#sealed.indexOf(one);
        return countOf(this.#sealed.slice(Math.max(0, place - nearby), place).map(({ sentAt }) => sentAt > one.sentAt));
      }),
    );
  }

  #any<T>(of: readonly T[]): T {
    const one = of[Math.floor(this.#random() * of.length)];
    if (one === undefined) throw new RangeError('There is nothing to choose from');
    return one;
  }
}

/** The most hits of so many that chance has in 95 of 100 cases. */
export function boundOfChance(of: number, chance: number, confidence = 0.95): number {
  let probability = (1 - chance) ** of;
  let sum = probability;
  let hits = 0;
  while (sum < confidence && hits < of) {
    probability *= ((of - hits) / (hits + 1)) * (chance / (1 - chance));
    hits += 1;
    sum += probability;
  }
  return hits;
}

function truthOf(what: Subject, { counterparty, isin, side }: TrueTrade): string {
  return { counterparty, instrument: isin, side }[what];
}

function countOf(right: readonly boolean[]): number {
  return right.filter((one) => one).length;
}

/** Milliseconds between one and the next. */
function gaps(sealed: readonly SeenTransaction[]): readonly number[] {
  return sealed.slice(1).map(({ sentAt }, index) => sentAt - (sealed[index]?.sentAt ?? sentAt));
}

function usualGap(sealed: readonly SeenTransaction[], member: string): number {
  const all = [...gaps(sealed.filter(({ creator }) => creator === member))].sort((a, b) => a - b);
  return all[all.length >> 1] ?? 0;
}

function usualLists(cycles: readonly SeenCycle[]): ReadonlyMap<string, string> {
  const collections = new Set(cycles.flatMap(({ lists }) => [...lists.keys()]));
  return new Map(
    [...collections].map((collection) => {
      const counts = new Map<string, number>();
      for (const { lists } of cycles) {
        const list = lists.get(collection) ?? '';
        counts.set(list, (counts.get(list) ?? 0) + 1);
      }
      const [usual] = [...counts].sort(([, a], [, b]) => b - a);
      return [collection, usual?.[0] ?? ''];
    }),
  );
}

/** In the ledger's order, for what is new in one cycle is known in the next. */
function cyclesIn(transactions: readonly SeenTransaction[]): readonly SeenCycle[] {
  const known = new Set<string>();
  let before = '';
  return transactions.map((transaction) => {
    const { block, index, sentAt, states } = transaction;
    const own = states.find(({ namespace }) => namespace === 'market');
    const collections = own?.collections ?? [];
    const inboxes = collections.filter(({ collection }) => collection.endsWith('_inbox'));
    const lists = new Map(collections.map((one) => [one.collection, listOf(one, known, before)]));
    before = `${block.toString()}/${index.toString()}`;
    return {
      ...{ at: [block, index] as const, sentAt, lists },
      taken: new Set(inboxes.flatMap(({ reads }) => reads).map(({ version }) => version)),
      publicReads: new Set(own?.reads.map(({ key }) => key)),
      reads: new Map(collections.map(({ collection, reads }) => [collection, new Set(reads.map(({ key }) => key))])),
      writes: new Map(collections.map(({ collection, writes }) => [collection, new Set(writes)])),
    };
  });
}

/**
 * How hashes are listed. Of each that is read: whether the cycle before wrote it, an earlier one, or none. Of each that is written: whether
 * it is known, and whether it is removed. Fabric lists them in the order of the keys, so that the place of a new one among known ones tells
 * something of its key.
 */
function listOf({ reads, writes, removed }: SeenCollection, known: Set<string>, before: string): string {
  const read = reads.map(({ version }) => (version === '' ? '-' : version === before ? 'b' : 'e'));
  const written = writes.map((key) => (removed.includes(key) ? 'r' : known.has(key) ? 'k' : 'n'));
  for (const key of writes) known.add(key);
  return `${read.join('')} ${written.join('')}`;
}

function isAfter([block, index]: readonly [number, number], [otherBlock, other]: readonly [number, number]): boolean {
  return block !== otherBlock ? block > otherBlock : index > other;
}
