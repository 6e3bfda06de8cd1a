import { beforeEach, describe, expect, test } from '@jest/globals';
import { policyRef } from '../reference';
import type { Instruction, MemoryMarket, Submission } from '../tools';
import { deposit, note, sealed, transfer } from '../tools/depot-day';
import { openDepot } from '../tools/sample-contract';
import { kindOf, put, stored } from './state';

/** As many as a cycle of these tests uses, and some more. */
const size = 12;
const members = ['AlphaMSP', 'BetaMSP', 'IssuerMSP', 'OtherIssuerMSP', 'TrustBankMSP'];
/** Kinds of which each collection gets one in every cycle. */
const onceKinds = ['advice', 'journal', 'party-trade-status', 'party-trades'];
const ofCover = /^(cover(-blank|-once)?|[a-z-]+0)\//;

let market: MemoryMarket;
beforeEach(async () => {
  market = await opened(size);
});

async function opened(cover: number | undefined): Promise<MemoryMarket> {
  const made = await openDepot();
  const policy = {
    matching: 'by-operator',
    settlement: 'by-operator',
    ...(cover === undefined ? {} : { cover }),
  } as const;
  made.ledger.commit({ versions: new Map() }, [stored(put(policyRef, policy))]);
  await deposit(made, 'AlphaMSP', 'A-1', 1_000);
  await deposit(made, 'BetaMSP', 'A-1', 1_000);
  return made;
}

/** What a cycle reads and writes in a collection. */
interface Use {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

/** Makes a cycle, and tells what of it is public. */
async function cycle(submissions: readonly Submission[]): Promise<(collection: string) => Use> {
  const { reader } = market.ledger.simulate();
  const { number } = (await market.evaluate('AuditorMSP', 'Market:Progress')) as unknown as { readonly number: number };
  const asked: { readonly collection: string; readonly key: string }[] = [];
  await market.decideCycle(
    { number: number + 1, submissions },
    {
      read: async (keys) => {
        asked.push(...keys);
        return reader.read(keys);
      },
    },
  );
  const { writes } = await market.runCycle(submissions);
  const keysIn = (all: typeof asked, of: string): ReadonlySet<string> =>
    new Set(all.filter(({ collection }) => collection === of).map(({ key }) => key));
  return (collection) => ({ reads: keysIn(asked, collection), writes: keysIn([...writes], collection) });
}

const busy: readonly (readonly (readonly [string, readonly Instruction[]])[])[] = [
  [['AlphaMSP', [transfer('t-1', 10, 'BetaMSP')]]],
  [],
  [['BetaMSP', [transfer('t-2', 10, 'AlphaMSP'), transfer('t-3', 10, 'AlphaMSP')]]],
  [
    ['AlphaMSP', [transfer('t-4', 10, 'BetaMSP'), transfer('t-5', 99_999, 'BetaMSP')]],
    ['BetaMSP', [transfer('t-6', 1, 'AlphaMSP')]],
  ],
  [['IssuerMSP', []]],
];

/** What is used for the first time cannot have been used before: that shows once. */
async function warmUp(): Promise<void> {
  await cycle(
    ['AlphaMSP', 'BetaMSP'].map((member, n) =>
      sealed(market, member, [transfer(`warm-${n.toString()}`, 1, n === 0 ? 'BetaMSP' : 'AlphaMSP')]),
    ),
  );
}

function sealAll(step: (typeof busy)[number]): readonly Submission[] {
  return step.map(([member, instructions]) => sealed(market, member, instructions));
}

describe('a market that is covered', () => {
  test('reads and writes as many keys of every member in every cycle, whatever happens', async () => {
    await warmUp();
    for (const step of busy) {
      const use = await cycle(sealAll(step));
      const reads = members.map((member) => use(member).reads.size);
      const writes = members.map((member) => use(member).writes.size);
      // Its directory, the pages, and one of each kind that is written once.
      expect([new Set(reads), new Set(writes)]).toEqual([new Set([size + 1]), new Set([size + 1 + onceKinds.length])]);
    }
  });

  test('writes what is new at the same places among what is not, for hashes are listed in the order of the keys', async () => {
    await warmUp();
    const seen = new Set<string>();
    const listed = async (step: (typeof busy)[number]): Promise<readonly string[]> => {
      const use = await cycle(sealAll(step));
      return [...members, 'operators', 'board'].map((collection) => {
        const writes = [...use(collection).writes].sort();
        const shown = writes.map((key) => (seen.has(`${collection} ${key}`) ? key : 'new'));
        for (const key of writes) seen.add(`${collection} ${key}`);
        return `${collection}: ${shown.join(' ')}`;
      });
    };
    await listed([]);
    const quiet = await listed([]);
    for (const step of busy) expect(await listed(step)).toEqual(quiet);
  });

  test('writes again in every cycle what of a kind was written once for the first time', async () => {
    const kinds = async (step: (typeof busy)[number]): Promise<readonly string[]> => {
      const use = await cycle(sealAll(step));
      return [...use('operators').writes].map((key) => kindOf(key));
    };
    expect(await kinds([['AlphaMSP', [note('n-1', 'words')]]])).toContain('note-log');
    expect(await kinds([])).toContain('note-log0');
  });

  test('uses the same keys of a member in one cycle as in the next', async () => {
    await warmUp();
    const recurring = async (step: (typeof busy)[number]): Promise<readonly string[]> => {
      const use = await cycle(sealAll(step));
      return [...use('BetaMSP').writes].filter((key) => use('BetaMSP').reads.has(key)).sort();
    };
    const [quiet, ...others] = [
      await recurring([]),
      await recurring([['BetaMSP', [transfer('t-1', 10, 'AlphaMSP')]]]),
      await recurring([]),
    ];
    expect(quiet).toHaveLength(size + 1);
    for (const keys of others) expect(keys).toEqual(quiet);
  });

  test('holds what it would hold without', async () => {
    const bare = await opened(undefined);
    const contents = ({ ledger }: MemoryMarket, collection: string) =>
      ledger.contents(collection).filter(({ key }) => !ofCover.test(key));
    for (const step of busy) {
      await market.cycle(sealAll(step));
      await bare.cycle(step.map(([member, instructions]) => sealed(bare, member, instructions)));
    }
    expect(market.failures).toEqual([]);
    for (const collection of [...members, 'operators', 'board']) {
      expect([collection, contents(market, collection)]).toEqual([collection, contents(bare, collection)]);
    }
  });
});

describe('a market that is not', () => {
  test('writes what changes, and no blanks', async () => {
    market = await opened(0);
    const use = await cycle([]);
    expect([...use('AlphaMSP').writes].filter((key) => ofCover.test(key))).toEqual([]);
  });
});
