import {
  type AccountId,
  type Codec,
  type Infer,
  type MspId,
  type ObjectOf,
  type Unit,
  accountId,
  balance,
  businessDate,
  collectionOf,
  instant,
  list,
  object,
  optional,
  row,
  signed,
  text,
  transactionId,
  unit,
} from '@kessai/interface';
import { cycleCodec, sequenceCodec } from '../reference';
import { SaidOnce, maybe, partAt, partNumber, partsCodec } from '../kernel/said-once';
import { type Ref, table } from '../kernel/state';

/**
 * Every change of a balance: one page for each member and cycle in which its balances changed. The key is the cycle's number, so the
 * journal since a snapshot is one range, in the order in which things happened.
 */
const headFields = {
  businessDate,
  sequence: sequenceCodec,
  cycle: cycleCodec,
  time: instant,
  /** That of the cycle. Pages that were written before it was kept have none. */
  transactionId: optional(transactionId),
} as const;

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

/** What a balance came to when the cycle had ended, and what of it was locked. */
export interface ClosingBalance {
  readonly unit: Unit;
  readonly account: AccountId;
  readonly total: bigint;
  readonly locked: bigint;
}

export interface JournalPage extends ObjectOf<typeof headFields> {
  /** By the instruction that caused them, in order. */
  readonly instructions: readonly JournalInstruction[];
  /** Of each balance that they changed, in the order in which they name them. Pages that were written before this was kept have none. */
  readonly closing?: readonly ClosingBalance[];
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
  /** Of each of the balances what it came to, and what of it was locked. */
  closing: optional(list(row(balance, balance), { max: 1_000_000 })),
  /** Method, id; of each balance its change and that of what is locked; changes of supply. */
  lines: list(instructionRow, { max: 1_000_000 }),
});

/** Rows without names; methods and balances, which many instructions have in common, are said once. */
const journalCodec: Codec<JournalPage> = {
  schema: storedJournal.schema,
  decode(value, field) {
    const { methods, balances, closing, lines, ...head } = storedJournal.decode(value, field);
    const instructions = lines.map(([number, id, changes, supply]): JournalInstruction => {
      const [method] = partAt(methods, number, field);
      return {
        reference: id === undefined ? method : `${method} ${id}`,
        units: byUnit(changes.map(([balance, ...change]) => [...partAt(balances, balance, field), ...change])),
        ...(supply.length === 0 ? {} : { supply: supply.map(([issued, change]) => ({ unit: issued, change })) }),
      };
    });
    if (closing === undefined) return { ...head, instructions };
    const ends = closing.map(([total, locked], number): ClosingBalance => {
      const [of, account] = partAt(balances, number, field);
      return { unit: of, account, total, locked };
    });
    return { ...head, instructions, closing: ends };
  },
  encode({ instructions, closing, ...head }) {
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
    const page = { ...head, methods: methods.parts, balances: balances.parts, lines };
    return storedJournal.encode(closing ? { ...page, closing: inOrderOf(balances.parts, closing) } : page);
  },
};

function inOrderOf(
  balances: readonly Infer<typeof balanceRow>[],
  closing: readonly ClosingBalance[],
): readonly (readonly [bigint, bigint])[] {
  const ends = new Map(closing.map((one) => [nameOf(one), one]));
  return balances.map(([of, account]) => {
    const end = ends.get(nameOf({ unit: of, account }));
    if (!end) throw new Error('A page that says how balances end says it of all');
    return [end.total, end.locked];
  });
}

function nameOf({ unit: of, account }: Pick<ClosingBalance, 'unit' | 'account'>): string {
  return `${of} ${account}`;
}

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

/** What the balance of each entry of a page came to with it; undefined for a page that does not say how its balances ended. */
export function balancesAfter(
  page: JournalPage,
): readonly { readonly balance: bigint; readonly lockedBalance: bigint }[] | undefined {
  if (!page.closing) return undefined;
  const ends = new Map(page.closing.map((one) => [nameOf(one), { balance: one.total, lockedBalance: one.locked }]));
  const after: { readonly balance: bigint; readonly lockedBalance: bigint }[] = [];
  // From the end of the cycle back to its beginning.
  for (const entry of [...entriesOf(page)].reverse()) {
    const name = nameOf(entry);
    const now = ends.get(name);
    if (!now) throw new Error('A page that says how balances end says it of all');
    after.push(now);
    const { balance: total, lockedBalance } = now;
    ends.set(name, { balance: total - entry.change, lockedBalance: lockedBalance - entry.lockedChange });
  }
  return after.reverse();
}

export function supplyChangesOf({
  instructions,
}: JournalPage): readonly { readonly unit: Unit; readonly change: bigint }[] {
  return instructions.flatMap(({ supply = [] }) => supply);
}
