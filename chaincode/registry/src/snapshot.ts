import { type MspId, type Registry, type Rejection, type RequestOf, isRejection, refuse } from '@kessai/interface';
import {
  type Books,
  type Context,
  type Decision,
  type HoldingPage,
  type Instrument,
  type SnapshotHeader,
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
  put,
  securityTerms,
  snapshotAt,
  snapshotPageAt,
  totalOf,
} from '@kessai/ledger';
import { holdersOf } from './books-of';

type Request = RequestOf<typeof Registry.methods.Snapshot>;

interface ToTake {
  readonly institution: MspId;
  /** As stored: what the cycle changes is written when it ends. */
  readonly pages: readonly (HoldingPage | undefined)[];
}

interface State {
  readonly instrument: Instrument;
  /** Of this business day, where an earlier call has begun it. */
  readonly header: SnapshotHeader | undefined;
  readonly books: Books;
  readonly institutions: readonly MspId[];
  readonly toTake: readonly ToTake[];
}

/**
 * Keeps the register of an instrument as it stood when the cycle began, which is also how it stands at the moment: otherwise it is refused.
 * What the same cycle posts later is in its journal, which as-of queries read on top.
 */
export const snapshot: SubmitHandler<Request, State> = {
  async load(reader, { isin, institutions: named }, context) {
    const { instrument } = await load(reader, { instrument: instrumentAt(isin) });
    if (!instrument) return refuse('InstrumentUnknown', { field: 'isin', isin });
    const holders = holdersOf(context.market, instrument.issuer);
    const refused = refusedInstitutions(named ?? [], holders, context);
    if (refused) return refused;

    const terms = securityTerms(instrument);
    const [{ header }, books] = await Promise.all([
      load(reader, { header: snapshotAt(instrument.issuer, isin, context.clock.businessDate) }),
      openBooks(reader, [], [terms]),
    ]);
    const institutions = header?.institutions ?? holders;
    const wanted = institutions.filter(
      (institution) => (named ?? institutions).includes(institution) && !isTaken(header, institution),
    );
    const { pages } = await load(reader, {
      pages: wanted.flatMap((institution) => holdingPagesOf(institution, terms)),
    });
    const perInstitution = terms.registerPages;
    const toTake = wanted.map((institution, index) => ({
      institution,
      pages: pages.slice(index * perInstitution, (index + 1) * perInstitution),
    }));
    return { instrument, header, books, institutions, toTake };
  },
  decide(state, _request, context) {
    const { instrument, toTake } = state;
    const header = state.header ?? begin(state, context);
    if (isRejection(header)) return header;
    if (toTake.length === 0) return alreadyDone;
    for (const { institution, pages } of toTake) {
      if (pages.every((page) => page === undefined || page.cycle <= header.cycle)) continue;
      return refuse('SnapshotTooLate', { field: 'institutions', isin: instrument.isin, member: institution });
    }
    return take(header, instrument, toTake);
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
function begin({ instrument, books, institutions }: State, context: Context): SnapshotHeader | Rejection {
  const { isin, registerPages } = instrument;
  const { clock, cycle, finalBefore } = context;
  const terms = securityTerms(instrument);
  // Under sequence 0 the founding day has not been opened yet: it has no end to keep.
  if (clock.sequence === 0 || books.hasChanged(terms.unit)) return refuse('ClockTickNeeded', { field: 'isin', isin });
  return {
    ...{ isin, businessDate: clock.businessDate, cycle: cycle - 1, time: finalBefore },
    ...{ registerPages, issued: books.issued(terms), institutions, taken: [] },
  };
}

function take(header: SnapshotHeader, instrument: Instrument, toTake: readonly ToTake[]): Decision {
  const writes: Write[] = [];
  const taken = toTake.map(({ institution, pages }) => {
    const copies = pages.map(rowsOf);
    for (const [page, rows] of copies.entries()) {
      if (rows.length === 0) continue;
      writes.push(
        put(snapshotPageAt(instrument.issuer, header.isin, header.businessDate, institution, page), { rows }),
      );
    }
    const rows = copies.flat();
    return { institution, holders: rows.length, total: rows.reduce((sum, { quantity }) => sum + quantity, 0n) };
  });
  const kept = put(snapshotAt(instrument.issuer, header.isin, header.businessDate), {
    ...header,
    taken: [...header.taken, ...taken],
  });
  return created(kept, writes);
}

function rowsOf(page: HoldingPage | undefined) {
  return holdingsOn(page).map((holding) => ({
    account: holding.account,
    quantity: totalOf(holding),
    locked: lockedOf(holding),
  }));
}
