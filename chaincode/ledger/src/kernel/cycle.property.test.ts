import { describe, expect, test } from '@jest/globals';
import { type MspId, decodeText, isRejection } from '@kessai/interface';
import fc from 'fast-check';
import type { Instruction, InstructionResult, MemoryMarket, Submission } from '../tools';
import {
  bind,
  clockTo,
  deposit,
  depotCollections,
  holdingOf,
  misbehave,
  note,
  peek,
  sealed,
  settle,
  trade,
  transfer,
} from '../tools/depot-day';
import { openDepot } from '../tools/sample-contract';
import { sampleInstrument } from '../tools/sample-market';
import { limitOfSequencesMs, sequences } from '../tools/sequences';
import { type JournalPage, entriesOf, journalAt } from '../value/journal';
import { partyLinesCodec, tradesCodec } from '../value/trade-pages';
import type { Trade } from '../value/trades';
import { adviceAt } from './advices';

const tries = sequences(process.env, 100, 2_500);
const limitMs = limitOfSequencesMs(process.env, 120_000);

/** An instruction and who sends it. */
interface Sent {
  readonly by: string;
  readonly instruction: Instruction;
}

const institution = fc.constantFrom('AlphaMSP', 'BetaMSP');
const operator = fc.constantFrom('ExchangeMSP', 'CsdMSP');
// Few, so that ids are used again, with the same content and with another.
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const quantity = fc.constantFrom(1, 20, 50);
const words = fc.constantFrom('spring', 'summer');
const how = fc.constantFrom(
  ...['throw', 'throw-in-load', 'refuse', 'refuse-in-load', 'write-kind', 'append-kind', 'make-value'],
);
const kind = fc.constantFrom('holding', 'trades', 'journal', 'diary');

const by = (sender: fc.Arbitrary<string>, instruction: fc.Arbitrary<Instruction>): fc.Arbitrary<Sent> =>
  fc.record({ by: sender, instruction });

const sent = fc.oneof(
  {
    weight: 6,
    arbitrary: by(
      institution,
      fc.tuple(id, quantity, institution).map((one) => transfer(...one)),
    ),
  },
  {
    weight: 4,
    arbitrary: by(
      institution,
      fc.tuple(id, quantity, fc.boolean()).map((one) => bind(...one)),
    ),
  },
  {
    weight: 3,
    arbitrary: by(
      institution,
      fc.tuple(id, words, institution).map((one) => note(...one)),
    ),
  },
  {
    weight: 3,
    arbitrary: by(
      institution,
      fc.tuple(id, institution).map((one) => trade(...one)),
    ),
  },
  {
    weight: 3,
    arbitrary: by(
      operator,
      fc.tuple(id, id, fc.constantFrom('pending' as const, 'settled' as const)).map((one) => settle(...one)),
    ),
  },
  {
    weight: 3,
    arbitrary: by(
      institution,
      fc.tuple(id, how, kind).map((one) => misbehave(...one)),
    ),
  },
  {
    weight: 1,
    arbitrary: by(
      institution,
      fc.tuple(id, institution).map((one) => peek(...one)),
    ),
  },
  {
    weight: 2,
    arbitrary: by(
      fc.constantFrom('ExchangeMSP', 'CsdMSP', 'IssuerMSP'),
      fc.tuple(id, quantity).map(([one, issued]) => ({
        method: 'Depot:Issue',
        request: { id: one, isin: sampleInstrument.isin, account: 'TREASURY', quantity: issued.toString() },
      })),
    ),
  },
  {
    weight: 2,
    arbitrary: by(
      operator,
      fc.record({ id, at: fc.record({ institution, account: fc.constant('A-1') }), out: fc.boolean() }).map((one) => ({
        method: 'Depot:Deposit',
        request: { ...one, quantity: '30' },
      })),
    ),
  },
  {
    weight: 1,
    arbitrary: by(
      operator,
      fc.constantFrom(
        ...[
          clockTo('2023-03-01', 'matching'),
          clockTo('2023-03-01', 'closed'),
          clockTo('2023-03-02', 'open'),
          clockTo('2023-03-02', 'open'),
          clockTo('2023-03-03', 'open'),
        ],
      ),
    ),
  },
);

/** How instructions are put together: sizes of submissions, and of cycles in submissions. */
const cuts = fc.record({
  submissions: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
  cycles: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }),
});
type Cuts = typeof cuts extends fc.Arbitrary<infer T> ? T : never;
const allInOne: Cuts = { submissions: [1_000], cycles: [1_000] };
const oneByOne: Cuts = { submissions: [1], cycles: [1] };

