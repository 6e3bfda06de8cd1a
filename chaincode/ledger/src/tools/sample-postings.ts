import {
  type BusinessId,
  type ContractDefinition,
  type RequestOf,
  anyPhase,
  businessId,
  defineContract,
  everyone,
  object,
  submit,
} from '@kessai/interface';
import { type Implementation, type LooseImplementation, created } from '../kernel/decision';
import { type Books, type Posting, openBooks } from '../value/books';
import type { Instruction } from './memory-market';

const Postings = defineContract({
  name: 'Postings',
  summary: 'Posts what a test says.',
  methods: {
    Post: submit({
      summary: 'Posts.',
      roles: everyone,
      phases: anyPhase,
      idField: 'id',
      request: object({ id: businessId }),
    }),
  },
  rejections: {},
});

type Request = RequestOf<typeof Postings.methods.Post>;

/** Instructions that post what a test says, beside others in their cycles: for tests of what reads the books. */
export class SamplePostings {
  readonly definitions: readonly ContractDefinition[] = [Postings];
  readonly contracts: Readonly<Record<'Postings', LooseImplementation>>;
  readonly #lines = new Map<BusinessId, readonly Posting[]>();

  constructor() {
    const implementation: Implementation<typeof Postings> = {
      Post: {
        load: async (reader, { id }: Request) => {
          const lines = this.#linesOf(id);
          const positions = lines.flatMap((line) => ('supply' in line ? [] : [line.position]));
          const supplies = lines.flatMap((line) => ('supply' in line ? [line.supply] : []));
          return openBooks(reader, positions, supplies);
        },
        decide: (books: Books, { id }: Request) => books.post(this.#linesOf(id)) ?? created(),
      },
    };
    this.contracts = { Postings: implementation };
  }

  /** To be sealed by any member. */
  instruction(lines: readonly Posting[]): Instruction {
    const id = `posting-${this.#lines.size.toString()}`;
    this.#lines.set(id as BusinessId, lines);
    return { method: 'Postings:Post', request: { id } };
  }

  #linesOf(id: BusinessId): readonly Posting[] {
    const lines = this.#lines.get(id);
    if (!lines) throw new Error('The posting was made for another market');
    return lines;
  }
}
