import {
  type BusinessDate,
  type MspId,
  type Registry,
  type Rejection,
  type RequestOf,
  isRejection,
  refuse,
} from '@kessai/interface';
import {
  type Books,
  type Context,
  type Decision,
  type HoldingPage,
  type Instrument,
  type Reader,
  type SnapshotHeader,
  type SnapshotPage,
  type SubmitHandler,
  type Write,
  alreadyDone,
  created,
  holdingPagesOf,
  holdingsOn,
  instrumentAt,
  load,
  lockedOf,
  memberOf,
  openBooks,
  pageNumber,
  put,
  securityTerms,
  snapshotAt,
  snapshotPageAt,
  totalOf,
} from '@kessai/ledger';
import { holdersOf } from './books-of';
import { type DayEnd, endOfDay } from './day-end';
import { type Owners, registerUpTo } from './register-state';

type Request = RequestOf<typeof Registry.methods.Snapshot>;
type Row = SnapshotPage['rows'][number];

interface ToTake {
  readonly institution: MspId;
  /** The rows of each page. */
  readonly pages: readonly (readonly Row[])[];
}

interface State {
  readonly instrument: Instrument;
  readonly businessDate: BusinessDate;
  /** Of this business day: what an earlier call has begun, or what begins now where the day is an earlier one. */
  readonly header: SnapshotHeader | undefined;
  readonly books: Books;
  readonly institutions: readonly MspId[];
  readonly toTake: readonly ToTake[];
}

/**
 * Keeps the register of an instrument as it stood when a day had ended. Of the day that has just been closed, it is how it stood when the
 * cycle began, which is also how it stands at the moment: otherwise it is refused. What the same cycle posts later is in its journal, which as-of queries read
 * on top. Of an earlier day, and where balances have changed since it was begun, it is made from the journal.
 */
export const snapshot: SubmitHandler<Request, State> = {
  async load(reader, { isin, institutions: named, businessDate }, context) {
    const { instrument } = await load(reader, { instrument: instrumentAt(isin) });
    if (!instrument) return refuse('InstrumentUnknown', { field: 'isin', isin });
    const holders = holdersOf(context.market, instrument.issuer);
    const refused = refusedInstitutions(named ?? [], holders, context);
    if (refused) return refused;

    const date = businessDate ?? context.clock.businessDate;
    const end = date === context.clock.businessDate ? undefined : await endOfDay(reader, date, context);
    if (isRejection(end)) return end;
    const [{ header: begun }, books] = await Promise.all([
      load(reader, { header: snapshotAt(instrument.issuer, isin, date) }),
      openBooks(reader, [], [securityTerms(instrument)]),
    ]);
    const institutions = begun?.institutions ?? holders;
    const wanted = institutions.filter(
      (institution) => (named ?? institutions).includes(institution) && !isTaken(begun, institution),
    );
    const header = begun ?? (end && (await beginLate(reader, instrument, date, end, institutions)));
    if (isRejection(header)) return header;
    const toTake = await rowsToTake(reader, instrument, wanted, header, end !== undefined);
    if (isRejection(toTake)) return toTake;
    return { instrument, businessDate: date, header, books, institutions, toTake };
  },

  decide(state, _request, context) {
    const header = state.header ?? begin(state, context);
    if (isRejection(header)) return header;
    return state.toTake.length === 0 ? alreadyDone : take(header, state.instrument, state.toTake);
  },
};

function refusedInstitutions(
  named: readonly MspId[],
  holders: readonly MspId[],
  { market }: Context,
): Rejection | undefined {
  for (const [index, member] of named.entries()) {
    const field = `institutions[${index.toString()}]`;
    if (!memberOf(market, member)) return refuse('MemberUnknown', { field, member });
    if (named.indexOf(member) < index) return refuse('DuplicateMember', { field, member });
    if (!holders.includes(member)) return refuse('SnapshotInstitution', { field, member });
  }
  return undefined;
}

function isTaken(header: SnapshotHeader | undefined, institution: MspId): boolean {
  return header?.taken.some((one) => one.institution === institution) ?? false;
}

