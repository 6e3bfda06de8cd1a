import type { HostedContract } from '@kessai/chaincode-host';
import {
  type RequestOf,
  type ResponseOf,
  anyPhase,
  collectionOf,
  count,
  defineContract,
  evaluate,
  everyone,
  mspId,
  object,
  optional,
  publicState,
  submit,
} from '@kessai/interface';
import { type EvaluateHandler, type Ref, type SubmitHandler, created, load, put, table } from '@kessai/ledger';

const maxKeys = 10_000;
const cell = object({ changes: count(1, 1_000_000) });
const cells = table('cell', cell);
/** Public ones, or those of a collection. */
const some = object({ keys: count(0, maxKeys), collection: optional(mspId) });

/** A contract for tests of the chaincode service: it changes as many keys as it is asked to, and can hang. */
export const Keys = defineContract({
  name: 'Keys',
  summary: 'Changes many keys in one instruction.',
  methods: {
    Change: submit({
      summary: 'Reads so many keys and writes each of them; none at all: an instruction that does nothing.',
      roles: everyone,
      phases: anyPhase,
      request: some,
    }),
    Total: evaluate({
      summary: 'How often so many keys were changed, in sum.',
      roles: everyone,
      answeredBy: 'own',
      request: some,
      response: object({ changes: count(0, 1_000_000_000) }),
    }),
    Hang: evaluate({
      summary: 'Never answers, and never gives the event loop back.',
      roles: everyone,
      answeredBy: 'own',
      request: object({}),
      response: object({}),
    }),
  },
  rejections: {},
});

type Methods = typeof Keys.methods;
type Some = RequestOf<Methods['Change']>;
interface Cell {
  readonly changes: number;
}

function refsOf({ keys, collection }: Some): readonly Ref<Cell>[] {
  const place = collection === undefined ? publicState : collectionOf(collection);
  return Array.from({ length: keys }, (_, index) => cells.at(place, index));
}

const change: SubmitHandler<Some, readonly (Cell | undefined)[]> = {
  load: async (reader, request) => (await load(reader, { found: refsOf(request) })).found,
  decide: (found, request) =>
    created(refsOf(request).map((ref, index) => put(ref, { changes: (found[index]?.changes ?? 0) + 1 }))),
};

const total: EvaluateHandler<Some, ResponseOf<Methods['Total']>> = async (reader, request) => {
  const { found } = await load(reader, { found: refsOf(request) });
  return { changes: found.reduce((sum, value) => sum + (value?.changes ?? 0), 0) };
};

const hang: EvaluateHandler<unknown, never> = () => {
  for (;;);
};

export const keysContract: HostedContract = {
  definition: Keys,
  implementation: { Change: change, Total: total, Hang: hang },
};
