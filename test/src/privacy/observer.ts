import type { SeenTransaction } from './seen';

/** A bilateral trade as it was: what an observer tries to find out. */
export interface TrueTrade {
  /** The transaction in which one party sealed its record of the trade. The observer is told which it was, and guesses the rest. */
  readonly transactionId: string;
  readonly recorder: string;
  readonly counterparty: string;
  readonly side: string;
  readonly isin: string;
}

/** How often a way of guessing was right. */
export interface HitRate {
  readonly what: string;
  readonly how: string;
  readonly hits: number;
  readonly of: number;
  /** How often chance would be right. */
  readonly chance: number;
}

interface SeenCycle {
  readonly at: readonly [number, number];
  /** Places of the submissions that it took. */
  readonly taken: ReadonlySet<string>;
  readonly publicReads: ReadonlySet<string>;
  /** Hashes of keys, by collection. */
  readonly reads: ReadonlyMap<string, ReadonlySet<string>>;
  readonly writes: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Cycles after the one that took the record in which the answer is looked for. */
const window = 8;
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

  constructor(blocks: readonly SeenTransaction[], institutions: readonly string[], random: () => number) {
    this.#institutions = institutions;
    this.#random = random;
    this.#sealed = blocks.filter(({ valid, functionName }) => valid && functionName === 'Market:Instruct');
    this.#cycles = blocks
      .filter(({ valid, functionName, event }) => valid && functionName === 'Market:Cycle' && event !== undefined)
      .map(cycleOf);
  }

  /** Everything that it can think of, and how often each was right. */
  guess(trades: readonly TrueTrade[]): readonly HitRate[] {
    const others = this.#institutions.length - 1;
    const isins = [...new Set(trades.map(({ isin }) => isin))];
    const ways: readonly (readonly [string, string, (trade: TrueTrade) => boolean, number])[] = [
      ...Object.entries(this.#counterparties()).map(
        ([how, scoreOf]) =>
          [
            ...(['counterparty', how] as const),
            (trade: TrueTrade) => this.#best(trade, scoreOf) === trade.counterparty,
            1 / others,
          ] as const,
      ),
      [
        'instrument',
        'the instrument that the cycle read',
        (trade) => this.#instrument(trade, isins) === trade.isin,
        1 / isins.length,
      ],
      ['side', 'whose books were used more', (trade) => this.#side(trade) === trade.side, 1 / 2],
    ];
    const half = Math.floor(trades.length / 2);
    const [known, unknown] = [trades.slice(0, half), trades.slice(half)];
    const learnt = (['counterparty', 'instrument', 'side'] as const).map((what): HitRate => {
      const labelOf = (trade: TrueTrade): string => (what === 'instrument' ? trade.isin : trade[what]);
      const hits = this.#learnt(known, unknown, labelOf, what === 'counterparty');
      const chance = what === 'counterparty' ? 1 / others : what === 'side' ? 1 / 2 : 1 / isins.length;
      return { what, how: 'learnt from the other half of the trades', hits, of: unknown.length, chance };
    });
    return [
      ...ways.map(([what, how, isRight, chance]) => ({
        ...{ what, how, chance, of: trades.length },
        hits: trades.filter(isRight).length,
      })),
      ...learnt,
    ];
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
    };
  }

  /** The counterparty for which most speaks; by chance where nothing tells them apart. */
  #best(trade: TrueTrade, scoreOf: (trade: TrueTrade, member: string) => number): string {
    const candidates = this.#institutions.filter((member) => member !== trade.recorder);
    const scores = candidates.map((member) => scoreOf(trade, member));
    const highest = Math.max(...scores);
    return this.#any(candidates.filter((_, index) => scores[index] === highest));
  }

  #instrument(trade: TrueTrade, isins: readonly string[]): string {
    const read = (index: number): readonly string[] =>
      isins.filter((isin) => this.#cycles[index]?.publicReads.has(`instrument/${isin}`) === true);
    const now = read(this.#cycleOf(trade));
    const before = read(this.#cycleOf(trade) - 1);
    const fresh = now.filter((isin) => !before.includes(isin));
    return this.#any(fresh.length > 0 ? fresh : now.length > 0 ? now : isins);
  }

  #side(trade: TrueTrade): string {
    const first = this.#cycleOf(trade);
    const balance = Array.from({ length: window }, (_, n) => first + n).reduce((sum, cycle) => {
      const counterparty = this.#best(trade, (_, member) => this.#excess(cycle, member));
      return sum + this.#excess(cycle, trade.recorder) - this.#excess(cycle, counterparty);
    }, 0);
    return balance === 0 ? this.#any(['buy', 'sell']) : balance > 0 ? 'sell' : 'buy';
  }

  /** Learns from trades of which everything is known which marks go with what, and guesses the others by it. */
  #learnt(
    known: readonly TrueTrade[],
    unknown: readonly TrueTrade[],
    labelOf: (trade: TrueTrade) => string,
    excludesRecorder: boolean,
  ): number {
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
      const candidates = labels.filter((label) => !excludesRecorder || label !== trade.recorder);
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
    const taken = this.#cycles[cycle]?.taken ?? none;
    return this.#sealed.filter(
      ({ creator, block, index }) => creator === member && taken.has(`${block.toString()}/${index.toString()}`),
    ).length;
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

function cycleOf({ block, index, states }: SeenTransaction): SeenCycle {
  const own = states.find(({ namespace }) => namespace === 'market');
  const collections = own?.collections ?? [];
  const versions = collections.filter(({ collection }) => collection.endsWith('_inbox')).flatMap(({ reads }) => reads);
  return {
    at: [block, index],
    taken: new Set(versions.map(({ version }) => version)),
    publicReads: new Set(own?.reads.map(({ key }) => key)),
    reads: new Map(collections.map(({ collection, reads }) => [collection, new Set(reads.map(({ key }) => key))])),
    writes: new Map(collections.map(({ collection, writes }) => [collection, new Set(writes)])),
  };
}

function isAfter([block, index]: readonly [number, number], [otherBlock, other]: readonly [number, number]): boolean {
  return block !== otherBlock ? block > otherBlock : index > other;
}