/** The day's snapshot holds what all cycles before this one have posted; a day's end comes after all that the day has posted. */
function begin({ instrument, businessDate, books, institutions }: State, context: Context): SnapshotHeader | Rejection {
  const { isin, registerPages } = instrument;
  const { clock, cycle, finalBefore } = context;
  const terms = securityTerms(instrument);
  // Under sequence 0 the founding day has not been opened yet: it has no end to keep.
  if (clock.sequence === 0 || books.hasChanged(terms.unit)) return refuse('ClockTickNeeded', { field: 'isin', isin });
  return {
    ...{ isin, businessDate, cycle: cycle - 1, time: finalBefore },
    ...{ registerPages, issued: books.issued(terms), institutions, taken: [] },
  };
}

/** Of an earlier day; what was issued then is in the issuer's journal. */
async function beginLate(
  reader: Reader,
  instrument: Instrument,
  businessDate: BusinessDate,
  { cycle, time }: DayEnd,
  institutions: readonly MspId[],
): Promise<SnapshotHeader | Rejection> {
  const { isin, issuer, registerPages } = instrument;
  const then = await registerUpTo(reader, instrument, [issuer], { businessDate, cycle });
  if (isRejection(then)) return then;
  return { isin, businessDate, cycle, time, registerPages, issued: then.issued, institutions, taken: [] };
}

/** What was held when the header's cycle had ended: as it is stored, as far as nothing has changed it since. */
async function rowsToTake(
  reader: Reader,
  instrument: Instrument,
  wanted: readonly MspId[],
  header: SnapshotHeader | undefined,
  isLate: boolean,
): Promise<readonly ToTake[] | Rejection> {
  const terms = securityTerms(instrument);
  const { registerPages } = instrument;
  const { pages } = await load(reader, {
    pages: isLate ? [] : wanted.flatMap((institution) => holdingPagesOf(institution, terms)),
  });
  const stored = wanted.map((institution, index) => ({
    institution,
    pages: pages.slice(index * registerPages, (index + 1) * registerPages),
  }));
  const isStale = ({ pages: own }: (typeof stored)[number]): boolean =>
    isLate || (header !== undefined && own.some((page) => page !== undefined && page.cycle > header.cycle));
  const stale = stored.filter(isStale).map(({ institution }) => institution);
  const then = header && stale.length > 0 ? await registerUpTo(reader, instrument, stale, header) : undefined;
  if (isRejection(then)) return then;
  return stored.map(({ institution, pages: own }) => {
    const owners = then?.owners.get(institution);
    return { institution, pages: owners ? pagesOf(owners, registerPages) : own.map(rowsOf) };
  });
}

function take(header: SnapshotHeader, instrument: Instrument, toTake: readonly ToTake[]): Decision {
  const writes: Write[] = [];
  const taken = toTake.map(({ institution, pages }) => {
    for (const [page, rows] of pages.entries()) {
      if (rows.length === 0) continue;
      writes.push(
        put(snapshotPageAt(instrument.issuer, header.isin, header.businessDate, institution, page), {
          rows: [...rows],
        }),
      );
    }
    const rows = pages.flat();
    return { institution, holders: rows.length, total: rows.reduce((sum, { quantity }) => sum + quantity, 0n) };
  });
  const kept = put(snapshotAt(instrument.issuer, header.isin, header.businessDate), {
    ...header,
    taken: [...header.taken, ...taken],
  });
  return created(kept, writes);
}

function rowsOf(page: HoldingPage | undefined): readonly Row[] {
  return holdingsOn(page).map((holding) => ({
    account: holding.account,
    quantity: totalOf(holding),
    locked: lockedOf(holding),
  }));
}

/** The same rows from a register, on the pages on which they are stored. */
function pagesOf(owners: Owners, registerPages: number): readonly (readonly Row[])[] {
  const pages = Array.from({ length: registerPages }, (): Row[] => []);
  for (const [account, { quantity, locked }] of owners) {
    if (quantity > 0n) pages[pageNumber(account, registerPages)]?.push({ account, quantity, locked });
  }
  for (const rows of pages) rows.sort((a, b) => (a.account < b.account ? -1 : 1));
  return pages;
}
