import { type AccountRef, type Isin, type Rejection, refuse } from '@kessai/interface';
import {
  type Books,
  type Instrument,
  type Position,
  type Reader,
  accountAt,
  instrumentAt,
  isAccount,
  load,
  openBooks,
  receivingAccount,
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
  const holders = await load(reader, {
    from: accountAt(from.institution, from.account),
    to: accountAt(to.institution, to.account),
  });
  if (!isAccount(from.account, holders.from)) return refuse('AccountUnknown', { field: 'from', ...from });
  const receiver = receivingAccount(to, holders.to, from.institution);
  if (!receiver) return refuse('AccountUnknown', { field: toField, ...to });
  const positions = { from: { ...from, terms }, to: { ...receiver, terms } };
  return { ...positions, books: await openBooks(reader, [positions.from, positions.to]) };
}

/** @returns why it was not moved */
export function postMove({ books, from, to }: Move, quantity: bigint): Rejection | undefined {
  return books.post([
    { position: from, part: 'available', change: -quantity, field: 'quantity' },
    { position: to, part: 'available', change: quantity, field: 'quantity' },
  ]);
}
