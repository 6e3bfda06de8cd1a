import { type AccountRef, type Isin, type Rejection, refuse } from '@kessai/interface';
import {
  type Books,
  type Context,
  type Decision,
  type Instrument,
  type Position,
  type Reader,
  accountAt,
  created,
  instrumentAt,
  load,
  openBooks,
  securityTerms,
} from '@kessai/ledger';

/** Securities on their way from one account to another, free of payment. */
export interface Move {
  readonly books: Books;
  readonly from: Position;
  readonly to: Position;
}

interface Ends {
  readonly from: AccountRef;
  readonly to: AccountRef;
  /** Names the field of the receiving account in the request. */
  readonly toField: string;
}

/** Reads both ends. They may depend on the instrument, as the issuer's account does. */
export async function loadMove(
  reader: Reader,
  isin: Isin,
  endsOf: (instrument: Instrument) => Ends,
): Promise<Move | Rejection> {
  const { instrument } = await load(reader, { instrument: instrumentAt(isin) });
  if (!instrument) return refuse('InstrumentUnknown', { field: 'isin', isin });
  const { from, to, toField } = endsOf(instrument);
  if (from.institution === to.institution && from.account === to.account)
    return refuse('SameAccount', { field: toField });
  const terms = securityTerms(instrument);
  const positions = { from: { ...from, terms }, to: { ...to, terms } };
  const [holders, books] = await Promise.all([
    load(reader, { from: accountAt(from.institution, from.account), to: accountAt(to.institution, to.account) }),
    openBooks(reader, [positions.from, positions.to]),
  ]);
  if (!holders.from) return refuse('AccountUnknown', { field: 'from', ...from });
  if (!holders.to) return refuse('AccountUnknown', { field: toField, ...to });
  return { ...positions, books };
}

export function decideMove(
  { books, from, to }: Move,
  id: string,
  quantity: bigint,
  context: Context,
): Decision | Rejection {
  const refused = books.post([
    { position: from, part: 'available', change: -quantity, field: 'quantity' },
    { position: to, part: 'available', change: quantity, field: 'quantity' },
  ]);
  return refused ?? created(books.close(context, id));
}
