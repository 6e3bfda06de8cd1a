import {
  anyPhase,
  businessId,
  count,
  defineContract,
  evaluate,
  everyone,
  list,
  mspId,
  object,
  optional,
  type RequestOf,
  type ResponseOf,
  refuse,
  submit,
  text,
} from '@kessai/interface';
import { type EvaluateHandler, type SubmitHandler, created, load, put, table } from '@kessai/ledger';
import type { HostedContract } from '../contracts';

const note = object({ text: text({ maxLength: 1_000 }) });
const notes = table('note', note);

/** A contract for tests of the host: instructions that keep notes in private collections, and the ways in which a contract can fail. */
export const Notes = defineContract({
  name: 'Notes',
  summary: 'Keeps notes in private collections.',
  methods: {
    Keep: submit({
      summary: 'Keeps a note in a collection, in so many copies; what stands there is written over.',
      roles: everyone,
      phases: anyPhase,
      idField: 'id',
      request: object({
        id: businessId,
        collection: mspId,
        text: text({ maxLength: 1_000 }),
        copies: optional(count(1, 10_000)),
      }),
    }),
    Read: evaluate({
      summary: 'All notes of a collection.',
      roles: everyone,
      answeredBy: 'operator',
      request: object({ collection: mspId }),
      response: object({
        notes: list(object({ id: text({ maxLength: 100 }), text: text({ maxLength: 1_000 }) }), { max: 1_000_000 }),
      }),
    }),
    Pick: evaluate({
      summary: 'Notes by their names.',
      roles: everyone,
      answeredBy: 'operator',
      request: object({ collection: mspId, ids: list(businessId, { max: 10_000 }) }),
      response: object({ found: count(0, 10_000) }),
    }),
    Fail: evaluate({
      summary: 'Fails as no query should.',
      roles: everyone,
      answeredBy: 'operator',
      request: object({ secret: text({ maxLength: 100 }) }),
      response: object({}),
    }),
    Refuse: submit({
      summary: 'Refuses what it is asked.',
      roles: everyone,
      phases: anyPhase,
      request: object({ secret: text({ maxLength: 100 }) }),
    }),
    Break: submit({
      summary: 'Fails as no contract should.',
      roles: everyone,
      phases: anyPhase,
      request: object({ secret: text({ maxLength: 100 }) }),
    }),
  },
  rejections: {},
});

type Methods = typeof Notes.methods;
type Submit<M extends keyof Methods> = SubmitHandler<RequestOf<Methods[M]>, undefined>;
type Evaluate<M extends keyof Methods> = EvaluateHandler<RequestOf<Methods[M]>, ResponseOf<Methods[M]>>;

const keep: Submit<'Keep'> = {
  async load(reader, { id, collection }) {
    await load(reader, { before: notes.at(collection, id) });
    return undefined;
  },
  decide: (_state, { id, collection, text: words, copies = 1 }) =>
    created(
      Array.from({ length: copies }, (_, index) =>
        put(notes.at(collection, copies === 1 ? id : `${id}-${index.toString()}`), { text: words }),
      ),
    ),
};

const read: Evaluate<'Read'> = async (reader, { collection }) => {
  const found: { id: string; text: string }[] = [];
  for await (const { parts, value } of notes.below(reader, collection)) {
    found.push({ id: parts.join('/'), text: value.text });
  }
  return { notes: found };
};

const pick: Evaluate<'Pick'> = async (reader, { collection, ids }) => {
  const values = await reader.read(ids.map((id) => notes.at(collection, id)));
  return { found: values.filter((value) => value !== undefined).length };
};

const nothing = () => Promise.resolve(undefined);

const refuseIt: Submit<'Refuse'> = {
  load: nothing,
  decide: (_state, { secret }) => refuse('NotYours', { field: secret }),
};

const fail: Evaluate<'Fail'> = (_reader, { secret }) => Promise.reject(new Error(`cannot answer ${secret}`));

const breakIt: Submit<'Break'> = {
  load: nothing,
  decide: (_state, { secret }) => {
    throw new Error(`cannot handle ${secret}`);
  },
};

export const notesContract: HostedContract = {
  definition: Notes,
  implementation: { Keep: keep, Read: read, Pick: pick, Fail: fail, Refuse: refuseIt, Break: breakIt },
};
