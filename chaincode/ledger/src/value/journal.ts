import {
  type AccountId,
  type Codec,
  type Infer,
  type MspId,
  type ObjectOf,
  type Unit,
  accountId,
  businessDate,
  collectionOf,
  instant,
  list,
  object,
  row,
  signed,
  text,
  unit,
} from '@kessai/interface';
import { cycleCodec, sequenceCodec } from '../reference';
import { SaidOnce, maybe, partAt, partNumber, partsCodec } from '../kernel/said-once';
import { type Ref, table } from '../kernel/state';

/**
 * Every change of a balance: one page for each member and cycle in which its balances changed. The key is the cycle's number, so the
 * journal since a snapshot is one range, in the order in which things happened.
 */
const headFields = { businessDate, sequence: sequenceCodec, cycle: cycleCodec, time: instant } as const;

interface JournalInstruction {
  /** Method and id of the request. */
  readonly reference: string;
  /** Of each account the change of its whole balance, and of what of it is locked. */
  readonly units: readonly {
    readonly unit: Unit;
    readonly rows: readonly (readonly [AccountId, bigint, bigint])[];
  }[];
  /** Changes of issued supply, in the issuer's collection only. */
  readonly supply?: readonly { readonly unit: Unit; readonly change: bigint }[];
}

export interface JournalPage extends ObjectOf<typeof headFields> {
  /** By the instruction that caused them, in order. */
  readonly instructions: readonly JournalInstruction[];
}

const balanceRow = row(unit, accountId);
const methodRow = row(text({ maxLength: 240 }));
const instructionRow = row(
  partNumber,
  maybe(text({ maxLength: 240 })),
  list(row(partNumber, signed, signed), { max: 1_000_000 }),
  list(row(unit, signed), { max: 100_000 }),
);
type InstructionRow = Infer<typeof instructionRow>;

const storedJournal = object({
  ...headFields,
  methods: partsCodec(methodRow),
  balances: partsCodec(balanceRow),
  /** Method, id; of each balance its change and that of what is locked; changes of supply. */
  lines: list(instructionRow, { max: 1_000_000 }),
});

/** Rows without names; methods and balances, which many instructions have in common, are said once. */
const journalCodec: Codec<JournalPage> = {
  schema: storedJournal.schema,
  decode(value, field) {
    const { methods, balances, lines, ...head } = storedJournal.decode(value, field);
    const instructions = lines.map(([number, id, changes, supply]): JournalInstruction => {
      const [method] = partAt(methods, number, field);
      return {
        reference: id === undefined ? method : `${method} ${id}`,
        units: byUnit(changes.map(([balance, ...change]) => [...partAt(balances, balance, field), ...change])),
        ...(supply.length === 0 ? {} : { supply: supply.map(([issued, change]) => ({ unit: issued, change })) }),
      };
    });
    return { ...head, instructions };
  },
  encode({ instructions, ...head }) {
    const methods = new SaidOnce<Infer<typeof methodRow>>();
    const balances = new SaidOnce<Infer<typeof balanceRow>>();
    const lines = instructions.map(({ reference, units, supply = [] }): InstructionRow => {
      const end = reference.indexOf(' ');
      const [method, id] = end < 0 ? [reference, undefined] : [reference.slice(0, end), reference.slice(end + 1)];
      const changes = units.flatMap((one) =>
        one.rows.map(([account, change, locked]) => [balances.numberOf([one.unit, account]), change, locked] as const),
      );
      return [methods.numberOf([method]), id, changes, supply.map((one) => [one.unit, one.change] as const)];
    });
    return storedJournal.encode({ ...head, methods: methods.parts, balances: balances.parts, lines });
  },
};

/** Changes of one unit stand together. */
function byUnit(changes: readonly (readonly [Unit, AccountId, bigint, bigint])[]): JournalInstruction['units'] {
  const units: { readonly unit: Unit; readonly rows: (readonly [AccountId, bigint, bigint])[] }[] = [];
  for (const [of, ...change] of changes) {
    const last = units.at(-1);
    if (last?.unit === of) last.rows.push(change);
    else units.push({ unit: of, rows: [change] });
  }
  return units;
}

export const journal = table('journal', journalCodec);

export function journalAt(institution: MspId, cycle: number): Ref<JournalPage> {
  return journal.at(collectionOf(institution), cycle);
}

export interface JournalEntry {
  readonly reference: string;
  readonly account: AccountId;
  readonly unit: Unit;
  readonly change: bigint;
  readonly lockedChange: bigint;
}

export function entriesOf({ instructions }: JournalPage): readonly JournalEntry[] {
  return instructions.flatMap(({ reference, units }) =>
    units.flatMap((one) =>
      one.rows.map(([account, change, lockedChange]) => ({ reference, account, unit: one.unit, change, lockedChange })),
    ),
  );
}

export function supplyChangesOf({
  instructions,
}: JournalPage): readonly { readonly unit: Unit; readonly change: bigint }[] {
  return instructions.flatMap(({ supply = [] }) => supply);
}
