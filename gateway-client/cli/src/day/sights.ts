import { type Collection, type MspId, boardCollection, collectionOf, operatorsCollection } from '@kessai/interface';
import type { Sight } from './day-record';
import type { DayRun } from './day-run';

/** How the market refuses to tell what is not the caller's. */
const refusals: ReadonlySet<unknown> = new Set(['NotYours', 'RoleNotAllowed']);

/** A collection, and a question that only what it holds can answer. */
interface Question {
  readonly collection: Collection;
  readonly ask: (as: MspId) => Promise<unknown>;
}

/** Every organisation asks, at its own peer, for something of every collection: its own, the others', the board's, the operators'. */
export async function sightsOf(run: DayRun): Promise<readonly Sight[]> {
  const questions = questionsOf(run);
  const told = await Promise.all(
    run.day.members.map(async ({ mspId: asked }) => {
      const own: Sight[] = [];
      for (const { collection, ask } of questions) {
        own.push({ asked, collection, answered: await isAnswered(async () => ask(asked)) });
      }
      return own;
    }),
  );
  return told.flat();
}

function questionsOf({ calls, day }: DayRun): readonly Question[] {
  const owners = day.members.filter(({ role }) => role !== 'operator' && role !== 'auditor');
  const [first] = day.instruments;
  return [
    ...owners.map(({ mspId }) => ({
      collection: collectionOf(mspId),
      ask: async (as: MspId) => calls.evaluate(as, 'Market:Advices', { member: mspId, from: 1, limit: 1 }),
    })),
    ...(first
      ? [
          {
            collection: boardCollection,
            ask: async (as: MspId) => calls.evaluate(as, 'Orders:Board', { isin: first.isin }),
          },
        ]
      : []),
    {
      collection: operatorsCollection,
      ask: async (as: MspId) => calls.evaluate(as, 'Settlement:Instructions', { status: 'pending' }),
    },
  ];
}

async function isAnswered(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && refusals.has(error.code)) return false;
    throw error;
  }
}