/** Consecutive instructions of one sender, in groups of at most these sizes in turn. */
function submissionsOf(all: readonly Sent[], sizes: readonly number[]): readonly (readonly Sent[])[] {
  const groups: Sent[][] = [];
  for (const one of all) {
    const last = groups.at(-1);
    const size = sizes[(groups.length - 1 + sizes.length) % sizes.length] ?? 1;
    if (last && last[0]?.by === one.by && last.length < size) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

/** A market in which all of these were executed, and how each ended. */
async function executed(
  all: readonly Sent[],
  cut: Cuts,
): Promise<{ readonly market: MemoryMarket; readonly results: readonly string[] }> {
  const market = await openDepot();
  for (const member of ['AlphaMSP', 'BetaMSP']) await deposit(market, member, 'A-1', 60);
  const results: InstructionResult[] = [];
  let waiting: Submission[] = [];
  let cycles = 0;
  const flush = async (): Promise<void> => {
    results.push(...(await market.cycle(waiting)));
    waiting = [];
    cycles += 1;
  };
  for (const group of submissionsOf(all, cut.submissions)) {
    waiting.push(
      sealed(
        market,
        group[0]?.by ?? '',
        group.map(({ instruction }) => instruction),
      ),
    );
    if (waiting.length >= (cut.cycles[cycles % cut.cycles.length] ?? 1)) await flush();
  }
  if (waiting.length > 0) await flush();
  return { market, results: results.map(textOf) };
}

function textOf(result: InstructionResult): string {
  if (isRejection(result))
    return JSON.stringify(result, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return [result.outcome, ...(result.awaiting ?? [])].join(' ');
}

type Stored = Readonly<Record<string, unknown>>;
const { codec: journalCodec } = journalAt('AlphaMSP' as MspId, 1);
const { codec: adviceCodec } = adviceAt('AlphaMSP' as MspId, 1);

/** All that is stored, but for what is numbered and dated by cycles: what was appended in several is put together. */
function stateOf({ ledger }: MemoryMarket): Readonly<Record<string, unknown>> {
  const state: Record<string, unknown> = {};
  const append = (name: string, items: readonly unknown[]): void => {
    state[name] = [...((state[name] ?? []) as readonly unknown[]), ...items];
  };
  for (const collection of depotCollections) {
    for (const { key, value } of ledger.contents(collection)) {
      const [kindOf = '', ...parts] = key.split('/');
      const name = `${collection} ${key}`;
      const stored = JSON.parse(value) as Stored;
      const lines = stored['lines'] as readonly Stored[] | undefined;
      if (kindOf === 'holding' || kindOf === 'supply') state[name] = { ...stored, cycle: 0 };
      else if (kindOf === 'clock') state[name] = { ...stored, cycle: 0, time: '' };
      else if (kindOf === 'journal') append(`${collection} journal`, journalOf(value).instructions);
      else if (['note-log', 'diary'].includes(kindOf) && lines) append(`${collection} ${kindOf}`, lines);
      else if (kindOf === 'party-trades') append(`${collection} ${kindOf}`, decodeText(partyLinesCodec, value).lines);
      else if (kindOf === 'trades') append('trades', decodeText(tradesCodec, value).lines.map(withoutLines));
      else if (kindOf === 'ids' || kindOf === 'ids-tail')
        append(`${collection} ids/${parts[0] ?? ''}`, hashesIn(stored));
      else if (kindOf === 'trade-index') state[name] = 'where it stands is compared by states';
      else if (kindOf === 'advice')
        append(
          `${collection} told`,
          decodeText(adviceCodec, value).advices.filter(({ kind: of }) => of === 'order'),
        );
      else if (!['cycle', 'progress', 'trade-status', 'party-trade-status'].includes(kindOf)) state[name] = stored;
    }
  }
  return state;
}

function journalOf(value: string): JournalPage {
  return decodeText(journalCodec, value);
}

function withoutLines({ seller, buyer, ...rest }: Trade): unknown {
  return { ...rest, seller: { ...seller, line: 0 }, buyer: { ...buyer, line: 0 } };
}

function hashesIn({ entries }: Stored): readonly string[] {
  return (entries as string).match(/.{15}/g)?.map((entry) => entry.slice(0, 6)) ?? [];
}

/** Where each trade stands, in the order in which they were made, as operators and as parties see it. */
function standings({ ledger }: MemoryMarket): Readonly<Record<string, unknown>> {
  const standing: Record<string, string[]> = {};
  for (const collection of depotCollections) {
    const entries = new Map(ledger.contents(collection).map(({ key, value }) => [key, value]));
    const prefix = collection === 'operators' ? 'trade' : 'party-trade';
    for (const [key, value] of entries) {
      if (!key.startsWith(`${prefix}s/`)) continue;
      const { lines } = JSON.parse(value) as { readonly lines: readonly unknown[] };
      const states = lines.map(() => 'matched');
      const status = entries.get(`${prefix}-status/${key.split('/')[1] ?? ''}`);
      const { groups } = JSON.parse(status ?? '{"groups":[]}') as {
        readonly groups: readonly {
          readonly status: string;
          readonly lines: readonly { from: number; to: number }[];
        }[];
      };
      for (const group of groups) {
        for (const { from, to } of group.lines) states.fill(group.status, from, to + 1);
      }
      standing[collection] = [...(standing[collection] ?? []), ...states];
    }
  }
  return standing;
}

/** Some are sent again as they were. */
const instructions = fc
  .array(fc.record({ one: sent, again: fc.constantFrom(0, 0, 0, 0, 1, 3) }), { minLength: 1, maxLength: 25 })
  .map((all) => all.map(({ one, again }, index) => all[again === 0 ? index : Math.max(0, index - again)]?.one ?? one));

describe('a cycle of any instructions', () => {
  test(
    'comes to the same as the same instructions one by one',
    async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(instructions, async (all) => {
          const together = await executed(all, allInOne);
          const apart = await executed(all, oneByOne);
          expect(together.results).toEqual(apart.results);
          expect(stateOf(together.market)).toEqual(stateOf(apart.market));
          expect(standings(together.market)).toEqual(standings(apart.market));
          for (const result of together.results) {
            const code = /"code":"(\w+)"/.exec(result)?.[1] ?? result.replace(/ .*/, '');
            seen.set(code, (seen.get(code) ?? 0) + 1);
          }
        }),
        tries,
      );
      // All that may happen must have happened, or the law says little; of a few sequences it is not asked.
      if (tries.numRuns < 100) return;
      for (const what of ['created', 'exists', 'Conflict', 'HoldingInsufficient', 'InstructionFailed', 'PhaseClosed']) {
        expect([what, (seen.get(what) ?? 0) > 0]).toEqual([what, true]);
      }
    },
    limitMs,
  );

  test(
    'comes to the same as however they are cut into submissions and cycles',
    async () => {
      await fc.assert(
        fc.asyncProperty(instructions, cuts, cuts, async (all, one, other) => {
          const [first, second] = [await executed(all, one), await executed(all, other)];
          expect(first.results).toEqual(second.results);
          expect(stateOf(first.market)).toEqual(stateOf(second.market));
          expect(standings(first.market)).toEqual(standings(second.market));
        }),
        tries,
      );
    },
    limitMs,
  );

  test(
    'conserves what was issued, journals each change, and locks no more than there is',
    async () => {
      await fc.assert(
        fc.asyncProperty(instructions, cuts, async (all, cut) => {
          const { market } = await executed(all, cut);
          const sums = new Map<string, { total: bigint; locked: bigint }>();
          let issued = 0n;
          for (const collection of depotCollections) {
            for (const { key, value } of market.ledger.contents(collection)) {
              if (key.startsWith('supply/')) issued += BigInt((JSON.parse(value) as { issued: string }).issued);
              if (!key.startsWith('journal/')) continue;
              for (const { account, change, lockedChange } of entriesOf(journalOf(value))) {
                const name = `${collection}/${account}`;
                const sum = sums.get(name) ?? { total: 0n, locked: 0n };
                sums.set(name, { total: sum.total + change, locked: sum.locked + lockedChange });
              }
            }
          }
          let held = 0n;
          for (const [name, { total, locked }] of sums) {
            const [member = '', account = ''] = name.split('/');
            const [available, bound] = await holdingOf(market, member, account);
            expect([available + bound, bound]).toEqual([total, locked]);
            expect(available >= 0n && bound >= 0n).toBe(true);
            held += total;
          }
          expect(held).toBe(issued);
        }),
        tries,
      );
    },
    limitMs,
  );
});
